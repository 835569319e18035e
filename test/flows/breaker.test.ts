// A provider that leaves starts unanswered is not asked any more, until one probe finds that it is back.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../src/domain/refusal.ts'
import { findConnection } from '../../src/flows/connect-provider.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { listMethods } from '../../src/flows/list-methods.ts'
import { queryAttempt } from '../../src/flows/query-attempt.ts'
import { watchProviders } from '../../src/flows/read-health.ts'
import { startAttempt } from '../../src/flows/start-attempt.ts'
import { toRfc3339 } from '../../src/lib/time.ts'
import { openHouse } from '../kit/house.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { createWire, outage, refusedConnection, taken, type Wire, wiredProvider } from '../kit/wired-provider.ts'

let house: Awaited<ReturnType<typeof openHouse>>
let account: string
const wire: Wire = createWire()
const lines: { message: string; status?: unknown }[] = []

beforeAll(async () => {
  const keep = (fields: object, message: string) => void lines.push({ ...fields, message })
  house = await openHouse({
    fetch: wire.fetch,
    providers: { wired: wiredProvider(), other: wiredProvider() },
    log: { debug: keep, info: keep, warn: keep, error: keep },
  })
  account = await seedMerchantAccount(house.deps, house.sql, { provider: 'wired' })
  await seedMerchantAccount(house.deps, house.sql, { provider: 'other' })
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})
beforeEach(async () => {
  await house.deps.settled()
  for (const table of ['provider_breakers', 'provider_calls', 'provider_statuses'])
    await house.sql`delete from ${house.sql(table)}`
  house.deps.clock.advance(3_600)
  wire.answer = taken
  wire.heard = []
  lines.length = 0
})

const start = async (order?: string, provider = 'wired', deps: Deps = house.deps) => {
  const input = { scope: 'H56', order: { orderId: order ?? (await house.place()) }, bankCode: null, payerIp: '' }
  try {
    const { attempt } = await startAttempt(deps, { ...input, provider })
    return { code: attempt.status, retryAfter: null }
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { code: error.code, retryAfter: error.retryAfterSeconds }
  } finally {
    await house.deps.settled()
  }
}
const fail = async (times: number, answer: Wire['answer'] = outage) => {
  wire.answer = answer
  for (let n = 0; n < times; n += 1) await start()
  wire.heard = []
}
const health = async (provider = 'wired') =>
  (await listMethods(house.deps, { scope: 'H56', agencyCode: 'H56.12.03' })).find((each) => each.provider === provider)
    ?.health

describe('five starts in a row without an answer', () => {
  it.each([
    ['outages', outage],
    ['refused connections', refusedConnection],
  ] as const)('open the breaker: %s', async (_, answer) => {
    await fail(4, answer)
    await start()
    expect(wire.heard).toHaveLength(1)
    const order = await house.place()
    expect(await start(order)).toEqual({ code: 'provider_unreachable', retryAfter: 30 })
    expect(wire.heard).toHaveLength(1)
    expect(lines.filter(({ message }) => message === 'provider is taken to be down')).toHaveLength(1)
  })

  it('leave the order as it is: no attempt is written and none is fenced, and another provider takes the payment', async () => {
    const order = await house.place()
    await start(order)
    await fail(5)
    await start(order)
    expect((await house.read(order)).attempts).toMatchObject([{ status: 'pending', fencedAt: null }])
    wire.answer = taken
    expect((await start(order, 'other')).code).toBe('pending')
    expect((await house.read(order)).attempts.map(({ fencedAt }) => fencedAt === null)).toEqual([false, true])
  })

  it('do not when one of them was answered, or when they are far apart', async () => {
    await fail(4)
    wire.answer = async () => Response.json({ code: 'no' }, { status: 400 })
    await start()
    await fail(4)
    wire.heard = []
    await start()
    await house.sql`delete from provider_breakers`
    for (let n = 0; n < 8; n += 1) {
      house.deps.clock.advance(601)
      await start()
    }
    expect(wire.heard).toHaveLength(9)
  })

  it('stop neither queries nor callbacks', async () => {
    const order = await house.place()
    await start(order)
    const [attempt] = (await house.read(order)).attempts
    await fail(5)
    wire.answer = taken
    if (attempt) expect(await queryAttempt(house.deps, { orderId: order, id: attempt.id })).toBe('told')
    expect(wire.heard).toEqual([`query ${attempt?.merchantReference}`])
    // An answer to a query does not show that payments can be started again.
    expect((await start()).code).toBe('provider_unreachable')
    expect(await findConnection(house.deps, account)).not.toBeNull()
  })

  it('are counted across processes, and open the breaker once', async () => {
    wire.answer = outage
    await Promise.all(Array.from({ length: 5 }, () => start()))
    expect(lines.filter(({ message }) => message === 'provider is taken to be down')).toHaveLength(1)
    expect((await start()).code).toBe('provider_unreachable')
  })
})

