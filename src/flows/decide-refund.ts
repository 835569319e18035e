/** A second person agrees to a refund or refuses it. The maker never does; the gateway's own proposals are decided the same way. */
import type { Caller } from '../domain/access.ts'
import { linkEvents } from '../domain/order-events.ts'
import type { Refund } from '../domain/order-facts.ts'
import { presentRefund } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { findRefundOrder } from '../store/refunds.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'
import { sendLater } from './send-refund.ts'

/**
 * Approves or rejects. The same decision twice, by the same person, changes nothing. Throws Refusal `not_found`, `maker_cannot_approve`,
 * `refund_not_awaiting_approval`.
 */
export const decideRefund = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: { refundId: string; decision: 'approved' | 'rejected' },
): Promise<Refund> => {
  const orderId = await findRefundOrder(deps.db, caller.agency, input.refundId)
  if (!orderId) throw new Refusal('not_found', 'There is no such refund.')
  const decided = await changeOrder(deps, { scope: caller.agency, order: { orderId } }, (facts) => {
    const refund = facts?.refunds.find((each) => each.id === input.refundId)
    if (!facts || !refund) throw new Refusal('not_found', 'There is no such refund.')
    if (refund.decidedBy === caller.clientId && isDecidedAs(refund, input.decision))
      return { answer: { refund, isNew: false } }
    if (refund.status !== 'requested' && refund.status !== 'proposed')
      throw new Refusal('refund_not_awaiting_approval', `The refund is ${refund.status}.`)
    if (refund.madeBy === caller.clientId && input.decision === 'approved')
      throw new Refusal('maker_cannot_approve', 'Who asks for a refund cannot approve it.')
    const now = deps.now()
    const next = { ...refund, status: input.decision, decidedBy: caller.clientId }
    const events =
      input.decision === 'rejected'
        ? linkEvents(facts.order, [{ type: 'refund.failed', data: presentRefund(next) }], { newId: deps.newId, now })
        : []
    const changed = { id: refund.id, status: input.decision, decidedBy: caller.clientId, decidedAt: now }
    return { answer: { refund: next, isNew: true }, write: { order: {}, refunds: [changed], events, now } }
  })
  if (decided.isNew && input.decision === 'approved') sendLater(deps, input.refundId)
  return decided.refund
}

const isDecidedAs = (refund: Refund, decision: 'approved' | 'rejected'): boolean =>
  decision === 'rejected'
    ? refund.status === 'rejected'
    : !['requested', 'proposed', 'rejected', 'withdrawn'].includes(refund.status)
