/** A dispute: a chargeback, a complaint or a tracing about one payment. It moves no money itself; it says that somebody else may. */
import { toRfc3339 } from '../lib/time.ts'
import { maximum, sum } from './money-told.ts'
import type { Attempt, Dispute, OrderFacts } from './order-facts.ts'

type Disputed = Pick<OrderFacts, 'attempts' | 'disputes'>

/**
 * Whether refunds of an attempt must wait: while a dispute about it is open, and after a lost chargeback until its reversal has been told, since that takes the
 * money back by itself. A lost complaint or tracing takes nothing. Of a payment of which nothing is left nothing is waited for. The database holds the same line
 * (`refunds_disputed`).
 */
export const isDisputed = (facts: Disputed, attemptId: string): boolean => {
  const attempt = facts.attempts.find((each) => each.id === attemptId)
  const own = facts.disputes.filter((dispute) => dispute.attemptId === attemptId)
  if (own.some((dispute) => dispute.status === 'open')) return true
  if (!attempt || attempt.amountCaptured <= attempt.amountReversed) return false
  return own.some((dispute) => missingSince(facts, dispute) > 0n)
}

/** What a lost chargeback still waits for, in đồng: as much is released when the bank says that it takes nothing. 0 for any other dispute. */
export const awaitedBy = (facts: Disputed, dispute: Dispute): bigint => {
  if (!isLostChargeback(dispute)) return 0n
  const own = facts.disputes.filter((each) => each.attemptId === dispute.attemptId)
  const earlier = own.filter((each) => each.reversedBefore <= dispute.reversedBefore)
  const missing = maximum(earlier.map((each) => missingSince(facts, each)))
  const left = leftOf(dispute)
  return missing < left ? missing : left
}

/** What all chargebacks that were lost from this one on take together, less what was reversed since: no đồng of a reversal serves two of them. */
const missingSince = ({ attempts, disputes }: Disputed, dispute: Dispute): bigint => {
  if (!isLostChargeback(dispute)) return 0n
  const reversed = attempts.find((each) => each.id === dispute.attemptId)?.amountReversed ?? 0n
  const later = disputes.filter(
    (each) =>
      each.attemptId === dispute.attemptId && isLostChargeback(each) && each.reversedBefore >= dispute.reversedBefore,
  )
  return sum(later.map(leftOf)) - (reversed - dispute.reversedBefore)
}

const isLostChargeback = ({ kind, outcome }: Dispute): boolean => kind === 'chargeback' && outcome === 'lost'
const leftOf = ({ amount, releasedAmount }: Dispute): bigint => amount - (releasedAmount ?? 0n)

/** How a dispute looks in events: without what people wrote, which may name people. */
export const tellDispute = (dispute: Dispute) => ({
  id: dispute.id,
  order: dispute.orderId,
  attempt: dispute.attemptId,
  merchant_account: dispute.merchantAccountId,
  kind: dispute.kind,
  status: dispute.status,
  amount: dispute.amount,
  reference: dispute.reference,
  respond_by: dispute.respondBy,
  sent_refunds: [...dispute.sentRefunds],
  opened_by: dispute.openedBy,
  opened_at: toRfc3339(dispute.openedAt),
  outcome: dispute.outcome,
  closed_by: dispute.closedBy,
  closed_at: dispute.closedAt ? toRfc3339(dispute.closedAt) : null,
  reversed_before: dispute.reversedBefore,
  release_asked_by: dispute.releaseAskedBy,
  release_asked_at: dispute.releaseAskedAt ? toRfc3339(dispute.releaseAskedAt) : null,
  released_by: dispute.releasedBy,
  released_at: dispute.releasedAt ? toRfc3339(dispute.releasedAt) : null,
  released_amount: dispute.releasedAmount,
})

/** The dispute with what was written and, of its payment, what a source of truth has told reversed. */
export const presentDispute = (dispute: Dispute, attempt: Pick<Attempt, 'amountReversed'>) => ({
  ...tellDispute(dispute),
  agency_code: dispute.agencyCode,
  reason: dispute.reason,
  note: dispute.note,
  release_note: dispute.releaseNote,
  amount_reversed: attempt.amountReversed,
})
