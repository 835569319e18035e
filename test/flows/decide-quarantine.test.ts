// Where people say that money belongs: one commit, one of many who decide at once, and nothing lost or doubled where the process dies.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { approveResolution, reopenDiscrepancy, resolveDiscrepancy } from '../../src/flows/decide-discrepancy.ts'
import { dismissQuarantine } from '../../src/flows/decide-quarantine.ts'
import { catchUpCallbacks, replayCallbacks } from '../../src/flows/replay-callbacks.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { inScope } from '../../src/store/database.ts'
import { releaseListed } from '../../src/store/release-listed.ts'
import { due } from '../kit/house.ts'
import { accountant, everything, expectAtRest, type Inbox, openInbox } from '../kit/inbox.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { reconcile } from '../kit/reconciliation.ts'
import { importFile, providerFile } from '../kit/statements.ts'

let inbox: Inbox
beforeEach(async () => {
  inbox = await openInbox()
})
afterEach(() => inbox.close())

describe('attributing a credit', () => {
  const credit = { reference: 'FT26326123456789', text: 'nop le phi' }

  it('moves it from suspense to its order in one commit and resolves its discrepancy', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit })
    expect((await inbox.attribute(attempt)).verdict).toBe('accepted')
    expect([
      await inbox.balance('suspense'),
      await inbox.balance('collected'),
      await inbox.balance('provider_receivable'),
    ]).toEqual([0n, -due, due])
    const [found] = await inbox.sql`select status, resolution, resolved_by, note from discrepancies`
    expect(found).toEqual({
      status: 'resolved',
      resolution: 'attributed',
      resolvedBy: 'cli_accountant',
      note: 'asked the bank',
    })
    const events = await inbox.sql`select type, sequence from events where order_id is null order by sequence`
    expect(events).toEqual([
      { type: 'discrepancy.opened', sequence: 1 },
      { type: 'discrepancy.resolved', sequence: 2 },
    ])
    await expectAtRest(inbox)
    // The bank tells it once more.
    expect(await inbox.hear({ credit })).toBe('already_confirmed')
    expect(await inbox.balance('provider_receivable')).toBe(due)
    await expectAtRest(inbox)
  })

  it('is refused to one person while two have decided what becomes of the money, until two open it again', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit })
    const [found] = await inbox.sql`select id from discrepancies`
    const id = String(found?.id)
    const checker = { ...accountant, actor: 'cli_checker' }
    await resolveDiscrepancy(inbox.deps, accountant, { id, resolution: 'returned_to_provider', note: 'n' })
    await approveResolution(inbox.deps, checker, { id, note: '' })
    await expect(inbox.attribute(attempt)).rejects.toMatchObject({ code: 'quarantine_not_open' })
    expect([await inbox.balance('suspense'), await inbox.balance('collected')]).toEqual([-due, 0n])
    await reopenDiscrepancy(inbox.deps, accountant, { id, note: 'n' })
    await approveResolution(inbox.deps, checker, { id, note: '' })
    expect((await inbox.attribute(attempt)).verdict).toBe('accepted')
    await expectAtRest(inbox)
  })

  it('is done by one of many who do it at once, to one attempt', async () => {
    const attempts = []
    for (let n = 0; n < 8; n += 1) attempts.push(await inbox.attempt(await inbox.place()))
    await inbox.hear({ credit })
    const done = await Promise.allSettled(attempts.map((attempt) => inbox.attribute(attempt)))
    expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of done)
      if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'quarantine_not_open' })
    expect(await inbox.counts()).toMatchObject({ facts: 1 })
    expect([await inbox.balance('suspense'), await inbox.balance('collected')]).toEqual([0n, -due])
    await expectAtRest(inbox)
  })

  it('takes it back out of suspense where the attempt had the same money already', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    // A statement without the bank's number healed the attempt while the credit stood in suspense.
    await inbox.hear({ credit })
    await inbox.tell(inbox.captured(attempt.merchantReference, { providerReference: null }))
    expect(await inbox.balance('provider_receivable')).toBe(2n * due)
    await inbox.attribute(attempt)
    expect([await inbox.balance('suspense'), await inbox.balance('provider_receivable')]).toEqual([0n, due])
    await expectAtRest(inbox)
  })

  it.each(['first', 'last'])('writes nothing at all where its %s statement fails', async (place) => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit })
    const before = await inbox.counts()
    // A ledger that takes no more entries of one kind: of the credit's leaving, or of the capture.
    const kind = place === 'first' ? 'credit_attributed' : 'capture'
    await inbox.sql.unsafe(`alter table journal_entries add constraint broken check (kind <> '${kind}')`)
    await expect(inbox.attribute(attempt)).rejects.toThrow('broken')
    await inbox.sql`alter table journal_entries drop constraint broken`
    expect(await inbox.counts()).toEqual(before)
    expect(await inbox.balance('suspense')).toBe(-due)
    expect((await inbox.attribute(attempt)).verdict).toBe('accepted')
    await expectAtRest(inbox)
  })

  it('is refused for an attempt of another merchant account, and for one that the caller may not see', async () => {
    const other = await seedMerchantAccount(inbox.deps, inbox.sql, { provider: 'test' })
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.sql`update attempts set merchant_account_id = ${other} where id = ${attempt.id}`
    await inbox.hear({ credit })
    await expect(inbox.attribute(attempt)).rejects.toMatchObject({
      code: 'invalid_input',
      errors: [{ pointer: '/attempt' }],
    })
    await expect(inbox.attribute({ id: 'att_none' })).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(inbox.attribute(attempt, { ...accountant, scope: 'H56.14' })).rejects.toMatchObject({
      code: 'not_found',
    })
    expect(await inbox.balance('suspense')).toBe(-due)
  })

  it('still works after it was dismissed, which moved no money', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit })
    const [{ id = '' } = {}] = await inbox.entries()
    const dismissed = await dismissQuarantine(inbox.deps, accountant, { id, note: 'nobody knows' })
    expect(dismissed).toMatchObject({ status: 'dismissed', decidedBy: 'cli_accountant' })
    await expect(dismissQuarantine(inbox.deps, accountant, { id, note: 'again' })).rejects.toMatchObject({
      code: 'quarantine_not_open',
    })
    expect(await inbox.balance('suspense')).toBe(-due)
    expect((await inbox.sql`select status from discrepancies`)[0]?.status).toBe('open')
    await expectAtRest(inbox)
    expect((await inbox.attribute(attempt)).verdict).toBe('accepted')
    await expect(inbox.attribute(attempt)).rejects.toMatchObject({ code: 'quarantine_not_open' })
    await expect(dismissQuarantine(inbox.deps, accountant, { id, note: 'late' })).rejects.toMatchObject({
      code: 'quarantine_not_open',
    })
    expect(await inbox.balance('suspense')).toBe(0n)
    await expectAtRest(inbox)
  })
})

