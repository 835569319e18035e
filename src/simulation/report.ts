/** What many towns came to, as one line and as JSON. */
import { type Custom, customNames } from './customs.ts'
import { type FaultKind, faultNames } from './fault-kinds.ts'
import { type Happening, happeningNames } from './happenings.ts'
import type { Outcome } from './run.ts'

export type Totals = {
  seeds: number
  orders: number
  paid: number
  faults: Partial<Record<FaultKind, number>>
  happenings: Partial<Record<Happening, number>>
  /** How many towns had each. */
  customs: Partial<Record<Custom, number>>
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
  happenings: {},
  customs: {},
  units: 0,
  compared: 0n,
  difference: 0n,
  failed: [],
})

export type Counted = Pick<
  Outcome,
  'orders' | 'paid' | 'faults' | 'happenings' | 'customs' | 'units' | 'compared' | 'difference'
>

/** Adds one town; `failedSeed` names it when something did not hold. */
export const addTown = (totals: Totals, town: Counted, failedSeed: string | null): void => {
  totals.seeds += 1
  totals.orders += town.orders
  totals.paid += town.paid
  totals.units += town.units
  totals.compared += town.compared
  totals.difference += town.difference < 0n ? -town.difference : town.difference
  for (const kind of faultNames) count(totals.faults, kind, town.faults[kind])
  for (const happening of happeningNames) count(totals.happenings, happening, town.happenings[happening])
  for (const custom of customNames) count(totals.customs, custom, town.customs[custom] ? 1 : 0)
  if (failedSeed !== null) totals.failed.push(failedSeed)
}

const count = <Name extends string>(counts: Partial<Record<Name, number>>, name: Name, more = 0): void => {
  if (more > 0) counts[name] = (counts[name] ?? 0) + more
}

/** In so many towns everything has to happen that can. */
export const everythingFrom = 1_000

/** What never happened in so many towns that it should have: a fault of these kinds, something that people do, a custom. None where there were fewer. */
export const neverHappened = (totals: Totals, kinds: readonly FaultKind[]): readonly string[] => {
  if (totals.seeds < everythingFrom) return []
  const expected = kinds.length === faultNames.length ? happeningNames : []
  return [
    ...kinds.filter((kind) => !totals.faults[kind]),
    ...expected.filter((happening) => !totals.happenings[happening]),
    ...customNames.filter((custom) => !totals.customs[custom]),
  ]
}

const grouped = (value: number | bigint): string => value.toString().replace(/\B(?=(\d{3})+$)/g, '.')

const listed = (counts: Readonly<Partial<Record<string, number>>>): string => {
  const all = Object.entries(counts).map(([name, count = 0]) => `${name} ${grouped(count)}`)
  return all.length > 0 ? ` (${all.join(', ')})` : ''
}

const sumOf = (counts: Readonly<Partial<Record<string, number>>>): number =>
  Object.values(counts).reduce<number>((sum, count = 0) => sum + count, 0)

export const totalsLine = (totals: Totals): string => {
  const { seeds, orders, paid, faults, happenings, customs, units, compared, difference, failed } = totals
  return [
    `${grouped(seeds)} seeds`,
    `${grouped(orders)} orders (${grouped(paid)} paid)`,
    `${grouped(units)} units of work`,
    `${grouped(sumOf(faults))} faults${listed(faults)}`,
    `${grouped(sumOf(happenings))} deeds${listed(happenings)}`,
    `customs${listed(customs)}`,
    `${grouped(compared)} đ compared`,
    `difference ${grouped(difference)} đ`,
    failed.length === 0 ? '0 seeds failed' : `${failed.length} seeds failed: ${failed.slice(0, 20).join(', ')}`,
  ].join('; ')
}
