// Keys change while payments are under way, at every step of their way (C10): no genuine message is refused, and no key ends that somebody still signs with.
import { describe, expect, it } from 'vitest'
import { registry } from '../../src/providers/registry.ts'
import { rotateAtGateway, rotateAtProvider } from '../kit/rotate-keys.ts'
import { allTraits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown, passRefund } = townStory()

const steps = ['start', 'payment', 'callback', 'query', 'refund', 'end'] as const

const rotateBoth = async (provider: string) =>
  rotateAtProvider(theTown(), provider, await rotateAtGateway(theTown(), provider))

const unread = async (provider: string) =>
  theTown().sql`
    select reading, verdict from callbacks where merchant_account_id = ${theTown().accounts[provider] ?? ''} and reading <> 'genuine'`

const refundAll = async (orderId: string) => {
  const town = theTown()
  const asked = await town.api(
    `/v1/orders/${orderId}/refunds`,
    { reason: 'Trả lại' },
    { token: await town.token(['refunds:write']) },
  )
  await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { method: 'POST' })
  return String(asked.body.id)
}

const keyed = allTraits.filter(({ name }) => (registry[name]?.secrets.length ?? 0) > 0)

for (const traits of keyed) {
  const { name: provider, query, refund, proves } = traits
  describe(`${provider}`, () => {
    it.each(steps)('the keys change before the %s', async (moment) => {
      const town = theTown()
      const at = async (step: (typeof steps)[number]) => {
        if (step === moment) await rotateBoth(provider)
      }
      await at('start')
      const told = await town.place()
      const first = await town.attempt(told, provider)
      const silent = query ? await town.place() : null
      const second = silent && (await town.attempt(silent, provider))
      await at('payment')
      await town.fault(provider, 'callback_late', { merchant_reference: first.reference, delay_seconds: 5 })
      await town.pay(provider, first)
      if (second) {
        await town.fault(provider, 'callback_lost', { merchant_reference: second.reference })
        await town.pay(provider, second)
      }
      await at('callback')
      town.clock.advance(6)
      await town.simulators.tick()
      await town.deps.settled()
      if (proves) expect((await town.order(told)).status).toBe('paid')
      await at('query')
      if (silent) {
        await town.pass(60, 4)
        expect([(await town.order(told)).status, (await town.order(silent)).status]).toEqual(['paid', 'paid'])
      }
      await at('refund')
      if (refund) {
        const id = await refundAll(told)
        await passRefund(traits, 6)
        expect((await town.api(`/v1/refunds/${id}`)).body.status).toBe('succeeded')
      }
      await at('end')
      expect(await unread(provider)).toEqual([])
      const metrics = await (await town.request('/metrics')).text()
      const wanted = moment === 'callback' ? 'former' : 'current'
      expect(metrics).toContain(`lephi_callback_key_total{provider="${provider}",key="${wanted}"}`)
      // Two days on, nobody needs the former key any more, and the next change may come.
      town.clock.advance(49 * 3_600)
    })

    if (proves && query) {
      it('a provider that goes on signing with the former key keeps it alive, and one that stopped does not', async () => {
        const town = theTown()
        const account = town.accounts[provider] ?? ''
        const key = async () => {
          const [row] = await town.sql`
            select id, retires_at from merchant_account_keys where merchant_account_id = ${account} and replaced_at is not null order by replaced_at desc limit 1`
          return { id: String(row?.id), endsInHours: (Number(row?.retiresAt) - town.clock.now().getTime()) / 3_600_000 }
        }
        const retire = async () =>
          (
            await town.api(`/v1/merchant_accounts/${account}/keys/${(await key()).id}/retire`, undefined, {
              method: 'POST',
            })
          ).body
        // Both messages are signed with the former key; one comes within the overlap, the other long after it.
        const late = [84_240, 169_200].map(async (delay_seconds) => {
          const id = await town.place()
          const attempt = await town.attempt(id, provider)
          await town.fault(provider, 'callback_late', { merchant_reference: attempt.reference, delay_seconds })
          return { id, attempt }
        })
        const payments = await Promise.all(late)
        const fresh = await rotateAtGateway(town, provider)
        // Started under the former key and without an end: it cannot go.
        expect(await retire()).toMatchObject({ code: 'secret_in_use', status: 409 })
        for (const { attempt } of payments) await town.pay(provider, attempt)
        await rotateAtProvider(town, provider, fresh)
        await town.pass(60, 4)
        for (const { id } of payments) expect((await town.order(id)).status).toBe('paid')
        await town.pass(84_240, 24)
        // It proved a message just now: neither by hand nor by itself does it end.
        expect((await retire()).code).toBe('secret_in_use')
        await town.pass(1_800, 4)
        expect((await key()).endsInHours).toBeGreaterThan(22)
        await town.pass(169_200 - 84_240 - 1_800, 24)
        expect(await unread(provider)).toEqual([])
        for (const { attempt } of payments) {
          const seen =
            await town.sql`select reading, verdict from callbacks where claimed_reference = ${attempt.reference}`
          expect(seen).toContainEqual({ reading: 'genuine', verdict: 'already_confirmed' })
        }
        const { id } = await key()
        town.clock.advance(24 * 3_600)
        const ended = { id: account, keys: expect.arrayContaining([expect.objectContaining({ id })]) }
        expect(await retire()).toMatchObject(ended)
        expect(await retire()).toMatchObject(ended)
        const text = await (await town.request('/metrics')).text()
        expect(text).toContain(`lephi_callback_key_total{provider="${provider}",key="former"}`)
        expect(text).toContain(`lephi_key_prolonged_total{provider="${provider}"}`)
      })
    }
  })
}
