/** A citizen needs more time: the deadline of an open order moves, and nothing else about it does. */
import { extensionOf, type NoExtension } from '../domain/order-deadline.ts'
import { linkEvents } from '../domain/order-events.ts'
import { presentOrder } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import type { OrderKey } from '../store/facts.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'

/** `unchanged`: the deadline is no longer the one that was seen, so a second press of the button gives no second extension. */
export type Extended = { result: 'extended' } | { result: 'unchanged' } | { result: 'refused'; why: NoExtension }

/** `seen` is the deadline that is to be moved. Throws Refusal `not_found`. */
export const extendOrder = (
  deps: Deps,
  { scope, order: key, seen }: { scope: string; order: OrderKey; seen: Date },
): Promise<Extended> =>
  changeOrder<Extended>(deps, { scope, order: key }, (facts) => {
    if (!facts) throw new Refusal('not_found', 'There is no such order.')
    const { order, attempts } = facts
    if (order.expiresAt.getTime() !== seen.getTime()) return { answer: { result: 'unchanged' } }
    const now = deps.now()
    const extension = extensionOf(facts, now)
    if (!extension.may) return { answer: { result: 'refused', why: extension.why } }
    const moved = { expiresAt: extension.until, extensions: order.extensions + 1 }
    const data = presentOrder({ ...order, ...moved }, attempts, deps.publicUrl)
    const events = linkEvents(order, [{ type: 'order.extended', data }], { newId: deps.newId, now })
    return {
      answer: { result: 'extended' },
      write: { order: { ...moved, nextExpiryAt: extension.until }, events, now },
    }
  })
