// Statements as workbooks, uploaded as an accountant does it.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { providerHeader } from '../kit/statements.ts'
import { sheetRow, workbookFile } from '../kit/workbook.ts'

let gateway: TestApp
let token: string
let merchantAccount: string

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:write', 'reconciliation:read'])
})
afterAll(() => gateway.close())
beforeEach(async () => {
  merchantAccount = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})

type Told = Record<string, unknown> & { id: string }

const upload = async (file: Uint8Array<ArrayBuffer> | string, fields: Record<string, string>) => {
  const body = new FormData()
  for (const [name, value] of Object.entries({ merchant_account: merchantAccount, ...fields })) body.append(name, value)
  body.append('file', new File([file], 'sao-ke.xlsx'))
  const answer = await gateway.request('/v1/statements', { method: 'POST', body, token })
  return { status: answer.status, body: (await answer.json()) as Told }
}
const imported = async (file: Uint8Array<ArrayBuffer> | string, fields: Record<string, string>): Promise<Told> => {
  const taken = await upload(file, fields)
  expect(taken.status).toBe(202)
  await gateway.deps.settled()
  return (await (await gateway.request(`/v1/statements/${taken.body.id}`, { token })).json()) as Told
}
const storedOf = async (id: string) => {
  const rows = await gateway.sql`select * from statement_lines where statement_id = ${id} order by line`
  return rows.map(({ id: _, statementId: __, merchantAccountId: ___, rowHash: ____, ...line }) => line)
}

const names = providerHeader.split(',')
const cells = (reference: string, amount: string): string[] => [
  'capture',
  '2026-11-23T10:00:00+07:00',
  reference,
  `P-${reference}`,
  amount,
  '500',
  '78500',
  'success',
  'PO-1',
  '2026-11-24',
]
const asSheet = (row: readonly string[]) => row.map((cell) => (/^\d+$/.test(cell) ? BigInt(cell) : cell))
const rows = [cells('A1', '79000'), cells('A2', '1.5E5'), cells('A3', '15')]
const sheet = workbookFile({
  rows: [names, ...rows].map((row, index) => sheetRow(index + 1, asSheet(row))).join(''),
})

it.each([{ format: 'canonical-xlsx' }, {}])(
  'a provider file is imported as the same rows in CSV are (%j)',
  async (more) => {
    const told = await imported(sheet, { source: 'provider', ...more })
    expect(told).toMatchObject({
      status: 'imported',
      format: 'canonical-xlsx',
      lines: 3,
      accepted: 2,
      problem_count: 1,
      problems: [{ line: 3, column: 'amount' }],
      credits: 79_015,
    })
    const csv = [names, ...rows].map((row) => row.join(',')).join('\n')
    merchantAccount = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
    const plain = await imported(csv, { source: 'provider' })
    expect(plain).toMatchObject({ format: 'canonical-csv', lines: 3, accepted: 2 })
    expect(await storedOf(told.id)).toEqual(await storedOf(plain.id))
  },
)

it('a dry run says what the import says, and stores nothing; the same file again is the first', async () => {
  const fields = { source: 'provider' }
  const dry = await upload(sheet, { ...fields, dry_run: 'true' })
  expect(await gateway.sql`select from statements where merchant_account_id = ${merchantAccount}`).toHaveLength(0)
  const told = await imported(sheet, fields)
  const same = ({ id: _, created_at: __, imported_at: ___, progress: ____, ...rest }: Told) => rest
  expect(same(dry.body)).toMatchObject({ lines: 3, accepted: 2, problems: told.problems, credits: told.credits })
  const again = await upload(sheet, fields)
  expect([again.status, again.body]).toMatchObject([200, { id: told.id, duplicate: true }])
})

it('a bank file is imported, and a zip that is no workbook is refused with its reason', async () => {
  const bank = sheetRow(1, ['value_date', 'amount', 'bank_reference']) + sheetRow(2, ['2026-11-24', -5n, 'FT1'])
  expect(await imported(workbookFile({ rows: bank }), { source: 'bank' })).toMatchObject({
    status: 'imported',
    accepted: 1,
    debits: 5,
  })
  for (const file of [workbookFile({ rows: bank, more: { 'xl/workbook.xml': null } }), 'PK\u0003\u0004', 'PK']) {
    const told = await imported(file, { source: 'bank', format: 'canonical-xlsx' })
    expect(told).toMatchObject({ status: 'rejected', lines: 0, accepted: 0, problem_count: 1 })
  }
})
