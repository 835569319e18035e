/**
 * What one outcome changes: the facts with the outcome among them, projected, less what is stored already. An outcome that was told before changes
 * nothing, because its projection is what is stored.
 */

import type { DoorDiscrepancy } from './door-discrepancies.ts'
import { type DoorGuards, doorGuards } from './door-guards.ts'
import { refusedBy } from './guards.ts'
import type { Attempt, Balance, MoneyFact, OrderFacts, Refund } from './order-facts.ts'
import { type DoorOutcome, movesMoney, type OutcomeSource, outcomeSubject } from './outcome.ts'
import { type Projection, project } from './projection.ts'
import {
  type AttemptStatus,
  attemptMoves,
  type OrderStatus,
  type RefundStatus,
  refundMoves,
  stateAfter,
} from './states.ts'
import { planSurplus, type Surplus } from './surplus.ts'

export type Told = { outcome: DoorOutcome; source: OutcomeSource; receivedAt: Date; factId: string }

export type OrderChange = {
  /** The new fact; null when the outcome moved no money or was known. */
  fact: MoneyFact | null
  order: {
    status: OrderStatus
    amountPaid: bigint
    amountRefunded: bigint
    paidBy: string | null
    paidAt: Date | null
  } | null
  attempts: readonly (Projection['attempts'][number] & { failureCode: string | null; was: AttemptStatus })[]
  refunds: readonly (Projection['refunds'][number] & { failureCode: string | null; was: RefundStatus })[]
  /** Signed đồng by account and merchant account; sums to zero. Empty when no money moved. */
  postings: readonly Balance[]
  opened: readonly DoorDiscrepancy[]
  /** Discrepancies that were over before they were told of: they are opened and closed at once, and so are known from now on. */
  passed: readonly DoorDiscrepancy[]
  /** Discrepancies that are still open, over another amount than before. */
  resized: readonly { id: string; key: string; amount: bigint }[]
  /** Discrepancies that the facts bear out again, after the door had closed them or over another amount than a person resolved. */
  reopened: readonly { id: string; key: string; class: string; attemptId: string; amount: bigint }[]
  /** Discrepancies that the facts no longer bear out. */
  closed: readonly { id: string; key: string }[]
  surplus: readonly Surplus[]
  /** Proposed refunds whose surplus is gone. */
  withdrawn: readonly string[]
}

export type Applied = { change: OrderChange | null; standing: 'new' | 'known'; amountMatches: boolean }

/**
 * Applies one outcome to the facts of the order that it belongs to. The reference must be one of the order's attempts or refunds; null otherwise.
 * `change` is null when nothing has to be written.
 */
export const applyOutcome = (facts: OrderFacts, told: Told, guards: DoorGuards = doorGuards): Applied | null => {
  const subject = findSubject(facts, told.outcome)
  if (!subject) return null
  const fact = newFact(facts, told, subject, guards)
  const next = withOutcome(facts, told.outcome, subject, fact)
  const change = difference({ stored: facts, next, guards }, { fact, code: told.outcome.code })
  return { change, standing: change ? 'new' : 'known', amountMatches: amountMatches(told.outcome, subject) }
}

/** What projecting the facts again would change without any new outcome: null when the stored state is what the facts say. */
export const recheck = (facts: OrderFacts, guards: DoorGuards = doorGuards): OrderChange | null =>
  difference({ stored: facts, next: facts, guards }, { fact: null, code: '' })

/**
 * The facts as they stand once a change and the refunds that it proposes are committed. `ids` gives each opened discrepancy its id.
 */
export const afterChange = (
  facts: OrderFacts,
  change: OrderChange,
  more: { proposals: readonly Refund[]; ids: (key: string) => string },
): OrderFacts => ({
  ...facts,
  order: { ...facts.order, ...change.order },
  attempts: facts.attempts.map((attempt) => {
    const { was: _was, ...moved } = change.attempts.find((each) => each.id === attempt.id) ?? { was: null }
    return { ...attempt, ...moved }
  }),
  refunds: [
    ...facts.refunds.map((refund) => {
      const { was: _was, ...moved } = change.refunds.find((each) => each.id === refund.id) ?? { was: null }
      return { ...refund, ...moved, ...(change.withdrawn.includes(refund.id) ? { status: 'withdrawn' as const } : {}) }
    }),
    ...more.proposals,
  ],
  money: change.fact ? [...facts.money, change.fact] : facts.money,
  balances: balanceDifference(
    facts.balances.map((balance) => ({ ...balance, amount: -balance.amount })),
    change.postings,
  ),
  discrepancies: [
    ...facts.discrepancies.map((known) => moveDiscrepancy(known, change)),
    ...[...change.opened, ...change.passed].map((item) => ({
      id: more.ids(item.key),
      key: item.key,
      class: item.class,
      attemptId: item.attemptId,
      amount: item.amount,
      isOpen: !change.passed.includes(item),
      closedByDoor: change.passed.includes(item),
    })),
  ],
})

