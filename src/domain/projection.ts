/**
 * The state of an order as a function of the facts. Because it looks at the whole set of facts and never at the way there, outcomes may arrive in
 * any order and any number of times: the same set gives the same state and the same balances. The one thing that arrival decides is which of
 * two equal captures pays the order: the one that came first.
 */
import type { Attempt, Balance, DoorClass, LedgerAccount, MoneyFact, OrderFacts, Refund } from './order-facts.ts'
import {
  type AttemptStatus,
  type OrderStatus,
  orderMoves,
  type RefundStatus,
  strongerAttempt,
  strongerRefund,
} from './states.ts'

/**
 * One arrival of money under one provider reference. `net` is what reversals left of it; `returned` what refunds of surplus gave back of that, and
 * `leaving` what they are about to. `isContested` when another attempt had been told of money under the same number.
 */
export type Capture = {
  key: string
  attemptId: string
  merchantAccountId: string
  reference: string
  amount: bigint
  net: bigint
  returned: bigint
  leaving: bigint
  isContested: boolean
  sequence: number
  occurredAt: Date
}

export type DoorDiscrepancy = {
  key: string
  class: DoorClass
  attemptId: string
  merchantAccountId: string
  refundId: string | null
  amount: bigint
}

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
}

/** Projects the facts of one order. Pure; the facts are not changed. */
export const project = (facts: OrderFacts): Projection => {
  const captures = readCaptures(facts)
  const payer = choosePayer(facts, captures)
  const status = payer ? (orderMoves[facts.order.status].capture ?? facts.order.status) : facts.order.status
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
    discrepancies: [...captureDiscrepancies(facts, captures, payer), ...refundDiscrepancies(facts, captures, payer)],
  }
}

/** Captures by attempt and reference. Where a provider told two amounts for one reference, the one that is due counts, else the larger. */
const readCaptures = (facts: OrderFacts): Capture[] => {
  const groups = Map.groupBy(ofKind(facts.money, 'captured'), (fact) => `${fact.attemptId}:${fact.reference}`)
  const captures = [...groups].map(([key, claims]) => {
    const amounts = claims.map((claim) => claim.amount)
    const amount = amounts.includes(facts.order.amount) ? facts.order.amount : maximum(amounts)
    const [first] = claims.filter((claim) => claim.amount === amount).toSorted(bySequence)
    return first
      ? [
          {
            key,
            attemptId: first.attemptId,
            merchantAccountId: first.merchantAccountId,
            reference: first.reference,
            amount,
            net: amount,
            returned: 0n,
            leaving: 0n,
            isContested: first.isContested,
            sequence: first.sequence,
            occurredAt: first.occurredAt,
          },
        ]
      : []
  })
  const joined = joinAnonymous(facts, captures.flat()).toSorted(bySequence)
  return withSurplusTaken(facts, withoutReversed(joined, facts.money))
}

/**
 * A source that knows no provider reference is kept under our own. Once another source names the provider's for the same attempt and amount, the two are one
 * arrival of money, told twice.
 */
const joinAnonymous = (facts: OrderFacts, captures: readonly Capture[]): Capture[] => {
  const isAnonymous = (capture: Capture) =>
    facts.attempts.some(
      (attempt) => attempt.id === capture.attemptId && attempt.merchantReference === capture.reference,
    )
  const isSameMoney = (a: Capture, b: Capture) => a !== b && a.attemptId === b.attemptId && a.amount === b.amount
  const anonymous = captures.filter(isAnonymous)
  return captures
    .filter(
      (capture) =>
        !anonymous.includes(capture) ||
        !captures.some((other) => isSameMoney(capture, other) && !anonymous.includes(other)),
    )
    .map((capture) => {
      const twin = anonymous.find((other) => isSameMoney(capture, other))
      return twin ? { ...capture, sequence: Math.min(capture.sequence, twin.sequence) } : capture
    })
}

/**
 * Reversals are told per attempt. Each takes from the capture of its own amount, else from the attempt's captures in the order of their references (not of
 * their arrival, which must not matter), and never more than was captured.
 */
const withoutReversed = (captures: readonly Capture[], money: readonly MoneyFact[]): Capture[] => {
  const net = new Map(captures.map((capture) => [capture.key, capture.net]))
  const ordered = captures.toSorted((a, b) => (a.key < b.key ? -1 : 1))
  for (const { attemptId, amount } of reversalsOf(money)) {
    const own = ordered.filter((capture) => capture.attemptId === attemptId)
    const exact = own.find((capture) => capture.amount === amount && net.get(capture.key) === amount)
    let left = amount
    for (const capture of exact ? [exact] : own) {
      const taken = minimum(left, net.get(capture.key) ?? 0n)
      net.set(capture.key, (net.get(capture.key) ?? 0n) - taken)
      left -= taken
    }
  }
  return captures.map((capture) => ({ ...capture, net: net.get(capture.key) ?? 0n }))
}

