/**
 * The one door. Whatever a source of truth says about money comes through here and nowhere else: read the facts, add the outcome, commit the
 * difference, once. The same outcome twice changes nothing; outcomes in any order end in the same state.
 */
import { type Applied, afterChange, applyOutcome as applyToFacts, type OrderChange } from '../domain/apply.ts'
import { doorPolicies, dueOn } from '../domain/discrepancy-policy.ts'
import { type EventType, linkEvents } from '../domain/order-events.ts'
import type { OrderFacts, Refund } from '../domain/order-facts.ts'
import type { Outcome, OutcomeSource } from '../domain/outcome.ts'
import { presentAttempt, presentOrder, presentRefund } from '../domain/present.ts'
import type { Verdict } from '../providers/contract.ts'
import { everyAgency, inScope, type Query, type Sql } from '../store/database.ts'
import type { OrderWrite } from '../store/order-commit.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'
import { issueReceiptsLater } from './issue-receipts.ts'

export type OutcomeInput = {
  merchantAccountId: string
  outcome: Outcome
  source: OutcomeSource
  /** Statements that belong to the same commit, given the verdict; run by themselves when there is nothing else to commit. */
  also?: (sql: Sql, verdict: Verdict) => readonly Query[]
  /** Statements that run before the facts are read, in the same round trip. */
  before?: (sql: Sql) => readonly Query[]
}

export type DoorAnswer = { verdict: Verdict; orderId: string | null; change: OrderChange | null }

/**
 * Applies one outcome. `unknown_order` when the merchant account has no such reference; `amount_mismatch` when money of another amount came, which is
 * booked to suspense all the same; `already_confirmed` when it was told before.
 */
export const applyOutcome = async (
  deps: Deps,
  { merchantAccountId, outcome, source, also, before }: OutcomeInput,
): Promise<DoorAnswer> => {
  const { merchantReference, providerReference } = outcome
  const order = { merchantAccountId, merchantReference, providerReference }
  const { answer, isWritten } = await changeOrder(
    deps,
    { scope: everyAgency, order, ...(before ? { before } : {}) },
    (facts) => {
      const receivedAt = deps.now()
      const applied = facts && applyToFacts(facts, { outcome, source, receivedAt, factId: deps.newId('fct') })
      const verdict = wordVerdict(applied, outcome)
      const answer: DoorAnswer = { verdict, orderId: facts?.order.id ?? null, change: applied?.change ?? null }
      if (!facts || !applied?.change) return { answer: { answer, isWritten: false } }
      return {
        answer: { answer, isWritten: true },
        write: { ...writeOf(deps, facts, applied.change, receivedAt), also: (sql) => also?.(sql, verdict) ?? [] },
      }
    },
  )
  if (answer.orderId && answer.change?.order?.status === 'paid') issueReceiptsLater(deps, answer.orderId)
  if (also && !isWritten) await inScope(deps.db, everyAgency, (sql) => also(sql, answer.verdict))
  return answer
}

const wordVerdict = (applied: Applied | null, outcome: Outcome): Verdict => {
  if (!applied) return 'unknown_order'
  if (!applied.amountMatches) return 'amount_mismatch'
  return applied.standing === 'known' && outcome.status !== 'pending' ? 'already_confirmed' : 'accepted'
}

/** A change of the order as rows to write: with ids, a journal entry, proposed refunds and the events that tell of it. */
const writeOf = (deps: Deps, facts: OrderFacts, change: OrderChange, now: Date): OrderWrite => {
  const proposals = change.surplus.map((surplus) => proposeRefund(deps, facts, surplus, now))
  const opened = change.opened.map((item) => ({
    ...item,
    id: deps.newId('dsc'),
    policy: doorPolicies[item.class].policy,
    dueOn: dueOn(item.class, now),
  }))
  const closed = change.closed.map(({ id }) => ({ id, reason: 'facts_agree' }))
  const after = afterChange(facts, change, {
    proposals,
    ids: (key) => opened.find((item) => item.key === key)?.id ?? key,
  })
  const events = linkEvents(
    facts.order,
    [
      ...moneyEvents(deps, after, change, facts),
      ...[...opened, ...change.reopened.map((item) => ({ ...item, refundId: null }))].map(openedEvent),
      ...closed.map(closedEvent),
    ],
    { newId: deps.newId, now },
  )
  const becomesPaid = change.order?.status === 'paid' && facts.order.status !== 'paid'
  return {
    read: facts.order,
    order: { ...change.order, ...(becomesPaid ? { nextExpiryAt: null } : {}) },
    attempts: change.attempts.map(({ was, ...attempt }) => ({
      ...attempt,
      ...(settles(attempt.status) ? { nextQueryAt: null } : {}),
    })),
    refunds: [
      ...change.refunds.map(({ was, ...refund }) => ({
        ...refund,
        ...(settles(refund.status) ? { nextQueryAt: null } : {}),
      })),
      ...change.withdrawn.map((id) => ({ id, status: 'withdrawn' as const, decidedBy: 'lephi', decidedAt: now })),
    ],
    newRefunds: proposals,
    fact: change.fact,
    entry: change.postings.length === 0 ? null : entryOf(deps, change, now),
    opened,
    resized: change.resized,
    reopened: change.reopened,
    closed,
    events,
    now,
    isLate: becomesPaid && facts.order.status !== 'open',
  }
}

