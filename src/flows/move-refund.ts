/** A refund that moves by a decision of ours and not by news of money: approved, rejected, sent, withdrawn. The door has no part in it, but may follow. */
import { recheck } from '../domain/apply.ts'
import { linkEvents } from '../domain/order-events.ts'
import type { OrderFacts, Refund } from '../domain/order-facts.ts'
import { tellRefund } from '../domain/present.ts'
import { refundMoves, stateAfter } from '../domain/states.ts'
import type { OrderWrite } from '../store/order-commit.ts'
import type { Deps } from './deps.ts'
import { writeChange } from './write-change.ts'

export type RefundMove = NonNullable<OrderWrite['refunds']>[number]

/**
 * What one commit writes for the move: the refund, the event when it has come to nothing, and whatever else the facts say once it stands there, such as a
 * proposal that it stood in the way of.
 */
export const moveRefund = (deps: Deps, facts: OrderFacts, move: RefundMove): Omit<OrderWrite, 'read'> => {
  const now = deps.now()
  const refunds = facts.refunds.map((each) => (each.id === move.id ? { ...each, ...move } : each))
  const moved = refunds.find((each) => each.id === move.id)
  const events = moved && isOver(moved) ? [{ type: 'refund.failed' as const, data: tellRefund(moved) }] : []
  const told = linkEvents(facts.order, events, { newId: deps.newId, now })
  const order = {
    ...facts.order,
    eventCount: facts.order.eventCount + told.length,
    eventHash: told.at(-1)?.hash ?? facts.order.eventHash,
  }
  const after = { ...facts, order, refunds }
  const change = recheck(after)
  if (!change) return { order: {}, refunds: [move], events: told, now }
  const { read: _, ...follows } = writeChange(deps, after, change, { now })
  return { ...follows, refunds: [move, ...(follows.refunds ?? [])], events: [...told, ...follows.events] }
}

const isOver = ({ status }: Refund): boolean => status === 'rejected' || status === 'withdrawn'

/** A refund that the gateway itself gives up before it was sent: the money is no longer there to be returned. */
export const withdrawal = (deps: Deps, { id, status }: Refund): RefundMove => ({
  id,
  status: stateAfter(refundMoves, status, 'withdraw'),
  decidedBy: 'lephi',
  decidedAt: deps.now(),
  sentAt: null,
  nextQueryAt: null,
})
