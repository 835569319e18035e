/** A portal takes back an open order. Money that is already on its way is not lost: it meets the rules for late money. */
import { linkEvents } from '../domain/order-events.ts'
import { presentOrder } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { orderMoves, unsettledAttempts } from '../domain/states.ts'
import { isConflict } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { commitOrder } from '../store/order-commit.ts'
import type { Deps } from './deps.ts'

/** Cancels and answers the order object; cancelling a cancelled order changes nothing. Throws Refusal `not_found`, `order_already_paid`, `order_not_open`. */
export const cancelOrder = async (
  deps: Deps,
  input: { scope: string; orderId: string; reason: string | null },
): Promise<ReturnType<typeof presentOrder>> => {
  for (let turn = 0; turn < 60; turn += 1) {
    const facts = await loadFacts(deps.db, input.scope, { orderId: input.orderId })
    if (!facts) throw new Refusal('not_found', 'There is no such order.')
    const { order, attempts } = facts
    if (order.status === 'cancelled') return presentOrder(order, attempts, deps.publicUrl)
    if (order.status === 'paid')
      throw new Refusal('order_already_paid', 'A paid order cannot be cancelled; it can be refunded.')
    const status = orderMoves[order.status].cancel
    if (!status) throw new Refusal('order_not_open', `The order is ${order.status}.`)
    const now = deps.now()
    const cancelled = { ...order, status, closedReason: input.reason }
    const wire = presentOrder(cancelled, attempts, deps.publicUrl)
    const events = linkEvents(order, [{ type: 'order.cancelled', data: wire }], { newId: deps.newId, now })
    const fenced = attempts
      .filter((attempt) => unsettledAttempts.includes(attempt.status) && !attempt.fencedAt)
      .map((attempt) => ({ id: attempt.id, fencedAt: now }))
    try {
      await commitOrder(deps.db, input.scope, {
        read: order,
        order: { status, closedReason: input.reason, closedAt: now, nextExpiryAt: null },
        attempts: fenced,
        events,
        now,
      })
      return wire
    } catch (error) {
      if (!isConflict(error)) throw error
    }
  }
  throw new Refusal('conflict', 'The order is being changed by others; try again.', { retryAfterSeconds: 1 })
}
