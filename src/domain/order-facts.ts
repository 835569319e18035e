/**
 * Everything that decides the state of one order: the order as it was placed, its attempts and refunds, and the facts about money that sources of
 * truth have reported. domain/projection.ts turns these into states and balances; nothing else does.
 */
import type { OutcomeSource } from './outcome.ts'
import type { AttemptStatus, OrderStatus, RefundStatus } from './states.ts'

export type FeeKind = 'phi' | 'le_phi' | 'phat' | 'thue' | 'khac'

export type OrderLine = {
  lineNo: number
  feeCode: string | null
  kind: FeeKind
  description: string
  unitAmount: bigint
  quantity: number
  amount: bigint
  budgetItem: string | null
  exemption: { rule: string; evidence: string } | null
}

export type PayeeAccount = { number: string; bank_bin: string; holder: string }

export type Order = {
  id: string
  agencyCode: string
  status: OrderStatus
  dossierCode: string
  procedureCode: string | null
  procedureName: string | null
  collectionStage: string | null
  amount: bigint
  amountPaid: bigint
  amountRefunded: bigint
  payerName: string
  payeeAccount: PayeeAccount | null
  language: 'vi' | 'en'
  returnUrl: string
  metadata: Record<string, string>
  warnings: readonly { code: string; message: string }[]
  checkoutToken: string
  /** The attempt that pays it. */
  paidBy: string | null
  paidAt: Date | null
  createdAt: Date
  expiresAt: Date
  /** The portal has a reason for this very deadline: a citizen cannot move it. */
  firmDeadline: boolean
  /** How often a citizen has been given more time. */
  extensions: number
  /** Under which, with the amount, anybody may ask where the money is; null for orders of before there were such codes. */
  tracingCode: string | null
  closedReason: string | null
  /** The call that placed it, as W3C Trace Context has it: what is done for it later is followed under that. Null where nobody followed it. */
  traceParent: string | null
  version: number
  eventCount: number
  eventHash: string | null
  lines: readonly OrderLine[]
}

export type Attempt = {
  id: string
  agencyCode: string
  orderId: string
  merchantAccountId: string
  provider: string
  merchantReference: string
  status: AttemptStatus
  amount: bigint
  paysOrder: boolean
  amountCaptured: bigint
  amountReversed: bigint
  providerReference: string | null
  failureCode: string | null
  fencedAt: Date | null
  createdAt: Date
  expiresAt: Date
  capturedAt: Date | null
}

/** How much of one fee line a refund returns. */
export type RefundLine = { lineNo: number; feeCode: string | null; kind: FeeKind; amount: bigint }

export const refundReasonCodes = ['dossier_rejected', 'overcharged', 'duplicate', 'other'] as const
export type RefundReasonCode = (typeof refundReasonCodes)[number]

/** Why the gateway itself proposes a refund. */
export const proposalReasons = ['paid_twice', 'late_payment'] as const

export const refundMethods = ['provider', 'manual', 'treasury'] as const
export type RefundMethod = (typeof refundMethods)[number]

/** The code of a `refunded` fact that a person confirmed with a bank transfer: that money left the bank, not the provider. */
export const confirmedByHand = 'confirmed_by_person'

export type Refund = {
  id: string
  agencyCode: string
  orderId: string
  attemptId: string
  merchantAccountId: string
  provider: string
  merchantReference: string
  /** `order` returns what paid the order, `surplus` returns money out of suspense. */
  source: 'order' | 'surplus'
  status: RefundStatus
  amount: bigint
  amountRefunded: bigint
  reason: string
  /** What the reason is hashed with where its timeline must hold it without telling it; null where it is a code of ours. */
  reasonSalt: string | null
  reasonCode: RefundReasonCode | null
  /** What it returns of which fee line, as it was asked for; empty for surplus, which paid for no line. */
  lines: readonly RefundLine[]
  method: RefundMethod
  /** What may be shown of the account that gets it, where it is returned by hand. */
  payeeAccount: { number: string; bank_bin: string } | null
  /** 0 as it was asked for, with an account or without; one more since one was named. A checker agrees to the one that they saw. */
  payeeVersion: number
  bankReference: string | null
  paidOn: string | null
  confirmedBy: string | null
  /** The number of the credit by which the bank gave the transfer back. */
  bounceReference: string | null
  promisedOn: string | null
  expectedOn: string | null
  overdueAt: Date | null
  providerReference: string | null
  failureCode: string | null
  madeBy: string
  decidedBy: string | null
  createdAt: Date
  /** When it was handed to the provider, or may have been; null while it certainly was not. */
  sentAt: Date | null
  succeededAt: Date | null
}