const settles = (status: string): boolean => ['captured', 'failed', 'expired', 'succeeded'].includes(status)

const entryKinds = { captured: 'capture', reversed: 'reversal', refunded: 'refund' } as const

const entryOf = (deps: Deps, { fact, postings }: OrderChange, now: Date): NonNullable<OrderWrite['entry']> => ({
  id: deps.newId('jrn'),
  kind: fact ? entryKinds[fact.kind] : 'adjustment',
  attemptId: fact?.attemptId ?? null,
  refundId: fact?.refundId ?? null,
  factId: fact?.id ?? null,
  occurredAt: fact?.occurredAt ?? now,
  postings,
})

/** Surplus is proposed, never sent: a checker approves it. The maker is the gateway itself. */
const proposeRefund = (deps: Deps, facts: OrderFacts, surplus: OrderChange['surplus'][number], now: Date): Refund => {
  const id = deps.newId('rfd')
  const provider = facts.attempts.find((attempt) => attempt.id === surplus.attemptId)?.provider ?? ''
  return {
    id,
    agencyCode: facts.order.agencyCode,
    orderId: facts.order.id,
    attemptId: surplus.attemptId,
    merchantAccountId: surplus.merchantAccountId,
    provider,
    merchantReference: id.replace('_', ''),
    source: 'surplus',
    status: 'proposed',
    amount: surplus.amount,
    amountRefunded: 0n,
    reason: surplus.reason,
    providerReference: null,
    failureCode: null,
    madeBy: 'lephi',
    decidedBy: null,
    createdAt: now,
    sentAt: null,
    succeededAt: null,
  }
}

type Draft = { type: EventType; data: unknown }

const moneyEvents = (deps: Deps, after: OrderFacts, change: OrderChange, before: OrderFacts): Draft[] => {
  const order = presentOrder(after.order, after.attempts, deps.publicUrl)
  const attempts = change.attempts.flatMap((changed): Draft[] => {
    const attempt = after.attempts.find((each) => each.id === changed.id)
    if (!attempt || changed.was === changed.status) return []
    if (changed.status === 'captured') return [{ type: 'attempt.captured', data: presentAttempt(attempt) }]
    return changed.status === 'failed' ? [{ type: 'attempt.failed', data: presentAttempt(attempt) }] : []
  })
  const refunds = change.refunds.flatMap((changed): Draft[] => {
    const refund = after.refunds.find((each) => each.id === changed.id)
    if (!refund || changed.was === changed.status) return []
    if (changed.status === 'succeeded') return [{ type: 'refund.succeeded', data: presentRefund(refund) }]
    return changed.status === 'failed' ? [{ type: 'refund.failed', data: presentRefund(refund) }] : []
  })
  const proposed = after.refunds.filter((refund) => !before.refunds.some((known) => known.id === refund.id))
  return [
    ...attempts,
    ...(after.order.status === 'paid' && before.order.status !== 'paid'
      ? [{ type: 'order.paid' as const, data: order }]
      : []),
    ...refunds,
    ...(after.order.amountRefunded > before.order.amountRefunded
      ? [{ type: 'order.refunded' as const, data: order }]
      : []),
    ...proposed.map((refund) => ({ type: 'refund.requested' as const, data: presentRefund(refund) })),
  ]
}

const openedEvent = (item: {
  id: string
  class: string
  amount: bigint
  attemptId: string
  refundId: string | null
}): Draft => ({
  type: 'discrepancy.opened',
  data: {
    id: item.id,
    class: item.class,
    status: 'open',
    amount: item.amount,
    attempt: item.attemptId,
    refund: item.refundId,
  },
})

const closedEvent = ({ id, reason }: { id: string; reason: string }): Draft => ({
  type: 'discrepancy.resolved',
  data: { id, status: 'resolved', resolution: reason },
})
