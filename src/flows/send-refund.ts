/**
 * Hands an approved refund to its provider, once. Everything that the call needs is at hand before it is marked as sending, and it is marked before anything is
 * sent: after a crash or a silence it counts as unknown and is settled by asking, never by sending again under a new reference.
 */
import { refusedBy } from '../domain/guards.ts'
import type { OrderFacts, Refund } from '../domain/order-facts.ts'
import type { Outcome } from '../domain/outcome.ts'
import { refundGuards } from '../domain/refund-guards.ts'
import { refundMoves, stateAfter } from '../domain/states.ts'
import { addWorkingDays } from '../domain/working-days.ts'
import { businessDay } from '../lib/time.ts'
import { type ProviderClient, ProviderError, type Refund as RefundCall } from '../providers/contract.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { readPaymentExtras } from '../store/payment-extras.ts'
import { findRefundOrder, readRefundPromise } from '../store/refunds.ts'
import { applyOutcome } from './apply-outcome.ts'
import { changeOrder } from './change-order.ts'
import { connectProvider } from './connect-provider.ts'
import { afterAnswer } from './deadline.ts'
import type { Deps } from './deps.ts'
import { moveRefund, type RefundMove, withdrawal } from './move-refund.ts'
import { paymentOf } from './read-payment.ts'
import { withinOrder } from './trace-order.ts'

/** When a refund that could not be handed over is tried again. */
const retryMs = 60_000
/** The same where credentials or settings have to be mended first. */
const mendMs = 10 * 60_000

/**
 * Sends it if it is approved and nobody else is sending it; else does nothing. One that is returned by hand waits for a person from now on. One whose money is no
 * longer there is withdrawn.
 */
export const sendRefund = async (deps: Deps, refundId: string): Promise<void> => {
  const orderId = await findRefundOrder(deps.db, everyAgency, refundId)
  const facts = orderId ? await loadFacts(deps.db, everyAgency, { orderId }) : null
  const refund = facts?.refunds.find((each) => each.id === refundId)
  if (!facts || refund?.status !== 'approved') return
  await withinOrder(deps, facts.order, { name: 'refund' }, () => sendApproved(deps, refund))
}

const sendApproved = async (deps: Deps, refund: Refund): Promise<void> => {
  try {
    const client = refund.method === 'provider' ? (await connectProvider(deps, refund.merchantAccountId)).client : null
    const expectedOn = addWorkingDays(businessDay(deps.now()), await readRefundPromise(deps.db, refund.id))
    const taken = await takeRefund(deps, refund, { as: 'send', client, expectedOn })
    if (!taken) await postpone(deps, refund)
    else if (client?.refundPayment) await send(deps, taken, client.refundPayment)
  } catch (error) {
    deps.log.error({ refund: refund.id, provider: refund.provider, error }, 'refund not sent')
    await postpone(deps, refund)
  }
}

/**
 * Sends a refund once more, under the same reference, whose call was never answered: a process ended between mark and call, or the answer was lost. The caller
 * has asked the provider, who did not have it. Answers false when that cannot be done, or when the money is no longer there.
 */
export const sendAgain = async (deps: Deps, refund: Refund): Promise<boolean> => {
  const { client } = await connectProvider(deps, refund.merchantAccountId)
  if (!client.refundPayment) return false
  const taken = await takeRefund(deps, refund, { as: 'repeat', client })
  if (taken) await send(deps, taken, client.refundPayment)
  return taken !== null
}

type Taken = { refund: Refund; call: RefundCall; isFirst: boolean }

/** Builds the call and marks the refund as sending; of two senders one gets it. What fails before the mark leaves it as it was. */
const takeRefund = (
  deps: Deps,
  { id, orderId }: Refund,
  { as, client, expectedOn }: { as: 'send' | 'repeat'; client: ProviderClient | null; expectedOn?: string },
): Promise<Taken | null> =>
  changeOrder<Taken | null>(deps, { scope: everyAgency, order: { orderId } }, async (facts) => {
    const found = facts?.refunds.find((each) => each.id === id)
    if (!facts || !found) return { answer: null }
    const isFirst = as === 'send'
    const no = refusedBy(refundGuards.handOver, { facts, refund: found, as })
    // What is disputed stays as it is, and is tried again once the dispute is settled.
    if (no && no !== 'moneyIsThere') return { answer: null }
    if (no)
      // One that may have been sent cannot be withdrawn: it is asked about until somebody knows.
      return isFirst ? { answer: null, write: moveRefund(deps, facts, withdrawal(deps, found)) } : { answer: null }
    const now = deps.now()
    const ownReference = isFirst ? client?.refundReference?.({ id: id.replace('_', ''), at: now }) : undefined
    const merchantReference = ownReference ?? found.merchantReference
    const refund = { ...found, merchantReference }
    const call = await refundCallOf(deps, facts, refund)
    const mark = isFirst
      ? {
          merchantReference,
          sentAt: now,
          expectedOn: expectedOn ?? null,
          nextQueryAt: new Date(now.getTime() + retryMs),
          queryCount: 0,
        }
      : { sentAt: found.sentAt ?? now }
    const status = stateAfter(refundMoves, found.status, as)
    const write = moveRefund(deps, facts, { id, status, ...mark })
    if (client?.refundPayment) return { answer: { refund, call, isFirst }, write }
    // Without a call somebody returns the money by hand; a person or a statement will say so. The database asks of it what it asks of one that is sent.
    const method = found.method === 'provider' ? 'manual' : found.method
    const waits = { id, status: stateAfter(refundMoves, status, 'handOver'), method, nextQueryAt: null }
    return { answer: { refund, call, isFirst }, write: { ...write, refunds: [...(write.refunds ?? []), waits] } }
  })

