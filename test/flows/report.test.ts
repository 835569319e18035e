// Reports add up to the ledger, can be made again byte for byte, and open in a spreadsheet.
import { type CellObject, read, utils } from '@e965/xlsx'
import Papa from 'papaparse'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Caller } from '../../src/domain/access.ts'
import { type ReportName, reportNames } from '../../src/domain/report-columns.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { changeAgency } from '../../src/flows/change-agency.ts'
import { changeMerchantAccount } from '../../src/flows/change-merchant-account.ts'
import { resolveDiscrepancy } from '../../src/flows/decide-discrepancy.ts'
import { reportPdf } from '../../src/flows/print-report.ts'
import type { ReportInput } from '../../src/flows/read-report.ts'
import { reportCsv, reportFileName, reportJson, reportXlsx } from '../../src/flows/report.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { addAttempt, orderInput, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { capture, payOrder, reconcile } from '../kit/reconciliation.ts'
import { importFile, providerFile } from '../kit/statements.ts'

let db: TestDatabase
let deps: TestDeps
let account: string

beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
  account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  await townOfMoney()
  deps.clock.set('2026-11-26T02:00:00Z')
})
afterAll(() => db.drop())

const admin: Caller = { clientId: 'cli_a', agency: 'H56', scopes: ['admin'], tokenId: 't' }
const asOf = new Date('2026-11-26T00:00:00Z')
const input = (name: ReportName, more: Partial<ReportInput> = {}): ReportInput => ({
  name,
  from: '2026-11-20',
  to: '2026-11-30',
  agencyCode: null,
  merchantAccountId: account,
  asOf,
  ...more,
})
const json = (name: ReportName, more: Partial<ReportInput> = {}) => reportJson(deps, 'H56', input(name, more))
const csvText = async (name: ReportName, more: Partial<ReportInput> = {}) =>
  new Response(await reportCsv(deps, 'H56', input(name, more))).text()
const xlsxBytes = async (name: ReportName) => new Response(await reportXlsx(deps, 'H56', input(name))).bytes()
const line = (attempt: { merchantReference: string; amount: bigint }) => ({
  reference: attempt.merchantReference,
  providerReference: `p-${attempt.merchantReference}`,
  amount: attempt.amount,
  at: '2026-11-23T09:00:00+07:00',
})

/** Payments, a reversal, a payment made twice, a refund, a file with troubles and a run over it. */
const townOfMoney = async () => {
  const paid = [
    await payOrder(deps, account),
    await payOrder(deps, account, { amount: 70_001n }),
    await payOrder(deps, account),
  ]
  const [first, twice, reversed] = paid
  if (!first || !twice || !reversed) throw new Error('no payments')
  const mixed = await placeTestOrder(deps, {
    dossierCode: 'H56.12.03-261122-9001',
    payer: { name: '=HYPERLINK("http://x")' },
    lines: [
      { ...onlyLine(), kind: 'phi', unitAmount: 30_000n, feeCode: 'A' },
      { ...onlyLine(), kind: 'le_phi', unitAmount: 8_000n, feeCode: 'B' },
      { ...onlyLine(), kind: 'khac', unitAmount: 1_000n, feeCode: 'C', budgetItem: '0015' },
    ],
  })
  const attempt = await addAttempt(deps, mixed, account)
  await capture(deps, attempt)
  await capture(deps, twice, { providerReference: 'again' })
  await applyOutcome(deps, {
    merchantAccountId: account,
    outcome: {
      status: 'reversed',
      merchantReference: reversed.merchantReference,
      providerReference: 'rev',
      amount: 100_000n,
      occurredAt: deps.now(),
      code: '04',
    },
    source: 'query',
  })
  const id = deps.newId('rfd')
  await db.sql`insert into refunds ${db.sql({ id, agencyCode: 'H56.12.03', orderId: first.orderId, attemptId: first.id, merchantAccountId: account, provider: 'test', merchantReference: 'refund1', source: 'order', status: 'pending', amount: 50_000n, reason: 'Rút hồ sơ', madeBy: 'a', decidedBy: 'b', createdAt: deps.now() })}`
  await applyOutcome(deps, {
    merchantAccountId: account,
    outcome: {
      status: 'refunded',
      merchantReference: 'refund1',
      providerReference: 'pr1',
      amount: 50_000n,
      occurredAt: deps.now(),
      code: '00',
    },
    source: 'query',
  })
  await importFile(
    deps,
    account,
    providerFile([
      ...paid.map(line),
      { ...line(attempt), amount: 39_001 },
      { ...line(attempt), reference: 'nobody', providerReference: '0042' },
      { ...line(first) },
    ]),
  )
  deps.clock.advance(60)
  await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-24' })
}
const onlyLine = () => {
  const [found] = orderInput().lines
  if (!found) throw new Error('no line')
  return found
}
const ledgerOf = async (name: string, kinds: readonly string[]) => {
  const [row] =
    await db.sql`select coalesce(sum(p.amount), 0)::bigint as amount from postings as p join journal_entries as e on e.id = p.entry_id where p.account = ${name} and e.kind = any(${[...kinds]}) and p.merchant_account_id = ${account}`
  return BigInt(row?.amount)
}

