// The feed and the timeline as a portal reads them.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cancelOrder } from '../../src/flows/cancel-order.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { placeTestOrder } from '../kit/orders.ts'

let gateway: TestApp
let token: string
let stranger: string
const orders: string[] = []

beforeAll(async () => {
  gateway = await startTestApp()
  token = await gateway.token(['orders:read'])
  stranger = await gateway.token(['orders:read'], 'H56.14')
  for (let n = 0; n < 5; n += 1) {
    orders.push(await placeTestOrder(gateway.deps, { dossierCode: `H56.12.03-261122-${6_000 + n}` }))
    gateway.clock.advance(1.5)
  }
  await cancelOrder(gateway.deps, { scope: 'H56', orderId: orders[0] ?? '', reason: 'Rút hồ sơ' })
})
afterAll(() => gateway.close())

const get = async (path: string, as = token) => {
  const response = await gateway.request(path, { token: as })
  const text = await response.text()
  return { status: response.status, text, body: JSON.parse(text) }
}

describe('the feed', () => {
  it('gives every event in order, whether one goes on by cursor or by event', async () => {
    const all = await get('/v1/events?limit=200')
    expect(all.body.data.map((event: { order: string }) => event.order)).toEqual([...orders, orders[0]])
    const linked = ['subject', 'former_event', 'hash', 'digest']
    expect(Object.keys(all.body.data[0])).toEqual(['id', 'type', 'sequence', 'order', 'created_at', ...linked, 'data'])
    const walk = async (next: (page: { data: { id: string }[]; next_cursor: string | null }) => string | undefined) => {
      const ids: string[] = []
      for (let after = ''; ; ) {
        const { body } = await get(`/v1/events?limit=2&after=${after}`)
        if (body.data.length === 0) {
          expect(body.next_cursor).toBeNull()
          return ids
        }
        ids.push(...body.data.map((event: { id: string }) => event.id))
        after = next(body) ?? ''
      }
    }
    const ids = all.body.data.map((event: { id: string }) => event.id)
    expect(await walk((page) => page.next_cursor ?? undefined)).toEqual(ids)
    expect(await walk((page) => page.data.at(-1)?.id)).toEqual(ids)
  })

  it('gives the data of an event to the byte', async () => {
    const { text } = await get('/v1/events')
    for (const row of await gateway.sql`select data::text as data from events`)
      expect(text).toContain(`"data":${row.data}}`)
  })

  it.each([
    'evt_00000000000000000000000000',
    'nonsense',
    'ord_01',
    '1',
    encodeURIComponent('MTo5OTk5OTk5OTk5OTk5OTk5OTk5OTk5'),
  ])('refuses to go on from %s', async (after) => {
    expect(await get(`/v1/events?after=${after}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/query/after' }] },
    })
  })

  it('holds nothing of other agencies, and does not know their events', async () => {
    const { body } = await get('/v1/events')
    expect((await get('/v1/events', stranger)).body).toEqual({ data: [], next_cursor: null })
    expect((await get(`/v1/events?after=${body.data[0].id}`, stranger)).status).toBe(422)
  })

  it('names the event before each one, whatever the page, the way to it, and the agency that asks', async () => {
    const town = await placeTestOrder(gateway.deps, { agencyCode: 'H56.14', dossierCode: 'H56.14-261122-6100' })
    await cancelOrder(gateway.deps, { scope: 'H56', orderId: orders[1] ?? '', reason: 'Rút hồ sơ' })
    await cancelOrder(gateway.deps, { scope: 'H56', orderId: town, reason: 'Rút hồ sơ' })
    const formerOf = async (as: string, query: string) =>
      (await get(`/v1/events?limit=200&after=${query}`, as)).body.data.map(
        ({ id, former_event }: { id: string; former_event: string | null }) => ({ id, former_event }),
      )
    for (const as of [token, stranger]) {
      const all = await formerOf(as, '')
      expect(all.map((event: { former_event: string | null }) => event.former_event)).toEqual([
        null,
        ...all.slice(0, -1).map((event: { id: string }) => event.id),
      ])
      const { body } = await get('/v1/events?limit=1', as)
      expect(await formerOf(as, body.next_cursor)).toEqual(all.slice(1))
      expect(await formerOf(as, all[0].id)).toEqual(all.slice(1))
    }
    // Another agency's event stands between these two, and the town learns nothing of it.
    expect(await formerOf(stranger, '')).toHaveLength(2)
  })
})

describe('the timeline', () => {
  it('can be checked from the first event to the last', async () => {
    const { status, text, body } = await get(`/v1/orders/${orders[0]}/events`)
    expect(status).toBe(200)
    expect(body.next_cursor).toBeNull()
    expect(body.data.map((event: { sequence: number; type: string }) => [event.sequence, event.type])).toEqual([
      [1, 'order.created'],
      [2, 'order.cancelled'],
    ])
    // As openapi.yaml describes the hash, over what was received.
    const data = [...text.matchAll(/"data":(\{.*?\}),"hash"/g)].map((match) => match[1])
    let former: string | null = null
    for (const [index, event] of body.data.entries()) {
      const at = new Date(event.created_at).toISOString()
      const parts = [former ?? '', event.order, event.id, event.type, event.sequence, at, data[index]]
      expect(event.former_hash).toBe(former)
      expect(event.hash).toBe(createHash('sha256').update(parts.join('\n')).digest('hex'))
      former = event.hash
    }
  })

  it('comes page by page', async () => {
    const first = await get(`/v1/orders/${orders[0]}/events?limit=1`)
    const second = await get(`/v1/orders/${orders[0]}/events?limit=1&cursor=${first.body.next_cursor}`)
    expect(second.body.data).toMatchObject([{ sequence: 2, former_hash: first.body.data[0].hash }])
    expect(second.body.next_cursor).toBeNull()
  })

  it.each([
    ['another agency', () => get(`/v1/orders/${orders[0]}/events`, stranger)],
    ['an order that does not exist', () => get('/v1/orders/ord_00000000000000000000000000/events')],
    ['an id that cannot be one', () => get('/v1/orders/nonsense/events')],
  ])('is not found for %s', async (_, ask) => {
    expect(await ask()).toMatchObject({ status: 404, body: { code: 'not_found' } })
  })
})
