/**
 * A dispute about a payment is opened and closed. While it is open no refund of that payment is asked for, approved or sent. Closing moves no money: a lost
 * chargeback takes it back only when a source of truth tells the reversal, and until then refunds wait.
 */
import type { Caller } from '../domain/access.ts'
import { tellDispute } from '../domain/dispute.ts'
import { type EventType, linkEvents } from '../domain/order-events.ts'
import type { Attempt, Dispute, DisputeKind, DisputeOutcome, OrderFacts } from '../domain/order-facts.ts'
import { Refusal } from '../domain/refusal.ts'
import { sentRefunds } from '../domain/states.ts'
import { databaseError, isDuplicate } from '../store/database.ts'
import { closeDispute as closeRow, findDisputeOrder, insertDispute } from '../store/disputes.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'

export type DisputeInput = {
  orderId: string
  /** Null: the attempt that paid the order. */
  attemptId: string | null
  kind: DisputeKind
  reason: string
  /** Null: all that was captured and not reversed. */
  amount: bigint | null
  reference: string | null
  respondBy: string
}

export type DisputeAnswer = { dispute: Dispute; attempt: Attempt }

/** Opens one. Throws Refusal `not_found`, `already_exists` while another one about the same attempt is open, `invalid_input` at `/attempt` or `/amount`. */
export const openDispute = (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: DisputeInput,
): Promise<DisputeAnswer> =>
  changeOrder<DisputeAnswer>(deps, { scope: caller.agency, order: { orderId: input.orderId } }, (facts) => {
    if (!facts) throw new Refusal('not_found', 'There is no such order.')
    const attempt = chooseAttempt(facts, input.attemptId)
    if (facts.disputes.some((each) => each.attemptId === attempt.id && each.status === 'open')) throw openAlready()
    const dispute = buildDispute(deps, facts, { input, attempt, openedBy: caller.clientId })
    return {
      answer: { dispute, attempt },
      write: {
        ...telling(deps, facts, 'dispute.opened', dispute),
        also: (sql) => [insertDispute(sql, dispute)],
      },
    }
  }).catch((error: unknown) => {
    throw isDuplicate(error, 'disputes_one_open') ? openAlready({ cause: error }) : error
  })

const chooseAttempt = ({ order, attempts }: OrderFacts, attemptId: string | null): Attempt => {
  const attempt = attempts.find((each) => each.id === (attemptId ?? order.paidBy))
  if (attempt) return attempt
  const message = attemptId ? 'names no attempt of this order' : 'must be named, since nothing has paid the order'
  throw new Refusal(attemptId ? 'not_found' : 'invalid_input', `/attempt ${message}.`, {
    errors: [{ pointer: '/attempt', message }],
  })
}

const buildDispute = (
  deps: Deps,
  facts: OrderFacts,
  { input, attempt, openedBy }: { input: DisputeInput; attempt: Attempt; openedBy: string },
): Dispute => {
  const captured = attempt.amountCaptured - attempt.amountReversed
  // A complaint may be about money that nobody here has been told of.
  const most = captured > 0n ? captured : attempt.amount
  const amount = input.amount ?? most
  if (amount > most) {
    const message = `must be at most ${most}`
    throw new Refusal('invalid_input', `/amount ${message}.`, { errors: [{ pointer: '/amount', message }] })
  }
  const sent = facts.refunds.filter((each) => each.attemptId === attempt.id && sentRefunds.includes(each.status))
  return {
    id: deps.newId('dsp'),
    agencyCode: facts.order.agencyCode,
    orderId: facts.order.id,
    attemptId: attempt.id,
    merchantAccountId: attempt.merchantAccountId,
    kind: input.kind,
    status: 'open',
    reason: input.reason,
    amount,
    reference: input.reference,
    respondBy: input.respondBy,
    sentRefunds: sent.map((refund) => refund.id),
    reversedBefore: attempt.amountReversed,
    openedBy,
    openedAt: deps.now(),
    outcome: null,
    note: null,
    closedBy: null,
    closedAt: null,
    releaseAskedBy: null,
    releaseAskedAt: null,
    releaseNote: null,
    releasedBy: null,
    releasedAt: null,
    releasedAmount: null,
  }
}

/** Closes one. Throws Refusal `not_found`, `dispute_not_open`, and `maker_cannot_approve` for who opened it. */
export const closeDispute = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  { id, outcome, note }: { id: string; outcome: DisputeOutcome; note: string },
): Promise<DisputeAnswer> => {
  const orderId = await findDisputeOrder(deps.db, caller.agency, id)
  if (!orderId) throw noDispute()
  return changeOrder<DisputeAnswer>(deps, { scope: caller.agency, order: { orderId } }, (facts) => {
    const { dispute, attempt } = findDispute(facts, id)
    if (!facts) throw noDispute()
    if (dispute.status !== 'open') throw notOpen()
    if (dispute.openedBy === caller.clientId)
      throw new Refusal('maker_cannot_approve', 'Who opened a dispute cannot close it.')
    const closed: Dispute = {
      ...dispute,
      status: 'closed',
      outcome,
      note,
      closedBy: caller.clientId,
      closedAt: deps.now(),
    }
    return {
      answer: { dispute: closed, attempt },
      write: { ...telling(deps, facts, 'dispute.closed', closed), also: (sql) => [closeRow(sql, closed)] },
    }
  }).catch((error: unknown) => {
    throw databaseError(error)?.constraint === 'dispute_closed' ? notOpen({ cause: error }) : error
  })
}

/** The dispute among an order's facts. Throws Refusal `not_found`. */
export const findDispute = (facts: OrderFacts | null, id: string): DisputeAnswer => {
  const dispute = facts?.disputes.find((each) => each.id === id)
  const attempt = facts?.attempts.find((each) => each.id === dispute?.attemptId)
  if (!dispute || !attempt) throw noDispute()
  return { dispute, attempt }
}

/** What one commit writes to tell of a dispute on its order's timeline. */
export const telling = (deps: Deps, { order }: OrderFacts, type: EventType, dispute: Dispute) => {
  const now = deps.now()
  return {
    order: {},
    events: linkEvents(order, [{ type, data: tellDispute(dispute) }], { newId: deps.newId, now }),
    now,
  }
}

export const noDispute = (): Refusal => new Refusal('not_found', 'There is no such dispute.')
const notOpen = (more: { cause?: unknown } = {}): Refusal =>
  new Refusal('dispute_not_open', 'The dispute is closed.', more)
const openAlready = (more: { cause?: unknown } = {}): Refusal =>
  new Refusal('already_exists', 'A dispute about this payment is open already.', more)
