// More is asked than can be done: who is let in, who waits, and who is told to come again; with a database that does not get on.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withPlaces } from '../../src/api/admit.ts'
import { routeTable } from '../../src/api/routes.ts'
import { admitBy, placesFor, placesWithoutLines, type Urgency, urgencies, urgencyOf } from '../../src/api/urgency.ts'
import { startPayment } from '../../src/pages/start-payment.ts'
import { startTown, type Town } from '../kit/town.ts'

/** As many as a server with five connections, with short lines so that few requests fill them. */
const places = placesFor(5)
for (const urgency of urgencies) places[urgency] = { ...places[urgency], waiting: 2, waitMs: 60_000 }
const apiPlaces = places.api.together

let town: Town
beforeAll(async () => {
  town = await startTown('2026-11-23T02:00:00Z', { extras: { places } })
})
afterAll(() => town.close())

const waitingApi = async (): Promise<string | undefined> =>
  /lephi_requests_waiting\{urgency="api"\} (\d+)/.exec(await (await town.request('/metrics')).text())?.[1]

/** Holds a table that API calls read and callbacks do not, until `release`. */
const holdUp = async (): Promise<{ release: () => Promise<void> }> => {
  const connection = await town.sql.reserve()
  await connection`begin`
  await connection`lock table fee_schedules in access exclusive mode`
  return {
    release: async () => {
      await connection`commit`
      connection.release()
    },
  }
}

describe('while the database does not get on', () => {
  it('API calls wait in a bounded line, the next is told to come again at once, a callback passes them all, and nothing is half done', async () => {
    const token = await town.token()
    const order = await town.place()
    const attempt = await town.attempt(order, 'momo')
    const { release } = await holdUp()
    const calls = Array.from({ length: apiPlaces + 2 }, () => town.request('/v1/fee_schedules', { token }))
    await expect.poll(waitingApi).toBe('2')

    const key = { 'idempotency-key': 'shed-1' }
    const body = {
      dossier_code: 'H56.12.03-261122-0900',
      agency_code: 'H56.12.03',
      payer: { name: 'Nguyễn Thị Lan' },
      lines: [{ fee_code: 'X', kind: 'phi', description: 'Phí', unit_amount: 10_000 }],
      return_url: 'https://portal.example.vn/',
    }
    const place = () => town.request('/v1/orders', { token, headers: key, json: body })
    const refused = await place()
    expect([refused.status, refused.headers.get('content-type')]).toEqual([503, 'application/problem+json'])
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503 })
    expect(await town.sql`select 1 from idempotency_keys where key = 'shed-1'`).toEqual([])

    await town.pay('momo', attempt)
    expect(await town.sql`select status from orders where id = ${order}`).toMatchObject([{ status: 'paid' }])
    expect((await town.request('/healthz')).status).toBe(200)

    await release()
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200))
    const placed = await place()
    expect([placed.status, placed.headers.get('idempotent-replayed')]).toEqual([201, null])
    expect(await waitingApi()).toBe('0')
    const metrics = await (await town.request('/metrics')).text()
    expect(metrics).toMatch(/lephi_requests_shed_total\{urgency="api",reason="full"\} 1/)
    expect(metrics).toMatch(/lephi_requests_under_way\{urgency="api"\} 0/)
  })

  it('a citizen gets a page that says so, and what people read waits behind all else', async () => {
    const { release } = await holdUp()
    const token = await town.token()
    const calls = Array.from({ length: apiPlaces + 2 }, () => town.request('/v1/fee_schedules', { token }))
    await expect.poll(waitingApi).toBe('2')
    // The last place but one is for those who pay.
    const page = await town.request('/where', { headers: { accept: 'text/html' } })
    const reports = Array.from({ length: 2 }, () => town.request('/v1/overview', { token }))
    const refused = await town.request('/console', { headers: { accept: 'text/html' } })
    expect([page.status, refused.status, refused.headers.get('content-type')]).toEqual([
      200,
      503,
      'text/html; charset=UTF-8',
    ])
    expect(refused.headers.get('retry-after')).not.toBe(null)
    await release()
    for (const { status } of await Promise.all([...calls, ...reports])) expect(status).toBe(200)
  })

  it('whoever sends a body slowly has no place meanwhile', async () => {
    const sending = Promise.withResolvers<void>()
    const slow = () =>
      new ReadableStream({
        async pull(controller) {
          await sending.promise
          controller.enqueue(new TextEncoder().encode('grant_type=client_credentials'))
          controller.close()
        },
      })
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const senders = Array.from({ length: apiPlaces + 3 }, () =>
      town.request('/oauth/token', { method: 'POST', headers, body: slow(), duplex: 'half' } as RequestInit),
    )
    expect((await town.request('/v1/fee_schedules', { token: await town.token() })).status).toBe(200)
    sending.resolve()
    const answers = (await Promise.all(senders)).map(({ status }) => status)
    // All at once they are more than may wait.
    expect(answers.filter((status) => status === 401).length).toBeGreaterThan(0)
    expect(answers.every((status) => status === 401 || status === 503)).toBe(true)
    await expect.poll(waitingApi).toBe('0')
  })
})

