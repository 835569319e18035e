/** What the door finds wrong with an order's money: amounts, surplus, late money, reversals, and refunds that do not add up. */
import type { Capture } from './captures.ts'
import { discrepancyKey, isKnown, refundedOf, sum, wasLate } from './money-told.ts'
import type { Attempt, DoorClass, OrderFacts, Refund } from './order-facts.ts'

export type DoorDiscrepancy = {
  key: string
  class: DoorClass
  attemptId: string
  merchantAccountId: string
  refundId: string | null
  amount: bigint
}

/** Every discrepancy that the facts bear out, given which capture pays. */
export const findDiscrepancies = (
  facts: OrderFacts,
  captures: readonly Capture[],
  payer: Capture | null,
): DoorDiscrepancy[] => [
  ...captureDiscrepancies(facts, captures, payer),
  ...refundDiscrepancies(facts, captures, payer),
]

const captureDiscrepancies = (
  facts: OrderFacts,
  captures: readonly Capture[],
  payer: Capture | null,
): DoorDiscrepancy[] =>
  captures.flatMap((capture) => {
    if (capture.key === payer?.key) {
      const reversed = capture.amount - capture.net
      return reversed > 0n ? [discrepancy('reversed', capture, reversed)] : []
    }
    const held = capture.net - capture.returned
    if (held === 0n) return []
    if (capture.isContested) return [discrepancy('reference_reused', capture, held)]
    if (capture.amount !== facts.order.amount) return [discrepancy('amount_mismatch', capture, held)]
    const isLate = wasLate(facts, capture) || isRefused(facts, payer)
    return [discrepancy(isLate ? 'late_payment' : 'paid_twice', capture, held)]
  })

const isRefused = ({ order }: OrderFacts, payer: Capture | null): boolean => !payer && order.status !== 'paid'

/**
 * Late money that is gone already when it is told of: nothing is held, and still it must be on record that it was not taken, as it is where its reversal is told
 * second. Else it would pay its order once the agency takes late money.
 */
export const findGoneLate = (
  facts: OrderFacts,
  captures: readonly Capture[],
  payer: Capture | null,
): DoorDiscrepancy[] =>
  isRefused(facts, payer)
    ? captures
        .filter(
          (capture) =>
            capture.amount === facts.order.amount && !capture.isContested && capture.net === capture.returned,
        )
        .filter(({ key }) => !isKnown(facts, discrepancyKey('late_payment', key)))
        .map((capture) => discrepancy('late_payment', capture, capture.amount))
    : []

/** A refund that was never sent, or of another amount than asked; and more money returned than there was. */
const refundDiscrepancies = (
  facts: OrderFacts,
  captures: readonly Capture[],
  payer: Capture | null,
): DoorDiscrepancy[] => [
  ...facts.refunds.flatMap((refund) => {
    const refunded = refundedOf(facts, refund)
    return refunded === 0n || (refunded === refund.amount && refund.sentAt)
      ? []
      : [refundMismatch(refund, refund.id, refunded)]
  }),
  ...facts.attempts.flatMap((attempt) => overReturned(facts, { attempt, captures, payer })),
]

type Held = { attempt: Attempt; captures: readonly Capture[]; payer: Capture | null }

/** Money that went back twice, for example by a refund and by a reversal: the payer has more than they paid. */
const overReturned = (facts: OrderFacts, { attempt, captures, payer }: Held): DoorDiscrepancy[] => {
  const own = captures.filter((capture) => capture.attemptId === attempt.id)
  const ofPayer = own.find((capture) => capture.key === payer?.key)?.net ?? 0n
  const ofSurplus = sum(own.map((capture) => capture.net)) - ofPayer
  return (['order', 'surplus'] as const).flatMap((source) => {
    const refunds = facts.refunds.filter((refund) => refund.source === source && refund.attemptId === attempt.id)
    const excess = sum(refunds.map((refund) => refundedOf(facts, refund))) - (source === 'order' ? ofPayer : ofSurplus)
    const [first] = refunds
    return first && excess > 0n ? [refundMismatch(first, `${source}:${attempt.id}`, excess)] : []
  })
}

const refundMismatch = (refund: Refund, about: string, amount: bigint): DoorDiscrepancy => ({
  key: discrepancyKey('refund_mismatch', about),
  class: 'refund_mismatch',
  attemptId: refund.attemptId,
  merchantAccountId: refund.merchantAccountId,
  refundId: refund.id,
  amount,
})

const discrepancy = (name: DoorClass, capture: Capture, amount: bigint): DoorDiscrepancy => ({
  key: discrepancyKey(name, capture.key),
  class: name,
  attemptId: capture.attemptId,
  merchantAccountId: capture.merchantAccountId,
  refundId: null,
  amount,
})