describe('the database', () => {
  const asGateway = (statement: string) => inScope(inbox.deps.db, '*', (sql) => [sql.unsafe(statement)])

  it('lets the gateway change nothing of what was told, and take nothing away', async () => {
    await inbox.hear({ credit: { reference: 'FT1' } })
    for (const statement of [
      'update quarantine set amount = 1',
      "update quarantine set reference = 'x'",
      "update quarantine set candidates = '[]'",
      'delete from quarantine',
    ])
      await expect(asGateway(statement)).rejects.toThrow('permission denied')
  })

  it('holds that what is attributed is final, and that suspense and status agree', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ credit: { reference: 'FT1' } })
    const decided = `decided_at = now(), decided_by = 'x'`
    await expect(
      asGateway(`update quarantine set status = 'attributed', ${decided}, attempt_id = 'a'`),
    ).rejects.toThrow('quarantine_returned')
    await expect(asGateway(`update quarantine set status = 'open', note = 'x'`)).rejects.toThrow('already')
    await inbox.attribute(attempt)
    await expect(
      asGateway(`update quarantine set status = 'dismissed', attempt_id = null, return_entry_id = null`),
    ).rejects.toThrow('already')
  })
})

describe('a payment that the provider lists and nobody knows', () => {
  const listed = async (reference = '') => {
    const row = { reference, providerReference: 'P77', amount: due, fee: '', net: '' } as const
    await importFile(inbox.deps, inbox.account, providerFile([row]))
    await reconcile(inbox.deps, inbox.account)
  }
  const books = async () => [
    await inbox.balance('suspense'),
    await inbox.balance('collected'),
    await inbox.balance('provider_receivable'),
  ]
  const told = { providerReference: 'P77', occurredAt: new Date('2026-11-23T03:00:00Z') }

  it.each(['', 'NOBODY'])('stands in one place once a person says whose it is, listed as %j', async (reference) => {
    const attempt = await inbox.attempt(await inbox.place())
    await inbox.hear({ outcomes: [inbox.captured('NOBODY', told)] })
    await listed(reference)
    expect(await books()).toEqual([-due, 0n, due])
    await inbox.attribute(attempt)
    expect(await books()).toEqual([0n, -due, due])
    const [found] = await inbox.sql`select status, resolution, resolved_by, difference from discrepancies`
    expect(found).toEqual({ status: 'resolved', resolution: 'attributed', resolvedBy: 'lephi', difference: 0n })
    await expectAtRest(inbox)
    // A row under a reference of nobody stays one for a person; the sum is the same.
    await reconcile(inbox.deps, inbox.account)
    expect((await verifyLedger(inbox.deps)).fault).toBeNull()
    expect((await books())[1]).toBe(-due)
    if (reference === '') expect(await books()).toEqual([0n, -due, due])
  })

  it('stands in one place once its own callback comes, late, and whatever two persons had said of the row', async () => {
    const attempt = await inbox.attempt(await inbox.place())
    await listed()
    const [found] = await inbox.sql`select id from discrepancies`
    const about = { id: String(found?.id), note: 'n' }
    await resolveDiscrepancy(inbox.deps, accountant, { ...about, resolution: 'accept_provider_figure' })
    await approveResolution(inbox.deps, { scope: 'H56', actor: 'cli_checker' }, about)
    expect(await books()).toEqual([-due, 0n, due])
    await inbox.tell(inbox.captured(attempt.merchantReference, told))
    expect(await books()).toEqual([0n, -due, due])
    await expectAtRest(inbox)
    await reconcile(inbox.deps, inbox.account)
    expect(await books()).toEqual([0n, -due, due])
  })
})

