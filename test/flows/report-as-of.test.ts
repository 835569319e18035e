// A report of one instant stays the same bytes whatever happens to its lines later, and says of every later instant what the desk says then.
import { beforeEach, expect, test } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { type ReportName, reportNames, reportWords } from '../../src/domain/report-columns.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { compareReport } from '../../src/flows/compare-report.ts'
import * as desk from '../../src/flows/decide-discrepancy.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { reportPdf } from '../../src/flows/print-report.ts'
import { reopenPeriod } from '../../src/flows/reopen-period.ts'
import { reportCsv, reportJson, reportXlsx } from '../../src/flows/report.ts'
import { chainRecords, sealDays } from '../../src/flows/seal-ledger.ts'
import { stringifyMoney } from '../../src/lib/json.ts'
import { findDiscrepancy } from '../../src/store/discrepancies.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { pdfText } from '../kit/pdf-text.ts'
import { checker, closedByName, maker } from '../kit/periods.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, settlementDesk } from '../kit/settlement-desk.ts'

const settlements = settlementDesk()
const { addRefund, listed, refunded } = settlements
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = settlements.now())
})

const days = { from: '2026-11-20', to: '2026-11-23' }
const input = (name: ReportName, asOf: Date | null) => ({
  ...days,
  name,
  agencyCode: null,
  merchantAccountId: account,
  asOf,
})
const json = (name: ReportName, asOf: Date | null) => reportJson(deps, 'H56', input(name, asOf))
/** Every report as JSON, by name. */
const spoken = async (asOf: Date | null) => {
  const texts = reportNames.map(async (name) => {
    const { as_of: _, ...report } = await json(name, asOf)
    return [name, stringifyMoney(report)] as const
  })
  return Object.fromEntries(await Promise.all(texts))
}
/** Every report as every kind of file. */
const files = async (asOf: Date) => {
  const bytes: Record<string, Uint8Array> = {}
  for (const name of reportNames)
    for (const [kind, make] of Object.entries({ csv: reportCsv, xlsx: reportXlsx, pdf: reportPdf }))
      bytes[`${name}.${kind}`] = await new Response(await make(deps, 'H56', input(name, asOf))).bytes()
  return bytes
}

const reverse = (attempt: Attempt, reference: string, amount: bigint) =>
  applyOutcome(deps, {
    merchantAccountId: account,
    outcome: {
      status: 'reversed',
      merchantReference: attempt.merchantReference,
      providerReference: reference,
      amount,
      occurredAt: deps.now(),
      code: '04',
    },
    source: 'callback',
  })
const run = () => reconcile(deps, account, { from: '2026-11-23', to: '2026-11-25' })

/** Receipts are issued behind a payment's back; until this has ended the database takes none. */
const withoutReceipt = async <T>(work: () => Promise<T>): Promise<T> => {
  await db.sql`create policy none on receipts as restrictive for insert with check (false)`
  const done = await work()
  await deps.settled()
  await db.sql`drop policy none on receipts`
  return done
}

/** Payments of every fate, a run over them, and discrepancies at every step of a decision. */
const town = async () => {
  const paid: Record<string, Attempt> = { matched: await withoutReceipt(() => payOrder(deps, account)) }
  for (const name of ['late', 'smaller', 'reversed', 'resolved', 'proposed', 'open'] as const)
    paid[name] = await payOrder(deps, account)
  const waiting = await startPayment(deps, account)
  const of = (name: string): Attempt => {
    const found = paid[name]
    if (!found) throw new Error(`nobody paid ${name}`)
    return found
  }
  await reverse(of('reversed'), 'V1', 10_000n)
  await capture(deps, of('matched'), { providerReference: 'again' })
  await listed(lineFor(of('matched')))
  await run()
  const about = async (name: string, kind = 'missing_at_provider'): Promise<string> => {
    const [row] = await db.sql`select id from discrepancies where attempt_id = ${of(name).id} and class = ${kind}`
    return String(row?.id)
  }
  deps.clock.advance(60)
  await desk.resolveDiscrepancy(deps, maker, {
    id: await about('resolved'),
    resolution: 'our_figure_stands',
    note: 'n1',
  })
  await desk.resolveDiscrepancy(deps, maker, { id: await about('proposed'), resolution: 'written_off', note: 'n2' })
  await desk.assignDiscrepancy(deps, maker, { id: await about('open'), owner: 'Trần', note: null })
  await deps.settled()
  await chainRecords(deps, { reach: 'everything' })
  deps.clock.set('2026-11-26T02:00:00Z')
  return { of, about, waiting, asOf: deps.now() }
}

type Town = Awaited<ReturnType<typeof town>>

