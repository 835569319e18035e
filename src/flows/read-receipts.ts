/** The receipts of an order, for whoever may see the order: as they were issued, or signed so that anybody can check them. */
import {
  type ReceiptHistory,
  type ReceiptMoney,
  receiptKindsOf,
  type SignedReceipt,
  signedReceiptSet,
} from '../domain/receipt.ts'
import { receiptMoney } from '../domain/receipt-money.ts'
import { Refusal } from '../domain/refusal.ts'
import { stringifySorted } from '../lib/json.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { readOrders } from '../store/order-reads.ts'
import { findReceiptByToken, findReceiptHistories, findReceiptHistory } from '../store/receipt-histories.ts'
import { findReceipts } from '../store/receipts.ts'
import type { Deps } from './deps.ts'
import { issueReceipts } from './issue-receipts.ts'
import { signDocument } from './sign-document.ts'
import { heldHistory, heldReceipts } from './sign-receipt.ts'

/**
 * At least one receipt; a paid order whose receipts are still to be issued gets them now. Throws Refusal `not_found`, and `receipt_not_issued` saying why
 * there is none.
 */
export const readReceipts = async (deps: Deps, scope: string, orderId: string): Promise<readonly SignedReceipt[]> => {
  const [shown] = await readOrders(deps.db, scope, [orderId])
  if (!shown) throw new Refusal('not_found', 'There is no such order.')
  const { order } = shown
  if (order.status === 'waived')
    throw new Refusal('receipt_not_issued', 'Nothing was collected for this order, so there is no receipt.')
  if (order.status !== 'paid') throw new Refusal('receipt_not_issued', `The order is ${order.status}, not paid.`)
  const due = receiptKindsOf(order.lines).length
  if (due === 0)
    throw new Refusal(
      'receipt_not_issued',
      'Only phí and lệ phí have receipts; fines and taxes are proved by the voucher of the state treasury.',
    )
  const issued = await findReceipts(deps.db, scope, orderId)
  return issued.length >= due ? heldReceipts(deps, issued) : issueReceipts(deps, orderId)
}

/**
 * One compact JWS (RFC 7515) over all receipts of an order, naming the order and its dossier. The same receipts under the same key give the same text.
 * The key is in /.well-known/jwks.json under the `kid` of the header.
 */
export const signReceipts = async (deps: Deps, receipts: readonly SignedReceipt[]): Promise<string> => {
  return signDocument(deps, stringifySorted(signedReceiptSet(receipts, deps.publicUrl)))
}

/** A receipt with what became of it. Throws Refusal `not_found`, and `receipt_altered` for a row that is not what was signed. */
export const readReceiptHistory = async (deps: Deps, scope: string, id: string): Promise<ReceiptStanding> =>
  standing(deps, await findReceiptHistory(deps.db, scope, id))

/** The same by the unguessable link of its page. */
export const readReceiptByToken = async (deps: Deps, token: string): Promise<ReceiptStanding> =>
  standing(deps, /^[\w-]{16,64}$/.test(token) ? await findReceiptByToken(deps.db, token) : null)

/** Every receipt of an order with what became of it. */
export const readReceiptHistories = async (
  deps: Deps,
  scope: string,
  orderId: string,
): Promise<readonly SignedHistory[]> =>
  Promise.all((await findReceiptHistories(deps.db, scope, orderId)).map((history) => heldHistory(deps, history)))

/** Whether the money of a receipt is still there. */
export const readReceiptMoney = async (deps: Deps, receipt: SignedReceipt): Promise<ReceiptMoney> => {
  const facts = await loadFacts(deps.db, everyAgency, { orderId: receipt.orderId })
  if (!facts) throw new Error(`order ${receipt.orderId} of receipt ${receipt.id} is gone`)
  return receiptMoney(receipt, facts)
}

type SignedHistory = ReceiptHistory & { receipt: SignedReceipt }
type ReceiptStanding = SignedHistory & { money: ReceiptMoney }

const standing = async (deps: Deps, history: ReceiptHistory | null): Promise<ReceiptStanding> => {
  if (!history) throw new Refusal('not_found', 'There is no such receipt.')
  const held = await heldHistory(deps, history)
  return { ...held, money: await readReceiptMoney(deps, held.receipt) }
}
