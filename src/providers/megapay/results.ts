/** What MegaPay's results mean for money, and how much of a message that has no separators may be believed. */

import type { Outcome } from '../../domain/outcome.ts'
import { type CallbackReading, type Payment, ProviderError, type QueryAnswer, type Refund } from '../contract.ts'
import { readAmount } from '../json-fields.ts'
import type { Account } from './account.ts'
import { isNumber, isReference, resultOf } from './messages.ts'
import { isGenuine, type Texts } from './tokens.ts'

/** `00_000` paid; `00_005` a deposit account was assigned and nothing paid; `99…` not known; every other one failed (interface 1.4.6). */
type Standing = 'paid' | 'pending' | 'failed'
const standingOf = (code: string): Standing => {
  if (code === '00_000') return 'paid'
  // What has not the form of a code is none of the table.
  if (code === '00_005' || code.startsWith('99') || !/^[0-9A-Z]{2}_[0-9A-Z]{3}$/.test(code)) return 'pending'
  return 'failed'
}

/** A result that the token proves to be this merchant's. Its timeStamp is opaque text: nothing says that it is when the money moved. Throws `forged`, `rejected` for another merchant's, and `malformed`. */
const believe = (result: Texts, account: Account) => {
  const read = (name: string) => result.get(name) ?? ''
  if (!isGenuine(result, account.encode_key)) throw new ProviderError('forged', 'the token does not hold')
  if (read('merId') !== account.mer_id) throw new ProviderError('rejected', 'the result is for another merchant')
  const [merchantReference, code, trxId] = [read('merTrxId'), read('resultCd'), read('trxId')]
  if (!isReference(merchantReference)) throw malformed('merTrxId')
  const amount = readAmount(read('amount'))
  if (amount === null) throw malformed('amount')
  if (!/^[0-9A-Z_]{1,20}$/.test(code)) throw malformed('resultCd')
  if (standingOf(code) === 'paid' && !isNumber(trxId)) throw malformed('trxId')
  return { merchantReference, code, amount, trxId, cancelTrxId: read('cancelTrxId') }
}

/** The reference that a return names, once its token holds. */
export const believedReference = (result: Texts, account: Account): string => believe(result, account).merchantReference

/**
 * What an IPN proves. Values slide without breaking the token: a digit of a fee makes another amount, a digit of the time another code, a digit of MegaPay's
 * number another reference. So a success counts only under the reference and with the amount of a stored payment, and only where time and number are no more
 * than that. All else makes us ask.
 */
export const noticeReading = async (
  result: Texts,
  { account, findPayment }: { account: Account; findPayment: (reference: string) => Promise<Payment | null> },
): Promise<CallbackReading> => {
  const { merchantReference, code, amount, trxId } = believe(result, account)
  const stored = standingOf(code) === 'paid' && isBounded(result) ? await findPayment(merchantReference) : null
  if (stored?.amount !== amount) return { merchantReference, outcomes: [], ask: true }
  const captured = { providerReference: trxId, occurredAt: null, code, status: 'captured' as const, amount }
  return { merchantReference, outcomes: [{ merchantReference, ...captured }] }
}

/**
 * Whether nothing lies within the time or MegaPay's number. The form passes through the payer's browser, so payToken and fee may be the payer's own words: with a
 * whole second message in them, a longer time could swallow the first one, and a longer number its end. Times have 13 or 14 digits in every source.
 */
const isBounded = (result: Texts): boolean => {
  const [time, number, end] = [
    result.get('timeStamp'),
    result.get('trxId'),
    `${result.get('merId')}${result.get('amount')}`,
  ]
  return /^[0-9]{13,14}$/.test(time ?? '') && !number?.includes(end)
}

/**
 * What a status answer says of the payment. The outer code tells only whether the query ran; `data` is hashed as an IPN is, and came over TLS, so that nobody
 * could slide anything. Throws `unknown` where it did not run: no code is known to mean "no such payment".
 */
export const queriedState = (json: Record<string, unknown>, payment: Payment, account: Account): QueryAnswer => {
  const outer = typeof json.resultCd === 'string' ? json.resultCd : ''
  if (outer === '') throw malformed('resultCd')
  const { data } = json
  if (outer !== '00_000' || typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new ProviderError('unknown', 'the query was not answered', { code: outer.slice(0, 20) })
  }
  const { merchantReference, code, amount, trxId } = believe(resultOf({ ...data }), account)
  if (merchantReference !== payment.merchantReference) throw malformed('merTrxId')
  const evidence = { merchantReference, code, occurredAt: null }
  const standing = standingOf(code)
  const outcome: Outcome =
    standing === 'paid'
      ? { ...evidence, providerReference: trxId, status: 'captured', amount }
      : { ...evidence, providerReference: null, status: standing, subject: 'payment' }
  return { known: true, outcomes: [outcome] }
}

/**
 * What the answer to a cancel call says: `00_000` with a token is money returned. Public code checks the token of a success only, so a refusal counts without
 * one: TLS vouches for it. Throws `rejected` for a refusal and `unknown` where nothing is decided.
 */
export const cancelOutcome = (json: Record<string, unknown>, refund: Refund, account: Account): Outcome => {
  const code = typeof json.resultCd === 'string' ? json.resultCd.slice(0, 20) : ''
  if (code === '') throw malformed('resultCd')
  const standing = standingOf(code)
  if (standing === 'failed') throw new ProviderError('rejected', 'MegaPay refused the refund', { code })
  if (standing === 'pending') throw new ProviderError('unknown', 'MegaPay did not decide', { code })
  const told = believe(resultOf(json), account)
  const { merchantReference, amount, payment } = refund
  if (told.merchantReference !== merchantReference) throw malformed('merTrxId')
  if (told.amount !== amount) throw malformed('amount')
  // Which of the two has the refund's own number is not documented; the payment's is not it.
  const own = [told.cancelTrxId, told.trxId].find((number) => isNumber(number) && number !== payment.providerReference)
  return { merchantReference, providerReference: own ?? null, occurredAt: null, code, status: 'refunded', amount }
}

const malformed = (name: string): ProviderError =>
  new ProviderError('malformed', `${name} is absent, another one than ours, or has another shape`)
