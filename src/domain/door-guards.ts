/** The rules by which the door says no: to money as the payer, to news that is none, and to proposals. They look at facts only, and never at who tells. */
import type { Guards } from './guards.ts'
import { wasLate } from './money-told.ts'
import type { MoneyFact, OrderFacts, Refund } from './order-facts.ts'
import { openRefunds, orderMoves } from './states.ts'

type Paying = {
  facts: OrderFacts
  capture: {
    key: string
    formerKey: string | null
    attemptId: string
    amount: bigint
    returned: bigint
    leaving: bigint
    isContested: boolean
  }
}
type Telling = { facts: OrderFacts; fact: Omit<MoneyFact, 'id'> }
type Counting = { facts: OrderFacts; capture: Counted; captures: readonly Counted[] }
type Counted = { attemptId: string; reference: string; amount: bigint }
type Closed = { known: OrderFacts['discrepancies'][number]; found: { amount: bigint } }
type Proposing = { refunds: readonly Refund[]; surplus: { attemptId: string; amount: bigint } }

export type DoorGuards = {
  payer: Guards<
    'orderTakesMoney' | 'amountEqualsDue' | 'referenceIsItsOwn' | 'nothingGoesBack' | 'wasNotRefusedAsLate',
    Paying
  >
  fact: Guards<'isNews', Telling>
  arrival: Guards<'isNotToldTwice', Counting>
  reopening: Guards<'wasNotSettledByPerson', Closed>
  proposal: Guards<'isNotProposed' | 'nothingIsUnderWay' | 'wasNotRefused', Proposing>
}

export const doorGuards: DoorGuards = {
  /** May this capture pay its order? */
  payer: {
    // An order that is over takes money as long as its agency, and the dossier, still wait for it.
    orderTakesMoney: ({ facts: { order, acceptsLateMoney } }) =>
      orderMoves[order.status].capture !== undefined &&
      (order.status === 'open' || order.status === 'paid' || acceptsLateMoney),
    // Never less, never more, never nothing: of a waived order nothing is due.
    amountEqualsDue: ({ facts, capture }) => capture.amount === facts.order.amount,
    // One transaction of a provider pays one attempt.
    referenceIsItsOwn: ({ capture }) => !capture.isContested,
    nothingGoesBack: ({ capture }) => capture.returned + capture.leaving === 0n,
    wasNotRefusedAsLate: ({ facts, capture }) => !wasLate(facts, capture),
  },
  /** Is this money that nobody has told of yet? */
  fact: {
    isNews: ({ facts, fact }) =>
      !facts.money.some(
        (known) =>
          known.kind === fact.kind &&
          known.attemptId === fact.attemptId &&
          known.refundId === fact.refundId &&
          known.reference === fact.reference &&
          known.amount === fact.amount,
      ),
  },
  /** Is this an arrival of money of its own? */
  arrival: {
    // A source that knows no provider reference is kept under our own. Another one that names the provider's speaks of the same money.
    isNotToldTwice: ({ facts, capture, captures }) =>
      !isAnonymous(facts, capture) ||
      !captures.some((other) => isSameMoney(capture, other) && !isAnonymous(facts, other)),
  },
  /** Does a discrepancy that is closed, and that the facts bear out, come up again? */
  reopening: {
    wasNotSettledByPerson: ({ known, found }) => known.closedByDoor || found.amount !== known.amount,
  },
  /** May the gateway propose to return this surplus? */
  proposal: {
    isNotProposed: ({ refunds, surplus }) =>
      !refunds.some(
        ({ status, attemptId, amount }) =>
          status === 'proposed' && attemptId === surplus.attemptId && amount === surplus.amount,
      ),
    // One open refund of an attempt at a time; the proposal follows when that one is over.
    nothingIsUnderWay: ({ refunds, surplus }) =>
      !refunds.some(
        ({ status, attemptId }) =>
          attemptId === surplus.attemptId && status !== 'proposed' && openRefunds.includes(status),
      ),
    wasNotRefused: ({ refunds, surplus }) =>
      !refunds.some(
        ({ status, attemptId, source, amount }) =>
          attemptId === surplus.attemptId &&
          source === 'surplus' &&
          amount === surplus.amount &&
          (status === 'rejected' || status === 'failed'),
      ),
  },
}

const isAnonymous = ({ attempts }: OrderFacts, { attemptId, reference }: Counted): boolean =>
  attempts.some(({ id, merchantReference }) => id === attemptId && merchantReference === reference)

/** Two captures of one attempt over the same amount. */
export const isSameMoney = (a: Counted, b: Counted): boolean =>
  a !== b && a.attemptId === b.attemptId && a.amount === b.amount
