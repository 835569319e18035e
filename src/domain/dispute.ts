/** A dispute: a chargeback, a complaint or a tracing about one payment. It moves no money itself; it says that somebody else may. */
import { toRfc3339 } from '../lib/time.ts'
import type { Attempt, Dispute, OrderFacts } from './order-facts.ts'

/**
 * Whether refunds of an attempt must wait: while a dispute about it is open, and after a lost one until its reversal has been told, since that takes the
 * money back by itself. The database holds the same line (`refunds_disputed`).
 */
export const isDisputed = (
  { attempts, disputes }: Pick<OrderFacts, 'attempts' | 'disputes'>,
  attemptId: string,
): boolean => {
  const own = disputes.filter((dispute) => dispute.attemptId === attemptId)
  const reversed = attempts.find((attempt) => attempt.id === attemptId)?.amountReversed ?? 0n
  return own.some((dispute) => dispute.status === 'open') || lostOf(own) > reversed
}

const lostOf = (disputes: readonly Dispute[]): bigint =>
  disputes.reduce((total, { outcome, amount }) => (outcome === 'lost' ? total + amount : total), 0n)

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
})

/** The dispute with what was written and, of its payment, what a source of truth has told reversed. */
export const presentDispute = (dispute: Dispute, attempt: Pick<Attempt, 'amountReversed'>) => ({
  ...tellDispute(dispute),
  agency_code: dispute.agencyCode,
  reason: dispute.reason,
  note: dispute.note,
  amount_reversed: attempt.amountReversed,
})
