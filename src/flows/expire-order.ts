/** Closes an order whose deadline has passed. While a citizen may still be paying it, the provider is asked first. */
import { refusedBy } from '../domain/guards.ts'
import { linkEvents } from '../domain/order-events.ts'
import type { OrderFacts } from '../domain/order-facts.ts'
import { orderGuards } from '../domain/order-guards.ts'
import { presentOrder } from '../domain/present.ts'
import { nextExpiryAt } from '../domain/query-schedule.ts'
import { orderMoves, unsettledAttempts } from '../domain/states.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { changeOrder, type Decision } from './change-order.ts'
import type { Deps } from './deps.ts'
import { queryAttempt } from './query-attempt.ts'

/** `closed`: it was no longer open, for example because the provider just said that it is paid. */
export type Expiry = { result: 'expired' | 'closed' } | { result: 'postponed'; until: Date }

/**
 * Expires one order, unless its deadline is still to come, a provider says that it was paid, or a provider cannot be reached: then it is postponed, for
 * a day at most. After that it expires all the same; money that still arrives is late money.
 */
export const expireOrder = async (deps: Deps, orderId: string): Promise<Expiry> => {
  const facts = await loadFacts(deps.db, everyAgency, { orderId })
  if (facts?.order.status !== 'open') return { result: 'closed' }
  const { expiresAt } = facts.order
  if (expiresAt > deps.now()) return { result: 'postponed', until: expiresAt }
  const isSilent = await askProviders(deps, facts)
  return changeOrder(deps, { scope: everyAgency, order: { orderId } }, (current) => closeOpen(deps, current, isSilent))
}

/** Asks about every attempt that might still be paid; true when one of them stayed without an answer. */
const askProviders = async (deps: Deps, { order, attempts }: OrderFacts): Promise<boolean> => {
  const unsettled = attempts.filter((attempt) => unsettledAttempts.includes(attempt.status))
  const findings = await Promise.all(unsettled.map(({ id }) => queryAttempt(deps, { orderId: order.id, id })))
  return findings.includes('no_answer')
}

/** Decided on the order as it is now: a payment that came in since the providers were asked stands, and so does time that somebody was given. */
const closeOpen = (deps: Deps, facts: OrderFacts | null, isSilent: boolean): Decision<Expiry> => {
  if (!facts) return { answer: { result: 'closed' } }
  const { order, attempts } = facts
  const now = deps.now()
  const status = orderMoves[order.status].expire
  if (!status) return { answer: { result: 'closed' } }
  const no = refusedBy(orderGuards.expire, { order, now, isSilent })
  if (no === 'deadlineHasPassed') return { answer: { result: 'postponed', until: order.expiresAt } }
  if (no) return { answer: { result: 'postponed', until: nextExpiryAt(order.expiresAt, now) ?? now } }
  const data = presentOrder({ ...order, status }, attempts, deps.publicUrl)
  const events = linkEvents(order, [{ type: 'order.expired', data }], { newId: deps.newId, now })
  const closed = { status, closedAt: now, closedReason: 'expired', nextExpiryAt: null }
  return { answer: { result: 'expired' }, write: { order: closed, events, now } }
}