describe('a second click', () => {
  it('has no place while it waits for the first one and its provider', async () => {
    const admission = admitBy(placesFor(1))
    const deps = withPlaces(town.deps, admission)
    const first = Promise.withResolvers<void>()
    const queue = new Map<string, Promise<unknown>>([['a-token-of-no-order', first.promise]])
    const leave = await admission.enter('checkout')
    const form = { provider: 'momo', bankCode: null, seen: null }
    const second = startPayment(deps, queue, { token: 'a-token-of-no-order', form, payerIp: '203.0.113.7' })
    // There is one place in all, and somebody else gets it.
    const leaveToo = await admission.enter('checkout')
    leaveToo()
    first.resolve()
    await expect(second).rejects.toMatchObject({ code: 'not_found' })
    leave()
    expect(admission.standing().checkout).toEqual({ underWay: 0, waiting: 0 })
  })
})

describe('every route', () => {
  it('has its urgency by its address', () => {
    const counts: Partial<Record<Urgency | 'none', string[]>> = {}
    for (const { method, path } of routeTable) {
      const urgency = urgencyOf(method.toUpperCase(), path) ?? 'none'
      counts[urgency] = [...(counts[urgency] ?? []), `${method} ${path}`]
    }
    expect(counts.none).toEqual(['get /healthz', 'get /readyz'])
    expect(counts.callback?.every((route) => route.includes(' /callbacks/'))).toBe(true)
    expect(counts.checkout?.every((route) => route.includes(' /returns/'))).toBe(true)
    expect(counts.upload).toEqual(['post /v1/statements', 'post /v1/statement_drafts'])
    expect(counts.bulk).toContain('get /v1/reports/{name}')
    expect(counts.api).toContain('post /v1/orders')
  })

  it('leaves the more urgent a place that it never takes, whatever the number of connections', () => {
    for (const connections of [1, 2, 3, 5, 10, 133]) {
      const { callback, checkout, api, bulk, upload } = placesFor(connections)
      expect(callback.together).toBe(connections)
      expect(callback.together).toBeGreaterThanOrEqual(checkout.together)
      expect(checkout.together).toBeGreaterThanOrEqual(api.together)
      for (const each of [api, bulk, upload]) expect(each.together).toBeGreaterThan(0)
      if (connections >= 5) expect(api.together).toBeLessThan(callback.together)
    }
    expect(Object.values(placesWithoutLines(60)).every(({ waiting }) => waiting === 0)).toBe(true)
  })

  it('finds a place however many callbacks come, for anybody can forge them', async () => {
    for (const connections of [2, 3, 5, 10, 133]) {
      const admission = admitBy(placesFor(connections))
      for (let sent = 0; sent < connections; sent += 1) void admission.enter('callback').catch(() => undefined)
      await Promise.all([admission.enter('checkout')])
      expect([connections, admission.standing().checkout]).toEqual([connections, { underWay: 1, waiting: 0 }])
      const alone = admitBy(placesFor(connections))
      for (let sent = 0; sent < connections; sent += 1) void alone.enter('callback').catch(() => undefined)
      await alone.enter('api')
    }
  })
})