const moveDiscrepancy = (known: OrderFacts['discrepancies'][number], change: OrderChange): typeof known => {
  if (change.closed.some((closed) => closed.id === known.id)) return { ...known, isOpen: false, closedByDoor: true }
  const again = change.reopened.find((reopened) => reopened.id === known.id)
  const amount = (again ?? change.resized.find((resized) => resized.id === known.id))?.amount ?? known.amount
  return again ? { ...known, amount, isOpen: true, closedByDoor: false } : { ...known, amount }
}

type Subject = { attempt: Attempt; refund: Refund | null }

const findSubject = (facts: OrderFacts, outcome: DoorOutcome): Subject | null => {
  if (outcomeSubject(outcome) === 'payment') {
    const attempt = facts.attempts.find((candidate) => candidate.merchantReference === outcome.merchantReference)
    return attempt ? { attempt, refund: null } : null
  }
  const refund = facts.refunds.find((candidate) => candidate.merchantReference === outcome.merchantReference)
  const attempt = facts.attempts.find((candidate) => candidate.id === refund?.attemptId)
  return refund && attempt ? { attempt, refund } : null
}

const amountMatches = (outcome: DoorOutcome, { attempt, refund }: Subject): boolean =>
  !movesMoney(outcome) || outcome.status === 'reversed' || outcome.amount === (refund ?? attempt).amount

const newFact = (
  facts: OrderFacts,
  { outcome, source, receivedAt, factId }: Told,
  { attempt, refund }: Subject,
  guards: DoorGuards,
): MoneyFact | null => {
  if (!movesMoney(outcome)) return null
  const reference = outcome.providerReference ?? outcome.merchantReference
  const fact: MoneyFact = {
    id: factId,
    attemptId: attempt.id,
    refundId: refund?.id ?? null,
    merchantAccountId: attempt.merchantAccountId,
    kind: outcome.status,
    reference,
    amount: outcome.amount,
    source,
    code: outcome.code,
    occurredAt: outcome.occurredAt ?? receivedAt,
    receivedAt,
    isContested: outcome.status === 'captured' && facts.takenReference === reference,
    sequence: facts.money.reduce((last, known) => Math.max(last, known.sequence), 0) + 1,
  }
  return refusedBy(guards.fact, { facts, fact }) === null ? fact : null
}

const withOutcome = (
  facts: OrderFacts,
  outcome: DoorOutcome,
  { attempt, refund }: Subject,
  fact: MoneyFact | null,
): OrderFacts => {
  if (movesMoney(outcome)) {
    return fact ? { ...facts, money: [...facts.money, fact] } : facts
  }
  const quiet = outcome.status
  if (refund) {
    const moved = {
      ...refund,
      status: stateAfter(refundMoves, refund.status, quiet),
      providerReference: refund.providerReference ?? outcome.providerReference,
    }
    return { ...facts, refunds: facts.refunds.map((each) => (each.id === refund.id ? moved : each)) }
  }
  const moved = { ...attempt, status: stateAfter(attemptMoves, attempt.status, quiet) }
  return { ...facts, attempts: facts.attempts.map((each) => (each.id === attempt.id ? moved : each)) }
}

