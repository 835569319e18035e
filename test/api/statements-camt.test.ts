// Bank statements in camt.053, uploaded as an accountant's system does it.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { camtDocument, camtFile, camtStatement } from '../kit/camt.ts'
import { seedMerchantAccount } from '../kit/orders.ts'

let gateway: TestApp
let token: string
let merchantAccount: string
const account = '0123456789'

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:write', 'reconciliation:read'])
})
afterAll(() => gateway.close())
beforeEach(async () => {
  merchantAccount = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})

type Told = Record<string, unknown> & { id: string }

const upload = async (file: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) => {
  const body = new FormData()
  const fields = { source: 'bank', merchant_account: merchantAccount, ...more }
  for (const [name, value] of Object.entries(fields)) body.append(name, value)
  body.append('file', new File([file], 'sao-ke.xml'))
  const answer = await gateway.request('/v1/statements', { method: 'POST', body, token })
  return { status: answer.status, body: (await answer.json()) as Told }
}
const imported = async (file: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}): Promise<Told> => {
  const taken = await upload(file, more)
  expect([taken.status, taken.body]).toMatchObject([202, { format: 'camt053', duplicate: false }])
  await gateway.deps.settled()
  const answer = await gateway.request(`/v1/statements/${taken.body.id}`, { token })
  return (await answer.json()) as Told
}
const linesOf = (id: string) =>
  gateway.sql`select line, source, business_day::text, value_date::text, amount::int, bank_reference, description, counterparty
    from statement_lines where statement_id = ${id} order by line`

const rows = [
  { amount: '79000', reference: 'FT1', endToEndId: 'PO-1', text: 'NOP LE PHI', name: 'Lê Thị Lan' },
  { amount: '12,5', reference: 'FT2' },
  { amount: '5000.00', sign: 'DBIT', text: 'PHI' },
]
const whole = { account, opening: '19000000', closing: '19074000', rows }

it.each([
  ['02', '', 'camt053'],
  ['08', 'c', ''],
] as const)(
  'a file of version %s with prefix "%s" is imported, and its lines are stored',
  async (version, prefix, format) => {
    const text = camtFile({ ...whole, version, prefix })
    const told = await imported(text, format === '' ? {} : { format })
    expect(told).toMatchObject({
      status: 'imported',
      format: 'camt053',
      lines: 3,
      accepted: 2,
      problem_count: 1,
      problems: [{ column: 'Amt', message: expect.any(String) }],
      opening_balance: 19_000_000,
      closing_balance: 19_074_000,
      credits: 79_000,
      debits: 5_000,
      closes: true,
      account,
      currency: 'VND',
      from: '2026-11-23',
      to: '2026-11-23',
    })
    const line = text.split('\n').findIndex((each) => each.includes('Ntry>')) + 1
    const day = { source: 'bank', businessDay: '2026-11-23', valueDate: '2026-11-23' }
    expect(await linesOf(told.id)).toMatchObject([
      {
        ...day,
        line,
        amount: 79_000,
        bankReference: 'FT1',
        description: 'PO-1 NOP LE PHI',
        counterparty: 'Lê Thị Lan',
      },
      { ...day, amount: -5_000, bankReference: null, description: 'PHI', counterparty: null },
    ])
    const again = await upload(text)
    expect([again.status, again.body]).toMatchObject([200, { id: told.id, duplicate: true }])
  },
)

it('a dry run tells the same and stores nothing', async () => {
  const { status, body } = await upload(camtFile(whole), { dry_run: 'true' })
  expect([status, body]).toMatchObject([
    200,
    { id: null, status: 'imported', accepted: 2, closes: true, account, opening_balance: 19_000_000 },
  ])
  const [left] = await gateway.sql`select count(*)::int from statements where merchant_account_id = ${merchantAccount}`
  expect(left?.count).toBe(0)
})

it('a file whose balances do not close is imported and says so', async () => {
  expect(await imported(camtFile({ ...whole, closing: '1' }))).toMatchObject({
    status: 'imported',
    accepted: 2,
    closes: false,
    problem_count: 2,
    closing_balance: 1,
  })
})

it('an entry in another currency is left out, and then nobody says that the lines close', async () => {
  const foreign = { currency: 'USD', amount: '3', reference: 'USD1' }
  const text = camtFile({ account, opening: '0', closing: '158000', rows: [{}, foreign] }).replace(
    '<AcctSvcrRef>USD1',
    '<AmtDtls><InstdAmt><Amt Ccy="VND">79000</Amt></InstdAmt></AmtDtls><AcctSvcrRef>USD1',
  )
  expect(await imported(text)).toMatchObject({ lines: 2, accepted: 1, credits: 79_000, closes: null, problem_count: 1 })
})

it('several statements open with what the one before closed with', async () => {
  const one = camtStatement({ account, opening: '0', closing: '79000', rows: [{}] })
  const two = camtStatement({ account, opening: '79000', closing: '158000', rows: [{}] })
  expect(await imported(camtDocument(one + two))).toMatchObject({
    accepted: 2,
    closes: true,
    opening_balance: 0,
    closing_balance: 158_000,
  })
  expect(await imported(camtDocument(two + one))).toMatchObject({ accepted: 2, closes: false })
})

it('a file of one long line keeps every entry, and so does one in UTF-16', async () => {
  const text = camtFile({ account, opening: '0', closing: '237000', rows: [{}, {}, {}] }).replaceAll('\n', ' ')
  const flat = await imported(text)
  expect(flat).toMatchObject({ accepted: 3, closes: true })
  expect((await linesOf(flat.id)).map((row) => row.line)).toEqual([1, 2, 3])
  const wide = new Uint8Array([...`\ufeff${text}`].flatMap((c) => [c.charCodeAt(0) & 255, c.charCodeAt(0) >> 8]))
  expect(await imported(wide)).toMatchObject({ accepted: 3, closes: true })
})

describe('refuses whole', () => {
  it.each([
    ['another currency', camtFile({ ...whole, currency: 'EUR', rows: [{ currency: 'EUR' }] }), 'đồng'],
    ['another account', camtFile({ ...whole, account: '99' }), 'another account'],
    ['a document type', camtFile(whole).replace('<Document', '<!DOCTYPE Document><Document'), 'document type'],
    ['a file that is cut off', camtFile(whole).slice(0, -50), 'XML'],
    ['other XML', '<?xml version="1.0"?><Document/>', 'camt.053'],
  ])('%s, with the reason and nothing stored', async (_, text, reason) => {
    const told = await imported(text)
    expect(told).toMatchObject({ status: 'rejected', reason: expect.stringContaining(reason), accepted: 0 })
    expect(told.problems).toContainEqual({ line: expect.any(Number), message: told.reason })
    expect(await linesOf(told.id)).toHaveLength(0)
  })

  it('the format from a provider', async () => {
    expect((await upload(camtFile(whole), { source: 'provider' })).status).toBe(422)
  })
})
