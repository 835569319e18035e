/**
 * A refund that somebody returned by a bank transfer is confirmed, or the transfer has bounced. Both go through the one door as what a person says, never the one
 * who asked for the refund; the number of the transfer, or of the credit that gave it back, is kept in the same commit and serves one refund only, however it is spelt.
 */
import type { Caller } from '../domain/access.ts'
import { refusedBy } from '../domain/guards.ts'
import { maskText } from '../domain/mask-text.ts'
import { confirmedByHand, type Refund } from '../domain/order-facts.ts'
import type { DoorOutcome } from '../domain/outcome.ts'
import { refundGuards } from '../domain/refund-guards.ts'
import { Refusal } from '../domain/refusal.ts'
import { refundMoves } from '../domain/states.ts'
import { foldReference } from '../lib/text.ts'
import { businessDay, businessDayRange } from '../lib/time.ts'
import { databaseError, isDuplicate } from '../store/database.ts'
import { keepBounce, keepTransfer } from '../store/refunds.ts'
import { applyOutcome } from './apply-outcome.ts'
import type { Deps } from './deps.ts'
import { sendRefund } from './send-refund.ts'
import { readRefund } from './settle-refund.ts'

export type RefundConfirmation = {
  refundId: string
  bankReference: string
  /** The day of the transfer, `yyyy-MM-dd`. */
  paidOn: string
  /** How they know, such as the number of the payment order: told with the event. */
  evidence: string
}

/**
 * Confirms a transfer. The same again is answered as it is. Throws Refusal `not_found`, `refund_not_under_way`, `maker_cannot_approve` also for who alone approved
 * what the gateway proposed, `invalid_input` at `/paid_on` or `/bank_reference`, and `already_exists` at `/bank_reference` for a transfer that returned another refund.
 */
export const confirmRefund = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: RefundConfirmation,
): Promise<Refund> => {
  const refund = await readHandedOver(deps, caller, input.refundId)
  if (refund.status === 'succeeded' && isSame(refund.bankReference, input.bankReference)) return refund
  if (refund.method === 'provider') throw notUnderWay('is returned by its provider, not by hand')
  const no = refusedBy(refundGuards.confirm, { refund, by: caller.clientId })
  if (no === 'isUnderWay') throw notUnderWay(`is ${refund.status}`)
  if (no === 'speakerIsNotMaker') throw makerSpeaks()
  if (no) throw alone()
  refuseBlank(input.bankReference)
  refuseDay(deps, refund, { day: input.paidOn, pointer: '/paid_on' })
  const transfer = {
    id: refund.id,
    bankReference: input.bankReference,
    paidOn: input.paidOn,
    confirmedBy: caller.clientId,
  }
  await applyOutcome(deps, {
    merchantAccountId: refund.merchantAccountId,
    outcome: {
      status: 'refunded',
      merchantReference: refund.merchantReference,
      providerReference: input.bankReference,
      occurredAt: withinDay(deps, refund.sentAt, input.paidOn),
      code: confirmedByHand,
      amount: refund.amount,
    },
    source: 'person',
    first: (sql) => [keepTransfer(sql, transfer)],
    remark: { confirmed_by: caller.clientId, evidence: maskText(input.evidence) },
  }).catch((error: unknown) => {
    if (isDuplicate(error, 'refunds_bank_reference')) throw taken('is the transfer of another refund', error)
    const constraint = databaseError(error)?.constraint
    if (constraint === 'refund_confirmed') throw notUnderWay('was confirmed otherwise', error)
    throw constraint === 'refunds_confirmed' ? alone(error) : error
  })
  deps.log.info({ refund: refund.id, by: caller.clientId }, 'refund by hand confirmed')
  return (await readRefund(deps, caller.agency, input.refundId)).refund
}

/** The refund. What was approved a moment ago is handed over behind that answer, and who is quick to pay need not wait for it. */
const readHandedOver = async (deps: Deps, caller: Pick<Caller, 'agency'>, id: string): Promise<Refund> => {
  const { refund } = await readRefund(deps, caller.agency, id)
  if (refund.status !== 'approved' || refund.method === 'provider') return refund
  await sendRefund(deps, id)
  return (await readRefund(deps, caller.agency, id)).refund
}

