// The reports about payouts, receipts, online payment and providers: each adds up to the ledger, and is recomputed here in another way.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { type ReportName, reportGroups, reportNames } from '../../src/domain/report-columns.ts'
import { percent } from '../../src/domain/report-shape.ts'
import { workingDaysBetween } from '../../src/domain/working-days.ts'
import { compareReport } from '../../src/flows/compare-report.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { reportPdf } from '../../src/flows/print-report.ts'
import type { ReportInput } from '../../src/flows/read-report.ts'
import { reportCsv, reportJson, reportXlsx } from '../../src/flows/report.ts'
import { businessDay } from '../../src/lib/time.ts'
import { addCall } from '../../src/store/provider-calls.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { orderInput, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { pdfTexts } from '../kit/pdf-text.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { bankFile, importFile, providerFile } from '../kit/statements.ts'

let db: TestDatabase
let deps: TestDeps
let account: string
/** Before and after the bank's file was known. */
let beforeBank: Date
let asOf: Date

const tariff = { basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true }
const feeOf = (amount: bigint) => {
  const fee = (amount * 110n * 2n + 10_000n) / 20_000n
  return (fee * 11_000n * 2n + 10_000n) / 20_000n
}

beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
  account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  await db.sql`update merchant_accounts set provider_fee = ${db.sql.json(tariff)} where id = ${account}`
  await town()
  deps.clock.set('2026-11-27T02:00:00Z')
})
afterAll(() => db.drop())

/** Twelve payments with their callbacks, three payouts, a bank's file, free and unpaid dossiers, and calls of which some were silent. */
const town = async () => {
  const paid: { attempt: Attempt; occurredAt: Date }[] = []
  for (let i = 0; i < 12; i++) {
    const attempt = await startPayment(deps, account, { amount: BigInt(50_000 + i * 10_007) })
    const occurredAt = deps.now()
    deps.clock.advance(i * 3)
    if (i !== 11) await hearCallback(attempt.merchantReference)
    await capture(deps, attempt, { occurredAt })
    await issueReceipts(deps, attempt.orderId)
    paid.push({ attempt, occurredAt })
  }
  await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-7001', agencyCode: 'H56.12.04' })
  const [line] = orderInput().lines
  if (!line) throw new Error('no line')
  for (const agencyCode of ['H56.12.03', 'H56.14'])
    await placeTestOrder(deps, {
      dossierCode: `${agencyCode}-261122-7002`,
      agencyCode,
      lines: [{ ...line, unitAmount: 0n }],
    })
  for (let minute = 0; minute < 6; minute++)
    for (const operation of ['start', 'query'])
      await addCall(deps.db, {
        merchantAccountId: account,
        agencyCode: 'H56',
        operation,
        isUnanswered: minute < 2 || (minute === 2 && operation === 'start'),
        tookMs: 40,
        at: new Date(Date.parse('2026-11-23T03:00:00Z') + minute * 60_000),
      })
  await importFile(
    deps,
    account,
    providerFile(
      paid.map(({ attempt, occurredAt }, i) => ({
        reference: attempt.merchantReference,
        providerReference: `p-${attempt.merchantReference}`,
        amount: attempt.amount,
        fee: feeOf(attempt.amount) + (i === 5 ? 7n : 0n),
        at: new Date(occurredAt.getTime() + 7 * 3_600_000).toISOString().replace('.000Z', '+07:00'),
        payout: `PO-TEST-${1 + Math.floor(i / 4)}`,
        valueDate: i < 8 ? '2026-11-24' : '2026-11-27',
      })),
    ),
  )
  deps.clock.set('2026-11-24T08:00:00Z')
  await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-24' })
  beforeBank = deps.now()
  const net = (from: number) =>
    paid.slice(from, from + 4).reduce((sum, { attempt }) => sum + attempt.amount - feeOf(attempt.amount), 0n)
  deps.clock.set('2026-11-26T02:00:00Z')
  await importFile(
    deps,
    account,
    bankFile([
      { amount: net(0), reference: 'FT-1', text: 'VNPAY PO-TEST-1' },
      { amount: net(4) - 1_000n, reference: 'FT-2', text: 'PO-TEST-2' },
      { amount: 123_456n, reference: 'FT-3', text: 'ai do chuyen' },
    ]),
    'bank',
  )
  await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-24' })
  deps.clock.advance(60)
  asOf = deps.now()
}

