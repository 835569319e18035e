/** Somebody asks for money to be returned. Above the agency's limit a second person must agree; nobody may return more than was captured. */

import type { Caller } from '../domain/access.ts'
import { linkEvents } from '../domain/order-events.ts'
import type { Attempt, OrderFacts, Refund } from '../domain/order-facts.ts'
import { presentRefund } from '../domain/present.ts'
import { heldOf, refundableOf } from '../domain/refundable.ts'
import { Refusal } from '../domain/refusal.ts'
import { openRefunds } from '../domain/states.ts'
import { suspenseOf } from '../domain/surplus.ts'
import { stringifyMoney } from '../lib/json.ts'
import { databaseError, inScope, isConflict, isDuplicate } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { orderQueries } from '../store/order-commit.ts'
import { readRefundLimit } from '../store/refunds.ts'
import type { Deps } from './deps.ts'
import { type IdempotentAnswer, idempotently } from './idempotently.ts'
import { sendLater } from './send-refund.ts'

/** `attemptId` names the attempt whose money is meant; null is the one that paid the order. `amount` null is all that is left. */
export type RefundRequest = { orderId: string; attemptId?: string | null; amount: bigint | null; reason: string }

/**
 * Asks for a refund of what paid the order, or, of an attempt that is named, of what is held in suspense. Answers 202 and the refund. Throws Refusal
 * `not_found`, `nothing_to_refund`, `refund_exceeds_captured`, `refund_in_progress` and those of `idempotently`.
 */
export const requestRefund = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: RefundRequest,
  idempotency: { key: string; body: Record<string, unknown> },
): Promise<IdempotentAnswer> => {
  for (let turn = 0; turn < 10; turn += 1) {
    const facts = await loadFacts(deps.db, caller.agency, { orderId: input.orderId })
    if (!facts) throw new Refusal('not_found', 'There is no such order.')
    try {
      return await ask(deps, { facts, caller, input, idempotency })
    } catch (error) {
      if (isDuplicate(error, 'refunds_one_open')) throw inProgress()
      if (databaseError(error)?.constraint === 'refunds_cap')
        throw new Refusal('refund_exceeds_captured', 'Less than that is left of what was captured.', { cause: error })
      if (!isConflict(error)) throw error
    }
  }
  throw new Refusal('conflict', 'The order is being changed by others; try again.', { retryAfterSeconds: 1 })
}

type Asking = {
  facts: OrderFacts
  caller: Pick<Caller, 'clientId' | 'agency'>
  input: RefundRequest
  idempotency: { key: string; body: Record<string, unknown> }
}

const ask = async (deps: Deps, { facts, caller, input, idempotency }: Asking): Promise<IdempotentAnswer> => {
  const limit = await readRefundLimit(deps.db, facts.order.agencyCode)
  return idempotently(deps, {
    scope: caller.agency,
    agencyCode: facts.order.agencyCode,
    key: { clientId: caller.clientId, route: `POST /v1/orders/${input.orderId}/refunds`, key: idempotency.key },
    body: idempotency.body,
    write: async (claim) => {
      const refund = buildRefund(deps, facts, { input, madeBy: caller.clientId, limit })
      const now = deps.now()
      const events = linkEvents(facts.order, [{ type: 'refund.requested', data: presentRefund(refund) }], {
        newId: deps.newId,
        now,
      })
      const body = { status: 202, body: stringifyMoney(presentRefund(refund)) }
      await inScope(deps.db, caller.agency, (sql) => [
        claim(sql, body),
        ...orderQueries(sql, { read: facts.order, order: {}, newRefunds: [refund], events, now }),
      ])
      if (refund.status === 'approved') sendLater(deps, refund.id)
      return body
    },
  })
}

const buildRefund = (
  deps: Deps,
  facts: OrderFacts,
  { input, madeBy, limit }: { input: RefundRequest; madeBy: string; limit: bigint },
): Refund => {
  const { order } = facts
  const { attempt, source } = chooseMoney(facts, input.attemptId ?? null)
  const others = facts.refunds.filter((refund) => refund.attemptId === attempt.id)
  if (others.some((refund) => openRefunds.includes(refund.status))) throw inProgress()
  const left = refundableOf(facts, { attemptId: attempt.id, source })
  if (left === 0n)
    throw new Refusal(
      'nothing_to_refund',
      source === 'order' ? 'Everything that was paid has been refunded.' : 'Nothing is held of this attempt.',
    )
  const amount = input.amount ?? left
  if (amount > left) throw tooMuch(left)
  const id = deps.newId('rfd')
  return {
    id,
    agencyCode: order.agencyCode,
    orderId: order.id,
    attemptId: attempt.id,
    merchantAccountId: attempt.merchantAccountId,
    provider: attempt.provider,
    merchantReference: id.replace('_', ''),
    source,
    // A payment that is returned in parts needs a second person as one that is returned at once.
    status: heldOf(facts, attempt.id) + amount > limit ? 'requested' : 'approved',
    amount,
    amountRefunded: 0n,
    reason: input.reason,
    providerReference: null,
    failureCode: null,
    madeBy,
    decidedBy: null,
    createdAt: deps.now(),
    sentAt: null,
    succeededAt: null,
  }
}

/** Which money is meant: what paid the order, unless an attempt is named that holds other money. */
const chooseMoney = (facts: OrderFacts, attemptId: string | null): { attempt: Attempt; source: Refund['source'] } => {
  const { paidBy, amountPaid } = facts.order
  const attempt = facts.attempts.find((each) => each.id === (attemptId ?? paidBy))
  if (!attempt && attemptId)
    throw new Refusal('not_found', 'The order has no such attempt.', {
      errors: [{ pointer: '/attempt', message: 'names no attempt of this order' }],
    })
  if (!attempt || (!attemptId && amountPaid === 0n))
    throw new Refusal('nothing_to_refund', 'Nothing was paid for this order.')
  const isPayer = attempt.id === paidBy
  return { attempt, source: isPayer && (!attemptId || suspenseOf(facts, attempt.id) === 0n) ? 'order' : 'surplus' }
}

const inProgress = (): Refusal => new Refusal('refund_in_progress', 'Another refund of this payment is not finished.')
const tooMuch = (left: bigint): Refusal =>
  new Refusal('refund_exceeds_captured', `At most ${left} đ can still be refunded.`, {
    errors: [{ pointer: '/amount', message: `must be at most ${left}` }],
  })