describe('a report', () => {
  test('of collections adds up to what the ledger says was collected, split by kind of fee', async () => {
    const report = await json('collections')
    const everything = -(await ledgerOf('collected', ['capture', 'reversal', 'adjustment']))
    expect(report.totals.amount).toBe(everything)
    expect(everything).toBe(150_000n + 70_001n + 150_000n - 100_000n + 39_000n)
    expect(report.totals).toMatchObject({ phi: 30_000n, other: 1_000n })
    for (const row of report.rows)
      expect((row.phi as bigint) + (row.le_phi as bigint) + (row.other as bigint)).toBe(row.amount)
    expect(report.rows.find((row) => row.dossier_code === 'H56.12.03-261122-9001')).toMatchObject({
      agency_code: 'H56.12.03',
      phi: 30_000n,
      le_phi: 8_000n,
      other: 1_000n,
      amount: 39_000n,
      business_day: '2026-11-23',
      kind: 'Thu',
      form: 'CK',
      number: '4',
    })
    expect(report.columns.at(-1)).toEqual({ key: 'amount', title: 'Tổng cộng', type: 'amount' })
  })

  test('of reconciliation adds up to what the providers owe, and has every line that no booking stands for', async () => {
    const report = await json('reconciliation')
    expect(report.totals.amount).toBe(
      await ledgerOf('provider_receivable', ['capture', 'reversal', 'refund', 'adjustment']),
    )
    expect(report.totals.difference).toBe((report.totals.amount_there ?? 0n) - (report.totals.amount ?? 0n))
    const results = report.rows.map((row) => [row.result, row.amount, row.amount_there]).toSorted()
    expect(results).toEqual(
      [
        ['Khớp', 150_000n, 150_000n],
        ['Khớp', 70_001n, 70_001n],
        ['Lệch số tiền', 150_000n, 150_000n],
        ['Lệch số tiền', 39_000n, 39_001n],
        ['Chỉ có ở hệ thống', 70_001n, 0n],
        ['Lệch hoàn trả', -50_000n, 0n],
        ['Chưa đối soát', -100_000n, 0n],
        ['Chỉ có ở đối tác', 0n, 39_000n],
        ['Trùng', 0n, 0n],
      ].toSorted(),
    )
    expect(report.rows.find((row) => row.result === 'Chỉ có ở đối tác')).toMatchObject({
      provider: 'test',
      merchant_reference: 'nobody',
      provider_reference: '0042',
      policy: 'heal_from_statement',
      due_on: '2026-11-24',
      owner: null,
      status_there: 'Thành công',
    })
    expect(report.rows.find((row) => row.result === 'Khớp')).toMatchObject({
      payee_account: '0123456789',
      budget_items: '2771',
      status_here: 'Đã thu',
      period: '2026-11-23 - 2026-11-24',
    })
  })

  test('of refunds and of the ledger adds up as well', async () => {
    const refunds = await json('refunds')
    expect(refunds.totals.amount).toBe(-(await ledgerOf('provider_receivable', ['refund'])))
    expect(refunds.rows).toMatchObject([
      { reason: 'Rút hồ sơ', amount: 50_000n, provider_reference: 'pr1', merchant_reference: 'refund1' },
    ])
    const ledger = await json('ledger')
    const [row] =
      await db.sql`select sum(amount) filter (where amount > 0)::bigint as debit from postings where merchant_account_id = ${account}`
    expect(ledger.totals).toEqual({ debit: row?.debit, credit: row?.debit, amount: row?.debit })
  })

  test.each(reportNames)(
    '%s is the same, byte for byte, as of the same instant, whatever happens later',
    async (name) => {
      const before = [
        JSON.stringify(await json(name), (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
        await csvText(name),
        await xlsxBytes(name),
        await reportPdf(deps, 'H56', input(name)),
      ]
      await payOrder(deps, account, { at: '2026-11-23T10:00:00+07:00' })
      const [open] =
        await db.sql`select id from discrepancies where merchant_account_id = ${account} and status = 'open' limit 1`
      await resolveDiscrepancy(
        deps,
        { scope: 'H56', actor: 'cli_a' },
        { id: String(open?.id), resolution: 'done', note: 'n' },
      )
      await changeAgency(deps, admin, { code: 'H56', changes: { name: 'Tên khác' } })
      await changeMerchantAccount(deps, admin, {
        id: account,
        changes: { providerFee: { fixed: (deps.now().getTime() % 1000) + 1 } },
      })
      await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-24' })
      const after = [
        JSON.stringify(await json(name), (_key, value) => (typeof value === 'bigint' ? Number(value) : value)),
        await csvText(name),
        await xlsxBytes(name),
        await reportPdf(deps, 'H56', input(name)),
      ]
      expect(after).toEqual(before)
      const now = await json(name, { asOf: null })
      expect(now.rows.length).toBeGreaterThanOrEqual((await json(name)).rows.length)
    },
  )

  test('covers the agency that was asked for and those below it, and refuses one outside', async () => {
    expect((await json('collections', { agencyCode: 'H56.12' })).rows.length).toBeGreaterThan(3)
    expect((await json('collections', { agencyCode: 'H56.12.04' })).rows).toEqual([])
    expect((await reportJson(deps, 'H56.12.04', input('collections'))).totals.amount).toBe(0n)
    await expect(reportJson(deps, 'H56.14', input('collections', { agencyCode: 'H56.12' }))).rejects.toMatchObject({
      code: 'not_found',
    })
  })

  test('has nothing before its period and refuses one that is none or too long', async () => {
    expect((await json('collections', { from: '2026-11-20', to: '2026-11-22' })).rows).toEqual([])
    await expect(json('ledger', { from: '2026-11-24', to: '2026-11-23' })).rejects.toMatchObject({
      code: 'invalid_input',
    })
    await expect(json('ledger', { from: '2025-11-20' })).rejects.toMatchObject({ code: 'invalid_input' })
  })

  test('that does not add up to the ledger is an error and not a file', async () => {
    // Rows of a table that the report reads are hidden from it, as a wrong join would.
    await db.sql`create policy hidden on orders as restrictive using (dossier_code <> 'H56.12.03-261122-9001')`
    try {
      await expect(json('collections')).rejects.toThrow('does not add up to the ledger in amount')
      await expect(csvText('collections')).rejects.toThrow('does not add up')
      await expect(reportXlsx(deps, 'H56', input('collections'))).rejects.toThrow('does not add up')
    } finally {
      await db.sql`drop policy hidden on orders`
    }
  })
})

describe('a file', () => {
  test('is CSV that a spreadsheet takes for what it is', async () => {
    const text = await csvText('collections')
    const bytes = await new Response(await reportCsv(deps, 'H56', input('collections'))).bytes()
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf])
    expect(text.startsWith('STT,Đơn vị thu,Mã hồ sơ,')).toBe(true)
    const { data } = Papa.parse<string[]>(text.trimEnd(), { delimiter: ',' })
    expect(data.every((row) => row.length === 22)).toBe(true)
    const dangerous = data.find((row) => row[2] === 'H56.12.03-261122-9001')
    expect(dangerous?.[5]).toBe('\'=HYPERLINK("http://x")')
    expect(dangerous?.at(-1)).toBe('39000')
    const report = await json('collections')
    expect(data.at(-1)?.[0]).toBe('Tổng cộng')
    expect(data.at(-1)?.at(-1)).toBe(String(report.totals.amount))
    const sum = data.slice(1, -1).reduce((total, row) => total + BigInt(row.at(-1) ?? 0), 0n)
    expect(sum).toBe(report.totals.amount)
  })

  test.each(reportNames)(
    '%s is a workbook that another reader adds up to the same, by its own formulas',
    async (name) => {
      const book = read(await xlsxBytes(name), { cellFormula: true, cellNF: true, cellDates: false })
      const [first = ''] = book.SheetNames
      const sheet = book.Sheets[first]
      const { columns, totals } = await json(name)
      const rows = utils.sheet_to_json<unknown[]>(sheet ?? {}, { header: 1, raw: true, blankrows: true })
      expect(rows[0]).toEqual(columns.map(({ title }) => title))
      expect(rows.at(-1)?.[0]).toBe('Tổng cộng')
      for (const [index, column] of columns.entries()) {
        const sum = sheet?.[utils.encode_cell({ r: rows.length - 1, c: index })] as CellObject | undefined
        if (!(column.key in totals)) continue
        const letter = utils.encode_col(index)
        const above = rows.slice(1, -1).reduce((total, row) => total + Number(row[index] ?? 0), 0)
        const formula = rows.length > 2 ? `SUM(${letter}2:${letter}${rows.length - 1})` : undefined
        expect([column.key, sum?.f, sum?.v, above]).toEqual([column.key, formula, Number(totals[column.key]), above])
        expect(above).toBe(Number(totals[column.key]))
      }
    },
  )

  test('holds codes as text, amounts as numbers, and no formula but its own sums', async () => {
    const book = read(await xlsxBytes('collections'), { cellFormula: true })
    const cells = Object.values(book.Sheets[book.SheetNames[0] ?? ''] ?? {}) as CellObject[]
    expect(cells.find((cell) => cell.v === '=HYPERLINK("http://x")')).toMatchObject({ t: 's' })
    expect(cells.find((cell) => cell.v === 39_000)).toMatchObject({ t: 'n' })
    expect(
      cells.flatMap((cell) => cell.f ?? []).filter((formula) => !/^SUM\([A-Z]+2:[A-Z]+\d+\)$/.test(formula)),
    ).toEqual([])
    const reconciliation = read(await xlsxBytes('reconciliation'))
    const all = Object.values(reconciliation.Sheets[reconciliation.SheetNames[0] ?? ''] ?? {}) as CellObject[]
    expect(all.find((cell) => cell.v === '0042')).toMatchObject({ t: 's' })
    expect(reconciliation.SheetNames).toEqual(['Báo cáo đối soát', 'Tổng theo kết quả', 'Cân đối quyết toán'])
  })

  test('says in its name which days, in which zone, and as of when', () => {
    expect(reportFileName(input('refunds'), asOf, 'csv')).toBe(
      'lephi-refunds_2026-11-20_2026-11-30_UTC+7_as-of-20261126T070000+0700.csv',
    )
  })
})

test('a payout with a fee and an adjustment in lines of their own has a gross that is its net and its provider fee', async () => {
  const other = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  const row = { payout: 'PO-ADJ-1', valueDate: '2026-11-24' }
  await importFile(
    deps,
    other,
    providerFile([
      { ...row, reference: 'c-1', amount: 100_000, fee: 1_000 },
      { ...row, reference: 'r-1', amount: 20_000, type: 'refund' },
      { ...row, reference: 'a-1', amount: -3_000, type: 'adjustment' },
      { ...row, reference: 'f-1', amount: 500, type: 'fee', net: -500 },
    ]),
  )
  const { rows } = await json('settlements', { merchantAccountId: other, asOf: deps.now() })
  expect(rows).toMatchObject([{ payout_reference: 'PO-ADJ-1', gross: 77_000n, provider_fee: 1_500n, net: 75_500n }])
})
