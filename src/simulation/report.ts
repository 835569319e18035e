/** What many towns came to, as one line and as JSON. */
import { type FaultKind, faultNames } from './fault-kinds.ts'
import type { Outcome } from './run.ts'

export type Totals = {
  seeds: number
  orders: number
  paid: number
  faults: Partial<Record<FaultKind, number>>
  units: number
  compared: bigint
  difference: bigint
  failed: string[]
}

export const noTotals = (): Totals => ({
  seeds: 0,
  orders: 0,
  paid: 0,
  faults: {},
  units: 0,
  compared: 0n,
  difference: 0n,
  failed: [],
})

export type Counted = Pick<Outcome, 'orders' | 'paid' | 'faults' | 'units' | 'compared' | 'difference'>

/** Adds one town; `failedSeed` names it when something did not hold. */
export const addTown = (totals: Totals, town: Counted, failedSeed: string | null): void => {
  totals.seeds += 1
  totals.orders += town.orders
  totals.paid += town.paid
  totals.units += town.units
  totals.compared += town.compared
  totals.difference += town.difference < 0n ? -town.difference : town.difference
  for (const kind of faultNames) {
    const count = town.faults[kind] ?? 0
    if (count > 0) totals.faults[kind] = (totals.faults[kind] ?? 0) + count
  }
  if (failedSeed !== null) totals.failed.push(failedSeed)
}

const grouped = (value: number | bigint): string => value.toString().replace(/\B(?=(\d{3})+$)/g, '.')

export const totalsLine = ({ seeds, orders, paid, faults, units, compared, difference, failed }: Totals): string => {
  const injected = Object.values(faults).reduce((sum, count) => sum + count, 0)
  const kinds = Object.entries(faults).map(([kind, count]) => `${kind} ${grouped(count)}`)
  return [
    `${grouped(seeds)} seeds`,
    `${grouped(orders)} orders (${grouped(paid)} paid)`,
    `${grouped(units)} units of work`,
    `${grouped(injected)} faults${kinds.length > 0 ? ` (${kinds.join(', ')})` : ''}`,
    `${grouped(compared)} đ compared`,
    `difference ${grouped(difference)} đ`,
    failed.length === 0 ? '0 seeds failed' : `${failed.length} seeds failed: ${failed.slice(0, 20).join(', ')}`,
  ].join('; ')
}
