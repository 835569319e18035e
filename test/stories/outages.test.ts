// A provider is down: the citizen pays elsewhere, the gateway stops asking it for new payments, and what it still says of the old one is never counted twice (B7).
import { describe, expect, it } from 'vitest'
import { type Json, rowsOf, type TownAttempt } from '../kit/town.ts'
import { allTraits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor } = townStory()

/** Providers of whose protocol it is certain that a callback says when the payment was made. */
const tellsTime = ['vnpay', 'momo', 'zalopay']
const health = async (provider: string): Promise<Json | undefined> =>
  rowsOf((await theTown().api('/v1/providers?agency_code=H56.12.03')).body.data).find(
    (method) => String(method.provider) === provider,
  )?.health
const start = async (orderId: string, provider: string) => {
  const town = theTown()
  const answer = await town.request(`/v1/orders/${orderId}/attempts`, {
    token: await town.token(),
    json: { provider },
    headers: { 'idempotency-key': `start-${town.deps.newId('key')}` },
  })
  await town.deps.settled()
  const body = (await answer.json()) as Json
  return { status: answer.status, code: body.code ?? body.status, retryAfter: answer.headers.get('retry-after') }
}
const attemptsOf = async (orderId: string) =>
  theTown().sql`select id, status, fenced_at from attempts where order_id = ${orderId} order by created_at, id`
const refundsOf = async (orderId: string) =>
  theTown().sql`select status, amount, attempt_id, source from refunds where order_id = ${orderId}`
const suspense = async () => -((await theTown().ledger()).suspense ?? 0n)

for (const { name: provider, other } of allTraits.filter(({ startsByCall }) => startsByCall)) {
  const elsewhere = other === provider ? 'momo' : other

  describe(`${provider} is down`, () => {
    it.each([
      ['http_500', {}],
      ['timeout_before', { delay_seconds: 0 }],
      ['timeout_after', { delay_seconds: 0 }],
    ])('%s: after five starts without an answer it is asked no more, until it answers a probe', async (fault, more) => {
      const town = theTown()
      town.clock.advance(3_600)
      await town.fault(provider, fault, { operation: 'create', count: 5, ...more })
      for (let n = 0; n < 5; n += 1) expect((await start(await town.place(), provider)).code).toBe('unknown')
      const since = (await health(provider))?.since
      expect(await health(provider)).toMatchObject({ status: 'down', calls: 5, unanswered_calls: 5, success_rate: 0 })
      const order = await town.place()
      expect(await start(order, provider)).toEqual({ status: 502, code: 'provider_unreachable', retryAfter: '30' })
      expect(await attemptsOf(order)).toEqual([])
      expect((await start(order, elsewhere)).status).toBe(201)
      town.clock.advance(31)
      expect((await health(provider))?.since).toBe(since)
      expect((await start(await town.place(), provider)).code).toBe('pending')
      expect((await health(provider))?.status).toBe('degraded')
      expect((await start(await town.place(), provider)).code).toBe('pending')
      town.clock.advance(16 * 60)
      expect((await start(await town.place(), provider)).code).toBe('pending')
      expect((await health(provider))?.status).toBe('up')
      await town.sql`update attempts set next_query_at = null where status <> 'captured'`
    })
  })
}

for (const { name: provider, other, query, proves, startsByCall } of allTraits) {
  const elsewhere = other === provider ? 'momo' : other

  describe(`a payment that was left at ${provider}`, () => {
    /** The citizen leaves it, where the protocol has a start by a call, because that call had no answer. */
    const left = async (): Promise<{ id: string; old: TownAttempt; next: TownAttempt }> => {
      const town = theTown()
      const id = await town.place()
      if (startsByCall) await town.fault(provider, 'timeout_after', { operation: 'create', delay_seconds: 0 })
      const old = await town.attempt(id, provider)
      const next = await town.attempt(id, elsewhere)
      expect((await attemptsOf(id)).map(({ fencedAt }) => fencedAt !== null)).toEqual([true, false])
      return { id, old, next }
    }
    /** The order is paid once, by `payer`; the other money lies in suspense, with one refund proposed and one open question. */
    const expectOnce = async (id: string, about: { payer: TownAttempt; surplus: TownAttempt; before: bigint }) => {
      const town = theTown()
      const order = await town.order(id)
      expect(order).toMatchObject({ status: 'paid', amount_paid: 150_000, paid_by: { attempt: about.payer.id } })
      expect(await refundsOf(id)).toEqual([
        { status: 'proposed', amount: 150_000n, attemptId: about.surplus.id, source: 'surplus' },
      ])
      expect(await openFor(id)).toHaveLength(1)
      expect((await suspense()) - about.before).toBe(150_000n)
    }
    const lateWays = [...(proves || query ? ['told'] : []), ...(query ? ['found by asking'] : [])]

    it.each(lateWays)('that succeeds after the order was paid elsewhere is a declared duplicate: %s', async (way) => {
      const town = theTown()
      const before = await suspense()
      const { id, old, next } = await left()
      await town.pay(elsewhere, next)
      await town.pass(1)
      if (way === 'told')
        await town.fault(provider, 'callback_doubled', { merchant_reference: old.reference, count: 3 })
      else await town.fault(provider, 'callback_lost', { merchant_reference: old.reference })
      await town.pay(provider, old)
      await town.pass(240, 12)
      await expectOnce(id, { payer: next, surplus: old, before })
    })

    if (proves) {
      it('shows in its health how late callbacks are', async () => {
        const town = theTown()
        town.clock.advance(3_600)
        const attempt = await town.attempt(await town.place(), provider)
        await town.fault(provider, 'callback_late', { merchant_reference: attempt.reference, delay_seconds: 40 })
        await town.pay(provider, attempt)
        expect((await health(provider))?.callback_delay_seconds).toBeNull()
        town.clock.advance(40)
        await town.simulators.tick()
        await town.deps.settled()
        // Some protocols do not tell when the payment was made.
        const seconds = (await health(provider))?.callback_delay_seconds
        expect(tellsTime.includes(provider) ? [40] : [40, null]).toContain(seconds)
      })

      it('that succeeds first pays the order, and what was paid elsewhere is the surplus', async () => {
        const town = theTown()
        const before = await suspense()
        const { id, old, next } = await left()
        await town.pay(provider, old)
        await town.pay(elsewhere, next)
        await town.pass(120, 6)
        await expectOnce(id, { payer: old, surplus: next, before })
      })
    }
  })
}
