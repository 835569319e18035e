import { afterAll, beforeAll, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp

const entries = [
  ['H56', 'budget_items', '2771', 'Lệ phí hộ tịch', '2026-01-01', '2026-12-31'],
  ['H56', 'budget_items', '2771', 'Lệ phí hộ tịch, tên mới', '2027-01-01', null],
  ['H56', 'budget_items', '2716', 'Phí chứng thực', '2026-01-01', null],
  ['H56.12', 'budget_items', '2716', 'Phí chứng thực tại sở', '2026-06-01', null],
  ['H56.12.04', 'budget_items', '2799', 'Của xã khác', '2026-01-01', null],
  ['H56.14', 'budget_items', '2798', 'Của sở khác', '2026-01-01', null],
  ['H56', 'procedures', '1.001193', 'Đăng ký khai sinh', '2026-01-01', null],
  ['H56', 'banks', '900001', 'Ngân hàng mẫu', '2026-01-01', '2026-12-31'],
  ['H56', 'banks', '900001', 'Ngân hàng mẫu, tên mới', '2027-01-01', null],
  ['H56', 'banks', '900002', 'Ngân hàng khác', '2026-01-01', null],
] as const

beforeAll(async () => {
  gateway = await startTestApp()
  for (const [agencyCode, catalogue, code, name, validFrom, validTo] of entries) {
    const row = { id: gateway.deps.newId('cat'), agencyCode, catalogue, code, name, validFrom, validTo }
    await gateway.sql`insert into catalogue_entries ${gateway.sql(row)}`
  }
  await gateway.sql`update catalogue_entries set fee_codes = '{LP-A}', source = 'QĐ mẫu' where catalogue = 'procedures'`
})
afterAll(() => gateway.close())

type Page = { data: { code: string; name: string }[]; next_cursor: string | null }
const list = async (path: string, agency = 'H56.12') => {
  const answer = await gateway.request(`/v1/catalogues/${path}`, {
    token: await gateway.token(['orders:read'], agency),
  })
  const body = (await answer.json()) as Page
  return { status: answer.status, body, names: body.data?.map(({ name }) => name) }
}

it('lists what binds the caller’s agency: its own entries and those above it, and nobody else’s', async () => {
  expect((await list('budget_items')).names).toEqual([
    'Lệ phí hộ tịch',
    'Lệ phí hộ tịch, tên mới',
    'Phí chứng thực',
    'Phí chứng thực tại sở',
  ])
  expect((await list('budget_items?agency_code=H56.12.04')).names).toHaveLength(5)
  expect((await list('budget_items?agency_code=H56.14')).status).toBe(404)
  expect((await list('budget_items', 'H56')).names).toHaveLength(3)
  expect((await list('budget_items', '*')).names).toHaveLength(6)
  expect((await list('reliefs')).body).toEqual({ data: [], next_cursor: null })
})

it('lists what holds on a day, of each code the nearest agency’s', async () => {
  expect((await list('budget_items?on=2026-12-31')).names).toEqual(['Lệ phí hộ tịch', 'Phí chứng thực tại sở'])
  expect((await list('budget_items?on=2026-05-31')).names).toEqual(['Lệ phí hộ tịch', 'Phí chứng thực'])
  expect((await list('budget_items?on=2027-01-01&code=2771')).names).toEqual(['Lệ phí hộ tịch, tên mới'])
  expect((await list('budget_items?on=2025-12-31')).names).toEqual([])
})

it('shows one procedure by its code in any writing', async () => {
  for (const code of ['1.001193', '1.001193.H56', '1.001193.000.00.00.H56'])
    expect((await list(`procedures?code=${code}`)).body.data).toEqual([
      {
        ...{ code: '1.001193', name: 'Đăng ký khai sinh', name_en: null, fee_codes: ['LP-A'] },
        ...{ agency_code: 'H56', source: 'QĐ mẫu', valid_from: '2026-01-01', valid_to: null },
      },
    ])
})

it('shows banks by their BIN, as of a day', async () => {
  expect((await list('banks')).names).toHaveLength(3)
  expect((await list('banks?code=900001&on=2026-12-31')).names).toEqual(['Ngân hàng mẫu'])
  expect((await list('banks?code=900001&on=2027-01-01')).names).toEqual(['Ngân hàng mẫu, tên mới'])
})

it('goes page by page, with a cursor that is one catalogue’s', async () => {
  const first = await list('budget_items?limit=3')
  expect([first.names?.length, first.body.next_cursor]).toEqual([3, expect.any(String)])
  const second = await list(`budget_items?limit=3&cursor=${first.body.next_cursor}`)
  expect([second.names, second.body.next_cursor]).toEqual([['Phí chứng thực tại sở'], null])
  expect((await list(`procedures?cursor=${first.body.next_cursor}`)).status).toBe(422)
})

it('knows no other catalogue, and no day that is none', async () => {
  expect(await list('units')).toMatchObject({
    status: 404,
    body: { detail: 'There is no such catalogue; there are: budget_items, procedures, reliefs, banks.' },
  })
  expect((await list('budget_items?on=2026-02-30')).status).toBe(422)
  const webhooks = await gateway.token(['webhooks:write'])
  expect((await gateway.request('/v1/catalogues/budget_items', { token: webhooks })).status).toBe(403)
})

it('keeps an entry as it was: the gateway’s role may give it another last day and nothing else', async () => {
  const asGateway = (statement: string) =>
    gateway.sql.begin(async (sql) => {
      await sql`set local role lephi_app`
      await sql`select set_config('lephi.agency', '*', true)`
      await sql.unsafe(statement)
      throw new Error('was let through')
    })
  for (const statement of ["update catalogue_entries set name = 'x'", 'delete from catalogue_entries'])
    await expect(asGateway(statement)).rejects.toMatchObject({ code: '42501' })
  await expect(asGateway("update catalogue_entries set valid_to = '2025-12-31'")).rejects.toMatchObject({
    code: '23514',
  })
  await expect(asGateway("update catalogue_entries set valid_to = '2027-12-31'")).rejects.toThrow('was let through')
})

it('refuses an order over HTTP with the place and the code', async () => {
  const order = {
    ...{ dossier_code: 'H56.12.03-261122-0001', agency_code: 'H56.12.03', payer: { name: 'Nguyễn Thị Lan' } },
    lines: [{ kind: 'phi', description: 'Phí', unit_amount: 1_000, budget_item: '2799' }],
    return_url: 'https://portal.example.vn/x',
  }
  const token = await gateway.token(['orders:write'])
  const place = (key: string, json: object) =>
    gateway.request('/v1/orders', { token, json, headers: { 'idempotency-key': key } })
  await gateway.sql`update agencies set fee_check = 'enforce'`
  const refused = await place('a', order)
  expect([refused.status, await refused.json()]).toMatchObject([
    422,
    { code: 'code_not_in_catalogue', errors: [{ pointer: '/lines/0/budget_item' }] },
  ])
  const [line] = order.lines
  expect((await place('a', { ...order, lines: [{ ...line, budget_item: '2716' }] })).status).toBe(201)
})
