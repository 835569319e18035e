/** A change of an order, as the domain worked it out, turned into what one commit writes: ids, a journal entry, proposed refunds, and the events that tell of it. */
import { afterChange, type OrderChange } from '../domain/apply.ts'
import { doorPolicies, dueOn } from '../domain/discrepancy-policy.ts'
import { type EventType, linkEvents } from '../domain/order-events.ts'
import type { OrderFacts, Refund, RefundMethod } from '../domain/order-facts.ts'
import { presentAttempt, presentOrder, tellRefund } from '../domain/present.ts'
import { nextConfirmAt } from '../domain/query-schedule.ts'
import type { OrderWrite } from '../store/order-commit.ts'
import type { Deps } from './deps.ts'

/** `remark` is what a person said of it, kept with the events about refunds. */
type Telling = { now: Date; remark?: Readonly<Record<string, string>> }

/** A change of the order as rows to write: with ids, a journal entry, proposed refunds and the events that tell of it. */
export const writeChange = (
  deps: Deps,
  facts: OrderFacts,
  change: OrderChange,
  { now, remark = {} }: Telling,
): OrderWrite => {
  const proposals = change.surplus.map((surplus) => proposeRefund(deps, facts, surplus, now))
  const open = (item: OrderChange['opened'][number]) => ({
    ...item,
    id: deps.newId('dsc'),
    policy: doorPolicies[item.class].policy,
    dueOn: dueOn(item.class, now),
  })
  const passed = change.passed.map(open)
  const opened = [...change.opened.map(open), ...passed]
  const closed = [...change.closed, ...passed].map(({ id }) => ({ id, reason: 'facts_agree' }))
  const after = afterChange(facts, change, {
    proposals,
    ids: (key) => opened.find((item) => item.key === key)?.id ?? key,
  })
  const events = linkEvents(
    facts.order,
    [
      ...moneyEvents(deps, { before: facts, after, change, remark }),
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
      ...(attempt.status === 'captured' ? confirmation(deps, facts, { id: attempt.id, change, now }) : {}),
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
    ...(change.fact?.kind === 'captured' ? { found: foundIn(deps, change.fact, now) } : {}),
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

/** Money that was kept in quarantine, or held behind a row of nobody, is found by whoever tells of it next. */
const foundIn = (deps: Deps, fact: NonNullable<OrderChange['fact']>, now: Date): NonNullable<OrderWrite['found']> => ({
  by: 'lephi',
  note: `told again by ${fact.source}`,
  now,
  entryId: deps.newId('jrn'),
  eventId: deps.newId('evt'),
  idBody: deps.newId('jrn').slice(4, 24),
})

/** Money that a callback told of is asked about once more, where its provider can be asked: a stolen key signs as well as the provider does. */
const confirmation = (
  { providers }: Deps,
  { attempts }: OrderFacts,
  { id, change, now }: { id: string; change: OrderChange; now: Date },
): { confirmAt?: Date | null } => {
  const provider = attempts.find((attempt) => attempt.id === id)?.provider ?? ''
  const canAsk = Object.hasOwn(providers, provider) && providers[provider]?.capabilities.query
  return canAsk && change.fact?.source === 'callback' ? { confirmAt: nextConfirmAt(now, now) } : {}
}

const settles = (status: string): boolean => ['captured', 'failed', 'expired', 'succeeded'].includes(status)

/** A refund that bounced is booked as a refund with the signs turned, so that the refunds of a day add up to what is really gone. */
const entryKinds = { captured: 'capture', reversed: 'reversal', refunded: 'refund', bounced: 'refund' } as const

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
    reason: surplus.reason,
    reasonCode: null,
    lines: [],
    ...newRefundMembers,
    method: methodOf(deps, provider),
    madeBy: 'lephi',
    createdAt: now,
  }
}

/** What a refund begins without. */
export const newRefundMembers = {
  reasonSalt: null,
  amountRefunded: 0n,
  providerReference: null,
  failureCode: null,
  payeeAccount: null,
  payeeVersion: 0,
  bankReference: null,
  paidOn: null,
  confirmedBy: null,
  bounceReference: null,
  promisedOn: null,
  expectedOn: null,
  overdueAt: null,
  decidedBy: null,
  sentAt: null,
  succeededAt: null,
} as const

/** By the provider's own call where it has one, else by hand. */
export const methodOf = ({ providers }: Pick<Deps, 'providers'>, provider: string): RefundMethod =>
  Object.hasOwn(providers, provider) && providers[provider]?.capabilities.refund ? 'provider' : 'manual'

type Draft = { type: EventType; data: unknown }

type Told = { before: OrderFacts; after: OrderFacts; change: OrderChange; remark: Readonly<Record<string, string>> }

const moneyEvents = (deps: Deps, { before, after, change, remark }: Told): Draft[] => {
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
    if (changed.status === 'succeeded')
      return [{ type: 'refund.succeeded', data: { ...tellRefund(refund), ...remark } }]
    return changed.status === 'failed' ? [{ type: 'refund.failed', data: { ...tellRefund(refund), ...remark } }] : []
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
    ...proposed.map((refund) => ({ type: 'refund.requested' as const, data: tellRefund(refund) })),
  ]
}

/** The event that tells of an opened discrepancy. */
export const openedEvent = (item: {
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

/** The event that tells of one that closed by itself. */
export const closedEvent = ({ id, reason }: { id: string; reason: string }): Draft => ({
  type: 'discrepancy.resolved',
  data: { id, status: 'resolved', resolution: reason },
})