const hearCallback = (reference: string) =>
  db.sql`insert into callbacks ${db.sql({ id: deps.newId('clb'), agencyCode: 'H56', merchantAccountId: account, provider: 'test', sealed: new Uint8Array([1]), contentHash: reference, claimedReference: reference, reading: 'genuine', verdict: 'accepted', requestId: 'r', receivedAt: deps.now() })}`

const input = (name: ReportName, more: Partial<ReportInput> = {}): ReportInput => ({
  name,
  from: '2026-11-20',
  to: '2026-11-30',
  agencyCode: null,
  merchantAccountId: null,
  asOf,
  ...more,
})
const json = (name: ReportName, more: Partial<ReportInput> = {}) => reportJson(deps, 'H56', input(name, more))
const rowsOf = (sums: readonly Record<string, unknown>[], key: string) => sums.map((row) => row[key])
const sumOf = async (accountName: string, kind: string) => {
  const [row] =
    await db.sql`select coalesce(sum(p.amount), 0)::bigint as amount from postings as p join journal_entries as e on e.id = p.entry_id where p.account = ${accountName} and e.kind = ${kind}`
  return BigInt(row?.amount)
}

describe('settlements', () => {
  test('stand beside what came to the bank, to the đồng, with what is short, unknown and still due', async () => {
    const report = await json('settlements')
    expect(report.totals.amount).toBe(await sumOf('bank', 'settlement'))
    expect(report.totals.receivable).toBe(-(await sumOf('provider_receivable', 'settlement')))
    expect(report.totals.booked_fee).toBe(await sumOf('provider_fee', 'settlement'))
    expect(report.totals.suspense).toBe(await sumOf('suspense', 'settlement'))
    const rows = report.rows.map((row) => [row.payout_reference, row.bank_references, row.result, row.difference])
    expect(rows.toSorted()).toEqual(
      [
        ['PO-TEST-1', 'FT-1', 'Khớp', 0n],
        ['PO-TEST-2', 'FT-2', 'Chuyển thiếu', expect.anything()],
        [null, 'FT-3', 'Báo có chưa rõ', 123_456n],
        ['PO-TEST-3', null, 'Chưa đến hạn', expect.anything()],
      ].toSorted(),
    )
    const first = report.rows.find((row) => row.payout_reference === 'PO-TEST-1')
    expect(first).toMatchObject({ lines: 4n, expected_on: '2026-11-24', value_date: '2026-11-24', provider: 'test' })
    expect(first?.net).toBe(first?.amount)
    expect(first?.net).toBe((first?.gross as bigint) - (first?.provider_fee as bigint))
  })

  test('were all outstanding before the bank’s file was known', async () => {
    const { rows, totals } = await json('settlements', { asOf: beforeBank })
    expect(totals).toMatchObject({ amount: 0n, receivable: 0n })
    expect(rows.map((row) => [row.payout_reference, row.result])).toEqual([
      ['PO-TEST-1', 'Chưa quyết toán'],
      ['PO-TEST-2', 'Chưa quyết toán'],
      ['PO-TEST-3', 'Chưa đến hạn'],
    ])
  })
})

