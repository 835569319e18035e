/** How much of a payment may still go back: what was captured and not reversed, less what other refunds have returned or are about to. */
import type { OrderFacts, Refund } from './order-facts.ts'
import type { RefundStatus } from './states.ts'
import { suspenseOf } from './surplus.ts'

const refused: readonly RefundStatus[] = ['rejected', 'failed', 'withdrawn']

/** What a refund takes of its payment, in đồng: what was returned once that is known, else what was asked; nothing when it was refused. */
export const heldBy = (refund: Refund): bigint => {
  if (refund.status === 'succeeded') return refund.amountRefunded
  return refused.includes(refund.status) ? 0n : refund.amount
}

/**
 * What may still be returned of an attempt, in đồng: as `order` of what paid the order, as `surplus` of what is held in suspense. `except` is a refund that is
 * looked at as if it were not there. Never below 0.
 */
export const refundableOf = (
  facts: OrderFacts,
  { attemptId, source }: Pick<Refund, 'attemptId' | 'source'>,
  except: string | null = null,
): bigint => {
  const attempt = facts.attempts.find((each) => each.id === attemptId)
  if (!attempt) return 0n
  const refunds = facts.refunds.filter((refund) => refund.id !== except)
  const own = refunds.filter((refund) => refund.attemptId === attemptId)
  const left = attempt.amountCaptured - attempt.amountReversed - sumHeld(own)
  const { paidBy, amountPaid } = facts.order
  const ofSource =
    source === 'surplus'
      ? suspenseOf({ ...facts, refunds }, attemptId)
      : (paidBy === attemptId ? amountPaid : 0n) - sumHeld(own.filter((refund) => refund.source === 'order'))
  const least = left < ofSource ? left : ofSource
  return least > 0n ? least : 0n
}

/** What all refunds of one attempt together take, of whatever source, in đồng. */
export const heldOf = (facts: OrderFacts, attemptId: string): bigint =>
  sumHeld(facts.refunds.filter((refund) => refund.attemptId === attemptId))

const sumHeld = (refunds: readonly Refund[]): bigint => refunds.reduce((total, refund) => total + heldBy(refund), 0n)
