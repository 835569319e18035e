// A statement in two steps: put away, looked at, tried, imported once or thrown away; nothing of it is left behind.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { longJobs, runJobs } from '../../src/flows/run-jobs.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { providerFile } from '../kit/statements.ts'
import { sheetRow, workbookFile } from '../kit/workbook.ts'

type Told = Record<string, unknown> & { id: string }

let gateway: TestApp
let token: string
let account: string
beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reconciliation:write', 'reconciliation:read'])
})
afterAll(() => gateway.close())
beforeEach(async () => {
  account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})

let files = 0
const canonical = () => {
  files += 1
  return providerFile([{ reference: `D${files}`, amount: 150_000 }])
}
const call = async (path: string, init: Parameters<TestApp['request']>[1] = {}) => {
  const answer = await gateway.request(`/v1/statement_drafts${path}`, { token, ...init })
  const text = await answer.text()
  return { status: answer.status, body: (text ? JSON.parse(text) : {}) as Told }
}
const put = (text: string | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) => {
  const body = new FormData()
  for (const [name, value] of Object.entries(more)) body.append(name, value)
  body.append('file', new File([text], 'so-lieu.csv'))
  return call('', { method: 'POST', body })
}
const left = async (id: string) => [
  (await gateway.sql`select from statement_drafts where id = ${id}`).length,
  (await gateway.sql`select from statement_chunks where statement_id = ${id}`).length,
]

/** As a Vietnamese provider writes it: titles above the table, dots in numbers, words of its own. */
const own = [
  'CÔNG TY CỔ PHẦN THANH TOÁN;;;;;',
  'Báo cáo giao dịch, ngày 23/11/2026;;;;;',
  'Thời gian;Mã đơn;Loại giao dịch;Số tiền (VNĐ);Phí;Trạng thái',
  '23/11/2026 09:00:00;A1;Thanh toán;1.150.000;1.815;Thành công',
  '23/11/2026 09:05:00;A2;Hoàn tiền;50.000;0;Chờ duyệt',
].join('\n')