/** What `next` is projected to less what is stored. `stored` is what was loaded, `next` the same with the news among it. */
const difference = (
  { stored, next, guards }: { stored: OrderFacts; next: OrderFacts; guards: DoorGuards },
  cause: { fact: MoneyFact | null; code: string },
): OrderChange | null => {
  const target = project(next, guards)
  const refunds = next.refunds.map((refund) => ({ ...refund, ...target.refunds.find((each) => each.id === refund.id) }))
  const surplus = planSurplus(refunds, target, guards)
  const change: OrderChange = {
    fact: cause.fact,
    order: orderDifference(stored, target),
    attempts: target.attempts.flatMap((attempt) => attemptDifference(stored, attempt, cause.code)),
    refunds: target.refunds.flatMap((refund) => refundDifference(stored, refund, cause.code)),
    postings: balanceDifference(stored.balances, target.balances),
    opened: target.discrepancies.filter((item) => !stored.discrepancies.some((known) => known.key === item.key)),
    passed: cause.fact?.kind === 'captured' ? target.goneLate : [],
    resized: stored.discrepancies.flatMap((known) => resize(known, target)),
    reopened: stored.discrepancies.flatMap((known) => reopen(known, target, guards)),
    closed: stored.discrepancies.filter(
      (known) => known.isOpen && !target.discrepancies.some((item) => item.key === known.key),
    ),
    surplus: surplus.propose,
    withdrawn: surplus.withdraw,
  }
  const isNothing =
    !change.fact &&
    !change.order &&
    [
      change.attempts,
      change.refunds,
      change.postings,
      change.opened,
      change.passed,
      change.resized,
      change.reopened,
      change.closed,
      change.surplus,
      change.withdrawn,
    ].every((list) => list.length === 0)
  return isNothing ? null : change
}

const resize = (known: OrderFacts['discrepancies'][number], target: Projection): OrderChange['resized'][number][] => {
  const item = target.discrepancies.find((each) => each.key === known.key)
  return known.isOpen && item && item.amount !== known.amount
    ? [{ id: known.id, key: known.key, amount: item.amount }]
    : []
}

const reopen = (
  known: OrderFacts['discrepancies'][number],
  target: Projection,
  guards: DoorGuards,
): OrderChange['reopened'][number][] => {
  const item = target.discrepancies.find((each) => each.key === known.key)
  if (known.isOpen || !item || refusedBy(guards.reopening, { known, found: item })) return []
  return [{ id: known.id, key: known.key, class: known.class, attemptId: known.attemptId, amount: item.amount }]
}

const orderDifference = ({ order }: OrderFacts, target: Projection): OrderChange['order'] => {
  const paidBy = target.payer?.attemptId ?? order.paidBy
  const isSame =
    order.status === target.status &&
    order.amountPaid === target.amountPaid &&
    order.amountRefunded === target.amountRefunded &&
    order.paidBy === paidBy
  if (isSame) return null
  const paidAt =
    order.paidBy === paidBy
      ? (order.paidAt ?? target.payer?.occurredAt ?? null)
      : (target.payer?.occurredAt ?? order.paidAt)
  return { status: target.status, amountPaid: target.amountPaid, amountRefunded: target.amountRefunded, paidBy, paidAt }
}

const attemptDifference = (
  stored: OrderFacts,
  target: Projection['attempts'][number],
  code: string,
): OrderChange['attempts'][number][] => {
  const known = stored.attempts.find((attempt) => attempt.id === target.id)
  if (!known) return []
  const isSame =
    known.status === target.status &&
    known.paysOrder === target.paysOrder &&
    known.amountCaptured === target.amountCaptured &&
    known.providerReference === target.providerReference &&
    known.amountReversed === target.amountReversed
  const failureCode = target.status === 'failed' ? (known.failureCode ?? code) : null
  return isSame ? [] : [{ ...target, failureCode, was: known.status }]
}

const refundDifference = (
  stored: OrderFacts,
  target: Projection['refunds'][number],
  code: string,
): OrderChange['refunds'][number][] => {
  const known = stored.refunds.find((refund) => refund.id === target.id)
  const isSame =
    known?.status === target.status &&
    known.amountRefunded === target.amountRefunded &&
    known.providerReference === target.providerReference
  if (!known || isSame) return []
  return [
    { ...target, failureCode: target.status === 'failed' ? (known.failureCode ?? code) : null, was: known.status },
  ]
}

const balanceDifference = (stored: readonly Balance[], target: readonly Balance[]): Balance[] => {
  const key = (balance: Balance) => `${balance.account}:${balance.merchantAccountId}`
  const groups = Map.groupBy([...target, ...stored.map((balance) => ({ ...balance, amount: -balance.amount }))], key)
  return [...groups.values()]
    .flatMap((balances) =>
      balances
        .slice(0, 1)
        .map((first) => ({ ...first, amount: balances.reduce((total, balance) => total + balance.amount, 0n) })),
    )
    .filter((balance) => balance.amount !== 0n)
    .toSorted((a, b) =>
      a.account < b.account ? -1 : a.account > b.account ? 1 : a.merchantAccountId < b.merchantAccountId ? -1 : 1,
    )
}