const send = async (
  deps: Deps,
  { refund, call, isFirst }: Taken,
  refundPayment: NonNullable<ProviderClient['refundPayment']>,
): Promise<void> => {
  let outcome: Outcome
  try {
    outcome = await refundPayment(call)
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    deps.log.warn(
      { refund: refund.id, provider: refund.provider, kind: error.kind, code: error.code },
      'refund gave no outcome',
    )
    // Of a call that repeats another nothing is certain: the former one may have arrived. The schedule asks on.
    if (!isFirst) return noteRefund(deps, refund, 'silence', {})
    const nextQueryAt = new Date(deps.now().getTime() + retryMs)
    // Nothing was sent, so the same refund may be sent again, under the same reference.
    if (error.kind === 'unreachable') return noteRefund(deps, refund, 'release', { sentAt: null, nextQueryAt })
    if (error.kind === 'rejected') return failRefund(deps, refund, error.code ?? 'rejected')
    return noteRefund(deps, refund, 'silence', { nextQueryAt })
  }
  await applyOutcome(deps, { merchantAccountId: refund.merchantAccountId, outcome, source: 'refund_call' })
}

const failRefund = async (deps: Deps, refund: Refund, code: string): Promise<void> => {
  const outcome: Outcome = {
    status: 'failed',
    subject: 'refund',
    merchantReference: refund.merchantReference,
    providerReference: null,
    occurredAt: deps.now(),
    code,
  }
  await applyOutcome(deps, { merchantAccountId: refund.merchantAccountId, outcome, source: 'refund_call' })
}

/** A refund as its adapter sees it, together with the payment that it returns money of. */
export const refundCallOf = async (deps: Deps, facts: OrderFacts, refund: Refund): Promise<RefundCall> => {
  const attempt = facts.attempts.find((each) => each.id === refund.attemptId)
  if (!attempt) throw new Error(`refund ${refund.id} has no attempt`)
  const extras = await readPaymentExtras(deps.db, attempt.id)
  const others = facts.refunds.filter((each) => each.attemptId === attempt.id && each.id !== refund.id)
  return {
    merchantReference: refund.merchantReference,
    amount: refund.amount,
    // Of what people wrote nothing leaves the house: a reason may name people.
    reason: `Hoan tien ${refund.merchantReference}`,
    requestedBy: refund.madeBy,
    createdAt: refund.createdAt,
    providerReference: refund.providerReference,
    takenReferences: others.flatMap(({ providerReference }) => providerReference ?? []),
    payment: paymentOf(deps, facts.order, attempt, extras),
    isFull: refund.amount === attempt.amountCaptured,
  }
}

type Note = Pick<RefundMove, 'nextQueryAt' | 'sentAt'>

/** Notes where the refund stands, unless an outcome was faster. One that may be sent again is withdrawn if its money went meanwhile. */
const noteRefund = (deps: Deps, { id, orderId }: Refund, as: 'release' | 'silence', note: Note): Promise<void> =>
  changeOrder<void>(deps, { scope: everyAgency, order: { orderId } }, (facts) => {
    const refund = facts?.refunds.find((each) => each.id === id)
    const status = refund && refundMoves[refund.status][as]
    if (!facts || !status) return { answer: undefined }
    const isGone = as === 'release' && refusedBy(refundGuards.release, { facts, refund })
    const move = isGone ? withdrawal(deps, refund) : { id, status, ...note }
    return { answer: undefined, write: moveRefund(deps, facts, move) }
  })

/** It stays approved and is tried later, when somebody may have mended what stood in the way. */
const postpone = (deps: Deps, { id, orderId }: Refund): Promise<void> =>
  changeOrder<void>(deps, { scope: everyAgency, order: { orderId } }, (facts) => {
    const isApproved = facts?.refunds.find((each) => each.id === id)?.status === 'approved'
    const now = deps.now()
    const later = { id, nextQueryAt: new Date(now.getTime() + mendMs) }
    return isApproved
      ? { answer: undefined, write: { order: {}, refunds: [later], events: [], now } }
      : { answer: undefined }
  })

/** Sends after the answer to the caller; what fails is tried again by the jobs. */
export const sendLater = (deps: Deps, refundId: string): void =>
  deps.defer(
    sendRefund(afterAnswer(deps), refundId).catch((error: unknown) =>
      deps.log.error({ refund: refundId, error: String(error) }, 'refund not sent'),
    ),
  )
