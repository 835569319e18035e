// Whatever a provider tells by itself, an attempt ends with what the provider knows: where it can be asked, by asking; where not, by its statement; never by waiting.
import { describe, expect, it } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { allTraits } from '../kit/traits.ts'
import { townStory } from './town-story.ts'

const { town: theTown, openFor } = townStory()
const hour = 3_600

const attemptNow = async (id: string) => {
  const [row] = await theTown().sql`select status, next_query_at, query_count from attempts where id = ${id}`
  return row
}

/** An attempt whose provider will not tell anything by itself. */
const startSilent = async (provider: string) => {
  const town = theTown()
  const id = await town.place()
  const attempt = await town.attempt(id, provider)
  await town.fault(provider, 'callback_lost', { merchant_reference: attempt.reference })
  return { id, attempt }
}

describe.each(allTraits.filter(({ query }) => query))('$name, which can be asked', ({ name }) => {
  it('says by asking alone that a citizen gave up', async () => {
    const town = theTown()
    const { id, attempt } = await startSilent(name)
    await town.pay(name, attempt, { result: 'cancelled' })
    await town.pass(2 * hour, 24)
    const { status, nextQueryAt } = (await attemptNow(attempt.id)) ?? {}
    expect(['failed', 'expired']).toContain(status)
    expect(nextQueryAt).toBeNull()
    expect((await town.order(id)).status).toBe('open')
  })

  it('says by asking alone that a citizen paid, and is asked no more', async () => {
    const town = theTown()
    const { id, attempt } = await startSilent(name)
    await town.pay(name, attempt)
    await town.pass(2 * hour, 24)
    expect((await town.order(id)).status).toBe('paid')
    expect(await attemptNow(attempt.id)).toMatchObject({ status: 'captured', nextQueryAt: null })
    expect(await openFor(id)).toEqual([])
  })
})

describe.each(allTraits.filter(({ query }) => !query))('$name, which cannot be asked', ({ name }) => {
  it('is not asked in vain, and nothing fails by waiting', async () => {
    const town = theTown()
    const { attempt } = await startSilent(name)
    await town.pass(36 * 24 * hour, 36)
    const { status, nextQueryAt, queryCount } = (await attemptNow(attempt.id)) ?? {}
    expect(['created', 'pending']).toContain(status)
    expect([nextQueryAt, queryCount]).toEqual([null, 1])
  })

  it('says in its statement that a citizen paid, also long after the deadline', async () => {
    const town = theTown()
    const { id, attempt } = await startSilent(name)
    const day = businessDay(town.clock.now())
    await town.pay(name, attempt)
    await town.pass(3 * 24 * hour, 12)
    expect((await town.order(id)).status).toBe('expired')
    await town.settle(name, { from: day, to: day })
    expect((await town.order(id)).status).toBe('paid')
  })
})

it('both kinds are here', () => {
  expect(new Set(allTraits.map(({ query }) => query))).toEqual(new Set([true, false]))
})
