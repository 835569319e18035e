// Calls to providers over a network that the test answers: one budget per verb, no call twice, and what is counted of them.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Refusal } from '../../src/domain/refusal.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { afterAnswer, endingAt, endingWithin } from '../../src/flows/deadline.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { listMethods } from '../../src/flows/list-methods.ts'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import { queryAttempt } from '../../src/flows/query-attempt.ts'
import { queryRefund } from '../../src/flows/query-refund.ts'
import { forgetOldCalls } from '../../src/flows/read-health.ts'
import { sendLater, sendRefund } from '../../src/flows/send-refund.ts'
import { startAttempt } from '../../src/flows/start-attempt.ts'
import { ProviderError } from '../../src/providers/contract.ts'
import { openHouse } from '../kit/house.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import {
  createWire,
  outage,
  refusedConnection,
  silence,
  taken,
  type Wire,
  wiredProvider,
} from '../kit/wired-provider.ts'

let house: Awaited<ReturnType<typeof openHouse>>
const wire: Wire = createWire()
const lines: object[] = []

/** One that could begin nothing because of an outage before its own call, as where a token is needed first. */
const wired = wiredProvider()
const closed: typeof wired = {
  ...wired,
  connect: (account, ports) => ({
    ...wired.connect(account, ports),
    startPayment: () => Promise.reject(new ProviderError('unreachable', 'nothing was begun', { code: 'http_503' })),
  }),
}

beforeAll(async () => {
  const keep = (fields: object, message: string) => void lines.push({ ...fields, message })
  house = await openHouse({
    fetch: wire.fetch,
    providers: { wired: wiredProvider(), three: wiredProvider({ steps: 3 }), closed },
    log: { debug: keep, info: keep, warn: keep, error: keep },
  })
  await seedMerchantAccount(house.deps, house.sql, { provider: 'wired' })
  await seedMerchantAccount(house.deps, house.sql, { provider: 'three' })
  await seedMerchantAccount(house.deps, house.sql, { provider: 'closed' })
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})
beforeEach(async () => {
  await house.deps.settled()
  await house.sql`delete from provider_breakers`
  await house.sql`delete from provider_calls`
  wire.answer = taken
  wire.heard = []
})

const start = async (deps: Deps = house.deps, provider = 'wired', order?: string) =>
  startAttempt(deps, {
    scope: 'H56',
    order: { orderId: order ?? (await house.place()) },
    provider,
    bankCode: null,
    payerIp: '203.0.113.9',
  })
const codeOf = (work: Promise<unknown>) =>
  work.then(() => 'started').catch((error: unknown) => (error instanceof Refusal ? error.code : String(error)))
/** A paid order with a refund that stands there. */
const paidWithRefund = async (status: 'approved' | 'pending') => {
  const order = await house.place()
  const { attempt } = await start(house.deps, 'wired', order)
  const outcome = house.captured(attempt, `P${attempt.id.slice(-8)}`)
  await applyOutcome(house.deps, { merchantAccountId: attempt.merchantAccountId, outcome, source: 'callback' })
  await house.deps.settled()
  const { id } = await house.refund(attempt, { status, provider: 'wired' })
  return { order, refund: id }
}
const rows = async () => {
  await house.deps.settled()
  return house.sql`
    select operation, calls, unanswered, latency_ms, latency_max_ms from provider_calls order by minute, operation`
}

