// Webhook endpoints and deliveries as a portal sees them.
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { placeTestOrder } from '../kit/orders.ts'

let gateway: TestApp
let token: string
let stranger: string
let status = 204
const received: { headers: Record<string, string>; body: string }[] = []

beforeAll(async () => {
  gateway = await startTestApp({
    fetch: async (_, init) => {
      received.push({ headers: Object.fromEntries(new Headers(init.headers)), body: String(init.body) })
      return new Response(null, { status })
    },
  })
  gateway.clock.set(new Date())
  token = await gateway.token(['webhooks:write'])
  stranger = await gateway.token(['webhooks:write'], 'H56.14')
})
afterAll(() => gateway.close())

const call = async (path: string, init: Parameters<TestApp['request']>[1] = {}) => {
  const response = await gateway.request(path, { token, ...init })
  const text = await response.text()
  return { status: response.status, body: text === '' ? null : JSON.parse(text) }
}
const create = async (json: object = {}) =>
  (await call('/v1/webhook_endpoints', { json: { url: 'https://portal.example.vn/hook', ...json } })).body

describe('webhook endpoints', () => {
  it('are made with a secret of 32 bytes that is shown once', async () => {
    const made = await call('/v1/webhook_endpoints', {
      json: { url: 'https://portal.example.vn/hook', event_types: ['order.paid', 'order.paid'] },
    })
    expect(made.status).toBe(201)
    expect(made.body).toMatchObject({
      url: 'https://portal.example.vn/hook',
      agency_code: 'H56',
      event_types: ['order.paid'],
    })
    expect(Buffer.from(made.body.secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32)
    const read = await call(`/v1/webhook_endpoints/${made.body.id}`)
    const { secret, ...rest } = made.body
    expect(read).toEqual({ status: 200, body: rest })
    const list = await call('/v1/webhook_endpoints?limit=1')
    expect(list.body.data).toEqual([rest])
    expect(JSON.stringify(list.body)).not.toContain(secret)
  })

  it('are listed page by page, newest first', async () => {
    const ids = [(await create()).id, (await create()).id]
    const first = await call('/v1/webhook_endpoints?limit=1')
    const second = await call(`/v1/webhook_endpoints?limit=1&cursor=${first.body.next_cursor}`)
    expect([first, second].map(({ body }) => body.data[0].id)).toEqual(ids.toReversed())
  })

  it.each([
    [{ url: 'http://portal.example.vn/' }, 'insecure_url', '/url'],
    [{ url: 'nonsense' }, 'insecure_url', '/url'],
    [{ url: 'https://portal.exa\tmple.vn/' }, 'insecure_url', '/url'],
    [{ url: 'https:\\\\portal.example.vn/' }, 'insecure_url', '/url'],
    [{ event_types: ['order.eaten'] }, 'invalid_input', '/event_types/0'],
    [{ event_types: [] }, 'invalid_input', '/event_types'],
    [{ colour: 'red' }, 'invalid_input', '/colour'],
  ])('are refused: %j', async (json, code, pointer) => {
    const answer = await call('/v1/webhook_endpoints', { json: { url: 'https://portal.example.vn/', ...json } })
    expect(answer).toMatchObject({ status: 422, body: { code, errors: [{ pointer }] } })
  })

  it.each(['H99', 'H5', 'H56.14', 'H56', 'H56.12.99'])(
    'are not made for %s by whoever does not cover it',
    async (agency_code) => {
      const as = await gateway.token(['webhooks:write'], 'H56.12')
      const json = { url: 'https://portal.example.vn/', agency_code }
      expect(await call('/v1/webhook_endpoints', { json, token: as })).toMatchObject({
        status: 404,
        body: { code: 'not_found', errors: [{ pointer: '/agency_code' }] },
      })
    },
  )

  it('keep their address as it will be called', async () => {
    expect((await create({ url: 'HTTPS://Portal.example.vn:443/a/../hook' })).url).toBe(
      'https://portal.example.vn/hook',
    )
  })

  it('are made once under an Idempotency-Key, whose secret lies nowhere in plain text', async () => {
    const json = { url: 'https://portal.example.vn/once' }
    const headers = { 'idempotency-key': 'once' }
    const first = await call('/v1/webhook_endpoints', { json, headers })
    expect([first.status, await call('/v1/webhook_endpoints', { json, headers })]).toEqual([201, first])
    const made = await gateway.sql`select id from webhook_endpoints where url = ${json.url}`
    expect(made).toHaveLength(1)
    const kept = await gateway.sql`select * from idempotency_keys where key = 'once'`
    expect([kept.length, JSON.stringify(kept).includes(first.body.secret)]).toEqual([1, false])
    expect(await call('/v1/webhook_endpoints', { json: { url: 'https://other.example.vn/' }, headers })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused', errors: [{ pointer: '/url' }] },
    })
    expect(await call('/v1/webhook_endpoints', { json, headers, token: stranger })).not.toEqual(first)
  })

  it('rotate once under an Idempotency-Key, so that the secret that the portal has goes on signing', async () => {
    const { id } = await create()
    const rotate = (key: string) =>
      call(`/v1/webhook_endpoints/${id}/rotate_secret`, { method: 'POST', headers: { 'idempotency-key': key } })
    const first = await rotate('rotation-1')
    expect([first.status, await rotate('rotation-1')]).toEqual([200, first])
    // A second rotation now would end a secret that still signs.
    expect(await rotate('rotation-2')).toMatchObject({ status: 409, body: { code: 'secret_in_use' } })
    await gateway.sql`update webhook_endpoints set former_until = ${gateway.deps.now()} where id = ${id}`
    const second = await rotate('rotation-2')
    expect([second.status, second.body.secret === first.body.secret]).toEqual([200, false])
  })

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/rotate_secret'],
    ['POST', '/redeliver'],
  ])('do not exist for another agency: %s %s', async (method, path) => {
    const { id } = await create()
    const json = path === '/redeliver' ? { from: '2026-01-01T00:00:00Z', to: '2027-01-01T00:00:00Z' } : undefined
    const init = { method, token: stranger, ...(json ? { json } : {}) }
    expect(await call(`/v1/webhook_endpoints/${id}${path}`, init)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    })
  })

  it('are disabled for good', async () => {
    const { id } = await create()
    const gone = await call(`/v1/webhook_endpoints/${id}`, { method: 'DELETE' })
    expect(gone.body.disabled_at).not.toBeNull()
    expect(await call(`/v1/webhook_endpoints/${id}`, { method: 'DELETE' })).toEqual(gone)
    expect(await call(`/v1/webhook_endpoints/${id}/rotate_secret`, { method: 'POST' })).toMatchObject({
      status: 409,
      body: { code: 'conflict' },
    })
  })
})

