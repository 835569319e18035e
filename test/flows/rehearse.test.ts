// A rehearsal on a copy: the version that made the books makes them again, and another one is found out by order and by đồng.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rehearse } from '../../src/flows/rehearse.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import type { Provider } from '../../src/providers/contract.ts'
import { startTown, type Town } from '../kit/town.ts'

let town: Town
/** Given to the town and kept, so that another version can open what it has sealed without its memories. */
const key = { id: 'town', key: new Uint8Array(32).fill(9) }
const provider = 'momo'
const days = { from: '2026-11-23', to: '2026-11-24' }

beforeEach(async () => {
  town = await startTown('2026-11-23T02:00:00Z', { box: createSealedBox([key]) })
  await setTariff(110)
})
afterEach(() => town.close())

/** In basis points, with the tax that the simulated provider adds. */
const setTariff = async (basisPoints: number): Promise<void> => {
  const tariff = { basis_points: basisPoints, fixed: 0, minimum: 0, maximum: 0, vat_basis_points: 1000 }
  await town.sql`update merchant_accounts set provider_fee = ${town.sql.json(tariff)} where id = ${town.accounts[provider] ?? ''}`
}

/** Two orders that were paid, one that failed, and the provider's statement. */
const aDay = async (): Promise<readonly string[]> => {
  const orders = [await town.place(), await town.place(), await town.place()]
  for (const [index, order] of orders.entries())
    await town.pay(provider, await town.attempt(order, provider), index < 2 ? {} : { result: 'insufficient' })
  await town.pass(86_400 * 2, 3)
  await town.settle(provider, { from: '2026-11-23', to: '2026-11-23' })
  await town.pass(60)
  return orders
}

/** Another version of the gateway over the same database: nothing is remembered. */
const otherVersion = (more: Partial<Town['deps']> = {}) => ({ ...town.deps, box: createSealedBox([key]), ...more })

test('the same version makes the same books: nothing comes out otherwise', async () => {
  await aDay()
  const rehearsed = await rehearse(otherVersion(), days)
  expect(rehearsed).toMatchObject({
    facts: [],
    money: [],
    orders: [],
    discrepancies: [],
    classes: [],
    fault: null,
    isSame: true,
  })
  expect([rehearsed.callbacks.unchanged, rehearsed.periods, rehearsed.files]).toEqual([3, 1, 1])
  // And once more, over what the rehearsal itself has left.
  town.clock.advance(60)
  expect((await rehearse(otherVersion(), days)).isSame).toBe(true)
})

/** A version that reads what the order's payment was told to be otherwise. */
const versionThatReads = async (
  order: string | undefined,
  change: (told: { amount: bigint; providerReference: string | null }) => object,
) => {
  const own = town.deps.providers[provider]
  if (!own) throw new Error('no such provider')
  const [attempt] = await town.sql`select merchant_reference from attempts where order_id = ${order ?? ''}`
  const wrong: Provider = {
    ...own,
    connect: (account, connection) => {
      const client = own.connect(account, connection)
      return {
        ...client,
        readCallback: async (...args) => {
          const reading = await client.readCallback(...args)
          const outcomes = reading.outcomes.map((outcome) =>
            outcome.status === 'captured' && outcome.merchantReference === attempt?.merchantReference
              ? { ...outcome, ...change(outcome) }
              : outcome,
          )
          return { ...reading, outcomes }
        },
      }
    },
  }
  return otherVersion({ providers: { ...town.deps.providers, [provider]: wrong } })
}

test('a version that reads an amount otherwise is found out, by order', async () => {
  const [order] = await aDay()
  const hundredths = await versionThatReads(order, ({ amount }) => ({ amount: amount / 100n }))
  const rehearsed = await rehearse(hundredths, days)
  expect(rehearsed.isSame).toBe(false)
  expect(rehearsed.callbacks.changed).toHaveLength(1)
  expect(rehearsed.facts).toMatchObject([{ orderId: order, kind: 'captured', amount: 1_500n, known: [150_000n] }])
})

test('a version that takes one payment for two is found out, by the đồng that its books have more', async () => {
  const [order] = await aDay()
  const twice = await versionThatReads(order, (told) => ({ providerReference: `${told.providerReference}0` }))
  const rehearsed = await rehearse(twice, days)
  expect(rehearsed.isSame).toBe(false)
  expect(rehearsed.money.filter(({ orderId }) => orderId === order)).toMatchObject([
    { account: 'provider_receivable', amount: 150_000n },
    { account: 'suspense', amount: -150_000n },
  ])
  expect(rehearsed.orders.map(({ orderId }) => orderId)).toEqual([order])
})

test('a tariff that was changed shows in the period and in its discrepancies', async () => {
  await aDay()
  await setTariff(300)
  const rehearsed = await rehearse(otherVersion(), days)
  expect(rehearsed.isSame).toBe(false)
  expect(rehearsed.classes.map((each) => each.class)).toContain('fee_mismatch')
  expect(rehearsed.discrepancies.map((each) => each.class)).toContain('fee_mismatch')
  expect(rehearsed.discrepancies.every(({ amount }) => amount !== 0n)).toBe(true)
})