export type RefundBounce = {
  refundId: string
  /** The number of the credit that gave it back. */
  bankReference: string
  returnedOn: string
  note: string
}

/**
 * Says that the bank gave a confirmed transfer back: the refund has failed and may be asked for again. Throws Refusal `not_found`, `refund_not_under_way`,
 * `maker_cannot_approve`, `invalid_input` at `/returned_on` or `/bank_reference`, and `already_exists` at `/bank_reference` for a credit that gave back another refund's.
 */
export const bounceRefund = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  input: RefundBounce,
): Promise<Refund> => {
  const { refund } = await readRefund(deps, caller.agency, input.refundId)
  if (refund.bankReference === null) throw notUnderWay('was not returned by a transfer')
  if (refund.status === 'failed') return refund
  if (!refundMoves[refund.status].bounced) throw notUnderWay(`is ${refund.status}`)
  if (refusedBy(refundGuards.bounce, { refund, by: caller.clientId })) throw makerSpeaks()
  refuseBlank(input.bankReference)
  refuseDay(deps, refund, { day: input.returnedOn, pointer: '/returned_on' })
  const outcome: DoorOutcome = {
    status: 'bounced',
    merchantReference: refund.merchantReference,
    providerReference: input.bankReference,
    occurredAt: withinDay(deps, refund.succeededAt, input.returnedOn),
    code: 'bounced',
    amount: refund.amount,
  }
  await applyOutcome(deps, {
    merchantAccountId: refund.merchantAccountId,
    outcome,
    source: 'person',
    first: (sql) => [keepBounce(sql, { id: refund.id, bounceReference: input.bankReference })],
    remark: { bounced_by: caller.clientId, note: maskText(input.note) },
  }).catch((error: unknown) => {
    if (isDuplicate(error, 'refunds_bounce_reference')) throw taken('gave back the transfer of another refund', error)
    throw databaseError(error)?.constraint === 'refund_bounced' ? notUnderWay('came back otherwise', error) : error
  })
  deps.log.info({ refund: refund.id, by: caller.clientId }, 'refund by hand bounced')
  return (await readRefund(deps, caller.agency, input.refundId)).refund
}

const makerSpeaks = (): Refusal =>
  new Refusal('maker_cannot_approve', 'Who asks for a refund cannot say what became of it.')

/** Money that leaves by hand takes two people; the gateway, which proposed it, is none. */
const alone = (cause?: unknown): Refusal =>
  new Refusal(
    'maker_cannot_approve',
    'Who approved what the gateway proposed cannot confirm its transfer too.',
    cause === undefined ? {} : { cause },
  )

const isSame = (known: string | null, told: string): boolean =>
  known !== null && foldReference(known) === foldReference(told)

/** A number of nothing but signs would be every other such number. */
const refuseBlank = (reference: string): void => {
  const message = 'must hold a letter or a digit'
  if (foldReference(reference) === '')
    throw new Refusal('invalid_input', `/bank_reference ${message}.`, {
      errors: [{ pointer: '/bank_reference', message }],
    })
}

/** A transfer is made after the refund was handed over, and not tomorrow. */
const refuseDay = (deps: Deps, refund: Refund, { day, pointer }: { day: string; pointer: string }): void => {
  const first = pointer === '/paid_on' ? businessDay(refund.sentAt ?? refund.createdAt) : (refund.paidOn ?? day)
  const today = businessDay(deps.now())
  const message = day < first ? `must not be before ${first}` : day > today ? `must not be after ${today}` : null
  if (message) throw new Refusal('invalid_input', `${pointer} ${message}.`, { errors: [{ pointer, message }] })
}

/** The instant that stands for a day: its noon, or what came before or is now where noon would be out of order. */
const withinDay = (deps: Deps, former: Date | null, day: string): Date => {
  const noon = new Date(businessDayRange(day).from.getTime() + 12 * 3_600_000)
  const now = deps.now()
  if (noon > now) return now
  return former && former > noon ? former : noon
}

const notUnderWay = (why: string, cause?: unknown): Refusal =>
  new Refusal('refund_not_under_way', `The refund ${why}.`, cause === undefined ? {} : { cause })

const taken = (message: string, cause: unknown): Refusal =>
  new Refusal('already_exists', `The number ${message}.`, { errors: [{ pointer: '/bank_reference', message }], cause })
