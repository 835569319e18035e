import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp
let admin: string

beforeAll(async () => {
  gateway = await startTestApp()
  admin = await gateway.token(['admin'])
})
afterAll(() => gateway.close())

const price = (more: object = {}) => ({
  agency_code: 'H56',
  fee_code: 'LP-HOTICH-01',
  name: 'Lệ phí đăng ký khai sinh',
  kind: 'le_phi',
  unit_amount: 8_000,
  budget_item: '2771',
  legal_basis: 'NQ 27/2022/NQ-HĐND',
  valid_from: '2026-01-01',
  ...more,
})

const add = async (more: object = {}) => {
  const answer = await gateway.request('/v1/fee_schedules', { token: admin, json: price(more) })
  return { status: answer.status, body: (await answer.json()) as { id: string; errors?: unknown } }
}

const close = (id: string, valid_to: string | null) =>
  gateway.request(`/v1/fee_schedules/${id}`, { token: admin, method: 'PATCH', json: { valid_to } })

it('lists the prices of an agency and of those below it', async () => {
  const own = (await add({ agency_code: 'H56.12.04', fee_code: 'SUBTREE' })).body.id
  const listed = async (agency: string) => {
    const answer = await gateway.request(`/v1/fee_schedules?limit=200&agency_code=${agency}`, { token: admin })
    return ((await answer.json()) as { data: { id: string }[] }).data.map(({ id }) => id)
  }
  for (const agency of ['H56', 'H56.12', 'H56.12.04'])
    expect([agency, await listed(agency)]).toEqual([agency, expect.arrayContaining([own])])
  for (const agency of ['H56.12.03', 'H56.1', 'H56.14']) expect(await listed(agency)).not.toContain(own)
})

it('adds a price, ends it, and adds the next from the day after', async () => {
  const first = await add({ fee_code: 'A' })
  expect(first).toMatchObject({ status: 201, body: { unit_amount: 8_000, valid_from: '2026-01-01', valid_to: null } })
  expect((await add({ fee_code: 'A', valid_from: '2026-12-01' })).status).toBe(409)
  const ended = await close(first.body.id, '2026-11-30')
  expect([ended.status, await ended.json()]).toMatchObject([200, { valid_to: '2026-11-30' }])
  expect((await add({ fee_code: 'A', valid_from: '2026-12-01', unit_amount: 10_000 })).status).toBe(201)
  const reopened = await close(first.body.id, null)
  expect([reopened.status, await reopened.json()]).toMatchObject([409, { code: 'already_exists' }])
  const on = await gateway.request('/v1/fee_schedules?fee_code=A&on=2026-12-05', { token: admin })
  expect(((await on.json()) as { data: object[] }).data).toMatchObject([{ unit_amount: 10_000 }])
})

it('holds one price a day when two are added at once, also when neither day is the same', async () => {
  const both = await Promise.all([
    add({ fee_code: 'RACE', valid_from: '2026-01-01', valid_to: '2026-06-30' }),
    add({ fee_code: 'RACE', valid_from: '2026-06-30' }),
  ])
  expect(both.map(({ status }) => status).toSorted()).toEqual([201, 409])
})

it('takes a fee that follows a formula', async () => {
  expect(await add({ fee_code: 'FORMULA', unit_amount: null })).toMatchObject({
    status: 201,
    body: { unit_amount: null },
  })
})

describe('refuses', () => {
  it('days that are none, and a last day before the first', async () => {
    for (const valid_from of ['2026-02-30', '01/01/2026', '2026-1-1', '']) {
      expect(await add({ fee_code: 'D', valid_from })).toMatchObject({
        status: 422,
        body: { errors: [{ pointer: '/valid_from' }] },
      })
    }
    expect((await add({ fee_code: 'D', valid_to: '2025-12-31' })).status).toBe(422)
    const { body } = await add({ fee_code: 'E' })
    expect((await close(body.id, '2025-01-01')).status).toBe(422)
  })

  it('another agency’s price', async () => {
    const { body } = await add({ agency_code: 'H56.14', fee_code: 'F' })
    const token = await gateway.token(['admin'], 'H56.12')
    const path = `/v1/fee_schedules/${body.id}`
    expect((await gateway.request(path, { token })).status).toBe(404)
    const patched = await gateway.request(path, { token, method: 'PATCH', json: { valid_to: '2026-12-31' } })
    expect(patched.status).toBe(404)
    const added = await gateway.request('/v1/fee_schedules', { token, json: price({ agency_code: 'H56.14' }) })
    expect(added.status).toBe(404)
  })
})
