/** The case file of a tracing: what shows how a payment went. Holds no payer, account or free text of a bank. */
import { toRfc3339 } from '../lib/time.ts'
import type { OrderFacts } from './order-facts.ts'
import { presentAttempt, presentRefund } from './present.ts'

export type CallbackEvidence = {
  id: string
  merchantAccountId: string
  receivedAt: Date
  claimedReference: string | null
  reading: string
  verdict: string | null
  contentHash: string
  replayOf: string | null
}

export type LineEvidence = {
  statementId: string
  line: number
  fileName: string
  source: string
  sha256: string
  rowHash: string
  lineType: string | null
  occurredAt: Date | null
  businessDay: string | null
  merchantReference: string | null
  providerReference: string | null
  bankReference: string | null
  payoutReference: string | null
  amount: bigint
  providerFee: bigint | null
  netAmount: bigint | null
  status: string | null
  valueDate: string | null
}

/** What was found of one kind, and whether there is more than is shown. */
export type Shown<Row> = { rows: readonly Row[]; hasMore: boolean }

export const presentEvidence = (
  facts: OrderFacts | null,
  { callbacks, lines }: { callbacks: Shown<CallbackEvidence>; lines: Shown<LineEvidence> },
) => ({
  order: facts && presentOrder(facts),
  attempts: facts?.attempts.map(presentAttempt) ?? [],
  refunds: facts?.refunds.map(presentRefund) ?? [],
  money: facts?.money.map(presentMoney) ?? [],
  callbacks_more: callbacks.hasMore,
  callbacks: callbacks.rows.map((callback) => ({
    id: callback.id,
    merchant_account: callback.merchantAccountId,
    received_at: toRfc3339(callback.receivedAt),
    claimed_reference: callback.claimedReference,
    reading: callback.reading,
    verdict: callback.verdict,
    content_hash: callback.contentHash,
    replay_of: callback.replayOf,
  })),
  statement_lines_more: lines.hasMore,
  statement_lines: lines.rows.map((line) => ({
    statement: line.statementId,
    line: line.line,
    file_name: line.fileName,
    source: line.source,
    file_sha256: line.sha256,
    row_hash: line.rowHash,
    line_type: line.lineType,
    occurred_at: line.occurredAt && toRfc3339(line.occurredAt),
    business_day: line.businessDay,
    merchant_reference: line.merchantReference,
    provider_reference: line.providerReference,
    bank_reference: line.bankReference,
    payout_reference: line.payoutReference,
    amount: line.amount,
    provider_fee: line.providerFee,
    net_amount: line.netAmount,
    status: line.status,
    value_date: line.valueDate,
  })),
})

const presentOrder = ({ order }: OrderFacts) => ({
  id: order.id,
  status: order.status,
  dossier_code: order.dossierCode,
  amount: order.amount,
  amount_paid: order.amountPaid,
  amount_refunded: order.amountRefunded,
  paid_at: order.paidAt && toRfc3339(order.paidAt),
})

const presentMoney = (fact: OrderFacts['money'][number]) => ({
  kind: fact.kind,
  attempt: fact.attemptId,
  refund: fact.refundId,
  reference: fact.reference,
  amount: fact.amount,
  source: fact.source,
  code: fact.code,
  occurred_at: toRfc3339(fact.occurredAt),
  received_at: toRfc3339(fact.receivedAt),
})