describe('a draft', () => {
  test('is put away once and becomes the statement of the same id, however often it is imported', async () => {
    const draft = await put(canonical(), { source: 'provider', merchant_account: account, format: 'auto' })
    expect(draft).toMatchObject({
      status: 201,
      body: { source: 'provider', merchant_account: account, format: null, detected_format: 'canonical-csv' },
    })
    const { id } = draft.body
    const choice = { source: 'provider', merchant_account: account }
    const tried = await call(`/${id}/preview`, { json: choice })
    expect(tried).toMatchObject({
      status: 200,
      body: {
        id: null,
        dry_run: true,
        accepted: 1,
        credits: 150_000,
        sample: [{ line: 2, amount: 150_000, status: 'success' }],
      },
    })
    expect(await gateway.sql`select from statements where merchant_account_id = ${account}`).toHaveLength(0)
    const both = await Promise.all([call(`/${id}/import`, { json: choice }), call(`/${id}/import`, { json: choice })])
    expect(both.map(({ status, body }) => [status, body.id, body.duplicate])).toEqual([
      [202, id, false],
      [202, id, false],
    ])
    await gateway.deps.settled()
    expect(
      await gateway.sql`select id, status, created_by, accepted from statements where merchant_account_id = ${account}`,
    ).toMatchObject([{ id, status: 'imported', accepted: 1 }])
    expect(await left(id)).toEqual([0, 1])
    expect((await call(`/${id}`)).status).toBe(404)
  })
  test('with bytes that were imported before answers that import, and stays', async () => {
    const text = canonical()
    const [first, second] = [await put(text), await put(text)]
    const choice = { source: 'provider', merchant_account: account }
    await call(`/${first.body.id}/import`, { json: choice })
    await gateway.deps.settled()
    const again = await call(`/${second.body.id}/import`, { json: choice })
    expect(again).toMatchObject({ status: 200, body: { id: first.body.id, status: 'imported', duplicate: true } })
    expect(await left(second.body.id)).toEqual([1, 1])
  })
  test('that is thrown away leaves nothing, and so does one of yesterday', async () => {
    const [thrown, old] = [await put(canonical()), await put(canonical())]
    expect((await call(`/${thrown.body.id}`, { method: 'DELETE' })).status).toBe(204)
    expect(await left(thrown.body.id)).toEqual([0, 0])
    expect((await call(`/${thrown.body.id}`, { method: 'DELETE' })).status).toBe(404)
    expect(((await call('')).body.data as Told[]).map(({ id }) => id)).toContain(old.body.id)
    await gateway.sql`update statement_drafts set created_at = ${new Date(gateway.deps.now().getTime() - 86_400_001)} where id = ${old.body.id}`
    const kept = await put(canonical())
    await runJobs(gateway.deps)
    await runJobs(gateway.deps, { run: longJobs })
    expect([await left(old.body.id), await left(kept.body.id)]).toEqual([
      [0, 0],
      [1, 1],
    ])
  })
  test('whose upload breaks off half-way was never there', async () => {
    const before = await gateway.sql`select count(*)::int as n from statement_chunks`
    const boundary = 'xx'
    const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="a.csv"\r\n\r\n`
    const cut = new ReadableStream<Uint8Array>({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode(head + 'x'.repeat(600_000)))
        controller.close()
      },
    })
    const answer = await gateway.request('/v1/statement_drafts', {
      method: 'POST',
      token,
      body: cut,
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      ...({ duplex: 'half' } as object),
    })
    expect(answer.status).toBe(400)
    expect(await gateway.sql`select from statement_drafts where sha256 is null`).toHaveLength(0)
    expect(await gateway.sql`select count(*)::int as n from statement_chunks`).toEqual(before)
  })
  test('is refused when it is empty, names a foreign account, or has an unknown field', async () => {
    const drafts = async () => (await gateway.sql`select count(*)::int as n from statement_drafts`)[0]?.n
    const before = await drafts()
    const empty = await put('')
    expect(empty).toMatchObject({ status: 422, body: { errors: [{ pointer: '/file' }] } })
    expect((await put(canonical(), { merchant_account: 'mac_01kb1m5x2fefarv7w2m3k1q0ab' })).status).toBe(404)
    expect(await put(canonical(), { nonsense: 'x' })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/nonsense' }] },
    })
    expect(await drafts()).toBe(before)
  })
})

describe('a file of somebody’s own', () => {
  test('is shown as it stands, with a guess that a person completes, and read by what they say', async () => {
    const { id } = (await put(own)).body
    const rows = await call(`/${id}/rows?source=provider`)
    expect(rows).toMatchObject({
      status: 200,
      body: {
        kind: 'text',
        encoding: 'utf-8',
        delimiter: ';',
        is_canonical: false,
        suggested_profile: {
          header_row: 3,
          date_format: 'dd/MM/yyyy HH:mm:ss',
          number_format: { decimal: ',', thousands: '.' },
          columns: {
            line_type: 'Loại giao dịch',
            occurred_at: 'Thời gian',
            merchant_reference: 'Mã đơn',
            amount: 'Số tiền (VNĐ)',
            provider_fee: 'Phí',
            status: 'Trạng thái',
          },
          values: {
            line_type: { 'Thanh toán': 'capture', 'Hoàn tiền': 'refund' },
            status: { 'Thành công': 'success' },
          },
        },
      },
    })
    const profile = rows.body.suggested_profile as { values: { status: object } }
    const choice = { source: 'provider', merchant_account: account, format: 'profile' }
    const guessed = await call(`/${id}/preview`, { json: { ...choice, statement_profile: profile } })
    expect(guessed.body).toMatchObject({ accepted: 1, problem_count: 1, credits: 1_150_000 })
    const whole = {
      ...profile,
      values: { ...profile.values, status: { ...profile.values.status, 'Chờ duyệt': 'pending' } },
    }
    const completed = await call(`/${id}/preview`, { json: { ...choice, statement_profile: whole } })
    expect(completed.body).toMatchObject({ accepted: 2, problem_count: 0 })
    // Until it is saved no import knows of it.
    expect((await call(`/${id}/import`, { json: choice })).status).toBe(422)
    const saved = await gateway.request(`/v1/merchant_accounts/${account}/statement_profile`, {
      method: 'PUT',
      token,
      json: whole,
    })
    expect(saved.status).toBe(200)
    expect((await call(`/${id}/import`, { json: choice })).status).toBe(202)
    await gateway.deps.settled()
    expect(
      await gateway.sql`select amount, status from statement_lines where statement_id = ${id} order by line`,
    ).toMatchObject([{ amount: 1_150_000n }, { amount: 50_000n, status: 'pending' }])
  })
  test('of a bank has money in and out in two columns', async () => {
    const file = 'Ngày giao dịch,Ghi nợ,Ghi có,Diễn giải,Số tham chiếu\n23/11/2026,0,"1,200,000","Nộp, phí",FT1\n'
    const { id } = (await put(file)).body
    expect((await call(`/${id}/rows?source=bank`)).body.suggested_profile).toMatchObject({
      date_format: 'dd/MM/yyyy',
      number_format: { decimal: '.', thousands: ',' },
      columns: {
        value_date: 'Ngày giao dịch',
        credit: 'Ghi có',
        debit: 'Ghi nợ',
        description: 'Diễn giải',
        bank_reference: 'Số tham chiếu',
      },
    })
  })
  test('may be a workbook, whose dates are read as what they are, or a format that needs no mapping', async () => {
    const day = (Date.UTC(2026, 10, 23) - Date.UTC(1899, 11, 30)) / 86_400_000
    const rows = [
      ['SAO KÊ TÀI KHOẢN', null, null],
      ['Ngày giao dịch', 'Số tiền', 'Nội dung'],
      [`<c s="1"><v>${day}</v></c>`, 1_250_000n, 'Nộp lệ phí'],
    ]
    const sheet = workbookFile({ rows: rows.map((row, at) => sheetRow(at + 1, row)).join(''), formats: [0, 14] })
    const { id } = (await put(sheet)).body
    const told = (await call(`/${id}/rows?source=bank`)).body
    expect(told).toMatchObject({
      kind: 'workbook',
      is_canonical: false,
      rows: [{ line: 1 }, { line: 2 }, { line: 3, cells: ['2026-11-23', '1250000', 'Nộp lệ phí'] }],
      suggested_profile: {
        header_row: 2,
        columns: { value_date: 'Ngày giao dịch', amount: 'Số tiền', description: 'Nội dung' },
      },
    })
    const choice = { source: 'bank', merchant_account: account, format: 'profile' }
    expect(
      (await call(`/${id}/preview`, { json: { ...choice, statement_profile: told.suggested_profile } })).body,
    ).toMatchObject({
      accepted: 1,
      credits: 1_250_000,
      sample: [{ value_date: '2026-11-23', description: 'Nộp lệ phí' }],
    })
    const mt940 = (await put(':20:X\n:25:0123456789\n')).body
    expect(mt940.detected_format).toBe('mt940')
    expect((await call(`/${mt940.id}/rows?source=bank`)).body).toMatchObject({ kind: 'structured', rows: [] })
  })
  test('is no business of who may only read', async () => {
    const { id } = (await put(canonical())).body
    const reader = await gateway.token(['reconciliation:read'])
    expect((await call(`/${id}/rows?source=bank`, { token: reader })).status).toBe(403)
    expect(
      (
        await gateway.request(`/v1/merchant_accounts/${account}/statement_profile`, {
          method: 'PUT',
          token: reader,
          json: {},
        })
      ).status,
    ).toBe(403)
  })
})