it('a capture looks for what was listed of it by index alone, however many discrepancies there are', async () => {
  const about = { attemptId: 'att_1', now: inbox.deps.now(), idBody: '0'.repeat(20) }
  const [, plan = []] = await inScope(inbox.deps.db, '*', (sql) => [
    sql`set local enable_seqscan = off`,
    sql`explain ${releaseListed(sql, { merchantAccountId: inbox.account, reference: 'P77' }, about)}`,
  ])
  expect(plan.flatMap(Object.values).join('\n')).toContain('Index Cond: (dedupe_key = listed.key)')
})

describe('the audit of the books', () => {
  it('names a credit whose money is not where its entry says', async () => {
    await inbox.hear({ credit: { reference: 'FT1' } })
    const [entry] = await inbox.entries()
    await inbox.sql`alter table quarantine disable trigger decided_once`
    await inbox.sql`update quarantine set amount = amount + 1`
    expect((await verifyLedger(inbox.deps)).fault).toMatchObject({ what: 'credit', id: entry?.id })
  })

  it('finds money of no order that no entry stands for', async () => {
    await inbox.hear({ credit: { reference: 'FT1' } })
    await inbox.sql`delete from quarantine`
    expect((await verifyLedger(inbox.deps)).fault).toMatchObject({ what: 'credit' })
  })
})

describe('a crash between the evidence and the verdict', () => {
  const credit = { reference: 'FT9' }
  const wait = async () => {
    inbox.deps.clock.advance(61)
    await catchUpCallbacks(inbox.deps, 10)
    return (await inbox.sql`select verdict from callbacks`).map((row) => row.verdict)
  }

  it.each(['quarantine', 'journal_entries', 'postings', 'discrepancies', 'events'])(
    'at %s leaves nothing behind, and the credit is taken up later',
    async (table) => {
      await inbox.sql.unsafe(`alter table ${table} add constraint broken check (false) not valid`)
      expect(await inbox.hear({ credit })).toBe('try_again')
      await inbox.sql.unsafe(`alter table ${table} drop constraint broken`)
      expect(await inbox.counts()).toMatchObject({
        entries: 0,
        postings: 0,
        quarantine: 0,
        discrepancies: 0,
        events: 0,
      })
      expect(await wait()).toEqual(['accepted'])
      expect(await inbox.balance('suspense')).toBe(-due)
      await expectAtRest(inbox)
    },
  )

  it('is named by a replay that takes the credit up', async () => {
    await inbox.sql.unsafe('alter table postings add constraint broken check (false) not valid')
    await inbox.hear({ credit })
    await inbox.sql.unsafe('alter table postings drop constraint broken')
    expect(await replayCallbacks(inbox.deps, { ...everything, dryRun: true })).toMatchObject({
      caughtUp: [expect.any(String)],
    })
    expect(await inbox.balance('suspense')).toBe(0n)
    expect(await replayCallbacks(inbox.deps, everything)).toMatchObject({ caughtUp: [expect.any(String)], changed: [] })
    expect(await inbox.balance('suspense')).toBe(-due)
    await expectAtRest(inbox)
  })

  it('is made good after hours, though the provider’s messages hold for minutes', async () => {
    await inbox.hear({ credit })
    await inbox.sql`update callbacks set verdict = null`
    inbox.deps.clock.advance(20_000)
    expect(await wait()).toEqual(['already_confirmed'])
    await expectAtRest(inbox)
  })

  it('keeps an unknown reference later', async () => {
    await inbox.sql.unsafe('alter table quarantine add constraint broken check (false) not valid')
    expect(await inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01')] })).toBe('try_again')
    await inbox.sql.unsafe('alter table quarantine drop constraint broken')
    expect(await replayCallbacks(inbox.deps, { ...everything, dryRun: true })).toMatchObject({
      caughtUp: [expect.any(String)],
    })
    expect(await wait()).toEqual(['unknown_order'])
    expect(await inbox.entries()).toHaveLength(1)
    await expectAtRest(inbox)
  })

  it('between two outcomes of one callback acts on the second later', async () => {
    const [first, second] = [await inbox.attempt(await inbox.place()), await inbox.attempt(await inbox.place())]
    const outcomes = [inbox.captured(first.merchantReference), inbox.captured(second.merchantReference)]
    await inbox.hear({ outcomes })
    await inbox.sql`update callbacks set verdict = null`
    const [half] = outcomes
    if (half) await applyOutcome(inbox.deps, { merchantAccountId: inbox.account, outcome: half, source: 'callback' })
    expect(await wait()).toEqual(['already_confirmed'])
    expect((await inbox.read(second.orderId)).order.status).toBe('paid')
  })
})