/** One per attempt and reference, with the largest amount told for it, in the order of the references. */
const reversalsOf = (money: readonly MoneyFact[]): { attemptId: string; amount: bigint }[] =>
  [...Map.groupBy(ofKind(money, 'reversed'), (fact) => `${fact.attemptId}:${fact.reference}`)]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, claims]) =>
      claims.slice(0, 1).map(({ attemptId }) => ({ attemptId, amount: maximum(claims.map((claim) => claim.amount)) })),
    )

/** A capture of exactly the amount due pays the order: the one of which reversals left most, and of equals the one that came first. */
const choosePayer = (facts: OrderFacts, captures: readonly Capture[]): Capture | null => {
  const { order } = facts
  const payable =
    order.status === 'open' || order.status === 'paid' || (order.status !== 'waived' && facts.acceptsLateMoney)
  if (!payable || order.amount === 0n) return null
  const eligible = captures.filter(
    (capture) =>
      capture.amount === order.amount &&
      !capture.isContested &&
      // Money that goes back to the payer, or that was refused as late, no longer pays.
      capture.returned + capture.leaving === 0n &&
      !isKnown(facts, discrepancyKey('late_payment', capture.key)),
  )
  const isRefundedFrom = (capture: Capture) =>
    facts.refunds.some((refund) => refund.source === 'order' && refund.attemptId === capture.attemptId)
  // Money that is still there before money that was reversed; then what somebody has asked back as the payment; then the largest; then the first.
  const rank = (capture: Capture) => (capture.net === 0n ? 2 : isRefundedFrom(capture) ? 0 : 1)
  const byNet = (a: Capture, b: Capture) => (a.net > b.net ? -1 : a.net < b.net ? 1 : 0)
  return eligible.toSorted((a, b) => rank(a) - rank(b) || byNet(a, b) || bySequence(a, b))[0] ?? null
}

/**
 * Refunds of surplus are asked for by attempt. Where an attempt has several captures they take from those that cannot pay first, then from those that the door
 * has named as surplus, then in the order of their references; so the capture that pays is left alone as long as another one can give.
 */
const withSurplusTaken = (facts: OrderFacts, captures: readonly Capture[]): Capture[] => {
  const rank = (capture: Capture) =>
    capture.amount !== facts.order.amount || capture.isContested ? 0 : isNamedSurplus(facts, capture) ? 1 : 2
  const order = captures.toSorted((a, b) => rank(a) - rank(b) || (a.key > b.key ? -1 : 1))
  const taken = new Map<string, { returned: bigint; leaving: bigint }>()
  for (const attempt of facts.attempts) {
    const { returned, leaving } = surplusRefunds(facts, attempt.id)
    let [back, going] = [returned, leaving]
    for (const capture of order.filter((each) => each.attemptId === attempt.id)) {
      const gone = minimum(back, capture.net)
      const soon = minimum(going, capture.net - gone)
      taken.set(capture.key, { returned: gone, leaving: soon })
      back -= gone
      going -= soon
    }
  }
  return captures.map((capture) => ({ ...capture, ...taken.get(capture.key) }))
}

const isNamedSurplus = (facts: OrderFacts, capture: Capture): boolean =>
  (['paid_twice', 'late_payment'] as const).some((name) => isKnown(facts, discrepancyKey(name, capture.key)))

/** What refunds of surplus gave back of an attempt, and what those that somebody has approved are about to. */
const surplusRefunds = (facts: OrderFacts, attemptId: string): { returned: bigint; leaving: bigint } => {
  const own = facts.refunds.filter((refund) => refund.source === 'surplus' && refund.attemptId === attemptId)
  const returned = sum(own.map((refund) => refundedOf(facts, refund)))
  const waiting = own.filter((refund) => leavingRefunds.includes(refund.status) && refundedOf(facts, refund) === 0n)
  return { returned, leaving: sum(waiting.map((refund) => refund.amount)) }
}

const leavingRefunds: readonly RefundStatus[] = ['approved', 'sending', 'pending', 'unknown']

const projectAttempt = (
  attempt: Attempt,
  captures: readonly Capture[],
  payer: Capture | null,
): Projection['attempts'][number] => {
  const own = captures.filter((capture) => capture.attemptId === attempt.id)
  return {
    id: attempt.id,
    status: own.length > 0 ? strongerAttempt(attempt.status, 'captured') : attempt.status,
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
  return {
    id: refund.id,
    status: first ? strongerRefund(refund.status, 'succeeded') : refund.status,
    amountRefunded: refundedOf(facts, refund),
    providerReference: first?.reference ?? refund.providerReference,
    succeededAt: first?.occurredAt ?? null,
  }
}

/** Receivable from the provider on one side; what paid the order, and suspense, on the other. Always sums to zero. */
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
    post('provider_receivable', refund.merchantAccountId, -amount)
    post(refund.source === 'order' ? 'collected' : 'suspense', refund.merchantAccountId, amount)
  }
  return [...totals.values()].filter((balance) => balance.amount !== 0n)
}

