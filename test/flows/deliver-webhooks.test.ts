// Webhooks from the outbox to the receiver, which checks them with the library that receivers use. The clock is the test's, and so is the network.
import { createHmac } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PrivateAddressError } from '../../src/domain/private-address.ts'
import {
  createEndpoint,
  type EndpointInput,
  retireEndpoint,
  rotateEndpointSecret,
} from '../../src/flows/change-webhook-endpoint.ts'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import type { FetchPort } from '../../src/providers/contract.ts'
import { redeliver, redeliverRange, takeDelivery } from '../../src/store/webhooks.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { placeTestOrder, seedAgencies } from '../kit/orders.ts'

const start = '2026-11-23T02:00:00Z'
const day = 86_400

let database: TestDatabase
let deps: TestDeps
type Received = { url: string; headers: Record<string, string>; body: string; redirect: string | undefined }
let received: Received[]
/** What the receivers answer, by URL. */
let answers: (url: string) => Response | Promise<Response>

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  await seedAgencies(database.sql)
})
afterAll(() => database.drop())

const fetchPort: FetchPort = async (url, init) => {
  const headers = Object.fromEntries(new Headers(init.headers))
  received.push({ url, headers, body: String(init.body), redirect: init.redirect })
  return answers(url)
}

beforeEach(async () => {
  received = []
  answers = () => new Response(null, { status: 204 })
  deps = createTestDeps(database.database, { clock: createClock(start), fetch: fetchPort })
  await database.sql`update webhook_deliveries set next_attempt_at = null`
  await database.sql`update webhook_endpoints set disabled_at = now() where disabled_at is null`
})

const deliver = (limit = 1_000) => deliverWebhooks(deps, { limit })
type Made = { endpoint: { id: string }; secret: string }
const madeOf = ({ body }: { body: string }): Made => {
  const { id, secret } = JSON.parse(body) as { id: string; secret: string }
  return { endpoint: { id }, secret }
}
const once = { key: null, body: {} }
const make = async (agency: string, input: EndpointInput) =>
  madeOf(await createEndpoint(deps, { clientId: 'cli_test', agency }, input, once))
const endpointAt = (url: string, eventTypes: string[] | null = ['order.created']) =>
  make('H56', { url, eventTypes, agencyCode: null })

