// Starting attempts over HTTP: what is checked before anything is written, the Idempotency-Key, and how often an order may be tried.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProvider, type Provider, ProviderError, type Started } from '../../src/providers/contract.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'

let gateway: TestApp
let token: string
let answer: (reference: string) => Promise<Started>
let asked: string[] = []
let order: string

const redirect = async (reference: string): Promise<Started> => ({
  action: { type: 'redirect', url: `https://pay.example.vn/${reference}` },
  providerReference: null,
})
const fail = (kind: ConstructorParameters<typeof ProviderError>[0], code?: string) => () =>
  Promise.reject(new ProviderError(kind, 'it failed', code ? { code } : {}))

const providers: Record<string, Provider> = {
  test: defineProvider<{ amount_maximum?: number | undefined }>({
    title: { vi: 'Thử', en: 'Test' },
    limits: { minimum: 1n, maximum: 900_000_000n },
    limitsOf: ({ amount_maximum }) => ({ minimum: 1_000n, maximum: BigInt(amount_maximum ?? 900_000_000) }),
    account: z.object({ amount_maximum: z.int().optional() }),
    secrets: [],
    redact: [],
    startPayment: (payment) => {
      asked.push(payment.merchantReference)
      return answer(payment.merchantReference)
    },
    readCallback: () => Promise.reject(new ProviderError('malformed', 'none')),
    answerCallback: () => new Response(null, { status: 204 }),
  }),
}

beforeAll(async () => {
  gateway = await startTestApp({ providers })
  token = await gateway.token(['orders:read', 'orders:write'])
  await seedMerchantAccount(gateway.deps, gateway.sql, { provider: 'test' })
})
afterAll(() => gateway.close())
beforeEach(async () => {
  answer = redirect
  asked = []
  order = await placeTestOrder(gateway.deps)
})

type Attempt = { id: string; status: string; action: unknown; merchant_reference: string; code?: string }

const start = async (json: object = {}, { key, as = token }: { key?: string; as?: string } = {}) => {
  const response = await gateway.request(`/v1/orders/${order}/attempts`, {
    token: as,
    json: { provider: 'test', ...json },
    ...(key ? { headers: { 'idempotency-key': key } } : {}),
  })
  return {
    status: response.status,
    body: (await response.json()) as Attempt,
    isReplay: response.headers.get('idempotent-replayed') === 'true',
    retryAfter: response.headers.get('retry-after'),
  }
}
const written = async () =>
  gateway.sql`select id, fenced_at from attempts where order_id = ${order} order by created_at, id`

describe('a bank code', () => {
  it.each(['', 'a', 'NCB-1', 'Ngân', 'a'.repeat(21), ' NCB', 7])(
    'is refused before an attempt is written: %j',
    async (bank_code) => {
      expect(await start({ bank_code })).toMatchObject({
        status: 422,
        body: { code: 'invalid_input', errors: [{ pointer: '/bank_code' }] },
      })
      expect([await written(), asked]).toEqual([[], []])
    },
  )

  it('of letters and digits is taken, and so is none', async () => {
    for (const bank_code of ['NCB', 'VNPAYQR', null]) expect((await start({ bank_code })).status).toBe(201)
  })
})

describe('the same Idempotency-Key and body', () => {
  it('answer the first attempt with its action, and start and fence nothing', async () => {
    const first = await start({}, { key: 'a' })
    const again = await start({}, { key: 'a' })
    expect(first.body.action).toEqual({ type: 'redirect', url: expect.stringContaining(first.body.merchant_reference) })
    expect([first.isReplay, again.isReplay, again.body]).toEqual([false, true, first.body])
    expect([await written(), asked]).toEqual([[{ id: first.body.id, fencedAt: null }], [first.body.merchant_reference]])
  })

  it('start one attempt, however many come at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => start({}, { key: 'many' })))
    expect([(await written()).length, asked.length]).toEqual([1, 1])
    for (const { status, body } of answers)
      expect([201, 409]).toContain(status === 409 ? (body.code === 'request_in_progress' ? 409 : 0) : status)
    expect(answers.filter(({ status, isReplay }) => status === 201 && !isReplay)).toHaveLength(1)
  })

  it('are told to wait while the provider is being asked for the first', async () => {
    const provider = Promise.withResolvers<void>()
    answer = async (reference) => {
      await provider.promise
      return redirect(reference)
    }
    const first = start({}, { key: 'slow' })
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect(await start({}, { key: 'slow' })).toMatchObject({
      status: 409,
      body: { code: 'request_in_progress' },
      retryAfter: '1',
    })
    provider.resolve()
    // The second asks only once the first was answered: before that it would be told to wait again.
    const answered = await first
    expect((await start({}, { key: 'slow' })).body.id).toBe(answered.body.id)
  })

  it('answer the attempt as it is now, when the first call was cut off or the provider refused it', async () => {
    answer = fail('unreachable')
    expect(await start({}, { key: 'down' })).toMatchObject({ status: 502, body: { code: 'provider_unreachable' } })
    expect(await start({}, { key: 'down' })).toMatchObject({
      status: 201,
      isReplay: true,
      body: { status: 'failed', action: null },
    })
    answer = () => Promise.reject(new Error('the process ended here'))
    expect((await start({}, { key: 'cut' })).status).toBe(500)
    expect((await start({}, { key: 'cut' })).status).toBe(409)
    gateway.clock.advance(61)
    expect(await start({}, { key: 'cut' })).toMatchObject({
      status: 201,
      isReplay: true,
      body: { status: 'created', action: null },
    })
    expect([(await written()).length, asked.length]).toEqual([2, 2])
  })

  it('hold even when the order can no longer be paid', async () => {
    const first = await start({}, { key: 'closed' })
    await gateway.request(`/v1/orders/${order}/cancel`, { method: 'POST', token })
    expect((await start({}, { key: 'closed' })).body.id).toBe(first.body.id)
    expect((await start({}, { key: 'new' })).body.code).toBe('order_not_open')
  })

  it('mean another attempt for another caller or another order, and none for another body', async () => {
    const first = await start({}, { key: 'mine' })
    expect(await start({ bank_code: 'NCB' }, { key: 'mine' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_key_reused', errors: [{ pointer: '/bank_code' }] },
    })
    const other = await gateway.token(['orders:write'])
    expect((await start({}, { key: 'mine', as: other })).body.id).not.toBe(first.body.id)
    order = await placeTestOrder(gateway.deps)
    expect((await start({}, { key: 'mine' })).body.id).not.toBe(first.body.id)
  })
})

