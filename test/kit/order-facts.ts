// Orders as bare facts, and the door without a database: a change is applied to the facts in memory. For tables and properties that need many orders.
import { afterChange, applyOutcome } from '../../src/domain/apply.ts'
import {
  type Attempt,
  confirmedByHand,
  type Order,
  type OrderFacts,
  type Refund,
} from '../../src/domain/order-facts.ts'
import type { DoorOutcome } from '../../src/domain/outcome.ts'

export const due = 150_000n
export const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 23, 2, minute))

export const bareOrder = (more: Partial<Order> = {}): Order => ({
  id: 'ord_1',
  agencyCode: 'H56.12',
  status: 'open',
  dossierCode: 'H56.12-261122-0001',
  procedureCode: null,
  procedureName: null,
  collectionStage: null,
  amount: due,
  amountPaid: 0n,
  amountRefunded: 0n,
  payerName: 'Nguyễn Thị Lan',
  payeeAccount: null,
  language: 'vi',
  returnUrl: 'https://portal.example.vn/7',
  metadata: {},
  warnings: [],
  checkoutToken: 'token',
  paidBy: null,
  paidAt: null,
  createdAt: at(0),
  expiresAt: at(59),
  firmDeadline: false,
  extensions: 0,
  tracingCode: 'TS-0000-0000-0',
  closedReason: null,
  traceParent: null,
  version: 1,
  eventCount: 0,
  eventHash: null,
  lines: [],
  ...more,
})

export const bareAttempt = (id: string, more: Partial<Attempt> = {}): Attempt => ({
  id,
  agencyCode: 'H56.12',
  orderId: 'ord_1',
  merchantAccountId: `mac_${id}`,
  provider: 'test',
  merchantReference: `ref-${id}`,
  status: 'pending',
  amount: due,
  paysOrder: false,
  amountCaptured: 0n,
  amountReversed: 0n,
  providerReference: null,
  failureCode: null,
  fencedAt: null,
  createdAt: at(1),
  expiresAt: at(16),
  capturedAt: null,
  ...more,
})

export const bareRefund = (id: string, attempt: Attempt, more: Partial<Refund> = {}): Refund => ({
  id,
  agencyCode: 'H56.12',
  orderId: 'ord_1',
  attemptId: attempt.id,
  merchantAccountId: attempt.merchantAccountId,
  provider: 'test',
  merchantReference: `ref-${id}`,
  source: 'order',
  status: 'pending',
  amount: due,
  amountRefunded: 0n,
  reason: 'test',
  reasonSalt: null,
  reasonCode: null,
  lines: [],
  method: 'provider',
  payeeAccount: null,
  payeeVersion: 0,
  bankReference: null,
  paidOn: null,
  confirmedBy: null,
  bounceReference: null,
  promisedOn: null,
  expectedOn: null,
  overdueAt: null,
  providerReference: null,
  failureCode: null,
  madeBy: 'a',
  decidedBy: 'b',
  createdAt: at(20),
  sentAt: at(21),
  succeededAt: null,
  ...more,
})

export const bareFacts = (more: Partial<OrderFacts> = {}): OrderFacts => ({
  order: bareOrder(),
  attempts: [],
  refunds: [],
  disputes: [],
  money: [],
  balances: [],
  discrepancies: [],
  acceptsLateMoney: true,
  takenReference: null,
  ...more,
})

/** Puts outcomes through the door one after the other, as the flow does: proposals become refunds, what is opened is remembered. */
export const tell = (facts: OrderFacts, outcomes: readonly DoorOutcome[]): OrderFacts => {
  let count = facts.money.length + facts.refunds.length
  return outcomes.reduce((current, outcome) => {
    count += 1
    const source = outcome.code === confirmedByHand ? 'person' : 'callback'
    const applied = applyOutcome(current, { outcome, source, receivedAt: at(30), factId: `fct_${count}` })
    if (!applied?.change) return current
    const proposals = applied.change.surplus.map((surplus, index) => {
      const attempt = current.attempts.find((each) => each.id === surplus.attemptId) ?? bareAttempt(surplus.attemptId)
      return bareRefund(`rfd_${count}_${index}`, attempt, {
        source: 'surplus',
        status: 'proposed',
        amount: surplus.amount,
        madeBy: 'lephi',
        decidedBy: null,
      })
    })
    return afterChange(current, applied.change, { proposals, ids: (key) => `dsc_${key}` })
  }, facts)
}

/** Signed đồng by ledger account. */
export const sums = (facts: OrderFacts): Record<string, bigint> => {
  const totals: Record<string, bigint> = {}
  for (const { account, amount } of facts.balances) totals[account] = (totals[account] ?? 0n) + amount
  return Object.fromEntries(Object.entries(totals).filter(([, amount]) => amount !== 0n))
}
