/** Sums over money facts: what sources of truth told, each reference counted once. */
import type { DoorClass, MoneyFact, OrderFacts, Refund } from './order-facts.ts'

/** Names a discrepancy by what it is about, so that it is never opened twice. */
export const discrepancyKey = (name: DoorClass, about: string): string => `${name}:${about}`

/** Whether the door has ever opened this discrepancy. */
export const isKnown = (facts: OrderFacts, key: string): boolean =>
  facts.discrepancies.some((known) => known.key === key)

/** A refund that one source told under our own reference and another under the provider's went back once. */
export const refundedOf = (facts: OrderFacts, refund: Refund): bigint => {
  const told = facts.money.filter((fact) => fact.kind === 'refunded' && fact.refundId === refund.id)
  const named = told.filter((fact) => fact.reference !== refund.merchantReference)
  const anonymous = told.filter(
    (fact) => fact.reference === refund.merchantReference && !named.some((other) => other.amount === fact.amount),
  )
  return sumByReference([...named, ...anonymous])
}

/** A reference counts once, with the largest amount told for it. */
const sumByReference = (facts: readonly MoneyFact[]): bigint =>
  sum(
    [...Map.groupBy(facts, (fact) => fact.reference).values()].map((claims) =>
      maximum(claims.map((claim) => claim.amount)),
    ),
  )

export const ofKind = (money: readonly MoneyFact[], kind: MoneyFact['kind']): MoneyFact[] =>
  money.filter((fact) => fact.kind === kind)

export const bySequence = (a: { sequence: number }, b: { sequence: number }): number => a.sequence - b.sequence
export const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
export const maximum = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((most, amount) => (amount > most ? amount : most), 0n)
export const minimum = (a: bigint, b: bigint): bigint => (a < b ? a : b)