export const disputeKinds = ['chargeback', 'complaint', 'tracing'] as const
export const disputeOutcomes = ['won', 'lost', 'withdrawn'] as const
export type DisputeKind = (typeof disputeKinds)[number]
export type DisputeOutcome = (typeof disputeOutcomes)[number]

export type Dispute = {
  id: string
  agencyCode: string
  orderId: string
  attemptId: string
  merchantAccountId: string
  kind: DisputeKind
  status: 'open' | 'closed'
  reason: string
  amount: bigint
  reference: string | null
  respondBy: string
  sentRefunds: readonly string[]
  /** What had been told reversed of the payment when it was opened, in đồng: only what comes later is this case's. */
  reversedBefore: bigint
  openedBy: string
  openedAt: Date
  outcome: DisputeOutcome | null
  note: string | null
  closedBy: string | null
  closedAt: Date | null
  /** Who says that the bank takes nothing after all, and who agreed; what it waited for until then. */
  releaseAskedBy: string | null
  releaseAskedAt: Date | null
  releaseNote: string | null
  releasedBy: string | null
  releasedAt: Date | null
  releasedAmount: bigint | null
}

/** Money that moved, as one source of truth said. The same fact is kept once, however often it is told. */
export type MoneyFact = {
  id: string
  attemptId: string
  refundId: string | null
  merchantAccountId: string
  kind: 'captured' | 'reversed' | 'refunded' | 'bounced'
  /** The provider's reference; ours where it gave none. */
  reference: string
  amount: bigint
  source: OutcomeSource
  code: string
  occurredAt: Date
  receivedAt: Date
  /** A capture under a number that another attempt had captured under: one transaction of the provider must not pay two orders. */
  isContested: boolean
  /** Order of arrival within the order, from 1. */
  sequence: number
}

export const ledgerAccounts = ['provider_receivable', 'collected', 'suspense', 'bank'] as const
export type LedgerAccount = (typeof ledgerAccounts)[number]
/** Signed đồng: debit is positive. One row per account and merchant account. */
export type Balance = { account: LedgerAccount; merchantAccountId: string; amount: bigint }

export type DoorClass =
  | 'amount_mismatch'
  | 'paid_twice'
  | 'late_payment'
  | 'reversed'
  | 'refund_mismatch'
  | 'reference_reused'

export type OrderFacts = {
  order: Order
  attempts: readonly Attempt[]
  refunds: readonly Refund[]
  /** Every dispute about a payment of the order, oldest first. */
  disputes: readonly Dispute[]
  money: readonly MoneyFact[]
  /** The provider reference that is being told, if another attempt of the same merchant account has captured under it. */
  takenReference: string | null
  /** What the door has posted for this order so far. */
  balances: readonly Balance[]
  /** Every discrepancy that the door ever opened here; resolved ones are not opened again by the same facts. */
  discrepancies: readonly {
    id: string
    key: string
    class: DoorClass
    attemptId: string
    amount: bigint
    isOpen: boolean
    /** Closed because the facts had changed, not because a person had decided. */
    closedByDoor: boolean
  }[]
  /**
   * False when money for this order, once expired or cancelled, must not pay it: the agency does not accept late money, or another order of
   * the same dossier line is paid.
   */
  acceptsLateMoney: boolean
}
