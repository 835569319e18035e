/**
 * A receipt is never deleted (TT 91 Điều 20): where its tax code, its amount or anything else that matters is wrong, another one is issued in its place; of a wrong name,
 * address or word the payer and the tax office get notice. What a refund means for its receipts the law does not say, so an accountant chooses between the two.
 */
import { linkEvents } from '../domain/order-events.ts'
import type { OrderFacts, Refund } from '../domain/order-facts.ts'
import {
  presentNoticeEvent,
  presentReceiptEvent,
  presentReplacedEvent,
  type ReceiptHistory,
  type ReceiptMoney,
  type ReceiptNotice,
  receiptKindsOf,
  receiptNumber,
  receiptSerial,
  withoutRefunded,
} from '../domain/receipt.ts'
import { receiptMoney } from '../domain/receipt-money.ts'
import { takenOf } from '../domain/refund-lines.ts'
import { Refusal } from '../domain/refusal.ts'
import { everyAgency, isConflict, isDuplicate } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { latestSeal } from '../store/ledger-seals.ts'
import { commitNotice, findReceiptHistories, findReceiptHistory } from '../store/receipt-histories.ts'
import { commitReceipts, findCollector } from '../store/receipts.ts'
import type { Deps } from './deps.ts'
import { receiptOf, requireTaxCode, takenAt } from './issue-receipts.ts'
import { heldHistory, signNotice, signReceipt } from './sign-receipt.ts'
import { currentSigningKey } from './signing-keys.ts'

export type ReceiptMaker = { scope: string; actor: string }

type ReceiptStanding = ReceiptHistory & { money: ReceiptMoney }

export type Replacement = { id: string; reason: string; payerName: string | null; refund: string | null }

const turnsMax = 20

/**
 * Issues a receipt in place of another one: under the next number, with the agency's data as they are now, the payer's name as corrected and, after a refund, without
 * what it returned. Answers the new one. Throws Refusal `not_found`, `receipt_replaced`, `receipt_not_issued` for an agency without tax code, `conflict`, or `invalid_input` for a refund that returned nothing or everything of it.
 */
export const replaceReceipt = (deps: Deps, maker: ReceiptMaker, wanted: Replacement): Promise<ReceiptStanding> =>
  decide(deps, maker, wanted.id, async (found) => {
    const { facts, history } = found
    const { order, leftOut } = await remainingOrder(deps, found, wanted)
    const [collector, seal, key] = await Promise.all([
      findCollector(deps.db, order.agencyCode),
      latestSeal(deps.db, order.agencyCode, deps.now()),
      currentSigningKey(deps),
    ])
    const payer = facts.attempts.find(({ id }) => id === history.receipt.document.payment.attempt)
    if (!collector || !payer) throw new Error(`what receipt ${wanted.id} was issued from is gone`)
    requireTaxCode(collector)
    const now = deps.now()
    const { kind } = history.receipt
    const serial = receiptSerial(now, kind, collector)
    const [receipt] = await commitReceipts(deps.db, {
      order: facts.order,
      series: [{ kind, serial }],
      now,
      build: async (taken) => {
        const { number, issuedAt } = takenAt(taken, 0)
        const numbered = receiptNumber(serial, number)
        const ledgerRoot = seal && { day: seal.day, root: seal.root }
        const made = receiptOf(deps, { order, payer, collector, ledgerRoot, kind, numbered, issuedAt })
        const replaces = { ...nameOf(history), reason: wanted.reason, left_out: leftOut }
        const receipt = await signReceipt(key, {
          ...made,
          document: { ...made.document, replaces },
          ...{ replaces: wanted.id, reason: wanted.reason, madeBy: maker.actor, refundId: wanted.refund },
        })
        const drafts = [
          { type: 'receipt.issued' as const, data: presentReceiptEvent(receipt, deps.publicUrl) },
          { type: 'receipt.replaced' as const, data: presentReplacedEvent(history.receipt, receipt, deps.publicUrl) },
        ]
        return { receipts: [receipt], events: linkEvents(facts.order, drafts, { newId: deps.newId, now }) }
      },
    })
    if (!receipt) throw new Error('no receipt was made')
    return { receipt, replacedBy: null, notices: [], money: receiptMoney(receipt, facts) }
  })

export type Notice = Pick<ReceiptNotice, 'field' | 'text'> & { id: string; refund: string | null }

/**
 * Keeps that something on a receipt is wrong, or that its fees were returned, and tells it. Answers the receipt with its notices. Throws Refusal `not_found`,
 * `receipt_replaced`, `already_exists` for a refund that was told already, `conflict`, or `invalid_input` for a refund that returned nothing of it.
 */