describe('when the pause is over', () => {
  it('one probe goes out, however many come at once, and its answer closes the breaker', async () => {
    await fail(5)
    house.deps.clock.advance(30)
    const held = Promise.withResolvers<void>()
    wire.answer = async () => {
      await held.promise
      return taken()
    }
    const orders = await Promise.all(Array.from({ length: 10 }, () => house.place()))
    const input = { scope: 'H56', bankCode: null, payerIp: '', provider: 'wired' }
    const starting = orders.map((orderId) => startAttempt(house.deps, { ...input, order: { orderId } }))
    let refused = 0
    for (const each of starting)
      each.catch(() => {
        refused += 1
      })
    while (refused < 9) await new Promise((resolve) => setImmediate(resolve))
    held.resolve()
    const results = await Promise.allSettled(starting)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(wire.heard).toHaveLength(1)
    await house.deps.settled()
    wire.answer = taken
    expect((await start()).code).toBe('pending')
  })

  it('the probe may be that of a portal of one commune, whose province holds the account', async () => {
    await fail(5)
    house.deps.clock.advance(30)
    wire.answer = taken
    const input = { bankCode: null, payerIp: '', provider: 'wired' }
    const { attempt } = await startAttempt(house.deps, {
      ...input,
      scope: 'H56.12.03',
      order: { orderId: await house.place() },
    })
    expect(attempt.status).toBe('pending')
    await house.deps.settled()
    expect((await health())?.status).not.toBe('down')
  })

  it('a probe that fails doubles the pause, up to five minutes', async () => {
    await fail(5)
    const pauses: (number | null)[] = []
    for (let n = 0; n < 6; n += 1) {
      const { retryAfter } = await start()
      pauses.push(retryAfter)
      house.deps.clock.advance((retryAfter ?? 0) + 60)
      wire.heard = []
      expect((await start()).code).toBe('unknown')
      expect(wire.heard).toHaveLength(1)
    }
    expect(pauses).toEqual([30, 90, 120, 240, 300, 300])
  })

  it('a probe whose process ended leaves the next one to another', async () => {
    await fail(5)
    house.deps.clock.advance(30)
    const dying: Deps = { ...house.deps, fetch: () => new Promise<never>(() => undefined) }
    const order = await house.place()
    void startAttempt(dying, {
      scope: 'H56',
      order: { orderId: order },
      bankCode: null,
      payerIp: '',
      provider: 'wired',
    })
    while ((await house.read(order)).attempts.length === 0) await new Promise((resolve) => setImmediate(resolve))
    wire.answer = taken
    expect((await start()).code).toBe('provider_unreachable')
    house.deps.clock.advance(90)
    expect((await start()).code).toBe('pending')
  })
})

describe('the health of a provider', () => {
  it('is down while the breaker is open, since it opened, and the other one is not touched', async () => {
    expect(await health('other')).toMatchObject({ status: 'unknown', since: null, calls: 0, success_rate: null })
    await start(undefined, 'other')
    await fail(5)
    const since = toRfc3339(house.deps.now())
    house.deps.clock.advance(40)
    expect(await health()).toMatchObject({ status: 'down', since, calls: 5, unanswered_calls: 5, success_rate: 0 })
    expect(await health('other')).toMatchObject({ status: 'up', calls: 1, success_rate: 1, latency_ms: 0 })
  })

  it('is noted once, also when the clock of whoever saw the silence is behind that of whoever noted the status before', async () => {
    await fail(5)
    const seconds = (n: number) => new Date(house.deps.now().getTime() + n * 1_000)
    const earlier = { merchantAccountId: account, agencyCode: 'H56', status: 'degraded', since: seconds(20) }
    await house.sql`insert into provider_statuses ${house.sql(earlier)}`
    house.deps.clock.advance(30)
    expect(await watchProviders(house.deps)).toBe(1)
    house.deps.clock.advance(30)
    expect(await watchProviders(house.deps)).toBe(0)
    expect(await health()).toMatchObject({ status: 'down', since: toRfc3339(seconds(-30)) })
  })

  it('is noted with the time at which it changed, once for all processes, and told to whoever is on duty', async () => {
    await fail(5)
    const openedAt = (await health())?.since
    house.deps.clock.advance(20)
    expect(await watchProviders(house.deps)).toBe(1)
    house.deps.clock.advance(20)
    expect(await watchProviders(house.deps)).toBe(0)
    expect((await health())?.since).toBe(openedAt)
    expect(lines.filter(({ message }) => message === 'provider health changed')).toMatchObject([{ status: 'down' }])
    house.deps.clock.advance(60)
    wire.answer = taken
    await start()
    const mended = (await health())?.status
    expect(mended).toBe('degraded')
    expect(await watchProviders(house.deps)).toBe(1)
    house.deps.clock.advance(16 * 60)
    expect(await watchProviders(house.deps)).toBe(1)
    expect((await health())?.status).toBe('unknown')
    expect(await watchProviders(house.deps)).toBe(0)
  })
})
