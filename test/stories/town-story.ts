// What every file of stories begins with: a town of its own, in which the gateway's ledger and the providers' own books must agree to the đồng after each story.
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { businessDay } from '../../src/lib/time.ts'
import { rowsOf, startTown, type Town } from '../kit/town.ts'
import type { Traits } from '../kit/traits.ts'

export type Story = {
  town: () => Town
  /** Classes of the open discrepancies of an order, in order of name. */
  openFor: (orderId: string) => Promise<unknown[]>
  /** How each callback that claimed this reference was read and answered, in order of arrival. */
  verdicts: (reference: string) => Promise<string[]>
  typesOf: (orderId: string) => Promise<string[]>
  /** Time in which refunds come to their end, in steps, and the statement of these days where nothing else tells of it. */
  passRefund: (traits: Pick<Traits, 'name' | 'tellsRefund'>, steps: number) => Promise<void>
}

/** What runs hold in suspense because no statement of its day has been imported: its provider has it all the same. Less than 0. */
const unlisted = async (town: Town): Promise<bigint> => {
  const [row] = await town.sql`
    select coalesce(sum(difference), 0)::bigint as held from discrepancies where class = 'missing_at_provider' and holds_difference`
  return BigInt(row?.held ?? 0n)
}

export const townStory = (): Story => {
  let town: Town
  beforeAll(async () => {
    town = await startTown()
  })
  afterEach(async () => {
    const ledger = await town.ledger()
    expect(Object.values(ledger).reduce((total, amount) => total + amount, 0n)).toBe(0n)
    expect((ledger.provider_receivable ?? 0n) - (await unlisted(town))).toBe(town.held())
  })
  afterAll(() => town.close())
  return {
    town: () => town,
    openFor: async (orderId) =>
      (
        await town.sql`select class from discrepancies where order_id = ${orderId} and status = 'open' order by class`
      ).map((row) => row.class),
    passRefund: async ({ name, tellsRefund }, steps) => {
      const from = businessDay(town.clock.now())
      await town.pass(7_200, steps)
      if (tellsRefund) return
      const to = businessDay(town.clock.now())
      // The first run finds the refund paid back and tells so; the next one finds that both agree.
      for (let run = 0; run < 2; run += 1) await town.settle(name, { from, to })
    },
    verdicts: async (reference) =>
      (
        await town.sql`select reading, verdict from callbacks where claimed_reference = ${reference} order by received_at, id`
      ).map((row) => `${row.reading} ${row.verdict}`),
    typesOf: async (orderId) =>
      rowsOf((await town.api(`/v1/orders/${orderId}/events`)).body.data).map((event) => String(event.type)),
  }
}
