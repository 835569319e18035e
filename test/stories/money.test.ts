// What happens to a citizen's money, told from outside: a portal's requests, a provider's callbacks, and what the two say afterwards. Each story is told with
// every simulated provider, as far as its protocol goes.
import { describe, expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { rowsOf } from '../kit/town.ts'
import { allTraits, type Traits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor, verdicts, typesOf } = townStory()

/** What no callback told is found by the query schedule within a minute, and where nobody can be asked, in the statement. */
const heal = async ({ name, query }: Traits): Promise<void> => {
  const town = theTown()
  await town.pass(query ? 120 : 0, 4)
  const day = businessDay(town.clock.now())
  if (!query) await town.settle(name, { from: day, to: day })
}

for (const traits of allTraits) {
  const { name: provider, other } = traits

  describe(`${provider}`, () => {
    it('a citizen pays, and the portal has order, timeline and receipts at once', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt)
      const order = await town.order(id)
      expect(order).toMatchObject({ status: 'paid', amount_paid: 150_000, paid_by: { attempt: attempt.id, provider } })
      expect(String(order.paid_by?.provider_reference)).toMatch(traits.tellsNumber ? /\d/ : /^null$/)
      expect(await typesOf(id)).toEqual([
        'order.created',
        'attempt.started',
        'attempt.captured',
        'order.paid',
        'receipt.issued',
      ])
      expect((await town.api(`/v1/orders/${id}/receipt`)).body.receipts).toHaveLength(1)
      expect((await town.api(`/v1/orders/${id}/attempts`, { provider })).body).toMatchObject({
        code: 'order_already_paid',
        status: 409,
      })
    })

    it('the callback is lost, and the money is found by asking, or in the statement where nobody can be asked', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_lost', { merchant_reference: attempt.reference })
      await town.pay(provider, attempt)
      expect((await town.order(id)).status).toBe('open')
      await heal(traits)
      expect((await town.order(id)).status).toBe('paid')
    })

    it('callbacks overtake each other, and each still pays its own order', async () => {
      const town = theTown()
      const [first, second] = [await town.place(), await town.place()]
      const [early, late] = [await town.attempt(first, provider), await town.attempt(second, provider)]
      await town.fault(provider, 'callback_reordered', { merchant_reference: early.reference })
      await town.pay(provider, early)
      expect((await town.order(first)).status).toBe('open')
      await town.pay(provider, late)
      await town.pass(1)
      for (const [id, attempt] of [
        [first, early],
        [second, late],
      ] as const)
        expect(await town.order(id)).toMatchObject({ status: 'paid', paid_by: { attempt: attempt.id } })
    })

    it('a callback comes once only, while we cannot take it, and the money is found all the same', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'once_only', { merchant_reference: attempt.reference })
      await town.fault(provider, 'callback_corrupted', { merchant_reference: attempt.reference })
      await town.pay(provider, attempt)
      expect((await town.order(id)).status).toBe('open')
      await heal(traits)
      expect((await town.order(id)).status).toBe('paid')
    })

    it('a signed success names another amount: not paid, held in suspense, named as a discrepancy', async () => {
      const town = theTown()
      // A đồng more or less, a hundred times as much, a hundredth.
      for (const amount of [149_999, 150_001, 15_000_000, 1_500]) {
        if (traits.isUnseparated && amount === 15_000_000) continue
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.fault(provider, 'wrong_amount', { merchant_reference: attempt.reference, amount })
        await town.pay(provider, attempt)
        await heal(traits)
        expect([amount, (await town.order(id)).status, (await town.order(id)).amount_paid]).toEqual([amount, 'open', 0])
        expect([amount, ...(await openFor(id))]).toEqual([amount, 'amount_mismatch'])
        const [listed] = rowsOf(
          (await town.api('/v1/discrepancies?status=open&class=amount_mismatch&limit=200')).body.data,
        ).filter((item) => String(item.order) === id)
        expect(listed).toMatchObject({ class: 'amount_mismatch', amount })
      }
    })

    it('forged and corrupted callbacks change nothing and stay as evidence', async () => {
      const town = theTown()
      for (const fault of ['callback_forged', 'callback_corrupted']) {
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        const refused = async () =>
          (
            await town.sql`select count(*)::int as n from callbacks where provider = ${provider} and reading in ('forged', 'malformed') and verdict = reading`
          )[0]?.n
        const before = Number(await refused())
        await town.fault(provider, fault, { merchant_reference: attempt.reference })
        await town.pay(provider, attempt)
        expect([fault, Number(await refused()) > before]).toEqual([fault, true])
        await heal(traits)
        expect([fault, (await town.order(id)).status]).toEqual([fault, 'paid'])
        // What only the statement knew is put right, and named: nobody had told it.
        const isLate = fault === 'callback_corrupted' && !traits.query
        expect(await openFor(id)).toEqual(isLate ? ['missing_here'] : [])
      }
    })

    it('a refusal leaves the order open, and another provider is used for it', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt, { result: 'cancelled' })
      if (traits.tellsFailure && traits.proves) expect(await typesOf(id)).toContain('attempt.failed')
      expect((await town.order(id)).status).toBe('open')
      const second = await town.attempt(id, other)
      await town.pay(other, second)
      expect(await town.order(id)).toMatchObject({ status: 'paid', paid_by: { provider: other } })
      await town.pass(90_000, 3)
      expect(await openFor(id)).toEqual([])
    })

    it('both of two attempts capture: paid once, the surplus in suspense and proposed for refund', async () => {
      const town = theTown()
      const id = await town.place()
      const [first, second] = [await town.attempt(id, provider), await town.attempt(id, other)]
      await Promise.all([town.pay(provider, first), town.pay(other, second)])
      await town.pass(1)
      expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000 })
      expect(await openFor(id)).toEqual(['paid_twice'])
      const [proposal, ...more] = rowsOf((await town.api(`/v1/orders/${id}/refunds`)).body.data)
      expect(more).toEqual([])
      expect(proposal).toMatchObject({ status: 'proposed', amount: 150_000, source: 'surplus' })
    })

    it('pays after the deadline, even 35 days after, and it is still money', async () => {
      const town = theTown()
      for (const seconds of [1, 86_400, 35 * 86_400]) {
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.sql`update orders set status = 'expired', next_expiry_at = null where id = ${id}`
        town.clock.advance(seconds)
        await town.pay(provider, attempt)
        expect([seconds, (await town.order(id)).status]).toEqual([seconds, 'paid'])
      }
    })

    if (traits.returns) {
      it('the browser comes back before the callback: it proves nothing, but makes us ask', async () => {
        const town = theTown()
        const id = await town.place()
        const attempt = await town.attempt(id, provider)
        await town.fault(provider, 'callback_late', { merchant_reference: attempt.reference, delay_seconds: 600 })
        const told = await town.pay(provider, attempt)
        expect((await town.order(id)).status).toBe('open')
        const back = await town.comeBack(told)
        expect([back.status, back.headers.get('location')?.includes('/pay/')]).toEqual([303, true])
        await town.deps.settled()
        expect((await town.order(id)).status).toBe(traits.query ? 'paid' : 'open')
        await town.pass(1_200, 4)
        expect((await town.order(id)).status).toBe('paid')
        expect((await verdicts(attempt.reference)).at(-1)).toBe(
          traits.query ? 'genuine already_confirmed' : 'genuine accepted',
        )
      })
    }

    if (traits.returns && traits.query) {
      it('the browser comes back from a payment that had failed or expired here: we ask all the same', async () => {
        const town = theTown()
        for (const status of ['failed', 'expired']) {
          const id = await town.place()
          const attempt = await town.attempt(id, provider)
          await town.sql`update attempts set status = ${status}, next_query_at = null where id = ${attempt.id}`
          await town.fault(provider, 'callback_lost', { merchant_reference: attempt.reference })
          await town.comeBack(await town.pay(provider, attempt))
          await town.deps.settled()
          expect([status, (await town.order(id)).status]).toEqual([status, 'paid'])
        }
      })
    }

    if (traits.tellsFailure) {
      it('a notice of failure after, or before, one of capture does not undo it', async () => {
        const town = theTown()
        for (const fault of ['captured_then_failed', 'callback_failed_then_captured']) {
          const id = await town.place()
          const attempt = await town.attempt(id, provider)
          await town.fault(provider, fault, { merchant_reference: attempt.reference })
          await town.pay(provider, attempt)
          await town.pass(600, 3)
          expect([fault, (await town.order(id)).status]).toEqual([fault, 'paid'])
        }
      })
    }

    it('an unpaid order expires, and money that no callback told of still pays it', async () => {
      const town = theTown()
      const soon = () => ({ expires_at: new Date(town.clock.now().getTime() + 1_200_000).toISOString() })
      const id = await town.place(soon())
      const attempt = await town.attempt(id, provider)
      await town.fault(provider, 'callback_lost', { merchant_reference: attempt.reference })
      await town.fault(provider, 'http_500', { merchant_reference: attempt.reference, operation: 'query', count: 3 })
      await town.pay(provider, attempt)
      await town.pass(1_900, 10)
      await heal(traits)
      expect((await town.order(id)).status).toBe('paid')
      const unpaid = await town.place(soon())
      await town.attempt(unpaid, provider)
      await town.pass(7_200, 12)
      expect((await town.order(unpaid)).status).toBe('expired')
      expect(await typesOf(unpaid)).toContain('order.expired')
      await town.simulators.app.request(`/${provider}/faults`, { method: 'DELETE' })
    })
  })
}
