/** Money that was paid twice or too late and should go back: for what a refund is proposed, and which proposals have lapsed. */
import type { Refund } from './order-facts.ts'
import type { DoorDiscrepancy } from './projection.ts'
import { openRefunds } from './states.ts'

export type Surplus = { attemptId: string; merchantAccountId: string; amount: bigint; reason: string }

/**
 * One proposal per attempt, for all that is held of it. A wrong amount is not proposed: it waits for a person, who may ask for the rest instead. What
 * a person rejected, or a provider refused, is not proposed again for the same amount. `refunds` are as the facts have them now.
 */
export const planSurplus = (
  refunds: readonly Refund[],
  found: readonly DoorDiscrepancy[],
): { propose: Surplus[]; withdraw: string[] } => {
  const held = found.filter((item) => item.class === 'paid_twice' || item.class === 'late_payment')
  const wanted = [...Map.groupBy(held, (item) => item.attemptId).values()].flatMap(([first, ...others]) =>
    first
      ? [
          {
            attemptId: first.attemptId,
            merchantAccountId: first.merchantAccountId,
            amount: others.reduce((total, item) => total + item.amount, first.amount),
            reason: first.class,
          },
        ]
      : [],
  )
  const proposals = refunds.filter((refund) => refund.status === 'proposed')
  const stands = (surplus: Surplus) =>
    proposals.some((proposal) => proposal.attemptId === surplus.attemptId && proposal.amount === surplus.amount)
  const withdraw = proposals.filter(
    (proposal) =>
      !wanted.some((surplus) => surplus.attemptId === proposal.attemptId && surplus.amount === proposal.amount),
  )
  return {
    propose: wanted.filter((surplus) => !stands(surplus) && !isDecided(refunds, surplus)),
    withdraw: withdraw.map((proposal) => proposal.id),
  }
}

const isDecided = (refunds: readonly Refund[], surplus: Surplus): boolean =>
  refunds.some(
    (refund) =>
      refund.attemptId === surplus.attemptId &&
      ((refund.status !== 'proposed' && openRefunds.includes(refund.status)) ||
        (refund.source === 'surplus' &&
          refund.amount === surplus.amount &&
          (refund.status === 'rejected' || refund.status === 'failed'))),
  )