describe('too many attempts', () => {
  it('are refused with a code of their own, and allowed again a day later', async () => {
    for (let n = 0; n < 30; n += 1) expect((await start()).status).toBe(201)
    expect(await start()).toMatchObject({ status: 409, body: { code: 'too_many_attempts' }, retryAfter: null })
    expect(asked).toHaveLength(30)
    await gateway.sql`update orders set expires_at = expires_at + interval '2 days' where id = ${order}`
    gateway.clock.advance(24 * 3_600)
    token = await gateway.token(['orders:read', 'orders:write'])
    expect((await start()).status).toBe(201)
  })

  it('are not those of which the provider never heard', async () => {
    for (const [failure, status] of [
      [fail('unreachable'), 502],
      [fail('rejected'), 422],
      [fail('rejected', 'amount_outside_provider_limits'), 422],
    ] as const) {
      answer = failure
      for (let n = 0; n < 12; n += 1) expect((await start()).status).toBe(status)
    }
    answer = redirect
    expect((await start()).status).toBe(201)
  })

  it('are those that the provider refused or left unanswered', async () => {
    for (const [failure, status] of [
      [fail('rejected', '1006'), 422],
      [fail('unknown'), 201],
    ] as const) {
      answer = failure
      for (let n = 0; n < 15; n += 1) expect((await start()).status).toBe(status)
    }
    expect((await start()).body.code).toBe('too_many_attempts')
  })
})

describe('the limits of an account’s own contract', () => {
  it('are shown, and hold before anything is written', async () => {
    await gateway.sql`update merchant_accounts set settings = ${gateway.sql.json({ amount_maximum: 100_000 })}`
    gateway.clock.advance(11)
    const listed = await gateway.request('/v1/providers?agency_code=H56.12.03', { token })
    expect(await listed.json()).toMatchObject({
      data: [{ provider: 'test', limits: { minimum: 1_000, maximum: 100_000 } }],
    })
    expect(await start()).toMatchObject({ status: 422, body: { code: 'amount_outside_provider_limits' } })
    expect([await written(), asked]).toEqual([[], []])
    await gateway.sql`update merchant_accounts set settings = ${gateway.sql.json({ amount_maximum: 'broken' })}`
    gateway.clock.advance(11)
    const broken = await gateway.request('/v1/providers?agency_code=H56.12.03', { token })
    expect(await broken.json()).toMatchObject({ data: [{ limits: { minimum: 1, maximum: 900_000_000 } }] })
  })

  it('of one whose credentials do not open are those of its provider, so that it hides no other way to pay', async () => {
    const [key] = await gateway.sql`select id, sealed from merchant_account_keys limit 1`
    const [id, sealed] = [String(key?.id), Uint8Array.from(key?.sealed)]
    await gateway.sql`update merchant_account_keys set sealed = ${sealed.map((byte) => byte ^ 1)} where id = ${id}`
    gateway.clock.advance(11)
    const listed = await gateway.request('/v1/providers?agency_code=H56.12.03', { token })
    expect(await listed.json()).toMatchObject({ data: [{ limits: { minimum: 1, maximum: 900_000_000 } }] })
    await gateway.sql`update merchant_account_keys set sealed = ${sealed} where id = ${id}`
    gateway.clock.advance(11)
  })
})
