/** Somebody asks for money to be returned. Above the agency's limit a second person must agree; nobody may return more than was captured. */

import type { Caller } from '../domain/access.ts'
import { refusedBy } from '../domain/guards.ts'
import { linkEvents } from '../domain/order-events.ts'
import type {
  Attempt,
  OrderFacts,
  PayeeAccount,
  Refund,
  RefundLine,
  RefundMethod,
  RefundReasonCode,
} from '../domain/order-facts.ts'
import { presentWithBank } from '../domain/payee-banks.ts'
import { tellRefund } from '../domain/present.ts'
import { refundGuards } from '../domain/refund-guards.ts'
import { chooseLines, leftOfLines, shareOver, sumOf, type WantedLine } from '../domain/refund-lines.ts'
import { heldOf, refundableOf } from '../domain/refundable.ts'
import { Refusal } from '../domain/refusal.ts'
import { suspenseOf } from '../domain/surplus.ts'
import { addWorkingDays } from '../domain/working-days.ts'
import { stringifyMoney } from '../lib/json.ts'
import { businessDay } from '../lib/time.ts'
import { databaseError, inScope, isConflict, isDuplicate } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { orderQueries } from '../store/order-commit.ts'
import { type RefundTerms, readRefundTerms } from '../store/refunds.ts'
import type { Deps } from './deps.ts'
import { type IdempotentAnswer, idempotently } from './idempotently.ts'
import { sealPayee, showPayee } from './refund-payee.ts'
import { sendLater } from './send-refund.ts'
import { methodOf, newRefundMembers } from './write-change.ts'

/**
 * `attemptId` names the attempt whose money is meant; null is the one that paid the order. `amount` null is all that is left, or all that the lines come to;
 * without `lines` the amount is shared over what is left of them.
 */
export type RefundRequest = {
  orderId: string
  attemptId?: string | null
  amount: bigint | null
  reason: string
  reasonCode?: RefundReasonCode | null
  lines?: readonly WantedLine[] | null
  /** Null: by the provider's own call where it has one. */
  method?: RefundMethod | null
  /** Who gets it, where it is returned by hand. */
  payeeAccount?: PayeeAccount | null
}

/**
 * Asks for a refund of what paid the order, or, of an attempt that is named, of what is held in suspense. Answers 202 and the refund. Throws Refusal
 * `not_found`, `nothing_to_refund`, `refund_exceeds_captured`, `refund_in_progress`, `disputed`, `line_not_refundable`, `invalid_input` for lines, and those
 * of `idempotently`.
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
      const refused = refusals[databaseError(error)?.constraint ?? '']
      if (refused) throw refused(error)
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
  const terms = await readRefundTerms(deps.db, {
    ...{ orderId: facts.order.id, agencyCode: facts.order.agencyCode },
    ...{ bin: input.payeeAccount?.bank_bin ?? null, day: businessDay(deps.now()) },
  })
  return idempotently(deps, {
    scope: caller.agency,
    key: { clientId: caller.clientId, route: `POST /v1/orders/${input.orderId}/refunds`, key: idempotency.key },
    body: idempotency.body,
    write: async (claim) => {
      const refund = buildRefund(deps, facts, { input, madeBy: caller.clientId, terms })
      const payeeSealed = input.payeeAccount ? await sealPayee(deps, refund.id, input.payeeAccount) : null
      const now = deps.now()
      const events = linkEvents(facts.order, [{ type: 'refund.requested', data: tellRefund(refund) }], {
        newId: deps.newId,
        now,
      })
      const body = { status: 202, body: stringifyMoney(presentWithBank(refund, terms.banks)) }
      await inScope(deps.db, caller.agency, (sql) => [
        claim(sql, body),
        ...orderQueries(sql, { read: facts.order, order: {}, newRefunds: [{ ...refund, payeeSealed }], events, now }),
      ])
      if (refund.status === 'approved') sendLater(deps, refund.id)
      return body
    },
  })
}

const buildRefund = (
  deps: Deps,
  facts: OrderFacts,
  { input, madeBy, terms }: { input: RefundRequest; madeBy: string; terms: RefundTerms },
): Refund => {
  const { order } = facts
  const { attempt, source } = chooseMoney(facts, input.attemptId ?? null)
  const left = refundableOf(facts, { attemptId: attempt.id, source })
  const no = refusedBy(refundGuards.request, { facts, attemptId: attempt.id, left })
  if (no === 'isNotDisputed') throw disputed()
  if (no === 'noneIsOpen') throw inProgress()
  if (no)
    throw new Refusal(
      'nothing_to_refund',
      source === 'order' ? 'Everything that was paid has been refunded.' : 'Nothing is held of this attempt.',
    )
  const named = input.lines ? nameLines(facts, { source, wanted: input.lines, amount: input.amount }) : null
  const amount = named ? sumOf(named) : (input.amount ?? left)
  if (refusedBy(refundGuards.amount, { amount, left })) throw tooMuch(left)
  const lines = named ?? (source === 'order' ? shareOver(leftOfLines(facts), amount) : [])
  if (input.reasonCode === 'dossier_rejected') refuseKept(lines, terms.keptLines)
  const method = chooseMethod(deps, attempt.provider, input)
  const id = deps.newId('rfd')
  const now = deps.now()
  // A payment that is returned in parts needs a second person as one that is returned at once.
  const status = heldOf(facts, attempt.id) + amount > terms.limit ? 'requested' : 'approved'
  return {
    ...newRefundMembers,
    id,
    agencyCode: order.agencyCode,
    orderId: order.id,
    attemptId: attempt.id,
    merchantAccountId: attempt.merchantAccountId,
    provider: attempt.provider,
    merchantReference: id.replace('_', ''),
    source,
    status,
    amount,
    reason: input.reason,
    reasonSalt: deps.newToken(16),
    reasonCode: input.reasonCode ?? null,
    lines,
    method,
    payeeAccount: input.payeeAccount ? showPayee(input.payeeAccount) : null,
    promisedOn: status === 'approved' ? addWorkingDays(businessDay(now), terms.workingDays) : null,
    madeBy,
    createdAt: now,
  }
}

/** Who returns it. A provider returns money to where it came from, so no account is kept for it. */
const chooseMethod = (deps: Deps, provider: string, { method, payeeAccount }: RefundRequest): RefundMethod => {
  const chosen = method ?? methodOf(deps, provider)
  if (chosen !== 'provider') return chosen
  if (methodOf(deps, provider) !== 'provider')
    throw wrong('/method', 'cannot be provider: it returns no money by itself')
  if (payeeAccount)
    throw wrong('/payee_account', 'must be absent: the provider returns the money to where it came from')
  return chosen
}