/** What happens later, in this order, and a report in which it shows. */
const events: readonly { what: string; shows: ReportName | null; happen: (town: Town) => Promise<unknown> }[] = [
  {
    what: 'an assignment',
    shows: 'discrepancies',
    happen: async ({ about }) =>
      desk.assignDiscrepancy(deps, maker, { id: await about('open'), owner: 'Lê', note: 'n3' }),
  },
  {
    what: 'a note',
    shows: null,
    happen: async ({ about }) =>
      desk.noteDiscrepancy(deps, checker, { id: await about('open'), note: 'n4', evidence: [] }),
  },
  {
    what: 'a note beside a proposal',
    shows: null,
    happen: async ({ about }) =>
      desk.noteDiscrepancy(deps, checker, { id: await about('proposed'), note: 'n5', evidence: [] }),
  },
  {
    what: 'a reopening',
    shows: 'discrepancies',
    happen: async ({ about }) => desk.reopenDiscrepancy(deps, checker, { id: await about('resolved'), note: 'n6' }),
  },
  {
    what: 'an assignment to nobody',
    shows: 'discrepancies',
    happen: async ({ about }) =>
      desk.assignDiscrepancy(deps, maker, { id: await about('resolved'), owner: null, note: null }),
  },
  {
    what: 'a rejection',
    shows: 'discrepancies',
    happen: async ({ about }) => desk.rejectResolution(deps, checker, { id: await about('proposed'), note: 'n7' }),
  },
  {
    what: 'a proposal',
    shows: 'discrepancies',
    happen: async ({ about }) =>
      desk.resolveDiscrepancy(deps, checker, { id: await about('resolved'), resolution: 'written_off', note: 'n8' }),
  },
  {
    what: 'its approval',
    shows: 'discrepancies',
    happen: async ({ about }) => desk.approveResolution(deps, maker, { id: await about('resolved'), note: 'n9' }),
  },
  {
    what: 'the wish to open that again',
    shows: null,
    happen: async ({ about }) => desk.reopenDiscrepancy(deps, checker, { id: await about('resolved'), note: 'n10' }),
  },
  {
    what: 'another one who agrees',
    shows: 'discrepancies',
    happen: async ({ about }) => desk.approveResolution(deps, maker, { id: await about('resolved'), note: 'n11' }),
  },
  {
    what: 'a resize by the door',
    shows: 'discrepancies',
    happen: ({ of }) => reverse(of('reversed'), 'V2', 7_000n),
  },
  {
    what: 'a resize by a run',
    shows: 'discrepancies',
    happen: async ({ of }) => {
      await reverse(of('smaller'), 'V3', 50_000n)
      await run()
    },
  },
  {
    what: 'healing',
    shows: 'reconciliation',
    happen: async ({ of, waiting }) => {
      await listed(lineFor(of('late')), lineFor(waiting))
      await run()
      await run()
    },
  },
  {
    what: 'a refund',
    shows: 'refunds',
    happen: async ({ of }) => refunded(await addRefund(of('late')), { occurredAt: new Date('2026-11-23T05:00:00Z') }),
  },
  { what: 'a receipt', shows: 'collections', happen: ({ of }) => issueReceipts(deps, of('matched').orderId) },
  {
    what: 'a seal',
    shows: null,
    happen: async () => expect(await sealDays(deps)).toBe(3),
  },
  { what: 'a close', shows: null, happen: () => closedByName(deps, account, '2026-11-23') },
]

test('every report stays the same bytes after every later event, which shows in reports of later instants', async () => {
  const here = await town()
  const before = { spoken: await spoken(here.asOf), files: await files(here.asOf) }
  for (const { what, shows, happen } of events) {
    const looked = shows ?? 'discrepancies'
    const then = (await json(looked, null)).rows
    deps.clock.advance(60)
    await happen(here)
    await deps.settled()
    expect([what, await spoken(here.asOf)]).toEqual([what, before.spoken])
    const now = (await json(looked, null)).rows
    if (shows) expect([what, now]).not.toEqual([what, then])
    else expect([what, now]).toEqual([what, then])
    if (looked === 'discrepancies') expect([what, stated(now)]).toEqual([what, await statedAtTheDesk()])
  }
  const after = await files(here.asOf)
  const differs = (name: string) => Buffer.compare(after[name] ?? Buffer.of(), before.files[name] ?? Buffer.of()) !== 0
  expect(Object.keys(after).filter(differs)).toEqual([])
  await reasonsAreTold(here)
  await paperSaysWhatHeld(here)
}, 90_000)

const shown = ['amount', 'status', 'owner', 'resolution', 'note'] as const

const stated = (rows: readonly Readonly<Record<string, unknown>>[]) =>
  Object.fromEntries(rows.map((row) => [row.discrepancy, shown.map((key) => row[key])]))

