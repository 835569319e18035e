import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp
let admin: string

beforeAll(async () => {
  gateway = await startTestApp()
  admin = await gateway.token(['admin'])
})
afterAll(() => gateway.close())

const add = (json: object, more: { token?: string; headers?: Record<string, string> } = {}) =>
  gateway.request('/v1/agencies', { token: admin, json, ...more })

it('adds an agency below the nearest one, reads it, changes it and lists it', async () => {
  const added = await add({ agency_code: 'H56.12.03.07', name: ' UBND xã Đông Sơn ', refund_limit: 500_000 })
  expect(added.status).toBe(201)
  expect(await added.json()).toMatchObject({
    agency_code: 'H56.12.03.07',
    parent_code: 'H56.12.03',
    name: 'UBND xã Đông Sơn',
    fee_check: 'warn',
    accepts_late_money: true,
    refund_limit: 500_000,
    created_at: '2026-11-23T09:00:00+07:00',
  })
  const changed = await gateway.request('/v1/agencies/H56.12.03.07', {
    token: admin,
    method: 'PATCH',
    json: { fee_check: 'enforce', phone: '02373852246', tax_code: null },
  })
  expect([changed.status, await changed.json()]).toMatchObject([
    200,
    { fee_check: 'enforce', phone: '02373852246', refund_limit: 500_000, name: 'UBND xã Đông Sơn' },
  ])
  const read = await gateway.request('/v1/agencies/H56.12.03.07', { token: admin })
  expect(await read.json()).toMatchObject({ fee_check: 'enforce' })
})

it('lists every agency that the caller covers once, a page at a time', async () => {
  const token = await gateway.token(['admin'], 'H56.12')
  await add({ agency_code: 'H56.12.99', name: 'x' })
  const seen: string[] = []
  let path: string | null = '/v1/agencies?limit=2'
  while (path) {
    const answer = await gateway.request(path, { token })
    const page = (await answer.json()) as { data: { agency_code: string }[]; next_cursor: string | null }
    expect(page.data.length).toBeLessThanOrEqual(2)
    seen.push(...page.data.map((agency) => agency.agency_code))
    path = page.next_cursor && `/v1/agencies?limit=2&cursor=${page.next_cursor}`
  }
  expect(seen).toEqual(expect.arrayContaining(['H56.12', 'H56.12.03', 'H56.12.04', 'H56.12.99']))
  expect(new Set(seen).size).toBe(seen.length)
  expect(seen.every((code) => code.startsWith('H56.12'))).toBe(true)
})

it('lets only the system itself add a root', async () => {
  const system = await gateway.token(['admin'], '*')
  const root = await add({ agency_code: 'H57', name: 'Another province' }, { token: system })
  expect([root.status, ((await root.json()) as { parent_code: null }).parent_code]).toEqual([201, null])
  const refused = await add({ agency_code: 'H58', name: 'x' })
  expect(refused.status).toBe(404)
})

it('gives the first answer again under an Idempotency-Key', async () => {
  const headers = { 'idempotency-key': 'agency-1' }
  const first = await add({ agency_code: 'H56.30', name: 'One' }, { headers })
  const again = await add({ agency_code: 'H56.30', name: 'One' }, { headers })
  expect([again.status, await again.text()]).toEqual([first.status, await first.text()])
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  const other = await add({ agency_code: 'H56.30', name: 'Two' }, { headers })
  expect([other.status, await other.json()]).toMatchObject([
    409,
    { code: 'idempotency_key_reused', errors: [{ pointer: '/name' }] },
  ])
})

describe('refuses', () => {
  it('a code that is taken', async () => {
    const answer = await add({ agency_code: 'H56.14', name: 'x' })
    expect([answer.status, await answer.json()]).toMatchObject([
      409,
      { code: 'already_exists', errors: [{ pointer: '/agency_code' }] },
    ])
  })

  it('an agency beside the caller, and its own parent, as if they were not there', async () => {
    const token = await gateway.token(['admin'], 'H56.12')
    for (const agency_code of ['H56.14.01', 'H56.13', 'H56', 'H56.123']) {
      const answer = await add({ agency_code, name: 'x' }, { token })
      expect([agency_code, answer.status]).toEqual([agency_code, 404])
    }
    for (const path of ['/v1/agencies/H56.14', '/v1/agencies/H56', '/v1/agencies/nonsense']) {
      expect((await gateway.request(path, { token })).status).toBe(404)
      const patched = await gateway.request(path, { token, method: 'PATCH', json: { name: 'taken over' } })
      expect(patched.status).toBe(404)
    }
    const [row] = await gateway.sql`select name from agencies where agency_code = 'H56.14'`
    expect(row?.name).toBe('Cơ quan H56.14')
  })

  it('a caller without the scope, naming it', async () => {
    const token = await gateway.token(['orders:write'])
    const answer = await add({ agency_code: 'H56.50', name: 'x' }, { token })
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer realm="lephi", error="insufficient_scope", scope="admin"',
    ])
    expect(await answer.json()).toMatchObject({ code: 'insufficient_scope' })
  })

  it('a change that names nothing, and a change of the code', async () => {
    const empty = await gateway.request('/v1/agencies/H56.14', { token: admin, method: 'PATCH', json: {} })
    expect(empty.status).toBe(422)
    const moved = await gateway.request('/v1/agencies/H56.14', {
      token: admin,
      method: 'PATCH',
      json: { agency_code: 'H56.15', name: 'x' },
    })
    expect([moved.status, await moved.json()]).toMatchObject([422, { errors: [{ pointer: '/agency_code' }] }])
  })
})
