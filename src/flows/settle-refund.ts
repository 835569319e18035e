/**
 * Somebody has looked up at the provider what became of a refund, where asking by machine does not end it. Never the person who asked for it; and never that money
 * went back by hand, which a bank transfer shows (flows/confirm-refund.ts). What they say goes
 * through the one door like any other source, and what a provider or a statement says later still counts.
 */
import type { Caller } from '../domain/access.ts'
import { refusedBy } from '../domain/guards.ts'
import { maskText } from '../domain/mask-text.ts'
import type { Refund } from '../domain/order-facts.ts'
import type { Outcome } from '../domain/outcome.ts'
import { refundGuards } from '../domain/refund-guards.ts'
import { Refusal } from '../domain/refusal.ts'
import { databaseError } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { findRefundOrder, refuseConfirmed } from '../store/refunds.ts'
import { applyOutcome } from './apply-outcome.ts'
import type { Deps } from './deps.ts'

export type RefundSettlement = {
  refundId: string
  outcome: 'succeeded' | 'failed'
  /** What went back to the payer; null is all that was asked. Only with `succeeded`. */
  amount: bigint | null
  providerReference: string | null
  /** How they know: kept with the event. */
  note: string
}

/**
 * Ends a refund that is under way. One that has ended so already is answered as it is. Throws Refusal `not_found`, `refund_not_under_way`,
 * `maker_cannot_approve`, `refund_by_hand` for one that its provider does not return and that is said to have succeeded, and `invalid_input` for an amount above the refund's.
 */
export const settleRefund = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: RefundSettlement,
): Promise<Refund> => {
  const { orderId, refund } = await readRefund(deps, caller.agency, input.refundId)
  if (refund.method !== 'provider' && input.outcome === 'succeeded') throw byHand(refund)
  if (refund.status === input.outcome) return refund
  const no = refusedBy(refundGuards.settle, { refund, by: caller.clientId })
  if (no === 'isUnderWay') throw new Refusal('refund_not_under_way', `The refund is ${refund.status}.`)
  if (no) throw new Refusal('maker_cannot_approve', 'Who asks for a refund cannot say what became of it.')
  refuseWrongAmount(refund, input)
  await applyOutcome(deps, {
    merchantAccountId: refund.merchantAccountId,
    outcome: outcomeOf(deps, refund, input),
    source: 'person',
    first: (sql) => [refuseConfirmed(sql, refund.id)],
    remark: { settled_by: caller.clientId, note: maskText(input.note) },
  }).catch((error: unknown) => {
    const constraint = databaseError(error)?.constraint
    if (constraint === 'refund_by_hand') throw byHand(refund, error)
    if (constraint !== 'refund_confirmed') throw error
    throw new Refusal('refund_not_under_way', 'The transfer that returned it is confirmed.', { cause: error })
  })
  deps.log.info(
    { refund: refund.id, order: orderId, by: caller.clientId, outcome: input.outcome },
    'refund settled by a person',
  )
  return (await readRefund(deps, caller.agency, input.refundId)).refund
}

const byHand = ({ id }: Refund, cause?: unknown): Refusal =>
  new Refusal(
    'refund_by_hand',
    `People return it by a transfer: confirm that with its bank reference, POST /v1/refunds/${id}/confirm.`,
    cause === undefined ? {} : { cause },
  )

/** A refund and its order. Throws Refusal `not_found`. */
export const readRefund = async (
  deps: Deps,
  scope: string,
  refundId: string,
): Promise<{ orderId: string; refund: Refund }> => {
  const orderId = await findRefundOrder(deps.db, scope, refundId)
  const facts = orderId ? await loadFacts(deps.db, scope, { orderId }) : null
  const refund = facts?.refunds.find((each) => each.id === refundId)
  if (!orderId || !refund) throw new Refusal('not_found', 'There is no such refund.')
  return { orderId, refund }
}

const refuseWrongAmount = (refund: Refund, { outcome, amount }: RefundSettlement): void => {
  if (amount === null) return
  const message =
    outcome === 'failed'
      ? 'must be absent where nothing was returned'
      : refusedBy(refundGuards.told, { refund, amount })
        ? `must be at most ${refund.amount}`
        : null
  if (message)
    throw new Refusal('invalid_input', `The amount ${message}.`, { errors: [{ pointer: '/amount', message }] })
}

const outcomeOf = (deps: Deps, refund: Refund, { outcome, amount, providerReference }: RefundSettlement): Outcome => {
  const common = {
    merchantReference: refund.merchantReference,
    providerReference,
    occurredAt: deps.now(),
    code: 'settled_by_person',
  }
  return outcome === 'succeeded'
    ? { ...common, status: 'refunded', amount: amount ?? refund.amount }
    : { ...common, status: 'failed', subject: 'refund' }
}