describe('one budget for all that a verb sends', () => {
  const slowly = (seconds: number) => async () => {
    house.deps.clock.advance(seconds)
    return taken()
  }

  it('lets three calls pass that end in time', async () => {
    wire.answer = slowly(6)
    expect((await start(house.deps, 'three')).attempt.status).toBe('pending')
    expect(wire.heard).toHaveLength(3)
  })

  it('sends no further call when it is used up, and what was begun is unknown, not failed', async () => {
    wire.answer = slowly(10)
    expect((await start(house.deps, 'three')).attempt.status).toBe('unknown')
    expect(wire.heard).toHaveLength(2)
  })

  it('ends a call that is under way', async () => {
    wire.answer = silence
    const hasty = { ...house.deps, callBudgetsMs: { start: 1, query: 1, refund: 1, refund_query: 1 } }
    expect((await start(hasty)).attempt.status).toBe('unknown')
    expect(wire.heard).toHaveLength(1)
  })

  it('is shortened by the deadline of whoever waits', async () => {
    wire.answer = silence
    expect((await start(endingWithin(house.deps, 2))).attempt.status).toBe('unknown')
    wire.answer = slowly(6)
    expect((await start(endingWithin(house.deps, 7_000), 'three')).attempt.status).toBe('unknown')
    expect(wire.heard).toHaveLength(3)
  })

  it('lets nothing leave after the deadline: unreachable, and the next attempt may go on at once', async () => {
    const order = await house.place()
    expect(await codeOf(start(endingWithin(house.deps, -1), 'wired', order))).toBe('provider_unreachable')
    expect(wire.heard).toEqual([])
    expect((await house.read(order)).attempts.map(({ status, failureCode }) => [status, failureCode])).toEqual([
      ['failed', 'unreachable'],
    ])
    expect((await start(house.deps, 'wired', order)).attempt.status).toBe('pending')
  })

  it('calls an attempt that never arrived unreachable, whatever stood in its way, and counts it as no try', async () => {
    const order = await house.place()
    for (let n = 0; n < 31; n += 1)
      expect(await codeOf(start(house.deps, 'closed', order))).toBe('provider_unreachable')
    const [attempt] = (await house.read(order)).attempts
    expect(attempt).toMatchObject({ status: 'failed', failureCode: 'unreachable' })
    expect((await start(house.deps, 'wired', order)).attempt.status).toBe('pending')
  })

  it('is not shortened for what goes on after the answer, unless the runtime ends it', () => {
    const hurried = endingWithin(house.deps, 1_000)
    expect(afterAnswer(hurried).deadline).toBeNull()
    const limited = afterAnswer({ ...hurried, deferredMs: 25_000 })
    expect(limited.deadline).toEqual(new Date(house.deps.now().getTime() + 25_000))
  })

  it('keeps the earliest of several deadlines', () => {
    const early = new Date(house.deps.now().getTime() + 1_000)
    const late = new Date(house.deps.now().getTime() + 9_000)
    expect(endingAt(endingAt(house.deps, early), late).deadline).toEqual(early)
    expect(endingAt(endingAt(house.deps, late), early).deadline).toEqual(early)
  })
})

describe('a call that moves money is sent once', () => {
  const failures = { outage, refusedConnection, silence, cut: () => Promise.reject(new TypeError('terminated')) }
  const hasty = () => ({ ...house.deps, callBudgetsMs: { start: 1, query: 1, refund: 1, refund_query: 1 } })

  it.each(Object.entries(failures))('to start a payment: %s', async (name, answer) => {
    wire.answer = answer
    const order = await house.place()
    const [code, heard] = [await codeOf(start(hasty(), 'wired', order)), wire.heard.length]
    expect([code, heard]).toEqual([name === 'refusedConnection' ? 'provider_unreachable' : 'started', 1])
    const [attempt] = (await house.read(order)).attempts
    expect(attempt?.status).toBe(name === 'refusedConnection' ? 'failed' : 'unknown')
  })

  it.each(Object.entries(failures))('to refund: %s', async (name, answer) => {
    const { refund } = await paidWithRefund('approved')
    wire.answer = answer
    wire.heard = []
    await sendRefund(hasty(), refund)
    expect(wire.heard).toHaveLength(1)
    // Not sent at all may be sent again; whatever may have arrived is asked about.
    const [row] = await house.sql`select status from refunds where id = ${refund}`
    expect(row?.status).toBe(name === 'refusedConnection' ? 'approved' : 'unknown')
    await sendRefund(hasty(), refund)
    expect(wire.heard).toHaveLength(name === 'refusedConnection' ? 2 : 1)
  })
})

