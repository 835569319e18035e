// Money of no order in the reports: it is in the books of its day, once, and every report still adds up to the ledger.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type ReportName, reportNames } from '../../src/domain/report-columns.ts'
import { reportCsv, reportJson } from '../../src/flows/report.ts'
import { due } from '../kit/house.ts'
import { type Inbox, openInbox } from '../kit/inbox.ts'
import { reconcile } from '../kit/reconciliation.ts'
import { importFile, providerFile } from '../kit/statements.ts'

let inbox: Inbox
beforeEach(async () => {
  inbox = await openInbox()
})
afterEach(() => inbox.close())

const input = (name: ReportName, day: string) => ({
  name,
  from: day,
  to: day,
  agencyCode: null,
  merchantAccountId: null,
  asOf: null,
})
const day = '2026-11-23'
/** Throws where rows and ledger differ. */
const totalOf = async (name: ReportName, on = day) =>
  (await reportJson(inbox.deps, 'H56', input(name, on))).totals.amount

it('appears in the ledger, in what is owed and among the discrepancies, and in no list of fees', async () => {
  await inbox.hear({ credit: { reference: 'FT1' } })
  await inbox.hear({ outcomes: [inbox.captured('NOSUCHREFERENCE01')] })
  const totals = Object.fromEntries(
    await Promise.all(reportNames.map(async (name) => [name, await totalOf(name)] as const)),
  )
  expect(totals).toEqual({
    ...Object.fromEntries(reportNames.map((name) => [name, 0n])),
    collections: 0n,
    reconciliation: due,
    discrepancies: due,
    ledger: due,
    refunds: 0n,
  })
  const csv = await new Response(await reportCsv(inbox.deps, 'H56', input('ledger', day))).text()
  expect(csv).toContain('Báo có chưa rõ')
  const { rows } = await reportJson(inbox.deps, 'H56', input('reconciliation', day))
  expect(rows).toMatchObject([{ amount: due, kind: 'Báo có chưa rõ', order: null, amount_there: 0n, difference: -due }])
})

it('is counted on its own day once, also when it is attributed days later', async () => {
  const attempt = await inbox.attempt(await inbox.place())
  await inbox.hear({ credit: { reference: 'FT1' } })
  inbox.deps.clock.advance(3 * 86_400)
  await inbox.attribute(attempt)
  await inbox.deps.settled()
  expect(await totalOf('reconciliation')).toBe(due)
  expect(await totalOf('collections')).toBe(due)
  for (const name of reportNames.filter((each) => each !== 'receipts'))
    expect([name, await totalOf(name, '2026-11-26')]).toEqual([name, 0n])
  const { rows } = await reportJson(inbox.deps, 'H56', input('ledger', day))
  expect(rows.map((row) => row.business_day)).toEqual(Array.from({ length: 6 }, () => day))
})

it('that was attributed is matched with the line that lists it, and booked no second time', async () => {
  const attempt = await inbox.attempt(await inbox.place())
  await inbox.hear({ credit: { reference: 'FT1' } })
  await inbox.attribute(attempt)
  await importFile(
    inbox.deps,
    inbox.account,
    providerFile([{ providerReference: 'FT1', amount: due, at: '2026-11-23T09:00:00+07:00', fee: 0 }]),
  )
  const { only } = await reconcile(inbox.deps, inbox.account)
  expect(only('matched')).toMatchObject({ attemptId: attempt.id, amountHere: due, amountThere: due })
  expect(await inbox.balance('provider_receivable')).toBe(due)
})

it('leaves suspense when a statement says whose it is', async () => {
  const attempt = await inbox.attempt(await inbox.place())
  await inbox.hear({ credit: { reference: 'FT1' } })
  const reference = attempt.merchantReference
  await importFile(
    inbox.deps,
    inbox.account,
    providerFile([{ reference, providerReference: 'FT1', amount: due, at: '2026-11-23T09:00:00+07:00', fee: 0 }]),
  )
  await reconcile(inbox.deps, inbox.account)
  expect((await inbox.read(attempt.orderId)).order.status).toBe('paid')
  expect(await inbox.entries()).toMatchObject([{ status: 'attributed', attemptId: attempt.id, decidedBy: 'lephi' }])
  expect([await inbox.balance('suspense'), await inbox.balance('provider_receivable')]).toEqual([0n, due])
})

it('that a statement lists and nobody knows yet is not booked by the statement', async () => {
  await inbox.hear({ credit: { reference: 'FT1' } })
  await importFile(
    inbox.deps,
    inbox.account,
    providerFile([{ providerReference: 'FT1', amount: due, at: '2026-11-23T09:00:00+07:00', fee: 0 }]),
  )
  await reconcile(inbox.deps, inbox.account)
  expect(await inbox.balance('suspense')).toBe(-due)
})
