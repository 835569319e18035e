/** Issues the receipts of a paid order: right after the payment, and by the jobs should that have failed. */
import { linkEvents } from '../domain/order-events.ts'
import type { Attempt, OrderFacts } from '../domain/order-facts.ts'
import {
  type Collector,
  type LedgerRoot,
  presentReceiptEvent,
  type ReceiptKind,
  type ReceiptNumber,
  receiptDocument,
  receiptKindsOf,
  receiptNumber,
  receiptSerial,
  type SignedReceipt,
  type UnsignedReceipt,
} from '../domain/receipt.ts'
import { Refusal } from '../domain/refusal.ts'
import { isConflict, isDuplicate } from '../store/database.ts'
import { type ReceiptGround, readReceiptGround } from '../store/receipt-ground.ts'
import { commitReceipts, type TakenNumber } from '../store/receipts.ts'
import type { Deps } from './deps.ts'
import { heldReceipts, signReceipt } from './sign-receipt.ts'
import { currentSigningKey } from './signing-keys.ts'

const turnsMax = 80

/**
 * Issues what an order still lacks and answers all its receipts; none for an order that is not paid or has neither phí nor lệ phí. Safe to call any number
 * of times and by many at once: an order has one receipt of each kind. Throws Refusal `receipt_not_issued` while the agency has no tax code.
 */
export const issueReceipts = async (deps: Deps, orderId: string): Promise<readonly SignedReceipt[]> => {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const ground = await readReceiptGround(deps.db, orderId, deps.now())
    const { facts } = ground
    const payer = facts?.attempts.find((attempt) => attempt.id === facts.order.paidBy)
    if (!facts || !payer || facts.order.status !== 'paid') return []
    const issued = await heldReceipts(deps, ground.issued)
    const kinds = receiptKindsOf(facts.order.lines).filter((kind) => !issued.some((receipt) => receipt.kind === kind))
    if (kinds.length === 0) return issued
    try {
      const receipts = await issue(deps, facts.order, { payer, kinds, ground })
      return [...issued, ...receipts].toSorted((a, b) => (a.kind < b.kind ? 1 : -1))
    } catch (error) {
      if (!isConflict(error) && !isDuplicate(error, 'receipts_first')) throw error
    }
  }
  throw new Refusal('conflict', 'The order is being changed by others; try again.', { retryAfterSeconds: 1 })
}

type Issue = { payer: Attempt; kinds: readonly ReceiptKind[]; ground: ReceiptGround }

const issue = async (
  deps: Deps,
  order: OrderFacts['order'],
  { payer, kinds, ground: { collector, seal } }: Issue,
): Promise<readonly SignedReceipt[]> => {
  const key = await currentSigningKey(deps)
  if (!collector) throw new Error(`agency ${order.agencyCode} of order ${order.id} is gone`)
  requireTaxCode(collector)
  const ledgerRoot = seal && { day: seal.day, root: seal.root }
  const now = deps.now()
  const series = kinds.map((kind) => ({ kind, serial: receiptSerial(now, kind, collector) }))
  return commitReceipts(deps.db, {
    order,
    series,
    now,
    build: async (taken) => {
      const receipts = await Promise.all(
        series.map(({ kind, serial }, index) => {
          const { number, issuedAt } = takenAt(taken, index)
          const numbered = receiptNumber(serial, number)
          return signReceipt(key, receiptOf(deps, { order, payer, collector, ledgerRoot, kind, issuedAt, numbered }))
        }),
      )
      const drafts = receipts.map((receipt) => ({
        type: 'receipt.issued' as const,
        data: presentReceiptEvent(receipt, deps.publicUrl),
      }))
      return { receipts, events: linkEvents(order, drafts, { newId: deps.newId, now }) }
    },
  })
}

/**
 * NĐ 254/2026 Điều 23.2: a receipt bears the collector's tax code. Throws Refusal `receipt_not_issued` for an agency that has none yet: its receipts wait until it has, and take
 * no number.
 */
export const requireTaxCode = ({ agencyCode, taxCode }: Collector): void => {
  if (!taxCode)
    throw new Refusal('receipt_not_issued', `Agency ${agencyCode} has no tax code, which every receipt must bear.`)
}

/** Whether an issue waits for the agency's tax code. */
export const waitsForTaxCode = (error: unknown): boolean =>
  error instanceof Refusal && error.code === 'receipt_not_issued'

export const tokenBytes = 24
/** It stands in place of no other. */
const first = { replaces: null, reason: null, madeBy: null, refundId: null }

type One = {
  order: OrderFacts['order']
  payer: Attempt
  collector: Collector
  ledgerRoot: LedgerRoot | null
  kind: ReceiptKind
  numbered: ReceiptNumber
  issuedAt: Date
}

export const takenAt = (taken: readonly TakenNumber[], index: number): TakenNumber => {
  const one = taken[index]
  if (!one) throw new Error('no number was taken')
  return one
}

export const receiptOf = (deps: Deps, one: One): UnsignedReceipt => {
  const { numbered, issuedAt } = one
  const document = receiptDocument(one)
  return {
    ...numbered,
    id: deps.newId('rcp'),
    agencyCode: one.order.agencyCode,
    orderId: one.order.id,
    kind: one.kind,
    amount: document.amount,
    token: deps.newToken(tokenBytes),
    document,
    issuedAt,
    ...first,
  }
}
