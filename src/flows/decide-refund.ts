/** A second person agrees to a refund or refuses it. The maker never does; the gateway's own proposals are decided the same way. */
import type { Caller } from '../domain/access.ts'
import { refusedBy } from '../domain/guards.ts'
import type { OrderFacts, Refund } from '../domain/order-facts.ts'
import { type RefundGuards, refundGuards } from '../domain/refund-guards.ts'
import { refundableOf } from '../domain/refundable.ts'
import { Refusal } from '../domain/refusal.ts'
import { addWorkingDays } from '../domain/working-days.ts'
import { businessDay } from '../lib/time.ts'
import { databaseError } from '../store/database.ts'
import { findRefundOrder, readRefundPromise } from '../store/refunds.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'
import { moveRefund } from './move-refund.ts'
import { sendLater } from './send-refund.ts'

export type RefundDecision = {
  refundId: string
  decision: 'approved' | 'rejected'
  /** Which naming of its payee the checker saw; null is the refund as it was asked for. */
  payeeVersion?: number | null
}

/**
 * Approves or rejects. The same decision twice, by the same person, changes nothing. Throws Refusal `not_found`, `maker_cannot_approve`,
 * `refund_not_awaiting_approval`, `refund_payee_changed` when it was named since who gets it, `disputed`, and `refund_exceeds_captured` when the provider has taken the money back meanwhile.
 */
export const decideRefund = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: RefundDecision,
): Promise<Refund> => {
  const orderId = await findRefundOrder(deps.db, caller.agency, input.refundId)
  if (!orderId) throw new Refusal('not_found', 'There is no such refund.')
  const workingDays = await readRefundPromise(deps.db, input.refundId)
  const decided = await changeOrder(deps, { scope: caller.agency, order: { orderId } }, (facts) => {
    const refund = facts?.refunds.find((each) => each.id === input.refundId)
    if (!facts || !refund) throw new Refusal('not_found', 'There is no such refund.')
    if (refund.decidedBy === caller.clientId && isDecidedAs(refund, input.decision))
      return { answer: { refund, isNew: false } }
    refuseUndecidable(facts, refund, { by: caller.clientId, input })
    const now = deps.now()
    const promisedOn = addWorkingDays(businessDay(now), workingDays)
    const move = {
      status: input.decision,
      decidedBy: caller.clientId,
      decidedAt: now,
      ...(input.decision === 'approved' ? { promisedOn } : {}),
    }
    return {
      answer: { refund: { ...refund, ...move }, isNew: true },
      write: moveRefund(deps, facts, { id: refund.id, ...move }),
    }
  }).catch((error: unknown) => {
    const constraint = databaseError(error)?.constraint
    if (constraint === 'refunds_disputed') throw disputed({ cause: error })
    if (constraint === 'refunds_four_eyes') throw ownRefund({ cause: error })
    throw constraint === 'refunds_cap' || constraint === 'refund_lines_cap' ? tooMuch(null, { cause: error }) : error
  })
  if (decided.isNew && input.decision === 'approved') sendLater(deps, input.refundId)
  return decided.refund
}

const refuseUndecidable = (
  facts: OrderFacts,
  refund: Refund,
  { by, input }: { by: string; input: RefundDecision },
): void => {
  const no =
    input.decision === 'rejected'
      ? refusedBy(refundGuards.reject, { refund })
      : refusedBy(refundGuards.approve, { facts, refund, by, payeeVersion: input.payeeVersion ?? 0 })
  if (no) throw refusals[no](facts, refund)
}

const refusals: Record<keyof RefundGuards['approve'], (facts: OrderFacts, refund: Refund) => Refusal> = {
  awaitsDecision: (_, { status }) => new Refusal('refund_not_awaiting_approval', `The refund is ${status}.`),
  checkerIsNotMaker: () => ownRefund(),
  payeeIsAsSeen: (_, refund) => payeeChanged(refund),
  isNotDisputed: () => disputed(),
  moneyIsThere: (facts, refund) => tooMuch(refundableOf(facts, refund, refund.id)),
}

const ownRefund = (more: { cause?: unknown } = {}): Refusal =>
  new Refusal('maker_cannot_approve', 'Who asks for a refund cannot approve it.', more)

const payeeChanged = ({ payeeVersion }: Refund): Refusal =>
  new Refusal(
    'refund_payee_changed',
    `It was named since who gets it: read the account, and approve with payee_version ${payeeVersion}.`,
    { errors: [{ pointer: '/payee_version', message: `is not ${payeeVersion}` }] },
  )

const disputed = (more: { cause?: unknown } = {}): Refusal =>
  new Refusal('disputed', 'A dispute about this payment is not settled: it can only be rejected now.', more)

const tooMuch = (left: bigint | null, more: { cause?: unknown } = {}): Refusal =>
  new Refusal(
    'refund_exceeds_captured',
    left === null
      ? 'Less than this refund is left of what was captured: reject it.'
      : `Only ${left} đ of what was captured can still be refunded: reject this refund.`,
    more,
  )

const isDecidedAs = (refund: Refund, decision: RefundDecision['decision']): boolean =>
  decision === 'rejected'
    ? refund.status === 'rejected'
    : !['requested', 'proposed', 'rejected', 'withdrawn'].includes(refund.status)
