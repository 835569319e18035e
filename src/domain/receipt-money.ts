/** Whether the money that a receipt says was collected is still there: what went back after it was issued, and what was taken back. */
import { isDisputed } from './dispute.ts'
import type { OrderFacts } from './order-facts.ts'
import type { Receipt, ReceiptMoney } from './receipt.ts'
import { takenOf } from './refund-lines.ts'

export const receiptMoney = (receipt: Receipt, facts: OrderFacts): ReceiptMoney => {
  const { order, refunds } = facts
  const { document, kind } = receipt
  const leftOut = [receipt.refundId, ...(document.replaces?.left_out ?? [])]
  const lineNos = order.lines.filter((line) => line.kind === kind).map(({ lineNo }) => lineNo)
  const back = refunds
    .filter(({ id, status }) => status === 'succeeded' && !leftOut.includes(id))
    .flatMap(takenOf)
    .filter(({ lineNo }) => lineNos.includes(lineNo))
  return {
    returned: back.reduce((sum, { amount }) => sum + amount, 0n),
    reversed: order.amountPaid < order.amount ? order.amount - order.amountPaid : 0n,
    isDisputed: isDisputed(facts, document.payment.attempt),
  }
}