const wrong = (pointer: string, message: string): Refusal =>
  new Refusal('invalid_input', `${pointer} ${message}.`, { errors: [{ pointer, message }] })

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

const nameLines = (
  facts: OrderFacts,
  { source, wanted, amount }: { source: Refund['source']; wanted: readonly WantedLine[]; amount: bigint | null },
): RefundLine[] => {
  if (source === 'order') return chooseLines(facts, wanted, amount)
  throw wrong('/lines', 'must be absent: money beyond the order paid for no line')
}

/** What the fee's price says is kept when a dossier is rejected; a caller who wants the others back names those. */
const refuseKept = (lines: readonly RefundLine[], kept: readonly number[]): void => {
  const errors = lines.flatMap(({ lineNo, feeCode }, index) =>
    kept.includes(lineNo)
      ? [
          {
            pointer: `/lines/${index}`,
            message: `line ${lineNo} (${feeCode}) is not returned when a dossier is rejected`,
          },
        ]
      : [],
  )
  if (errors.length > 0)
    throw new Refusal('line_not_refundable', errors.map((error) => error.message).join('; '), { errors })
}

const disputed = (more: { cause?: unknown } = {}): Refusal =>
  new Refusal('disputed', 'A dispute about this payment is not settled: no refund of it is taken now.', more)

/** What the database says no to when somebody else was faster. */
const refusals: Readonly<Record<string, (cause: unknown) => Refusal>> = {
  refunds_cap: (cause) =>
    new Refusal('refund_exceeds_captured', 'Less than that is left of what was captured.', { cause }),
  refund_lines_cap: (cause) =>
    new Refusal('refund_exceeds_captured', 'Less than that is left of a fee line.', { cause }),
  refund_lines_one_open: inProgressBecause,
  refunds_disputed: (cause) => disputed({ cause }),
}

function inProgressBecause(cause: unknown): Refusal {
  return new Refusal('refund_in_progress', 'Another refund of the same fee line is not finished.', { cause })
}

const inProgress = (): Refusal => new Refusal('refund_in_progress', 'Another refund of this payment is not finished.')
const tooMuch = (left: bigint): Refusal =>
  new Refusal('refund_exceeds_captured', `At most ${left} đ can still be refunded.`, {
    errors: [{ pointer: '/amount', message: `must be at most ${left}` }],
  })
