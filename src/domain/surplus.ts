/** Money that was paid twice or too late and should go back: for what a refund is proposed, and which proposals have lapsed. */

import type { DoorDiscrepancy } from './door-discrepancies.ts'
import type { DoorGuards } from './door-guards.ts'
import { refusedBy } from './guards.ts'
import { type OrderFacts, proposalReasons, type Refund } from './order-facts.ts'
import { type Projection, project } from './projection.ts'

export type Surplus = { attemptId: string; merchantAccountId: string; amount: bigint; reason: string }

/**
 * One proposal per attempt, for all that is held of it. A wrong amount is not proposed: it waits for a person, who may ask for the rest instead. What
 * a person rejected, or a provider refused, is not proposed again for the same amount. `refunds` are as the facts have them now. Never more is proposed than
 * the attempt still has, whatever else was returned of it.
 */
export const planSurplus = (
  refunds: readonly Refund[],
  target: Pick<Projection, 'discrepancies' | 'attempts'>,
  guards: DoorGuards,
): { propose: Surplus[]; withdraw: string[] } => {
  const found: readonly DoorDiscrepancy[] = target.discrepancies
  const held = found.filter((item) => proposalReasons.some((reason) => reason === item.class))
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
  const fitting = wanted.flatMap((surplus) => {
    const amount = minimum(surplus.amount, roomOf(refunds, target.attempts, surplus.attemptId))
    return amount > 0n ? [{ ...surplus, amount }] : []
  })
  const proposals = refunds.filter((refund) => refund.status === 'proposed')
  const withdraw = proposals.filter(
    (proposal) =>
      !fitting.some((surplus) => surplus.attemptId === proposal.attemptId && surplus.amount === proposal.amount),
  )
  return {
    propose: fitting.filter((surplus) => refusedBy(guards.proposal, { refunds, surplus }) === null),
    withdraw: withdraw.map((proposal) => proposal.id),
  }
}

/** What of an attempt's money no refund has returned or is about to. Proposals do not count: they are what is being planned. */
const roomOf = (refunds: readonly Refund[], attempts: Projection['attempts'], attemptId: string): bigint => {
  const attempt = attempts.find((each) => each.id === attemptId)
  if (!attempt) return 0n
  const held = refunds
    .filter(
      (refund) =>
        refund.attemptId === attemptId && !['proposed', 'rejected', 'failed', 'withdrawn'].includes(refund.status),
    )
    .reduce((total, refund) => total + (refund.status === 'succeeded' ? refund.amountRefunded : refund.amount), 0n)
  return attempt.amountCaptured - attempt.amountReversed - held
}

/** What is held in suspense for an attempt and is not on its way back yet: as much may be asked back. */
export const suspenseOf = (facts: OrderFacts, attemptId: string): bigint => {
  const { captures, payer } = project(facts)
  return captures
    .filter((capture) => capture.attemptId === attemptId && capture.key !== payer?.key)
    .reduce((total, capture) => total + capture.net - capture.returned - capture.leaving, 0n)
}

const minimum = (a: bigint, b: bigint): bigint => (a < b ? a : b)
