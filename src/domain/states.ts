/** The states of orders, attempts and refunds, and every legal move between them. */

export type OrderStatus = 'open' | 'paid' | 'expired' | 'cancelled' | 'waived'
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

/** What happens to an order: money comes, its deadline passes or is moved, its portal takes it back, a citizen begins to pay it. */
export type OrderEvent = 'start' | 'extend' | 'capture' | 'expire' | 'cancel'
/**
 * What happens to an attempt. `accepted`, `refused` and `silence` are what the call that starts it came to; `pending`, `failed` and `captured` are what a source
 * of truth tells; `denied` is a provider that has never heard of it when its time is over.
 */
export type AttemptEvent = 'accepted' | 'refused' | 'silence' | 'pending' | 'failed' | 'captured' | 'denied'
/**
 * What happens to a refund. Deeds of ours first: `send` hands it to its provider and `repeat` does so once more under the same reference, `handOver` leaves it to
 * a person, `release` takes back a call that never left, `silence` is a call without an answer. The rest is what a source of truth tells.
 */
export type RefundEvent =
  | 'approve'
  | 'reject'
  | 'withdraw'
  | 'send'
  | 'repeat'
  | 'handOver'
  | 'release'
  | 'silence'
  | 'pending'
  | 'failed'
  | 'refunded'
  | 'bounced'

/** Every legal move. A pair that is absent is refused, and news of that kind changes no state. */
export type Moves<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>

export const orderMoves: Moves<OrderStatus, OrderEvent> = {
  open: { start: 'open', extend: 'open', capture: 'paid', expire: 'expired', cancel: 'cancelled' },
  // Money can arrive after the deadline. It is still money, so the order can still be paid.
  expired: { capture: 'paid' },
  cancelled: { capture: 'paid' },
  // More money may change which capture pays, never that it is paid.
  paid: { capture: 'paid' },
  waived: {},
}

/** Told in any order, the same news end in the same state: what a provider says beats what our clock says, and money beats everything. */
export const attemptMoves: Moves<AttemptStatus, AttemptEvent> = {
  created: {
    accepted: 'pending',
    refused: 'failed',
    silence: 'unknown',
    pending: 'pending',
    failed: 'failed',
    captured: 'captured',
    denied: 'expired',
  },
  unknown: { pending: 'pending', failed: 'failed', captured: 'captured', denied: 'expired' },
  pending: { failed: 'failed', captured: 'captured', denied: 'expired' },
  expired: { failed: 'failed', captured: 'captured' },
  failed: { captured: 'captured' },
  captured: {},
}

export const refundMoves: Moves<RefundStatus, RefundEvent> = {
  // Of what nobody has handed over no provider knows anything, unless the money is gone.
  proposed: { approve: 'approved', reject: 'rejected', withdraw: 'withdrawn', refunded: 'succeeded' },
  requested: { approve: 'approved', reject: 'rejected', refunded: 'succeeded' },
  approved: { send: 'sending', withdraw: 'withdrawn', pending: 'pending', failed: 'failed', refunded: 'succeeded' },
  sending: {
    repeat: 'sending',
    handOver: 'pending',
    release: 'approved',
    withdraw: 'withdrawn',
    silence: 'unknown',
    pending: 'pending',
    failed: 'failed',
    refunded: 'succeeded',
  },
  unknown: { repeat: 'sending', pending: 'pending', failed: 'failed', refunded: 'succeeded' },
  pending: { failed: 'failed', refunded: 'succeeded' },
  // Money that went back stands against a `failed` of before or after.
  failed: { refunded: 'succeeded' },
  // A transfer by hand that its bank gave back.
  succeeded: { bounced: 'failed' },
  rejected: { refunded: 'succeeded' },
  withdrawn: { refunded: 'succeeded' },
}

/** The state after an event: the table's, or the same state where the table has no such move. */
export const stateAfter = <State extends string, Event extends string>(
  moves: Moves<State, Event>,
  state: State,
  event: Event,
): State => moves[state][event] ?? state

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
/** Refunds of which only their provider, a statement or a person knows the end. */
export const refundsUnderWay: readonly RefundStatus[] = ['sending', 'pending', 'unknown']
/** Refunds whose money is about to leave: somebody has agreed to them, and they have no end yet. */
export const leavingRefunds: readonly RefundStatus[] = ['approved', ...refundsUnderWay]
/** Refunds that were handed to the provider, or may have been. */
export const sentRefunds: readonly RefundStatus[] = ['sending', 'pending', 'unknown', 'succeeded']
