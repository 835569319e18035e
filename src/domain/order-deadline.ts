/**
 * How long an order may be paid, and how a citizen gets more time. A limit that can be extended by one press is what WCAG 2.2, 2.2.1 asks for; it also asks for
 * ten extensions, or for a limit above 20 hours: each extension is 24 hours long, so the first meets that and three are enough. A deadline is firm where the
 * portal says so, which is the criterion's exception of an essential limit, and where money that comes later would not be taken: there the agency has said
 * that its deadline counts, or the fee is paid by another order.
 */
import type { OrderFacts } from './order-facts.ts'

export const lifetimeMaxMs = 90 * 24 * 3_600_000

const extensionMs = 24 * 3_600_000
const extensionsMax = 3
/** More time than this left is enough without asking. */
const offeredWithinMs = 24 * 3_600_000
/** Less than this would be no help. */
const gainMinMs = 3_600_000

/** `not_yet`: there is still so much time that nobody needs more. */
export type Extension =
  | { may: true; until: Date }
  | { may: false; why: 'not_open' | 'past' | 'firm' | 'used_up' | 'not_yet' }

/** Whether the deadline may be moved now, and to when. */
export const extensionOf = ({ order, acceptsLateMoney }: OrderFacts, now: Date): Extension => {
  if (order.status !== 'open') return { may: false, why: 'not_open' }
  if (order.expiresAt <= now) return { may: false, why: 'past' }
  if (order.firmDeadline || !acceptsLateMoney) return { may: false, why: 'firm' }
  const latest = order.createdAt.getTime() + lifetimeMaxMs
  const until = Math.min(order.expiresAt.getTime() + extensionMs, latest)
  if (order.extensions >= extensionsMax || until - order.expiresAt.getTime() < gainMinMs)
    return { may: false, why: 'used_up' }
  if (order.expiresAt.getTime() - now.getTime() > offeredWithinMs) return { may: false, why: 'not_yet' }
  return { may: true, until: new Date(until) }
}
