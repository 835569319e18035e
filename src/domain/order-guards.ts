/**
 * The rules by which our own deeds about an order and its attempts are refused, beside what the tables of moves do not have: to begin a payment, to close an order, to
 * give up an attempt.
 */
import type { Guards } from './guards.ts'
import type { Attempt, Order } from './order-facts.ts'
import { expiryGraceMs, nextExpiryAt } from './query-schedule.ts'
import { orderMoves } from './states.ts'

export type OrderGuards = {
  start: Guards<'orderIsOpen' | 'deadlineIsAhead', { order: Order; now: Date }>
  expire: Guards<'deadlineHasPassed' | 'providersWereHeard', { order: Order; now: Date; isSilent: boolean }>
  giveUp: Guards<'itsTimeIsOver', { attempt: Attempt; now: Date }>
}

export const orderGuards: OrderGuards = {
  /** May somebody begin to pay it? */
  start: {
    orderIsOpen: ({ order }) => orderMoves[order.status].start !== undefined,
    deadlineIsAhead: ({ order, now }) => order.expiresAt > now,
  },
  /** May an open order be closed because of its deadline? `isSilent`: a provider that may be taking money for it did not answer. */
  expire: {
    deadlineHasPassed: ({ order, now }) => order.expiresAt <= now,
    // Silence is waited for, but not for ever: what still arrives is late money.
    providersWereHeard: ({ order, now, isSilent }) => !isSilent || nextExpiryAt(order.expiresAt, now) === null,
  },
  /** Its provider says that it has no such payment: will there never be one? */
  giveUp: {
    // Until then a citizen may still be paying, and the provider's books may lag behind.
    itsTimeIsOver: ({ attempt, now }) => now.getTime() >= attempt.expiresAt.getTime() + expiryGraceMs,
  },
}