describe('receipts', () => {
  test('add up to what they say, and to what was collected less what has none', async () => {
    const { rows, totals, summaries } = await json('receipts')
    const [own] = await db.sql`select sum(amount)::bigint as amount, count(*)::int as count from receipts`
    expect([totals.amount, rows.length]).toEqual([BigInt(own?.amount), own?.count])
    const collected = (await json('collections')).totals.amount
    expect(totals.amount).toBe(collected)
    expect(rows[0]).toMatchObject({
      form: 'EBL01',
      serial: '26TAB',
      receipt_number: '1',
      issued_on: '2026-11-23',
      fee_names: 'Lệ phí đăng ký khai sinh',
      status: 'Mới',
      exchange_rate: null,
    })
    const series = summaries.find(({ name }) => name === 'series')
    expect(series?.rows).toMatchObject([{ first: '1', last: '12', used: 12n, amount: totals.amount, kind: 'Lệ phí' }])
    const ledger = summaries.find(({ name }) => name === 'against_ledger')?.rows ?? []
    const figures = rowsOf(ledger, 'amount') as bigint[]
    expect(figures.slice(0, -1).reduce((sum, figure) => sum + figure, 0n)).toBe(figures.at(-1))
    expect([figures[0], figures.at(-1)]).toEqual([collected, totals.amount])
  })

  test('that say another sum than the lines they are for are no report', async () => {
    await db.sql`alter table receipts disable trigger user`
    const change = (by: bigint) => db.sql`update receipts set amount = amount + ${by} where number = 1`
    await change(1n)
    try {
      await expect(json('receipts')).rejects.toThrow('does not add up to the ledger in amount')
    } finally {
      await change(-1n)
      await db.sql`alter table receipts enable trigger user`
    }
  })
})

describe('the rate of online payment', () => {
  test('leaves dossiers of price 0 out, has no rate where nothing is left, and two decimals', async () => {
    const { rows, totals, rates } = await json('online-payment-rate')
    expect(
      rows.map((row) => [row.agency_code, row.dossiers, row.zero_price, row.counted, row.paid_online, row.rate]),
    ).toEqual([
      ['H56.12.03', 13n, 1n, 12n, 12n, '100.00'],
      ['H56.12.04', 1n, 0n, 1n, 0n, '0.00'],
      ['H56.14', 1n, 1n, 0n, 0n, 'N/A'],
    ])
    expect(rates).toEqual({ rate: '92.31' })
    expect(totals.amount).toBe((await json('collections')).totals.amount)
    expect(rows.map((row) => row.agency_name)).toEqual(['Cơ quan H56.12.03', 'Cơ quan H56.12.04', 'Cơ quan H56.14'])
  })

  test.each([
    [1n, 3n, '33.33'],
    [2n, 3n, '66.67'],
    [1n, 8n, '12.50'],
    [1n, 16_000n, '0.01'],
    [0n, 0n, 'N/A'],
    [10n ** 15n - 1n, 10n ** 15n, '100.00'],
  ])('%d of %d is %s', (part, whole, expected) => expect(percent(part, whole)).toBe(expected))
})

