// A provider that asks whether an order may be paid before it takes money: what it is told of orders that may not, and that nobody can pay them there.
import { describe, expect, it } from 'vitest'
import { allTraits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown, verdicts } = townStory()

for (const { name: provider, other } of allTraits.filter(({ questions }) => questions > 0)) {
  describe(`${provider}`, () => {
    const started = async (more: object = {}) => {
      const town = theTown()
      const id = await town.place(more)
      const { status, body } = await town.api(`/v1/orders/${id}/attempts`, { provider })
      expect(status).toBe(201)
      const page = String(body.action?.url).replace(`${town.deps.publicUrl}/simulators`, '')
      return { id, reference: String(body.merchant_reference), page }
    }
    const show = async (page: string) => (await theTown().simulators.app.request(page)).status
    const press = async (page: string) => {
      const body = new URLSearchParams({ result: 'success' })
      return (await theTown().simulators.app.request(page, { method: 'POST', body })).status
    }

    it('asks when its page is shown and when the money is about to be taken, and is told that it may be', async () => {
      const { id, reference, page } = await started()
      expect([await show(page), await press(page)]).toEqual([200, 303])
      await theTown().deps.settled()
      expect((await theTown().order(id)).status).toBe('paid')
      expect(await verdicts(reference)).toEqual(['genuine accepted', 'genuine accepted', 'genuine accepted'])
    })

    it('takes nothing for an attempt that another one replaced', async () => {
      const { id, reference, page } = await started()
      expect(await show(page)).toBe(200)
      const second = await theTown().attempt(id, other)
      expect([await show(page), await press(page)]).toEqual([400, 400])
      expect((await verdicts(reference)).at(-1)).toBe('genuine already_confirmed')
      await theTown().pay(other, second)
      expect([await show(page), await press(page)]).toEqual([400, 400])
      expect(await theTown().order(id)).toMatchObject({ status: 'paid', paid_by: { provider: other } })
    })

    it('takes nothing for an order whose time is over or that was cancelled', async () => {
      const town = theTown()
      const soon = await started({ expires_at: new Date(town.clock.now().getTime() + 900_000).toISOString() })
      const cancelled = await started()
      for (const { page } of [soon, cancelled]) expect(await show(page)).toBe(200)
      await town.api(`/v1/orders/${cancelled.id}/cancel`, {})
      town.clock.advance(901)
      for (const { page } of [soon, cancelled]) expect([await show(page), await press(page)]).toEqual([400, 400])
      expect((await verdicts(soon.reference)).at(-1)).toBe('genuine already_confirmed')
    })
  })
}
