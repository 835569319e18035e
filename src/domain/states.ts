/** The states of orders, attempts and refunds, and every legal move between them. */

export type OrderStatus = 'open' | 'paid' | 'expired' | 'cancelled' | 'waived'
export type OrderEvent = 'capture' | 'expire' | 'cancel'
export type AttemptStatus = 'created' | 'pending' | 'unknown' | 'captured' | 'failed' | 'expired'
export type RefundStatus =
  | 'proposed'
  | 'requested'
  | 'approved'
  | 'sending'
  | 'pending'
  | 'unknown'
  | 'succeeded'
  | 'failed'
  | 'rejected'
  | 'withdrawn'

/** Every legal move of an order. A pair that is absent here is refused. */
export const orderMoves: Record<OrderStatus, Partial<Record<OrderEvent, OrderStatus>>> = {
  open: { capture: 'paid', expire: 'expired', cancel: 'cancelled' },
  // Money can arrive after the deadline. It is still money, so the order can still be paid.
  expired: { capture: 'paid' },
  cancelled: { capture: 'paid' },
  paid: {},
  waived: {},
}

/**
 * How much evidence stands behind an attempt's state. A state only ever gives way to a stronger one, which is what makes the order of arrival
 * irrelevant: what a provider says beats what our clock says, and money beats everything.
 */
export const attemptStrength: Record<AttemptStatus, number> = {
  created: 0,
  unknown: 1,
  pending: 2,
  expired: 3,
  failed: 4,
  captured: 5,
}

/** The same for a refund that has been sent: money that went back stands against a later or earlier `failed`. */
export const refundStrength: Record<RefundStatus, number> = {
  proposed: 0,
  requested: 0,
  withdrawn: 0,
  rejected: 0,
  approved: 1,
  sending: 2,
  unknown: 3,
  pending: 4,
  failed: 5,
  succeeded: 6,
}

/** The stronger of two states. */
export const strongerAttempt = (a: AttemptStatus, b: AttemptStatus): AttemptStatus =>
  attemptStrength[b] > attemptStrength[a] ? b : a
export const strongerRefund = (a: RefundStatus, b: RefundStatus): RefundStatus =>
  refundStrength[b] > refundStrength[a] ? b : a

/** Attempts that a citizen might still be paying. */
export const unsettledAttempts: readonly AttemptStatus[] = ['created', 'pending', 'unknown']
/** Refunds that wait for somebody: a checker, the provider or the next query. One such refund per attempt. */
export const openRefunds: readonly RefundStatus[] = [
  'proposed',
  'requested',
  'approved',
  'sending',
  'pending',
  'unknown',
]
/** Refunds that were handed to the provider, or may have been. */
export const sentRefunds: readonly RefundStatus[] = ['sending', 'pending', 'unknown', 'succeeded']
