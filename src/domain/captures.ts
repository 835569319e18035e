/** Which money arrived for an order: captures under one reference each, less what was reversed, and what refunds of surplus take of them. */
import { type DoorGuards, isSameMoney } from './door-guards.ts'
import { refusedBy } from './guards.ts'
import { bySequence, discrepancyKey, isKnown, maximum, minimum, ofKind, refundedOf, sum } from './money-told.ts'
import type { MoneyFact, OrderFacts } from './order-facts.ts'
import { leavingRefunds } from './states.ts'

/**
 * One arrival of money under one provider reference. `net` is what reversals left of it; `returned` what refunds of surplus gave back of that, and
 * `leaving` what they are about to. `isContested` when another attempt had been told of money under the same number. `formerKey` is what it was called while
 * it had been told under our own reference only.
 */
export type Capture = {
  key: string
  formerKey: string | null
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

/** Captures by attempt and reference. Where a provider told two amounts for one reference, the one that is due counts, else the larger. */
export const readCaptures = (facts: OrderFacts, guards: DoorGuards): Capture[] => {
  const groups = Map.groupBy(ofKind(facts.money, 'captured'), (fact) => `${fact.attemptId}:${fact.reference}`)
  const captures = [...groups].map(([key, claims]) => {
    const amounts = claims.map((claim) => claim.amount)
    const amount = amounts.includes(facts.order.amount) ? facts.order.amount : maximum(amounts)
    const [first] = claims.filter((claim) => claim.amount === amount).toSorted(bySequence)
    return first
      ? [
          {
            key,
            formerKey: null,
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
  const joined = joinAnonymous(facts, captures.flat(), guards).toSorted(bySequence)
  return withSurplusTaken(facts, withoutReversed(joined, facts.money))
}

/** Money that is told twice, under our own reference and under the provider's, arrived once: when it was first told of. */
const joinAnonymous = (facts: OrderFacts, captures: readonly Capture[], guards: DoorGuards): Capture[] => {
  const [told, again] = [[], []] as [Capture[], Capture[]]
  for (const capture of captures)
    (refusedBy(guards.arrival, { facts, capture, captures }) === null ? told : again).push(capture)
  return told.map((capture) => {
    const twin = again.find((other) => isSameMoney(capture, other))
    return twin ? { ...capture, formerKey: twin.key, sequence: Math.min(capture.sequence, twin.sequence) } : capture
  })
}

/**
 * Reversals are told per attempt. Each takes from the capture of its own amount, else from the attempt's captures in the order of their references (not of
 * their arrival, which must not matter), and never more than was captured.
 */
export const withoutReversed = <Each extends Pick<Capture, 'key' | 'attemptId' | 'amount' | 'net'>>(
  captures: readonly Each[],
  money: readonly Told[],
): Each[] => {
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

type Told = Pick<MoneyFact, 'attemptId' | 'kind' | 'reference' | 'amount'>

/** One per attempt and reference, with the largest amount told for it, in the order of the references. */
const reversalsOf = (money: readonly Told[]): { attemptId: string; amount: bigint }[] =>
  [
    ...Map.groupBy(
      money.filter((fact) => fact.kind === 'reversed'),
      (fact) => `${fact.attemptId}:${fact.reference}`,
    ),
  ]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, claims]) =>
      claims.slice(0, 1).map(({ attemptId }) => ({ attemptId, amount: maximum(claims.map((claim) => claim.amount)) })),
    )

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