describe('the scorecard of providers', () => {
  test('is what the raw evidence says when it is added up by hand', async () => {
    const { rows, totals, rates } = await json('provider-scorecard')
    const facts = await db.sql`
      select f.*, a.merchant_reference from money_facts as f join attempts as a on a.id = f.attempt_id where f.kind = 'captured' and f.merchant_account_id = ${account}`
    const heard =
      await db.sql`select claimed_reference, received_at from callbacks where merchant_account_id = ${account} and reading = 'genuine'`
    const calls =
      await db.sql`select minute, operation, calls, unanswered from provider_calls where merchant_account_id = ${account}`
    const lines =
      await db.sql`select * from statement_lines where merchant_account_id = ${account} and source = 'provider'`
    const delays = facts
      .flatMap((fact) => {
        const call = heard.find((each) => each.claimedReference === fact.merchantReference)
        const isTold = fact.occurredAt.getTime() !== fact.receivedAt.getTime()
        return call && isTold ? [Math.floor((call.receivedAt.getTime() - fact.occurredAt.getTime()) / 1_000)] : []
      })
      .toSorted((a, b) => a - b)
    const rank = (share: number) => BigInt(delays[Math.ceil(share * delays.length) - 1] ?? -1)
    const minutes = Map.groupBy(calls, (call) => call.minute.getTime())
    const dead = [...minutes.values()].filter((all) => all.every((call) => call.calls === call.unanswered))
    const days = lines.map((line) => workingDaysBetween(businessDay(line.occurredAt), line.valueDate))
    const contract = lines.reduce((sum, line) => sum + feeOf(BigInt(line.amount)), 0n)
    const charged = lines.reduce((sum, line) => sum + BigInt(line.providerFee), 0n)
    const starts = calls.filter((call) => call.operation === 'start')
    const total = (all: readonly Record<string, unknown>[], key: 'calls' | 'unanswered') =>
      all.reduce((sum, call) => sum + BigInt(String(call[key])), 0n)
    expect(rows).toMatchObject([
      {
        provider: 'test',
        merchant_account: account,
        captures: BigInt(facts.length),
        called_back: BigInt(heard.length),
        told_by_query: 0n,
        delay_p50: rank(0.5),
        delay_p95: rank(0.95),
        delay_p99: rank(0.99),
        starts: total(starts, 'calls'),
        unknown: total(starts, 'unanswered'),
        unknown_rate: '50.00',
        calls: total(calls, 'calls'),
        unanswered: total(calls, 'unanswered'),
        outage_minutes: BigInt(dead.length),
        settled: BigInt(lines.length),
        settlement_days_max: BigInt(Math.max(...days)),
        settlement_days_mean: (days.reduce((sum, each) => sum + each, 0) / days.length).toFixed(2),
        settled_late: BigInt(days.filter((each) => each > 1).length),
        fee_contract: contract,
        fee_charged: charged,
        fee_deviation: 7n,
        amount: facts.reduce((sum, fact) => sum + BigInt(fact.amount), 0n),
      },
    ])
    expect(delays.at(-1)).toBeGreaterThan(0)
    expect([dead.length, rates]).toEqual([2, { unknown_rate: '50.00' }])
    expect(totals.amount).toBe(await sumOf('provider_receivable', 'capture'))
  })
})

describe('grouped collections', () => {
  test.each(reportGroups)('by %s add up to the list of collections', async (groupBy) => {
    const [list, grouped] = [await json('collections'), await json('collections', { groupBy })]
    expect(grouped.rows.length).toBeGreaterThan(0)
    for (const key of ['phi', 'le_phi', 'other', 'amount'])
      expect([key, grouped.totals[key]]).toEqual([key, list.totals[key]])
    expect(grouped.group_by).toBe(groupBy)
  })

  test('count dossiers and those that cost nothing, and are collections only', async () => {
    const { rows } = await json('collections', { groupBy: 'agency' })
    expect(rows.map((row) => [row.agency_code, row.dossiers, row.waived])).toEqual([
      ['H56.12.03', 12n, 1n],
      ['H56.14', 0n, 1n],
    ])
    await expect(json('ledger', { groupBy: 'agency' })).rejects.toMatchObject({ code: 'invalid_input' })
  })
})

describe('the reconciliation report', () => {
  test('has an equation of what is unsettled that holds, before and after the bank paid', async () => {
    for (const at of [beforeBank, asOf]) {
      const { summaries } = await json('reconciliation', { asOf: at })
      const rows = summaries.find(({ name }) => name === 'equation')?.rows ?? []
      const [opening, paid, refunded, other, settled, closing] = rowsOf(rows, 'amount') as bigint[]
      expect((opening ?? 0n) + (paid ?? 0n) - (refunded ?? 0n) + (other ?? 0n)).toBe((settled ?? 0n) + (closing ?? 0n))
      const [owed] =
        await db.sql`select sum(p.amount)::bigint as amount from postings as p join journal_entries as e on e.id = p.entry_id where p.account = 'provider_receivable' and e.posted_at <= ${at}`
      expect(closing).toBe(BigInt(owed?.amount))
    }
    const { rows } = await json('reconciliation')
    expect(new Set(rowsOf(rows, 'bank_reference'))).toEqual(new Set(['FT-1', 'FT-2', null]))
  })
})