describe('webhook deliveries', () => {
  it('show every try, and are sent again on demand', async () => {
    const { id, secret } = await create({ event_types: ['order.created'] })
    await placeTestOrder(gateway.deps, { dossierCode: 'H56.12.03-261122-5001' })
    status = 500
    received.length = 0
    await deliverWebhooks(gateway.deps, { limit: 100 })
    const failing = await call(`/v1/webhook_deliveries?webhook_endpoint=${id}&status=pending&event_type=order.created`)
    const [delivery] = failing.body.data
    expect(delivery).toMatchObject({
      webhook_endpoint: id,
      event_type: 'order.created',
      status: 'pending',
      attempts: [{ response_status: 500, error: 'status_500' }],
    })
    status = 200
    const again = await call(`/v1/webhook_deliveries/${delivery.id}/redeliver`, { method: 'POST' })
    expect(again).toMatchObject({ status: 202, body: { id: delivery.id, status: 'pending' } })
    received.length = 0
    await deliverWebhooks(gateway.deps, { limit: 100 })
    const verified = received.filter(({ headers, body }) => {
      try {
        return new Webhook(secret).verify(body, headers) !== undefined
      } catch {
        return false
      }
    })
    expect(verified.map(({ headers }) => headers['webhook-id'])).toEqual([delivery.webhook_id])
    const done = await call(`/v1/webhook_deliveries?webhook_endpoint=${id}`)
    expect(done.body.data).toMatchObject([{ status: 'delivered', next_attempt_at: null }])
    expect(done.body.data[0].attempts).toHaveLength(2)
  })

  it('of a time are sent again together', async () => {
    const { id } = await create({ event_types: ['order.created'] })
    await placeTestOrder(gateway.deps, { dossierCode: 'H56.12.03-261122-5002' })
    await deliverWebhooks(gateway.deps, { limit: 100 })
    const now = gateway.deps.now().getTime()
    const range = (from: number, to: number) => ({
      from: new Date(now + from).toISOString(),
      to: new Date(now + to).toISOString(),
    })
    const path = `/v1/webhook_endpoints/${id}/redeliver`
    expect(await call(path, { json: range(-1_000, 1) })).toEqual({ status: 202, body: { redelivered: 1 } })
    expect(await call(path, { json: range(1, 1_000) })).toEqual({ status: 202, body: { redelivered: 0 } })
  })

  it('do not exist for another agency', async () => {
    const list = await call('/v1/webhook_deliveries')
    expect(list.body.data.length).toBeGreaterThan(0)
    expect((await call('/v1/webhook_deliveries', { token: stranger })).body).toEqual({ data: [], next_cursor: null })
    const path = `/v1/webhook_deliveries/${list.body.data[0].id}/redeliver`
    expect((await call(path, { method: 'POST', token: stranger })).status).toBe(404)
    expect((await call('/v1/webhook_deliveries/whd_nonsense/redeliver', { method: 'POST' })).status).toBe(404)
  })

  it('of a disabled endpoint are not sent again', async () => {
    const { id } = await create({ event_types: ['order.created'] })
    await placeTestOrder(gateway.deps, { dossierCode: 'H56.12.03-261122-5003' })
    const { body } = await call(`/v1/webhook_deliveries?webhook_endpoint=${id}`)
    await call(`/v1/webhook_endpoints/${id}`, { method: 'DELETE' })
    const path = `/v1/webhook_deliveries/${body.data[0].id}/redeliver`
    expect(await call(path, { method: 'POST' })).toMatchObject({ status: 409, body: { code: 'conflict' } })
    expect((await call(`/v1/webhook_deliveries?webhook_endpoint=${id}`)).body.data).toMatchObject([
      { status: 'failed' },
    ])
  })
})
