import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { openDoorForPeople } from '../kit/people.ts'

let gateway: TestApp
let admin: string

beforeAll(async () => {
  gateway = await startTestApp()
  admin = await gateway.token(['admin'])
})
afterAll(() => gateway.close())

type Made = { client_id: string; client_secret: string }

const add = async (more: object = {}, token = admin) => {
  const json = { name: 'Cổng dịch vụ công', agency_code: 'H56.12', scopes: ['orders:read', 'orders:write'], ...more }
  const answer = await gateway.request('/v1/clients', { token, json })
  return { status: answer.status, body: (await answer.json()) as Made }
}

const login = ({ client_id, client_secret }: Made) =>
  gateway.request('/oauth/token', {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id, client_secret }),
  })

it('shows a secret once, and that secret gets a token of the agency', async () => {
  const { status, body } = await add()
  expect(status).toBe(201)
  expect((await login(body)).status).toBe(200)
  const read = await gateway.request(`/v1/clients/${body.client_id}`, { token: admin })
  const listed = await gateway.request('/v1/clients?limit=200', { token: admin })
  for (const answer of [read, listed]) {
    const text = await answer.text()
    expect(text).toContain(body.client_id)
    expect(text).not.toContain(body.client_secret)
    expect(text).not.toMatch(/secret_?hash/i)
  }
  const rows = await gateway.sql`select * from clients where id = ${body.client_id}`
  expect(JSON.stringify(rows)).not.toContain(body.client_secret)
})

it('revokes for good, and a second time without complaint', async () => {
  const { body } = await add()
  const path = `/v1/clients/${body.client_id}`
  expect((await gateway.request(path, { token: admin, method: 'DELETE' })).status).toBe(204)
  const first = (await (await gateway.request(path, { token: admin })).json()) as { revoked_at: string }
  gateway.clock.advance(60)
  expect((await gateway.request(path, { token: admin, method: 'DELETE' })).status).toBe(204)
  const second = (await (await gateway.request(path, { token: admin })).json()) as { revoked_at: string }
  expect(second.revoked_at).toBe(first.revoked_at)
  expect((await login(body)).status).toBe(401)
})

it('ends a client at its expiry', async () => {
  const expires = new Date(gateway.clock.now().getTime() + 60_000).toISOString()
  const { status, body } = await add({ expires_at: expires })
  expect([status, (await login(body)).status]).toEqual([201, 200])
  gateway.clock.advance(61)
  expect((await login(body)).status).toBe(401)
})

it('is added once under an Idempotency-Key, whose answer with the secret is kept sealed', async () => {
  const json = { name: 'Một lần', agency_code: 'H56.12', scopes: ['orders:read'] }
  const send = async () => {
    const answer = await gateway.request('/v1/clients', { token: admin, json, headers: { 'idempotency-key': 'once' } })
    return { status: answer.status, replayed: answer.headers.get('idempotent-replayed'), text: await answer.text() }
  }
  const first = await send()
  expect([first.status, await send()]).toEqual([201, { ...first, replayed: 'true' }])
  const body = JSON.parse(first.text) as Made
  expect((await login(body)).status).toBe(200)
  expect(await gateway.sql`select id from clients where name = 'Một lần'`).toHaveLength(1)
  const kept = await gateway.sql`select * from idempotency_keys where key = 'once'`
  expect([kept.length, JSON.stringify(kept).includes(body.client_secret)]).toEqual([1, false])
})

it('may be given scopes that the administrator does not hold', async () => {
  expect((await add({ scopes: ['refunds:write', 'admin'] })).status).toBe(201)
})

describe('refuses', () => {
  it('unknown and doubled scopes, and an expiry in the past', async () => {
    expect((await add({ scopes: ['root'] })).status).toBe(422)
    expect((await add({ scopes: ['admin', 'admin'] })).status).toBe(422)
    expect((await add({ scopes: [] })).status).toBe(422)
    expect((await add({ expires_at: '2020-01-01T00:00:00Z' })).status).toBe(422)
  })

  it('a private key among the public ones', async () => {
    const key = { kty: 'OKP', crv: 'Ed25519', x: 'AAAA', d: 'BBBB' }
    expect((await add({ jwks: { keys: [key] } })).status).toBe(422)
  })

  it('clients of agencies that the caller does not cover', async () => {
    const token = await gateway.token(['admin'], 'H56.12')
    for (const agency_code of ['H56', 'H56.14', 'H56.999']) {
      expect([agency_code, (await add({ agency_code }, token)).status]).toEqual([agency_code, 404])
    }
    expect((await add({ agency_code: '*' }, token)).status).toBe(422)
    const { body } = await add({ agency_code: 'H56.14' })
    const path = `/v1/clients/${body.client_id}`
    expect((await gateway.request(path, { token })).status).toBe(404)
    expect((await gateway.request(path, { token, method: 'DELETE' })).status).toBe(404)
    expect((await login(body)).status).toBe(200)
  })
})

it('lets no person who has signed in make a client that approves, reconciles or administers: with two of them one could decide for two', async () => {
  const asPerson = openDoorForPeople(gateway)
  const make = (...scopes: string[]) =>
    asPerson('/v1/clients', {
      role: 'operator',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'x', agency_code: 'H56.12', scopes }),
    })
  for (const scope of ['refunds:approve', 'reconciliation:write', 'admin']) {
    const answer = await make('orders:read', scope)
    expect([scope, answer.status]).toEqual([scope, 422])
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: '/scopes' }] })
  }
  expect((await make('orders:read', 'orders:write', 'refunds:write', 'webhooks:write')).status).toBe(201)
  expect(await gateway.sql`select actor, shown from audit_log where action = 'client.added'`).toContainEqual({
    actor: 'https://sso.example#lan',
    shown: [expect.stringMatching(/^cli_/)],
  })
  // A program that administers may: whoever set it up decides who works there.
  expect((await add({ scopes: ['refunds:approve'] })).status).toBe(201)
})
