/** Sums over money facts: what sources of truth told, each reference counted once. */
import { confirmedByHand, type DoorClass, type MoneyFact, type OrderFacts, type Refund } from './order-facts.ts'

/** Names a discrepancy by what it is about, so that it is never opened twice. */
export const discrepancyKey = (name: DoorClass, about: string): string => `${name}:${about}`

/** Whether the door has ever opened this discrepancy. */
export const isKnown = (facts: OrderFacts, key: string): boolean =>
  facts.discrepancies.some((known) => known.key === key)

/**
 * Whether it was money that came too late when it was first told of: it is that for ever, whatever its agency takes by now. Only an order that was once paid with money
 * whose refusal stands under its former number stays paid with it.
 */
export const wasLate = (
  facts: OrderFacts,
  { key, formerKey, attemptId }: { key: string; formerKey: string | null; attemptId: string },
): boolean => {
  const isRefused = (each: string) => isKnown(facts, discrepancyKey('late_payment', each))
  return isRefused(key) || (formerKey !== null && facts.order.paidBy !== attemptId && isRefused(formerKey))
}

/** What a refund has returned, less what came back of it. */
export const refundedOf = (facts: OrderFacts, refund: Refund): bigint =>
  toldOf(facts, refund) - bouncedOf(facts, refund)

/** Of that, what left the agency's bank by a transfer that a person confirmed; the provider returned the rest. */
export const refundedByHand = (facts: OrderFacts, refund: Refund): bigint =>
  byHandOf(facts, refund) - bouncedOf(facts, refund)

const byHandOf = ({ money }: OrderFacts, { id }: Refund): bigint =>
  sumByReference(ofKind(money, 'refunded').filter((fact) => fact.refundId === id && isByHand(fact)))

/** Only a transfer by hand bounces, and never more than it was. */
const bouncedOf = (facts: OrderFacts, refund: Refund): bigint =>
  minimum(
    sumByReference(ofKind(facts.money, 'bounced').filter((fact) => fact.refundId === refund.id)),
    byHandOf(facts, refund),
  )

const isByHand = (fact: MoneyFact): boolean => fact.source === 'person' && fact.code === confirmedByHand

/** A refund that one source told under our own reference and another under the provider's went back once. */
const toldOf = (facts: OrderFacts, refund: Refund): bigint => {
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