it('a refund that goes on after the answer ends where the runtime would end it', async () => {
  const { refund } = await paidWithRefund('approved')
  wire.heard = []
  sendLater({ ...endingWithin(house.deps, 60_000), deferredMs: -1 }, refund)
  await house.deps.settled()
  expect(wire.heard).toEqual([])
  sendLater({ ...endingWithin(house.deps, -1), deferredMs: 25_000 }, refund)
  await house.deps.settled()
  expect(wire.heard).toHaveLength(1)
})

describe('evidence', () => {
  it('is one row per account, minute and operation, whoever calls, with what had no answer', async () => {
    const minute = new Date(Math.ceil(house.deps.now().getTime() / 60_000) * 60_000)
    house.deps.clock.set(minute)
    const started = await Promise.all(Array.from({ length: 12 }, () => start()))
    wire.answer = outage
    await Promise.all([start(), start(), start()])
    wire.answer = async () => {
      house.deps.clock.advance(2)
      return taken()
    }
    const [first] = started
    if (first) await queryAttempt(house.deps, { orderId: first.attempt.orderId, id: first.attempt.id })
    expect(await rows()).toEqual([
      { operation: 'query', calls: 1, unanswered: 0, latencyMs: 2_000n, latencyMaxMs: 2_000 },
      { operation: 'start', calls: 15, unanswered: 3, latencyMs: 0n, latencyMaxMs: 0 },
    ])
    expect(lines).toContainEqual(
      expect.objectContaining({
        message: 'provider called',
        operation: 'query',
        answer: 'given',
        key_id: expect.stringMatching(/^key_/),
      }),
    )
    describeFlowMetrics(house.deps.metrics)
    expect(house.deps.metrics.text()).toMatch(
      /^lephi_provider_calls_total\{provider="wired",operation="start",answer="none",key="current"\} \d+$/m,
    )
    house.deps.clock.advance(60)
    await start()
    expect((await rows()).map(({ operation, calls }) => [operation, calls])).toEqual([
      ['query', 1],
      ['start', 15],
      ['start', 1],
    ])
  })

  it('does not blame a provider for a caller without patience', async () => {
    wire.answer = silence
    await start(endingWithin(house.deps, 2))
    expect(await rows()).toEqual([])
  })

  it('is forgotten after 400 days', async () => {
    await start()
    expect(await rows()).toHaveLength(1)
    house.deps.clock.advance(399 * 86_400)
    expect(await forgetOldCalls(house.deps, 100)).toBe(0)
    house.deps.clock.advance(2 * 86_400)
    expect(await forgetOldCalls(house.deps, 100)).toBe(1)
  })

  it('of a query counts as answered when the provider said that it cannot tell, and not when its answer broke off or led elsewhere', async () => {
    const { attempt } = await start()
    const ask = () => queryAttempt(house.deps, { orderId: attempt.orderId, id: attempt.id })
    const queries = async () => (await rows()).find(({ operation }) => operation === 'query')
    wire.answer = async () => Response.json({ code: '02' })
    for (let n = 0; n < 6; n += 1) expect(await ask()).toBe('no_answer')
    expect(await queries()).toMatchObject({ calls: 6, unanswered: 0 })
    const [method] = await listMethods(house.deps, { scope: 'H56', agencyCode: 'H56.12.03' }).then((all) =>
      all.filter(({ provider }) => provider === 'wired'),
    )
    expect(method?.health.status).toBe('up')
    wire.answer = async () => new Response(null, { status: 302, headers: { location: '/maintenance' } })
    await ask()
    wire.answer = async () =>
      new Response(new ReadableStream({ start: (stream) => stream.error(new Error('cut off')) }), { status: 200 })
    await ask()
    expect(await queries()).toMatchObject({ calls: 8, unanswered: 2 })
  })

  it('of a refund query counts as answered when the provider answered, whatever it said', async () => {
    const { order, refund } = await paidWithRefund('pending')
    expect(await queryRefund(house.deps, { orderId: order, id: refund, sentAt: house.deps.now() })).toBe('no_answer')
    wire.answer = outage
    await queryRefund(house.deps, { orderId: order, id: refund, sentAt: house.deps.now() })
    expect((await rows()).find(({ operation }) => operation === 'refund_query')).toMatchObject({
      calls: 2,
      unanswered: 1,
    })
  })
})
