// A credit is attributed in the instant in which people decide its discrepancy: each of them is done or told why not, and the books agree.
import { afterEach, beforeEach, expect, it } from 'vitest'
import {
  approveResolution,
  noteDiscrepancy,
  reopenDiscrepancy,
  resolveDiscrepancy,
} from '../../src/flows/decide-discrepancy.ts'
import { accountant, expectAtRest, type Inbox, openInbox } from '../kit/inbox.ts'

let inbox: Inbox
beforeEach(async () => {
  inbox = await openInbox()
})
afterEach(() => inbox.close())

const checker = { scope: 'H56', actor: 'cli_checker' }

it.each([0, 1, 2])('at once, turn %i', async (turn) => {
  const { deps } = inbox
  const attempt = await inbox.attempt(await inbox.place())
  await inbox.hear({ credit: { reference: `FT${turn}`, text: 'nop le phi' } })
  const [found] = await inbox.sql`select id from discrepancies`
  const id = String(found?.id)
  // Already resolved, proposed, or open when all of them come.
  if (turn % 3 === 1) await resolveDiscrepancy(deps, accountant, { id, resolution: 'attributed', note: 'n' })
  if (turn % 3 === 2) await resolveDiscrepancy(deps, accountant, { id, resolution: 'written_off', note: 'n' })
  const done = await Promise.allSettled([
    resolveDiscrepancy(deps, accountant, { id, resolution: 'written_off', note: 'n' }),
    inbox.attribute(attempt),
    reopenDiscrepancy(deps, checker, { id, note: 'n' }),
    approveResolution(deps, checker, { id, note: 'n' }),
    noteDiscrepancy(deps, checker, { id, note: 'n', evidence: [] }),
  ])
  for (const [at, each] of done.entries()) {
    if (each.status === 'fulfilled') continue
    const refused = at === 1 ? 'quarantine_not_open' : expect.stringMatching(/^discrepancy_not_/)
    expect(each.reason).toMatchObject({ name: 'Refusal', code: refused })
  }
  // What two had decided first, no single person attributes: it is opened again by two, and then the money finds its place all the same.
  if (done[1]?.status === 'rejected') {
    const [decided] = await inbox.sql`select status, proposed_by, reopening_by from discrepancies where id = ${id}`
    expect(decided).toMatchObject({ status: 'resolved', proposedBy: accountant.actor })
    if (!decided?.reopeningBy) await reopenDiscrepancy(deps, checker, { id, note: 'n' })
    await approveResolution(deps, accountant, { id, note: 'n' })
    await inbox.attribute(attempt)
  }
  expect(await inbox.balance('suspense')).toBe(0n)
  const numbers = await inbox.sql`select sequence from events where subject_id = ${id} order by sequence`
  expect(numbers.map(({ sequence }) => sequence)).toEqual(numbers.map((_, index) => index + 1))
  await expectAtRest(inbox)
})