describe('paper', () => {
  test.each(reportNames)('%s bears its unit, its days, its sum in words and the places of who signs', async (name) => {
    const pages = await pdfTexts(await reportPdf(deps, 'H56', input(name)))
    const text = pages.flat().join(' ')
    for (const words of [
      'CƠ QUAN H56',
      'Mã ĐVQHNS:',
      'Từ ngày 20/11/2026 đến ngày 30/11/2026',
      'UTC+7',
      'bằng chữ:',
      'NGƯỜI LẬP',
      'KẾ TOÁN TRƯỞNG',
      'THỦ TRƯỞNG ĐƠN VỊ',
      'ngày 26 tháng 11 năm 2026',
      `Trang ${pages.length}/${pages.length}`,
      'Tổng cộng',
    ])
      expect([name, text.includes(words), words]).toEqual([name, true, words])
  })

  test('has no room for more than 5,000 rows, and says what has', async () => {
    const ids = `jrn_${'0'.repeat(17)}`
    await db.sql.begin(async (sql) => {
      await sql`
        insert into journal_entries (id, agency_code, kind, subject, business_day, occurred_at, posted_at)
        select ${ids} || lpad(n::text, 5, '0'), 'H56', 'settlement', 'test', '2026-12-24', ${asOf}, ${asOf} from generate_series(1, 2501) as n`
      await sql`
        insert into postings (entry_id, line_no, agency_code, account, merchant_account_id, amount, business_day)
        select ${ids} || lpad(n::text, 5, '0'), side.no, 'H56', side.account, ${account}, side.amount, '2026-12-24'
        from generate_series(1, 2501) as n cross join (values (1, 'bank', 5), (2, 'suspense', -5)) as side (no, account, amount)`
    })
    const day = { from: '2026-12-24', to: '2026-12-24' }
    await expect(reportPdf(deps, 'H56', input('ledger', day))).rejects.toMatchObject({
      code: 'invalid_input',
      message: expect.stringContaining('more than 5000 rows'),
    })
    expect((await json('ledger', day)).rows).toHaveLength(5_002)
  })
})

test('what became of a line between two instants is told with its reason', async () => {
  const compare = async (name: ReportName, more: Partial<ReportInput> = {}) =>
    (await compareReport(deps, 'H56', { ...input(name, more), compareTo: beforeBank })).changes
  expect((await compare('settlements')).map(({ change, reason }) => [change, reason]).toSorted()).toEqual(
    [
      ...Array.from({ length: 2 }, () => ['removed', 'late_settlement']),
      ...Array.from({ length: 3 }, () => ['added', 'late_settlement']),
    ].toSorted(),
  )
  const lines = await compare('reconciliation')
  expect(new Set(lines.map(({ change, reason }) => `${change} ${reason}`))).toContain('changed late_settlement')
  expect(lines.every(({ before, after }) => before?.amount === after?.amount)).toBe(true)
  expect(await compare('collections')).toEqual([])
  expect(await compare('ledger', { asOf: beforeBank })).toEqual([])
  expect((await compare('ledger')).every(({ change, reason }) => change === 'added' && reason === 'booked_later')).toBe(
    true,
  )
  await expect(
    compareReport(deps, 'H56', { ...input('ledger'), compareTo: new Date('2999-01-01') }),
  ).rejects.toMatchObject({ code: 'invalid_input' })
})

test('every report stays the same bytes, whatever becomes known later', async () => {
  const formats = [reportCsv, reportXlsx, reportPdf]
  const make = async () => {
    const files: Uint8Array[] = []
    for (const name of reportNames)
      for (const format of formats)
        files.push(await new Response(await format(deps, 'H56', input(name, { asOf: beforeBank }))).bytes())
    return files
  }
  const before = await make()
  await payOrder(deps, account, { at: '2026-11-23T10:00:00+07:00' })
  await importFile(deps, account, bankFile([{ amount: 123_456, reference: 'FT-9', text: 'PO-TEST-3' }]), 'bank')
  await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-24' })
  expect(await make()).toEqual(before)
})
