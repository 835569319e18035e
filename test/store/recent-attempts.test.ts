// What a checkout page says of how payments went lately: counted at most once in five seconds however many read pages, and never older than that.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { healthSince } from '../../src/flows/read-health.ts'
import { readSurroundings } from '../../src/store/checkout-surroundings.ts'
import { openHouse } from '../kit/house.ts'
import { addAttempt, commune, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'

let house: Awaited<ReturnType<typeof openHouse>>
let alpha: string
beforeAll(async () => {
  house = await openHouse({})
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

/** How many attempts of each account a page of that agency tells of. */
const started = async (agencyCode = commune): Promise<Record<string, number>> => {
  const question = { agencyCode, orderId: 'ord_none', since: healthSince(house.deps.now()) }
  const { accounts, recent } = await readSurroundings(house.deps.db, question)
  return Object.fromEntries(
    accounts
      .map(({ provider }, index) => [provider, recent[index]?.started ?? -1])
      .filter(([provider]) => provider !== 'test'),
  )
}

it('attempts are counted anew after five seconds, for all agencies of an account together', async () => {
  alpha = await seedMerchantAccount(house.deps, house.sql, { provider: 'alpha' })
  const pay = async (mac: string) => addAttempt(house.deps, await placeTestOrder(house.deps), mac)
  await pay(alpha)
  expect([await started(), await started('H56.12.04')]).toEqual([{ alpha: 1 }, { alpha: 1 }])
  house.deps.clock.advance(3)
  await pay(alpha)
  // Another agency's first page counts, and so both know.
  expect(await started()).toEqual({ alpha: 1 })
  expect(await started('H56.14')).toEqual({ alpha: 2 })
  expect(await started()).toEqual({ alpha: 2 })
  house.deps.clock.advance(4)
  await pay(alpha)
  expect(await started()).toEqual({ alpha: 2 })
  house.deps.clock.advance(1)
  // Who reads while somebody counts is not kept waiting for a count of their own.
  expect(await Promise.all([started(), started()])).toEqual([{ alpha: 3 }, { alpha: 2 }])
  expect(await started()).toEqual({ alpha: 3 })
})

it('an account that came meanwhile is listed at once, and counted with the next page', async () => {
  const account = await seedMerchantAccount(house.deps, house.sql, { provider: 'beta' })
  await addAttempt(house.deps, await placeTestOrder(house.deps), account)
  expect(await started()).toEqual({ alpha: 3, beta: 0 })
  expect(await started()).toEqual({ alpha: 3, beta: 1 })
})

it('a clock that was put back counts anew', async () => {
  house.deps.clock.advance(-60)
  await addAttempt(house.deps, await placeTestOrder(house.deps), alpha)
  expect((await started()).alpha).toBe(4)
})
