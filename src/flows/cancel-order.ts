/** A portal takes back an open order. Money that is already on its way is not lost: it meets the rules for late money. */
import { linkEvents } from '../domain/order-events.ts'
import { presentOrder } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { orderMoves, unsettledAttempts } from '../domain/states.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'

/** Cancels and answers the order object; cancelling a cancelled order changes nothing. Throws Refusal `not_found`, `order_already_paid`, `order_not_open`. */
export const cancelOrder = async (
  deps: Deps,
  input: { scope: string; orderId: string; reason: string | null },
): Promise<ReturnType<typeof presentOrder>> =>
  changeOrder(deps, { scope: input.scope, order: { orderId: input.orderId } }, (facts) => {
    if (!facts) throw new Refusal('not_found', 'There is no such order.')
    const { order, attempts } = facts
    if (order.status === 'cancelled') return { answer: presentOrder(order, attempts, deps.publicUrl) }
    if (order.status === 'paid')
      throw new Refusal('order_already_paid', 'A paid order cannot be cancelled; it can be refunded.')
    const status = orderMoves[order.status].cancel
    if (!status) throw new Refusal('order_not_open', `The order is ${order.status}.`)
    const now = deps.now()
    const answer = presentOrder({ ...order, status, closedReason: input.reason }, attempts, deps.publicUrl)
    const fenced = attempts
      .filter((attempt) => unsettledAttempts.includes(attempt.status) && !attempt.fencedAt)
      .map((attempt) => ({ id: attempt.id, fencedAt: now }))
    const events = linkEvents(order, [{ type: 'order.cancelled', data: answer }], { newId: deps.newId, now })
    return {
      answer,
      write: {
        order: { status, closedReason: input.reason, closedAt: now, nextExpiryAt: null },
        attempts: fenced,
        events,
        now,
      },
    }
  })
