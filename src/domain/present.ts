/** How orders, attempts, refunds and discrepancies look on the wire: snake_case, whole đồng, times with the offset of Vietnam. */
import { sha256Hex } from '../lib/hmac.ts'
import { toRfc3339 } from '../lib/time.ts'
import { type Attempt, type Order, type OrderLine, proposalReasons, type Refund } from './order-facts.ts'

const time = (instant: Date | null): string | null => (instant ? toRfc3339(instant) : null)

export const presentLine = (line: OrderLine) => ({
  line: line.lineNo,
  fee_code: line.feeCode,
  kind: line.kind,
  description: line.description,
  unit_amount: line.unitAmount,
  quantity: line.quantity,
  amount: line.amount,
  budget_item: line.budgetItem,
  exemption: line.exemption,
})

/** The order object of the contract; also the `data` of order events and webhooks. Holds no personal data but the payer's name. */
export const presentOrder = (order: Order, attempts: readonly Attempt[], publicUrl: string) => {
  const payer = attempts.find((attempt) => attempt.id === order.paidBy)
  return {
    id: order.id,
    status: order.status,
    dossier_code: order.dossierCode,
    procedure_code: order.procedureCode,
    procedure_name: order.procedureName,
    agency_code: order.agencyCode,
    amount: order.amount,
    amount_paid: order.amountPaid,
    amount_refunded: order.amountRefunded,
    currency: 'VND' as const,
    payer: { name: order.payerName },
    lines: order.lines.map(presentLine),
    payee_account: order.payeeAccount,
    collection_stage: order.collectionStage,
    language: order.language,
    metadata: order.metadata,
    checkout_url: `${publicUrl}/pay/${order.checkoutToken}`,
    return_url: order.returnUrl,
    warnings: [...order.warnings],
    paid_by: payer
      ? { attempt: payer.id, provider: payer.provider, provider_reference: payer.providerReference }
      : null,
    created_at: time(order.createdAt),
    expires_at: time(order.expiresAt),
    firm_deadline: order.firmDeadline,
    tracing_code: order.tracingCode,
    paid_at: time(order.paidAt),
    next_actions: nextActions(order),
  }
}

/** What the caller may do next with an order, so that nobody has to guess it from the status. */
const nextActions = (order: Order): { name: string; method: string; href: string }[] => {
  const path = `/v1/orders/${order.id}`
  const read = { name: 'read_events', method: 'GET', href: `${path}/events` }
  if (order.status === 'open') {
    return [
      { name: 'start_attempt', method: 'POST', href: `${path}/attempts` },
      { name: 'cancel', method: 'POST', href: `${path}/cancel` },
      read,
    ]
  }
  if (order.status !== 'paid') return [read]
  const isRefundable = order.amountRefunded < order.amountPaid
  return [
    { name: 'receipt', method: 'GET', href: `${path}/receipt` },
    ...(isRefundable ? [{ name: 'request_refund', method: 'POST', href: `${path}/refunds` }] : []),
    read,
  ]
}

export const presentAttempt = (attempt: Attempt) => ({
  id: attempt.id,
  order: attempt.orderId,
  status: attempt.status,
  provider: attempt.provider,
  merchant_account: attempt.merchantAccountId,
  amount: attempt.amount,
  amount_captured: attempt.amountCaptured,
  amount_reversed: attempt.amountReversed,
  merchant_reference: attempt.merchantReference,
  provider_reference: attempt.providerReference,
  failure_code: attempt.failureCode,
  fenced_at: time(attempt.fencedAt),
  created_at: time(attempt.createdAt),
  expires_at: time(attempt.expiresAt),
  captured_at: time(attempt.capturedAt),
})

/** A refund for who may read it. */
export const presentRefund = (refund: Refund) => ({
  id: refund.id,
  order: refund.orderId,
  attempt: refund.attemptId,
  status: refund.status,
  source: refund.source,
  amount: refund.amount,
  amount_refunded: refund.amountRefunded,
  reason: refund.reason,
  reason_code: refund.reasonCode,
  lines: refund.lines.map((line) => ({
    line: line.lineNo,
    fee_code: line.feeCode,
    kind: line.kind,
    amount: line.amount,
  })),
  method: refund.method,
  payee_account: refund.payeeAccount,
  payee_version: refund.payeeVersion,
  bank_reference: refund.bankReference,
  paid_on: refund.paidOn,
  confirmed_by: refund.confirmedBy,
  bounce_reference: refund.bounceReference,
  promised_on: refund.promisedOn,
  expected_on: refund.expectedOn,
  overdue_at: time(refund.overdueAt),
  merchant_reference: refund.merchantReference,
  provider: refund.provider,
  provider_reference: refund.providerReference,
  failure_code: refund.failureCode,
  made_by: refund.madeBy,
  decided_by: refund.decidedBy,
  created_at: time(refund.createdAt),
  succeeded_at: time(refund.succeededAt),
})

/**
 * How a refund looks in events, which go out of the house: its reason as a code, never in the words of people, which may name people. `reason_digest` holds the words
 * all the same: SHA-256 over a salt that stays here and the words, joined by a line feed.
 */
export const tellRefund = (refund: Refund) => ({
  ...presentRefund(refund),
  reason: reasonTold(refund),
  ...(refund.reasonSalt ? { reason_digest: sha256Hex(`${refund.reasonSalt}\n${refund.reason}`) } : {}),
})

const reasonTold = ({ reason, reasonCode }: Refund): string =>
  proposalReasons.find((each) => each === reason) ?? reasonCode ?? 'other'
