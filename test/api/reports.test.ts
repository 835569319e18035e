// Reports as an accountant's browser and spreadsheet fetch them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { pdfText } from '../kit/pdf-text.ts'
import { payOrder } from '../kit/reconciliation.ts'

let gateway: TestApp
let token: string

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['reports:read'])
  const account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
  await payOrder(gateway.deps, account)
  await payOrder(gateway.deps, account, { amount: 8_000n })
})
afterAll(() => gateway.close())

const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
const path = '/v1/reports/collections?from=2026-11-23&to=2026-11-23'
const get = (more = '', headers: Record<string, string> = {}, as = token) =>
  gateway.request(`${path}${more}`, { token: as, headers })

it('answers JSON with columns, rows and the ledger’s figure', async () => {
  const answer = await get()
  expect([answer.status, await answer.json()]).toMatchObject([
    200,
    {
      name: 'collections',
      from: '2026-11-23',
      to: '2026-11-23',
      as_of: '2026-11-23T09:00:00+07:00',
      rows: [
        { number: '1', amount: 150_000, le_phi: 150_000, phi: 0 },
        { number: '2', amount: 8_000 },
      ],
      totals: { amount: 158_000, le_phi: 158_000 },
    },
  ])
})

it('answers CSV, a workbook and PDF by Accept, with a name that says what is in them', async () => {
  const csv = await get('&as_of=2026-11-23T09:00:00%2B07:00', { accept: 'text/csv' })
  expect(csv.headers.get('content-type')).toContain('text/csv')
  expect(csv.headers.get('content-disposition')).toBe(
    'attachment; filename="lephi-collections_2026-11-23_2026-11-23_UTC+7_as-of-20261123T090000+0700.csv"',
  )
  const lines = (await csv.text()).trimEnd().split('\r\n')
  expect(lines).toHaveLength(4)
  expect(lines.at(-1)).toMatch(/^Tổng cộng,.*,158000$/)
  const workbook = await get('', { accept: xlsx })
  expect(workbook.headers.get('content-type')).toBe(xlsx)
  expect([...(await workbook.bytes()).subarray(0, 2)]).toEqual([0x50, 0x4b])
  const paper = await get('', { accept: 'application/pdf' })
  expect(paper.headers.get('content-type')).toBe('application/pdf')
  expect(paper.headers.get('content-disposition')).toMatch(/^attachment; filename="lephi-collections_.*\.pdf"$/)
  expect(await pdfText(await paper.bytes())).toContain('Một trăm năm mươi tám nghìn đồng')
  const grouped = await get('&group_by=agency')
  expect(await grouped.json()).toMatchObject({ group_by: 'agency', rows: [{ agency_code: 'H56.12.03', dossiers: 2 }] })
})

it('knows nothing that was booked after as_of, which may be a day', async () => {
  const totals = async (asOf: string) => ((await (await get(`&as_of=${asOf}`)).json()) as { totals: object }).totals
  expect(await totals('2026-11-22')).toMatchObject({ amount: 0 })
  expect(await totals('2026-11-23T02:00:00Z')).toMatchObject({ amount: 158_000 })
  expect(await totals('2026-11-23T08:59:59%2B07:00')).toMatchObject({ amount: 0 })
})

it('publishes the rate limit with files too', async () => {
  for (const accept of ['application/json', 'text/csv', xlsx]) {
    const answer = await get('', { accept })
    expect([accept, answer.headers.get('ratelimit-policy')]).toEqual([accept, expect.stringContaining('"read";q=')])
    await answer.body?.cancel()
  }
})

describe('refuses', () => {
  it('a format that there is none of, a report that there is none of, and a period that is none', async () => {
    expect((await get('', { accept: 'image/png' })).status).toBe(406)
    for (const path of [
      '/v1/reports/secrets?from=2026-11-23&to=2026-11-23',
      '/v1/reports/secrets',
      '/v1/reports/__proto__',
    ])
      expect([path, (await gateway.request(path, { token })).status]).toEqual([path, 404])
    expect((await gateway.request('/v1/reports/ledger?from=2026-11-23&to=2026-11-22', { token })).status).toBe(422)
    expect((await get('&as_of=yesterday')).status).toBe(422)
    expect((await get('&compare_to=2026-11-22', { accept: 'text/csv' })).status).toBe(422)
    expect(await (await get('&compare_to=2026-11-22')).json()).toMatchObject({
      comparison: { changes: [{ change: 'added', reason: 'booked_later', before: null }, { change: 'added' }] },
    })
  })

  it.each([
    '2026-11-23T02:30:00.001Z',
    '2026-11-24',
    // A day is meant to its end.
    '2026-11-23',
    '2099-01-01T00:00:00Z',
    // A + that was not escaped is a space.
    '2026-11-23T09:00:00+07:00',
  ])('as_of=%s', async (asOf) => {
    const answer = await get(`&as_of=${asOf}`)
    expect([answer.status, await answer.json()]).toMatchObject([422, { errors: [{ pointer: '/query/as_of' }] }])
  })

  it('a merchant account of another agency like one that there is none of, but not that of an agency above', async () => {
    const account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test', agencyCode: 'H56.12' })
    const status = async (agency: string, id = account) =>
      (await get(`&merchant_account=${id}`, {}, await gateway.token(['reports:read'], agency))).status
    expect([await status('H56.14'), await status('H56', `${account.slice(0, -6)}zzzzzz`)]).toEqual([404, 404])
    expect([await status('H56'), await status('H56.12'), await status('H56.12.03')]).toEqual([200, 200, 200])
  })

  it('an agency outside the caller’s, and a caller without the scope', async () => {
    const stranger = await gateway.token(['reports:read'], 'H56.14')
    expect((await get('&agency_code=H56.12', {}, stranger)).status).toBe(404)
    expect((await (await get('', {}, stranger)).json()) as object).toMatchObject({ rows: [], totals: { amount: 0 } })
    expect((await get('', {}, await gateway.token(['orders:read']))).status).toBe(403)
  })
})
