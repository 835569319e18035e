// A merchant account with a statement profile, and files that are uploaded, tried and imported by it over HTTP.
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import { startTestApp, type TestApp } from './app.ts'
import { seedMerchantAccount } from './orders.ts'

type Told = Record<string, unknown> & { id: string }
export type UploadedFile = string | Uint8Array<ArrayBuffer>

/** The profile of a provider that writes in Vietnamese, its header in the third line. */
export const providerProfile = {
  encoding: 'utf-8',
  delimiter: ';',
  header_row: 3,
  date_format: 'dd/MM/yyyy HH:mm:ss',
  number_format: { decimal: ',', thousands: '.' },
  columns: {
    line_type: 'Loại giao dịch',
    occurred_at: 'Thời gian',
    merchant_reference: 'Mã đơn',
    amount: 'Số tiền',
    provider_fee: 'Phí',
    status: 'Trạng thái',
    value_date: 'Ngày hiệu lực',
  },
  values: {
    line_type: { 'Thanh toán': 'capture', 'Hoàn tiền': 'refund' },
    status: { 'Thành công': 'success', 'Thất bại': 'failed' },
  },
}

/** One gateway per file, one merchant account per test. */
export const profileDesk = () => {
  let gateway: TestApp
  let token: string
  let account: string
  beforeAll(async () => {
    gateway = await startTestApp()
    token = await gateway.token(['admin', 'reconciliation:write', 'reconciliation:read'])
  })
  afterAll(() => gateway.close())
  beforeEach(async () => {
    account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
  })
  const patch = async (statement_profile: unknown) => {
    const answer = await gateway.request(`/v1/merchant_accounts/${account}`, {
      method: 'PATCH',
      token,
      json: { statement_profile },
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }
  const upload = async (text: UploadedFile, more: Record<string, string> = {}) => {
    const body = new FormData()
    const fields = { source: 'provider', merchant_account: account, format: 'profile', ...more }
    for (const [name, value] of Object.entries(fields)) body.append(name, value)
    body.append('file', new File([text], 'doi-soat.csv'))
    const answer = await gateway.request('/v1/statements', { method: 'POST', body, token })
    return { status: answer.status, body: (await answer.json()) as Told }
  }
  /** Imports a file, after a dry run that must say the same. */
  const imported = async (text: UploadedFile, more: Record<string, string> = {}): Promise<Told> => {
    const preview = await upload(text, { ...more, dry_run: 'true' })
    expect(preview.status).toBe(200)
    const taken = await upload(text, more)
    expect([taken.status, taken.body]).toMatchObject([202, { format: 'profile', duplicate: false }])
    await gateway.deps.settled()
    const told = (await (await gateway.request(`/v1/statements/${taken.body.id}`, { token })).json()) as Told
    const same = ['id', 'created_at', 'imported_at', 'dry_run']
    const facts = (statement: Told) =>
      Object.fromEntries(Object.entries(statement).filter(([name]) => !same.includes(name)))
    expect(facts(preview.body)).toEqual(facts(told))
    return told
  }
  const linesOf = (id: string) =>
    gateway.sql`select line, line_type, occurred_at, business_day::text, value_date::text, merchant_reference, amount, provider_fee, status, description
      from statement_lines where statement_id = ${id} order by line`
  const give = async (profile: Record<string, unknown>) => {
    const given = await patch(profile)
    expect([given.status, given.body]).toMatchObject([200, { statement_profile: profile }])
  }
  return { sql: () => gateway.sql, patch, upload, imported, linesOf, give }
}
