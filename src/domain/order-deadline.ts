/**
 * How long an order may be paid, and how a citizen gets more time. A limit that can be extended by one press is what WCAG 2.2, 2.2.1 asks for; it also asks for
 * ten extensions, or for a limit above 20 hours: each extension is 24 hours long, so the first meets that and three are enough. A deadline is firm where the
 * portal says so, which is the criterion's exception of an essential limit, and where money that comes later would not be taken: there the agency has said
 * that its deadline counts, or the fee is paid by another order.
 */
import { type Guards, refusedBy } from './guards.ts'
import type { Order, OrderFacts } from './order-facts.ts'
import { orderMoves } from './states.ts'

export const lifetimeMaxMs = 90 * 24 * 3_600_000

const extensionMs = 24 * 3_600_000
const extensionsMax = 3
/** More time than this left is enough without asking. */
const offeredWithinMs = 24 * 3_600_000
/** Less than this would be no help. */
const gainMinMs = 3_600_000

type Extending = { facts: Pick<OrderFacts, 'order' | 'acceptsLateMoney'>; now: Date }
/** Why a deadline does not move. `not_yet`: there is still so much time that nobody needs more. */
export type NoExtension = 'not_open' | 'past' | 'firm' | 'used_up' | 'not_yet'
export type Extension = { may: true; until: Date } | { may: false; why: NoExtension }

export const extensionGuards: Guards<NoExtension, Extending> = {
  not_open: ({ facts: { order } }) => orderMoves[order.status].extend !== undefined,
  past: ({ facts: { order }, now }) => order.expiresAt > now,
  firm: ({ facts: { order, acceptsLateMoney } }) => !order.firmDeadline && acceptsLateMoney,
  used_up: ({ facts: { order } }) =>
    order.extensions < extensionsMax && untilOf(order).getTime() - order.expiresAt.getTime() >= gainMinMs,
  not_yet: ({ facts: { order }, now }) => order.expiresAt.getTime() - now.getTime() <= offeredWithinMs,
}

/** Whether the deadline may be moved now, and to when. */
export const extensionOf = (facts: Extending['facts'], now: Date, guards = extensionGuards): Extension => {
  const why = refusedBy(guards, { facts, now })
  return why ? { may: false, why } : { may: true, until: untilOf(facts.order) }
}

const untilOf = ({ createdAt, expiresAt }: Order): Date =>
  new Date(Math.min(expiresAt.getTime() + extensionMs, createdAt.getTime() + lifetimeMaxMs))
