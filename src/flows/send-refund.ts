/**
 * Hands an approved refund to its provider, once. It is marked as sending before anything is sent: after a crash or a silence it counts as unknown and is
 * settled by asking, never by sending again under a new reference.
 */
import type { OrderFacts, Refund } from '../domain/order-facts.ts'
import type { Outcome } from '../domain/outcome.ts'
import { type ProviderClient, ProviderError, type Refund as RefundCall } from '../providers/contract.ts'
import { everyAgency } from '../store/database.ts'
import { readPaymentExtras } from '../store/payment-extras.ts'
import { findRefundOrder } from '../store/refunds.ts'
import { applyOutcome } from './apply-outcome.ts'
import { changeOrder } from './change-order.ts'
import { connectProvider } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { paymentOf } from './start-attempt.ts'

/** Sends it if it is approved and nobody else is sending it; else does nothing. */
export const sendRefund = async (deps: Deps, refundId: string): Promise<void> => {
  const orderId = await findRefundOrder(deps.db, '*', refundId)
  const taken = orderId && (await takeRefund(deps, orderId, refundId))
  if (!taken) return
  const { facts, refund } = taken
  const { client } = await connectProvider(deps, refund.merchantAccountId)
  // Without the capability somebody returns the money by hand; the statement or a person will say so.
  if (!client.refundPayment)
    return noteRefund(deps, facts.order.id, refund.id, { status: 'pending', nextQueryAt: null })
  await send(deps, { facts, refund }, client.refundPayment)
}

type Taken = { facts: OrderFacts; refund: Refund }

/** Marks it as sending; of two senders one gets it. */
const takeRefund = (deps: Deps, orderId: string, refundId: string): Promise<Taken | null> =>
  changeOrder<Taken | null>(deps, { scope: everyAgency, order: { orderId } }, (facts) => {
    const refund = facts?.refunds.find((each) => each.id === refundId)
    if (!facts || refund?.status !== 'approved') return { answer: null }
    const now = deps.now()
    const sending = {
      id: refundId,
      status: 'sending' as const,
      sentAt: now,
      nextQueryAt: new Date(now.getTime() + 60_000),
      queryCount: 0,
    }
    return {
      answer: { facts, refund: { ...refund, status: 'sending' } },
      write: { order: {}, refunds: [sending], events: [], now },
    }
  })

const send = async (
  deps: Deps,
  { facts, refund }: Taken,
  refundPayment: NonNullable<ProviderClient['refundPayment']>,
): Promise<void> => {
  let outcome: Outcome
  try {
    outcome = await refundPayment(await refundCallOf(deps, facts, refund))
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error
    deps.log.warn(
      { refund: refund.id, provider: refund.provider, kind: error.kind, code: error.code },
      'refund gave no outcome',
    )
    const now = deps.now().getTime()
    // Nothing was sent, so the same refund may be sent again, under the same reference.
    if (error.kind === 'unreachable')
      return noteRefund(deps, facts.order.id, refund.id, { status: 'approved', nextQueryAt: new Date(now + 60_000) })
    if (error.kind === 'rejected') return failRefund(deps, refund, error.code ?? 'rejected')
    return noteRefund(deps, facts.order.id, refund.id, { status: 'unknown', nextQueryAt: new Date(now + 60_000) })
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
  return {
    merchantReference: refund.merchantReference,
    amount: refund.amount,
    reason: refund.reason,
    requestedBy: refund.madeBy,
    createdAt: refund.createdAt,
    providerReference: refund.providerReference,
    payment: paymentOf(deps, facts.order, attempt, extras),
    isFull: refund.amount === attempt.amountCaptured,
  }
}

type Note = { status: 'approved' | 'pending' | 'unknown'; nextQueryAt: Date | null }

/** Notes where the refund stands, unless an outcome was faster. */
const noteRefund = (deps: Deps, orderId: string, refundId: string, note: Note): Promise<void> =>
  changeOrder<void>(deps, { scope: everyAgency, order: { orderId } }, (facts) => {
    const isSending = facts?.refunds.find((each) => each.id === refundId)?.status === 'sending'
    return isSending
      ? { answer: undefined, write: { order: {}, refunds: [{ id: refundId, ...note }], events: [], now: deps.now() } }
      : { answer: undefined }
  })

/** Sends after the answer to the caller; what fails is tried again by the jobs. */
export const sendLater = (deps: Deps, refundId: string): void =>
  deps.defer(
    sendRefund(deps, refundId).catch((error: unknown) =>
      deps.log.error({ refund: refundId, error: String(error) }, 'refund not sent'),
    ),
  )