const statedAtTheDesk = async () => {
  const found: Record<string, unknown> = {}
  for (const {
    id,
  } of await db.sql`select id from discrepancies where merchant_account_id = ${account} and opened_at < '2026-11-24'`) {
    const one = await findDiscrepancy(deps.db, 'H56', String(id))
    found[String(id)] = shown.map((key) => (key === 'status' ? reportWords[String(one?.status)] : one?.[key]))
  }
  return found
}

/** Each line that became another one, by what it is about. */
const reasonsAreTold = async ({ about, asOf, of }: Town) => {
  const reasons = async (name: ReportName, key: string) =>
    Object.fromEntries(
      (await compareReport(deps, 'H56', { ...input(name, null), compareTo: asOf })).changes.map(
        ({ before, after, change, reason }) => [(after ?? before)?.[key], [change, reason]],
      ),
    )
  expect(await reasons('discrepancies', 'discrepancy')).toMatchObject({
    [await about('resolved')]: ['changed', 'resolution'],
    [await about('late')]: ['changed', 'resolution'],
    [await about('reversed', 'reversed')]: ['changed', 'correction'],
    [await about('smaller')]: ['changed', 'correction'],
  })
  expect((await reasons('collections', 'order'))[of('matched').orderId]).toEqual(['changed', 'receipt_issued'])
  expect(await reasons('refunds', 'order')).toEqual({ [of('late').orderId]: ['added', 'booked_later'] })
  expect(await reasons('ledger', 'kind')).toMatchObject({ Hoàn: ['added', 'correction'] })
}

/** The root of what was sealed and how far the books were closed, each as of the instant of the paper. */
const paperSaysWhatHeld = async ({ asOf }: Town) => {
  const paper = async (at: Date | null, name: ReportName = 'reconciliation') =>
    pdfText(await reportPdf(deps, 'H56', input(name, at)))
  const [seal] = await db.sql`select root from ledger_seals where agency_code = 'H56' order by day desc limit 1`
  const closedAt = deps.now()
  const line = `Sổ cái đã niêm phong đến hết ngày 25/11/2026, gốc Merkle: ${seal?.root}`
  expect(await paper(null)).toContain(line)
  expect(await paper(null)).toContain('Sổ của kỳ: đã khóa')
  const then = await paper(asOf)
  expect(then).not.toContain('gốc Merkle')
  expect(then).toContain('Sổ của kỳ: chưa khóa')
  expect(await paper(null, 'collections')).not.toContain('Sổ của kỳ')
  const longer = await reportPdf(deps, 'H56', { ...input('reconciliation', null), to: '2026-11-24' })
  expect(await pdfText(longer)).toContain('Sổ của kỳ: đã khóa đến hết ngày 23/11/2026')
  deps.clock.advance(60)
  await reopenPeriod(deps, checker, { merchantAccountId: account, day: '2026-11-23', reason: 'r' })
  expect(await paper(null)).toContain('Sổ của kỳ: chưa khóa')
  expect(await paper(closedAt)).not.toContain('chưa khóa')
}

test('a report of an instant in which somebody has begun to write waits for him, tells of the time before him, or is refused', async () => {
  deps.clock.set(new Date())
  const book = async () => {
    const writer = await db.sql.reserve()
    await writer`begin`
    const id = deps.newId('jrn')
    const common = { agencyCode: 'H56', businessDay: '2026-11-22' }
    await writer`insert into journal_entries ${writer({ ...common, id, kind: 'settlement', subject: id, occurredAt: deps.now(), postedAt: deps.now() })}`
    const lines = [7n, -7n].map((amount, index) => ({
      ...common,
      entryId: id,
      lineNo: index + 1,
      account: 'bank',
      merchantAccountId: account,
      amount,
    }))
    await writer`insert into postings ${writer(lines)}`
    return async () => {
      await writer`commit`
      writer.release()
    }
  }
  const ledgerAt = async (asOf: Date | null) => stringifyMoney(await json('ledger', asOf))
  const commit = await book()
  const began = deps.now()
  const [present, asked] = await Promise.allSettled([json('ledger', null), json('ledger', began)])
  expect(asked).toMatchObject({ status: 'rejected', reason: { code: 'conflict', retryAfterSeconds: 2 } })
  if (present.status === 'rejected') throw present.reason
  expect(new Date(present.value.as_of).getTime()).toBeLessThan(began.getTime())
  await commit()
  // What was told before he ended stays as it was; what is told now has what he wrote.
  expect(await ledgerAt(new Date(present.value.as_of))).toBe(stringifyMoney(present.value))
  const told = await ledgerAt(began)
  expect(told).toContain('"debit":7')
  // Seconds have passed, and who begins to write writes down the time of now.
  deps.clock.set(new Date())
  const end = await book()
  const waiting = ledgerAt(deps.now())
  await end()
  expect(await waiting).toBe(await ledgerAt(deps.now()))
  expect(await waiting).toContain('"amount":14')
})