export const noticeReceipt = (deps: Deps, maker: ReceiptMaker, wanted: Notice): Promise<ReceiptStanding> =>
  decide(deps, maker, wanted.id, async ({ facts, history }) => {
    const last = history.notices.at(-1)
    // A form that was sent twice tells it once; of a refund the database says so.
    if (!wanted.refund && last?.field === wanted.field && last.text === wanted.text && last.madeBy === maker.actor)
      return { ...history, money: receiptMoney(history.receipt, facts) }
    if (wanted.refund) refundOf(facts, history, wanted.refund)
    const now = deps.now()
    const notice = await signNotice(await currentSigningKey(deps), {
      id: deps.newId('rnt'),
      receiptId: wanted.id,
      ...{ field: wanted.field, text: wanted.text, refundId: wanted.refund, madeBy: maker.actor, noticedAt: now },
    })
    const data = presentNoticeEvent(history.receipt, notice, deps.publicUrl)
    const events = linkEvents(facts.order, [{ type: 'receipt.noticed', data }], { newId: deps.newId, now })
    if (history.notices.length >= noticesMax)
      throw new Refusal('too_many_notes', `A receipt has at most ${noticesMax} notices.`)
    await commitNotice(deps.db, { order: facts.order, notice, events, now })
    return { ...history, notices: [...history.notices, notice], money: receiptMoney(history.receipt, facts) }
  })

const noticesMax = 50

type Found = { facts: OrderFacts; history: ReceiptHistory }

const decide = async (
  deps: Deps,
  { scope }: ReceiptMaker,
  id: string,
  act: (found: Found) => Promise<ReceiptStanding>,
): Promise<ReceiptStanding> => {
  for (let turn = 0; turn < turnsMax; turn += 1) {
    const first = await findReceiptHistory(deps.db, scope, id)
    const facts = first && (await loadFacts(deps.db, scope, { orderId: first.receipt.orderId }))
    // Read behind the order's version, so that a receipt that was replaced meanwhile is seen.
    const stored = facts && (await findReceiptHistory(deps.db, scope, id))
    if (!stored) throw new Refusal('not_found', 'There is no such receipt.')
    const history = await heldHistory(deps, stored)
    if (history.replacedBy)
      throw new Refusal('receipt_replaced', `Receipt ${history.replacedBy.id} stands in its place.`)
    try {
      return await act({ facts, history })
    } catch (error) {
      if (isDuplicate(error, 'receipt_notices_refund'))
        throw new Refusal('already_exists', 'There is a notice of this refund already.', { cause: error })
      if (!isConflict(error) && !isDuplicate(error, 'receipts_replaced_once')) throw error
    }
  }
  throw new Refusal('conflict', 'The order is being changed by others; try again.', { retryAfterSeconds: 1 })
}

/**
 * The order as the new receipt has it: without what was returned and told of receipts of its kind, by one in place of another or by notice, this refund included. A notice
 * leaves its receipt as it is, but whatever takes that receipt's place must not count the money again.
 */
const remainingOrder = async (deps: Deps, { facts, history }: Found, { refund, payerName }: Replacement) => {
  const { kind, orderId } = history.receipt
  const all = await findReceiptHistories(deps.db, everyAgency, orderId)
  const own = all.filter(({ receipt }) => receipt.kind === kind)
  const replacing = own.flatMap(({ receipt }) => [receipt.refundId, ...(receipt.document.replaces?.left_out ?? [])])
  const noticed = own.flatMap(({ notices }) => notices.map(({ refundId }) => refundId))
  if (refund && replacing.includes(refund)) throw wrongRefund('is told by a receipt in place of another one already')
  if (refund) refundOf(facts, history, refund)
  const refunds = facts.refunds.filter(({ id }) => [refund, ...replacing, ...noticed].includes(id))
  const order = withoutRefunded(facts.order, refunds)
  if (!receiptKindsOf(order.lines).includes(kind))
    throw wrongRefund('returned everything on the receipt: give notice of it instead')
  const payer = payerName ?? history.receipt.document.payer.name
  return { order: { ...order, payerName: payer }, leftOut: refunds.map(({ id }) => id) }
}

/** A refund that returned something of what the receipt is for. Throws Refusal `invalid_input`. */
const refundOf = ({ order, refunds }: OrderFacts, { receipt }: ReceiptHistory, id: string): Refund => {
  const lineNos = order.lines.filter(({ kind }) => kind === receipt.kind).map(({ lineNo }) => lineNo)
  const found = refunds.find((each) => each.id === id && each.status === 'succeeded')
  if (!found?.lines.length || !takenOf(found).some(({ lineNo }) => lineNos.includes(lineNo)))
    throw wrongRefund('is no refund that returned fees of this receipt')
  return found
}

const wrongRefund = (message: string): Refusal =>
  new Refusal('invalid_input', 'That refund does not go with this receipt.', {
    errors: [{ pointer: '/refund', message }],
  })

const nameOf = ({ receipt: { id, form, serial, number, document } }: ReceiptHistory) => ({
  ...{ id, form, serial, number },
  issued_on: document.issued_on,
})