const captureDiscrepancies = (
  facts: OrderFacts,
  captures: readonly Capture[],
  payer: Capture | null,
): DoorDiscrepancy[] =>
  captures.flatMap((capture) => {
    if (capture.key === payer?.key) {
      const reversed = capture.amount - capture.net
      return reversed > 0n ? [discrepancy('reversed', capture, reversed)] : []
    }
    const held = capture.net - capture.returned
    if (held === 0n) return []
    if (capture.isContested) return [discrepancy('reference_reused', capture, held)]
    if (capture.amount !== facts.order.amount) return [discrepancy('amount_mismatch', capture, held)]
    const isLate =
      isKnown(facts, discrepancyKey('late_payment', capture.key)) || (!payer && facts.order.status !== 'paid')
    return [discrepancy(isLate ? 'late_payment' : 'paid_twice', capture, held)]
  })

const isKnown = (facts: OrderFacts, key: string): boolean => facts.discrepancies.some((known) => known.key === key)

/** A refund that was never sent, or of another amount than asked; and more money returned than there was. */
const refundDiscrepancies = (
  facts: OrderFacts,
  captures: readonly Capture[],
  payer: Capture | null,
): DoorDiscrepancy[] => [
  ...facts.refunds.flatMap((refund) => {
    const refunded = refundedOf(facts, refund)
    return refunded === 0n || (refunded === refund.amount && refund.sentAt)
      ? []
      : [refundMismatch(refund, refund.id, refunded)]
  }),
  ...facts.attempts.flatMap((attempt) => overReturned(facts, { attempt, captures, payer })),
]

type Held = { attempt: Attempt; captures: readonly Capture[]; payer: Capture | null }

/** Money that went back twice, for example by a refund and by a reversal: the payer has more than they paid. */
const overReturned = (facts: OrderFacts, { attempt, captures, payer }: Held): DoorDiscrepancy[] => {
  const own = captures.filter((capture) => capture.attemptId === attempt.id)
  const ofPayer = own.find((capture) => capture.key === payer?.key)?.net ?? 0n
  const ofSurplus = sum(own.map((capture) => capture.net)) - ofPayer
  return (['order', 'surplus'] as const).flatMap((source) => {
    const refunds = facts.refunds.filter((refund) => refund.source === source && refund.attemptId === attempt.id)
    const excess = sum(refunds.map((refund) => refundedOf(facts, refund))) - (source === 'order' ? ofPayer : ofSurplus)
    const [first] = refunds
    return first && excess > 0n ? [refundMismatch(first, `${source}:${attempt.id}`, excess)] : []
  })
}

const refundMismatch = (refund: Refund, about: string, amount: bigint): DoorDiscrepancy => ({
  key: discrepancyKey('refund_mismatch', about),
  class: 'refund_mismatch',
  attemptId: refund.attemptId,
  merchantAccountId: refund.merchantAccountId,
  refundId: refund.id,
  amount,
})

const discrepancy = (name: DoorClass, capture: Capture, amount: bigint): DoorDiscrepancy => ({
  key: discrepancyKey(name, capture.key),
  class: name,
  attemptId: capture.attemptId,
  merchantAccountId: capture.merchantAccountId,
  refundId: null,
  amount,
})

const discrepancyKey = (name: DoorClass, about: string): string => `${name}:${about}`

/** A refund that one source told under our own reference and another under the provider's went back once. */
const refundedOf = (facts: OrderFacts, refund: Refund): bigint => {
  const told = facts.money.filter((fact) => fact.kind === 'refunded' && fact.refundId === refund.id)
  const named = told.filter((fact) => fact.reference !== refund.merchantReference)
  const anonymous = told.filter(
    (fact) => fact.reference === refund.merchantReference && !named.some((other) => other.amount === fact.amount),
  )
  return sumByReference([...named, ...anonymous])
}

/** A reference counts once, with the largest amount told for it. */
const sumByReference = (facts: readonly MoneyFact[]): bigint =>
  sum(
    [...Map.groupBy(facts, (fact) => fact.reference).values()].map((claims) =>
      maximum(claims.map((claim) => claim.amount)),
    ),
  )

const ofKind = (money: readonly MoneyFact[], kind: MoneyFact['kind']): MoneyFact[] =>
  money.filter((fact) => fact.kind === kind)
const bySequence = (a: { sequence: number }, b: { sequence: number }): number => a.sequence - b.sequence
const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, amount) => total + amount, 0n)
const maximum = (amounts: readonly bigint[]): bigint =>
  amounts.reduce((most, amount) => (amount > most ? amount : most), 0n)
const minimum = (a: bigint, b: bigint): bigint => (a < b ? a : b)
