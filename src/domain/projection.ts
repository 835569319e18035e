/**
 * The state of an order as a function of the facts. Because it looks at the whole set of facts and never at the way there, outcomes may arrive in
 * any order and any number of times: the same set gives the same state and the same balances. The one thing that arrival decides is which of
 * two equal captures pays the order: the one that came first.
 */
import { type Capture, readCaptures } from './captures.ts'
import { type DoorDiscrepancy, findDiscrepancies, findGoneLate } from './door-discrepancies.ts'
import { type DoorGuards, doorGuards } from './door-guards.ts'
import { refusedBy } from './guards.ts'
import { bySequence, ofKind, refundedByHand, refundedOf, sum } from './money-told.ts'
import type { Attempt, Balance, LedgerAccount, OrderFacts, Refund } from './order-facts.ts'
import {
  type AttemptStatus,
  attemptMoves,
  type OrderStatus,
  orderMoves,
  type RefundStatus,
  refundMoves,
  stateAfter,
} from './states.ts'

export type Projection = {
  captures: readonly Capture[]
  status: OrderStatus
  payer: Capture | null
  amountPaid: bigint
  amountRefunded: bigint
  attempts: readonly {
    id: string
    status: AttemptStatus
    paysOrder: boolean
    amountCaptured: bigint
    amountReversed: bigint
    providerReference: string | null
    capturedAt: Date | null
  }[]
  refunds: readonly {
    id: string
    status: RefundStatus
    amountRefunded: bigint
    providerReference: string | null
    succeededAt: Date | null
  }[]
  balances: readonly Balance[]
  discrepancies: readonly DoorDiscrepancy[]
  /** Late money that was not taken and is gone: nothing is wrong with it any more. */
  goneLate: readonly DoorDiscrepancy[]
}

/** Projects the facts of one order. Pure; the facts are not changed. */
export const project = (facts: OrderFacts, guards: DoorGuards = doorGuards): Projection => {
  const captures = readCaptures(facts, guards)
  const payer = choosePayer(facts, captures, guards)
  const status = payer ? stateAfter(orderMoves, facts.order.status, 'capture') : facts.order.status
  return {
    captures,
    status,
    payer,
    amountPaid: payer?.net ?? 0n,
    amountRefunded: sum(
      facts.refunds.filter((refund) => refund.source === 'order').map((refund) => refundedOf(facts, refund)),
    ),
    attempts: facts.attempts.map((attempt) => projectAttempt(attempt, captures, payer)),
    refunds: facts.refunds.map((refund) => projectRefund(facts, refund)),
    balances: projectBalances(facts, captures, payer),
    discrepancies: findDiscrepancies(facts, captures, payer),
    goneLate: findGoneLate(facts, captures, payer),
  }
}

/** Of the captures that may pay the order the one of which reversals left most, and of equals the one that came first. */
const choosePayer = (facts: OrderFacts, captures: readonly Capture[], guards: DoorGuards): Capture | null => {
  const eligible = captures.filter((capture) => refusedBy(guards.payer, { facts, capture }) === null)
  const isRefundedFrom = (capture: Capture) =>
    facts.refunds.some((refund) => refund.source === 'order' && refund.attemptId === capture.attemptId)
  // Money that is still there before money that was reversed; then what somebody has asked back as the payment; then the largest; then the first.
  const rank = (capture: Capture) => (capture.net === 0n ? 2 : isRefundedFrom(capture) ? 0 : 1)
  const byNet = (a: Capture, b: Capture) => (a.net > b.net ? -1 : a.net < b.net ? 1 : 0)
  return eligible.toSorted((a, b) => rank(a) - rank(b) || byNet(a, b) || bySequence(a, b))[0] ?? null
}

const projectAttempt = (
  attempt: Attempt,
  captures: readonly Capture[],
  payer: Capture | null,
): Projection['attempts'][number] => {
  const own = captures.filter((capture) => capture.attemptId === attempt.id)
  return {
    id: attempt.id,
    status: own.length > 0 ? stateAfter(attemptMoves, attempt.status, 'captured') : attempt.status,
    paysOrder: payer?.attemptId === attempt.id,
    amountCaptured: sum(own.map((capture) => capture.amount)),
    amountReversed: sum(own.map((capture) => capture.amount - capture.net)),
    // Our own reference stands in where a source gave none; it is not the provider's.
    providerReference:
      own.find((capture) => capture.reference !== attempt.merchantReference)?.reference ?? attempt.providerReference,
    capturedAt: own[0]?.occurredAt ?? null,
  }
}

const projectRefund = (facts: OrderFacts, refund: Refund): Projection['refunds'][number] => {
  const [first] = ofKind(facts.money, 'refunded')
    .filter((fact) => fact.refundId === refund.id)
    .toSorted(bySequence)
  const amountRefunded = refundedOf(facts, refund)
  const returned = stateAfter(refundMoves, refund.status, 'refunded')
  return {
    id: refund.id,
    // Of what was told to have gone back nothing may be left: all of it has come back.
    status: !first ? refund.status : amountRefunded > 0n ? returned : stateAfter(refundMoves, returned, 'bounced'),
    amountRefunded,
    providerReference: first?.reference ?? refund.providerReference,
    succeededAt: amountRefunded > 0n ? (first?.occurredAt ?? null) : null,
  }
}

/** Receivable from the provider, and the bank for what was returned by hand, on one side; what paid the order, and suspense, on the other. Always sums to zero. */
const projectBalances = (facts: OrderFacts, captures: readonly Capture[], payer: Capture | null): Balance[] => {
  const totals = new Map<string, Balance>()
  const post = (account: LedgerAccount, merchantAccountId: string, amount: bigint) => {
    const key = `${account}:${merchantAccountId}`
    totals.set(key, { account, merchantAccountId, amount: (totals.get(key)?.amount ?? 0n) + amount })
  }
  for (const capture of captures) {
    post('provider_receivable', capture.merchantAccountId, capture.net)
    post(capture.key === payer?.key ? 'collected' : 'suspense', capture.merchantAccountId, -capture.net)
  }
  for (const refund of facts.refunds) {
    const amount = refundedOf(facts, refund)
    const byHand = refundedByHand(facts, refund)
    post('provider_receivable', refund.merchantAccountId, byHand - amount)
    post('bank', refund.merchantAccountId, -byHand)
    post(refund.source === 'order' ? 'collected' : 'suspense', refund.merchantAccountId, amount)
  }
  return [...totals.values()].filter((balance) => balance.amount !== 0n)
}
