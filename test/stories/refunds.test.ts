// Money that goes back, told with every simulated provider that returns money by a call.
import { describe, expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { rowsOf } from '../kit/town.ts'
import { allTraits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor, passRefund } = townStory()

for (const traits of allTraits.filter(({ refund }) => refund)) {
  const { name: provider, other, partialRefund } = traits
  const part = partialRefund ? 50_000 : 150_000

  describe(`${provider}`, () => {
    it('refunds what was captured, never more, and never by one person alone', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt)
      const maker = await town.token(['refunds:write', 'refunds:approve', 'orders:read'])
      const asked = await town.api(`/v1/orders/${id}/refunds`, { amount: part, reason: 'Thu thừa' }, { token: maker })
      expect(asked).toMatchObject({ status: 202, body: { status: 'requested', amount: part } })
      const approval = `/v1/refunds/${asked.body.id}/approve`
      expect((await town.api(approval, undefined, { token: maker, method: 'POST' })).body.code).toBe(
        'maker_cannot_approve',
      )
      expect((await town.api(`/v1/orders/${id}/refunds`, { reason: 'Lần nữa' }, { token: maker })).body.code).toBe(
        'refund_in_progress',
      )
      await town.api(approval, undefined, { method: 'POST' })
      await passRefund(traits, 6)
      expect(await town.order(id)).toMatchObject({ status: 'paid', amount_paid: 150_000, amount_refunded: part })
      const ask = async (json: object) =>
        (await town.api(`/v1/orders/${id}/refunds`, json, { token: await town.token() })).body
      if (partialRefund) {
        expect((await ask({ amount: 100_001, reason: 'Quá nhiều' })).code).toBe('refund_exceeds_captured')
        const rest = await ask({ reason: 'Phần còn lại' })
        expect(rest.amount).toBe(100_000)
        await town.api(`/v1/refunds/${rest.id}/approve`, undefined, { method: 'POST' })
        await passRefund(traits, 6)
      }
      expect(await town.order(id)).toMatchObject({ status: 'paid', amount_refunded: 150_000 })
      expect((await ask({ reason: 'Nữa' })).code).toBe('nothing_to_refund')
    })

    it('a surplus that another person approves goes back, and is gone from suspense', async () => {
      const town = theTown()
      const id = await town.place()
      const [first, second] = [await town.attempt(id, other), await town.attempt(id, provider)]
      await town.pay(other, first)
      await town.pay(provider, second)
      await town.pass(1)
      const suspense = async () => -((await town.ledger()).suspense ?? 0n)
      const before = await suspense()
      const [proposal] = rowsOf((await town.api(`/v1/orders/${id}/refunds`)).body.data)
      await town.api(`/v1/refunds/${proposal?.id}/approve`, undefined, { method: 'POST' })
      await passRefund(traits, 8)
      expect((await town.api(`/v1/refunds/${proposal?.id}`)).body.status).toBe('succeeded')
      expect(before - (await suspense())).toBe(150_000n)
      expect(await openFor(id)).toEqual([])
    })

    it('a refund whose answer is lost is never sent twice, and is settled by asking or by a person', async () => {
      const town = theTown()
      const id = await town.place()
      const attempt = await town.attempt(id, provider)
      await town.pay(provider, attempt)
      const asked = await town.api(
        `/v1/orders/${id}/refunds`,
        { amount: partialRefund ? 60_000 : 150_000, reason: 'Thu thừa' },
        { token: await town.token(['refunds:write']) },
      )
      await town.fault(provider, 'timeout_after', { operation: 'refund', delay_seconds: 0 })
      await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { method: 'POST' })
      await town.deps.settled()
      const status = async () => String((await town.api(`/v1/refunds/${asked.body.id}`)).body.status)
      expect(['unknown', 'sending', 'pending']).toContain(await status())
      const from = businessDay(town.clock.now())
      await town.pass(7_200, 10)
      const sent = [...town.simulators.ledger(provider)].filter(
        (row) => row.kind === 'refund' && row.payment_reference === attempt.reference,
      )
      expect(sent).toHaveLength(1)
      if ((await status()) !== 'succeeded') {
        // Nobody can be asked about this refund: the provider's statement says that it was paid back.
        await town.settle(provider, { from, to: businessDay(town.clock.now()) })
      }
      expect(await status()).toBe('succeeded')
    })
  })
}