let dossiers = 0
const place = () => {
  dossiers += 1
  return placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${String(2_000 + dossiers)}` })
}
const deliveries = (endpointId: string) =>
  database.sql`select * from webhook_deliveries where webhook_endpoint_id = ${endpointId} order by id`
const onlyDelivery = async (endpointId: string) => {
  const [row, ...others] = await deliveries(endpointId)
  if (!row || others.length > 0) throw new Error(`${others.length + (row ? 1 : 0)} deliveries`)
  return row
}
const inSeconds = (seconds: number) => new Date(new Date(start).getTime() + seconds * 1_000)

describe('a delivery', () => {
  it('is written with its event and sent signed, with the event as it was stored', async () => {
    // The library compares the timestamp with the clock of the machine.
    deps.clock.set(new Date())
    const { endpoint, secret } = await endpointAt('https://portal.example.vn/hook')
    const orderId = await place()
    expect(await onlyDelivery(endpoint.id)).toMatchObject({ status: 'pending', attemptCount: 0 })
    await deliver()
    const [call] = received
    if (!call) throw new Error('nothing was sent')
    const [event] = await database.sql`select id, type, data::text as data from events where order_id = ${orderId}`
    expect(call).toMatchObject({ url: 'https://portal.example.vn/hook', redirect: 'manual' })
    expect(call.headers['webhook-id']).toBe(event?.id)
    expect(call.body).toContain(`"data":${event?.data}}`)
    const body = new Webhook(secret).verify(call.body, call.headers) as Record<string, unknown>
    expect(Object.keys(body)).toEqual(['type', 'timestamp', 'data'])
    expect(body).toMatchObject({ type: 'order.created', data: { id: orderId, amount: 150_000 } })
    expect(new Date(String(body.timestamp))).toEqual(deps.now())
    expect(await onlyDelivery(endpoint.id)).toMatchObject({
      status: 'delivered',
      attemptCount: 1,
      nextAttemptAt: null,
      deliveredAt: deps.now(),
      attempts: [{ response_status: 204, error: null }],
    })
  })

  it('carries the signature that the specification describes', async () => {
    const { secret } = await endpointAt('https://portal.example.vn/hook')
    await place()
    await deliver()
    const { headers, body } = received[0] ?? { headers: {} as Record<string, string>, body: '' }
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
    expect(key).toHaveLength(32)
    const signed = createHmac('sha256', key).update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
    expect(headers['webhook-timestamp']).toBe(String(Date.parse(start) / 1_000))
    expect(headers['webhook-signature']).toBe(`v1,${signed.digest('base64')}`)
  })

  it('does not verify once a byte of it is changed', async () => {
    deps.clock.set(new Date())
    const { secret } = await endpointAt('https://portal.example.vn/hook')
    await place()
    await deliver()
    const { headers, body } = received[0] ?? { headers: {} as Record<string, string>, body: '' }
    expect(() => new Webhook(secret).verify(body.replace('150000', '150001'), headers)).toThrow()
  })

  it('is owed only to endpoints that asked for the type, of the agency or one above it', async () => {
    const other = await endpointAt('https://portal.example.vn/paid', ['order.paid'])
    const sibling = await make('H56', {
      url: 'https://sibling.example.vn/',
      eventTypes: null,
      agencyCode: 'H56.14',
    })
    const own = await make('H56', {
      url: 'https://own.example.vn/',
      eventTypes: null,
      agencyCode: 'H56.12.03',
    })
    await place()
    await deliver()
    expect(received.map(({ url }) => url)).toEqual(['https://own.example.vn/'])
    expect(await deliveries(other.endpoint.id)).toEqual([])
    expect(await deliveries(sibling.endpoint.id)).toEqual([])
    expect(await deliveries(own.endpoint.id)).toHaveLength(1)
  })

  it('is made once by two runners at once', async () => {
    await endpointAt('https://portal.example.vn/hook')
    for (let n = 0; n < 10; n += 1) await place()
    await Promise.all([deliver(), deliver(), deliver()])
    expect(received).toHaveLength(10)
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(10)
  })

  it('is taken again when its holder dies, and not before', async () => {
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    const held = await takeDelivery(deps.db, { now: deps.now(), leaseMs: 60_000, without: [] })
    expect(held?.endpointId).toBe(endpoint.id)
    deps.clock.advance(59)
    expect(await deliver()).toBe(0)
    deps.clock.advance(1)
    expect(await deliver()).toBe(1)
    expect(await onlyDelivery(endpoint.id)).toMatchObject({ status: 'delivered' })
  })
})

describe('a receiver that does not take it', () => {
  it('is tried after 0 s, 5 s, 30 s, 2 min, 10 min, 1 h, 3 h, 6 h, 12 h, then daily for 30 days, and then it has failed', async () => {
    answers = () => new Response('busy', { status: 503 })
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    const waits: number[] = []
    for (let due: Date | null = deps.now(); due; ) {
      waits.push((due.getTime() - deps.now().getTime()) / 1_000)
      deps.clock.set(due)
      expect(await deliver()).toBe(1)
      due = (await onlyDelivery(endpoint.id)).nextAttemptAt
    }
    expect(waits.slice(0, 11)).toEqual([0, 5, 30, 120, 600, 3_600, 10_800, 21_600, 43_200, day, day])
    const total = waits.reduce((sum, wait) => sum + wait, 0)
    expect(total).toBeGreaterThan(29 * day)
    expect(total).toBeLessThanOrEqual(30 * day)
    const row = await onlyDelivery(endpoint.id)
    expect(row).toMatchObject({ status: 'failed', attemptCount: waits.length, deliveredAt: null })
    expect(row.attempts.at(-1)).toMatchObject({ response_status: 503, error: 'status_503' })
    expect(new Set(received.map(({ body }) => body)).size).toBe(1)
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    expect(new Set(received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(waits.length)
  })

  it.each([
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.test/' } }),
      302,
      'redirect_refused',
    ],
    ['400', () => new Response(null, { status: 400 }), 400, 'status_400'],
    ['a dead line', () => Promise.reject(new TypeError('fetch failed')), null, 'unreachable'],
    [
      'an address of a private network',
      () => Promise.reject(new TypeError('fetch failed', { cause: new PrivateAddressError('private') })),
      null,
      'url_not_allowed',
    ],
    ['a timeout', () => Promise.reject(new DOMException('late', 'TimeoutError')), null, 'timeout'],
  ])('is tried again after %s', async (_, answer, status, error) => {
    answers = answer
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    await deliver()
    const row = await onlyDelivery(endpoint.id)
    expect(row).toMatchObject({ status: 'pending', nextAttemptAt: inSeconds(5) })
    expect(row.attempts).toEqual([{ at: '2026-11-23T09:00:00+07:00', response_status: status, error }])
    answers = () => new Response('ok')
    deps.clock.advance(5)
    await deliver()
    expect(await onlyDelivery(endpoint.id)).toMatchObject({ status: 'delivered', attemptCount: 2 })
  })

  it('is not read beyond a few kilobytes', async () => {
    let pulled = 0
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        pulled += 1_024
        controller.enqueue(new Uint8Array(1_024))
      },
    })
    answers = () => new Response(endless, { status: 200 })
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    await deliver()
    expect(pulled).toBeLessThan(10_000)
    expect(await onlyDelivery(endpoint.id)).toMatchObject({ status: 'delivered' })
  })

  it('is disabled when it says 410, and what else it was owed is given up', async () => {
    answers = () => new Response(null, { status: 410 })
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    await place()
    await deliver(1)
    expect(received).toHaveLength(1)
    const [row] = await database.sql`select disabled_at from webhook_endpoints where id = ${endpoint.id}`
    expect(row?.disabledAt).toEqual(deps.now())
    expect((await deliveries(endpoint.id)).map((each) => [each.status, each.nextAttemptAt])).toEqual([
      ['failed', null],
      ['failed', null],
    ])
    await place()
    expect(await deliveries(endpoint.id)).toHaveLength(2)
  })

  it('keeps a log of the last 50 tries', async () => {
    answers = () => new Response(null, { status: 500 })
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    for (let n = 0; n < 55; n += 1) {
      const { id } = await onlyDelivery(endpoint.id)
      await redeliver(deps.db, 'H56', { id, now: deps.now() })
      await deliver()
      deps.clock.advance(1)
    }
    const { attempts } = await onlyDelivery(endpoint.id)
    expect(attempts).toHaveLength(50)
    expect(attempts[0].at).toBe('2026-11-23T09:00:05+07:00')
  })

  it('does not hold up the others: a dead endpoint costs a pass a few tries', async () => {
    const dead = Array.from({ length: 30 }, place)
    await endpointAt('https://dead.example.vn/')
    await Promise.all(dead)
    for (let n = 0; n < 40; n += 1) await place()
    await endpointAt('https://alive.example.vn/')
    for (let n = 0; n < 5; n += 1) await place()
    answers = (url) => new Response(null, { status: url.includes('dead') ? 500 : 200 })
    await deliver()
    expect(received.filter(({ url }) => url.includes('alive'))).toHaveLength(5)
    expect(received.filter(({ url }) => url.includes('dead')).length).toBeLessThanOrEqual(3)
  })
})

describe('an endpoint whose URL is not allowed any more', () => {
  it('is not called in production, and the try says why', async () => {
    const { endpoint } = await endpointAt('http://127.0.0.1:9000/hook')
    await place()
    await deliverWebhooks({ ...deps, mode: 'production' }, { limit: 10 })
    expect(received).toEqual([])
    expect((await onlyDelivery(endpoint.id)).attempts).toMatchObject([
      { response_status: null, error: 'url_not_allowed' },
    ])
  })
})

describe('an endpoint whose secret does not open', () => {
  it('waits on the ladder and stops nobody else', async () => {
    const broken = await endpointAt('https://broken.example.vn/')
    await endpointAt('https://alive.example.vn/')
    await database.sql`update webhook_endpoints set sealed = ${new Uint8Array([9])} where id = ${broken.endpoint.id}`
    await place()
    await deliver()
    expect(received.map(({ url }) => url)).toEqual(['https://alive.example.vn/'])
    const row = await onlyDelivery(broken.endpoint.id)
    expect(row).toMatchObject({ status: 'pending', nextAttemptAt: inSeconds(5) })
    expect(row.attempts).toMatchObject([{ response_status: null, error: 'secret_unreadable' }])
  })
})

describe('a rotated secret', () => {
  it('signs together with the former one for 24 hours, and alone after', async () => {
    deps.clock.set(new Date())
    const first = await endpointAt('https://portal.example.vn/hook')
    const second = madeOf(
      await rotateEndpointSecret(deps, { clientId: 'cli_test', agency: 'H56' }, first.endpoint.id, once),
    )
    expect(second.secret).not.toBe(first.secret)
    await place()
    await deliver()
    const { headers, body } = received[0] ?? { headers: {} as Record<string, string>, body: '' }
    expect(() => new Webhook(first.secret).verify(body, headers)).not.toThrow()
    expect(() => new Webhook(second.secret).verify(body, headers)).not.toThrow()
    expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2)
    deps.clock.advance(day)
    await place()
    await deliver()
    const later = received[1]
    if (!later) throw new Error('nothing was sent')
    const at = new Date(Number(later.headers['webhook-timestamp']) * 1_000)
    expect(later.headers['webhook-signature']).toBe(
      new Webhook(second.secret).sign(later.headers['webhook-id'] ?? '', at, later.body),
    )
  })

  it('is stored encrypted', async () => {
    const { endpoint, secret } = await endpointAt('https://portal.example.vn/hook')
    const [row] = await database.sql`select sealed from webhook_endpoints where id = ${endpoint.id}`
    expect(Buffer.from(row?.sealed).toString('latin1')).not.toContain(secret.slice(6, 20))
  })
})

describe('a redelivery', () => {
  it('sends a delivered webhook again, with the same id', async () => {
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    await deliver()
    const { id } = await onlyDelivery(endpoint.id)
    expect(await redeliver(deps.db, 'H56', { id, now: deps.now() })).toMatchObject({
      id,
      status: 'pending',
      attemptCount: 0,
    })
    await deliver()
    expect(received).toHaveLength(2)
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id'])
    expect((await onlyDelivery(endpoint.id)).attempts).toHaveLength(2)
  })

  it('that is asked for while a try is under way is not lost', async () => {
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    const { id } = await onlyDelivery(endpoint.id)
    answers = async () => {
      if (received.length === 1) await redeliver(deps.db, 'H56', { id, now: deps.now() })
      return new Response('ok')
    }
    await deliver()
    expect(received).toHaveLength(2)
    expect(await onlyDelivery(endpoint.id)).toMatchObject({ status: 'delivered' })
    expect((await onlyDelivery(endpoint.id)).attempts).toHaveLength(2)
  })

  it('covers a range of time, oldest first', async () => {
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    for (let n = 0; n < 4; n += 1) {
      await place()
      deps.clock.advance(60)
    }
    await deliver()
    const range = { endpoint: endpoint.id, from: inSeconds(60), to: inSeconds(180), limit: 10, now: deps.now() }
    expect(await redeliverRange(deps.db, 'H56', range)).toBe(2)
    await deliver()
    expect(received).toHaveLength(6)
  })

  it('reaches neither a disabled endpoint nor a foreign one', async () => {
    const { endpoint } = await endpointAt('https://portal.example.vn/hook')
    await place()
    await deliver()
    const { id } = await onlyDelivery(endpoint.id)
    expect(await redeliver(deps.db, 'H56.14', { id, now: deps.now() })).toBeNull()
    await retireEndpoint(deps, 'H56', endpoint.id)
    expect(await redeliver(deps.db, 'H56', { id, now: deps.now() })).toBeNull()
  })
})
