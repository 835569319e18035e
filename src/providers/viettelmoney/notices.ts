/**
 * What Viettel sends us: the result of a payment, the check of an order before it takes money, and the question whether we have a result. All three come to one
 * address and are told apart by their fields. Their check sums join values without a separator, so each value that counts is compared with what is stored.
 */
import type { Outcome } from '../../domain/outcome.ts'
import {
  type CallbackReading,
  type FindPayment,
  type IncomingRequest,
  type Payment,
  ProviderError,
} from '../contract.ts'
import { readAmount } from '../json-fields.ts'
import { readParams, readText } from '../signed-text.ts'
import type { Account } from './account.ts'
import { isErrorCode, isPaymentStatus, standingOf } from './codes.ts'
import { billcodeOf, isOwnReference, isReference, isTransactionNumber } from './messages.ts'
import { checkSumField, type Fields, isSigned } from './signature.ts'

export type Notice = { kind: 'result' | 'verify' | 'partnerQuery'; fields: Fields }
/** A notice whose check sum holds, in our name; `payment` is what is stored under its order_id. */
export type Proven = Notice & { reference: string; payment: Payment | null }

const lengthMax = 16_384
const resultOnly = ['cust_msisdn', 'error_code', 'payment_status', 'trans_amount', 'vt_transaction_id']

/** Reads a POST of Viettel's. Throws `malformed`, and `forged` for two check sums. */
export const readNotice = ({ method, body }: Pick<IncomingRequest, 'method' | 'body'>): Notice => {
  if (method !== 'POST') throw new ProviderError('malformed', 'Viettel calls by POST')
  const fields = readFields(readText(body, { bytesMax: lengthMax }))
  if (resultOnly.some((name) => fields[name] !== undefined)) return { kind: 'result', fields }
  return { kind: fields.billcode === undefined ? 'partnerQuery' : 'verify', fields }
}

/** Reads a browser's return: the fields of a result in the query. */
export const readReturned = ({ method, search }: Pick<IncomingRequest, 'method' | 'search'>): Notice => {
  if (method !== 'GET') throw new ProviderError('malformed', 'Viettel sends browsers back by GET')
  return { kind: 'result', fields: readFields(search) }
}

/**
 * The order_id of a notice whose check sum holds and that is in our name. Throws `forged`, `malformed`, and `rejected` for another merchant's. The check of an
 * order is not proven by it: `believe` does that.
 */
export const prove = ({ kind, fields }: Notice, account: Account): string => {
  if (kind !== 'verify') checkSigned({ kind, fields }, account)
  const { order_id: reference = '', merchant_code } = fields
  if ((fields[checkSumField] ?? '') === '') throw new ProviderError('forged', 'the check sum is absent')
  if (!isReference(reference)) throw new ProviderError('malformed', 'order_id is absent or has another shape')
  if (merchant_code !== account.merchant_code) throw new ProviderError('rejected', 'the merchant_code is another one')
  return reference
}

/**
 * Proves a notice and finds its payment. The check of an order does not send the amount that it signs: the stored one is put in, so without a stored payment
 * nothing can be proven. Throws as `prove`, and `rejected` for an order that is not here.
 */
export const believe = async (
  { kind, fields }: Notice,
  { account, findPayment }: { account: Account; findPayment: FindPayment },
): Promise<Proven> => {
  const reference = prove({ kind, fields }, account)
  const payment = await findPayment(reference)
  // Of an order that is not here only the shape tells where its order_id ends.
  if (!payment && !isOwnReference(reference)) throw new ProviderError('rejected', 'order_id is none of this gateway')
  if (kind !== 'verify') return { kind, fields, reference, payment }
  if (!payment) throw new ProviderError('rejected', 'there is no such order to check', { code: 'unknown_order' })
  const complete = { ...fields, trans_amount: String(payment.amount) }
  checkSigned({ kind, fields: complete }, account)
  checkBill(complete, payment)
  return { kind, fields: complete, reference, payment }
}

/** What a proven notice is. */
export const readingOf = (proven: Proven): CallbackReading => {
  const { kind, reference } = proven
  if (kind === 'verify') return { merchantReference: reference, outcomes: [], question: 'payable' }
  if (kind === 'partnerQuery') return { merchantReference: reference, outcomes: [], question: 'settled' }
  return { merchantReference: reference, outcomes: resultOutcomes(proven) }
}

/** The order_id that an unproven notice names; null where it names none. */
export const claimedReference = (request: IncomingRequest): string | null => {
  try {
    const { order_id = '' } = readNotice(request).fields
    return isReference(order_id) ? order_id : null
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

const resultOutcomes = ({ fields, reference, payment }: Proven): Outcome[] => {
  const { error_code = '', payment_status = '', trans_amount = '', vt_transaction_id: number = '' } = fields
  if (!isErrorCode(error_code) || !isPaymentStatus(payment_status)) {
    throw new ProviderError('malformed', 'error_code or payment_status is not a code')
  }
  const amount = readAmount(trans_amount)
  if (amount === null) throw new ProviderError('malformed', 'trans_amount is not a whole number of đồng')
  if (number !== '' && !isTransactionNumber(number)) {
    throw new ProviderError('malformed', 'vt_transaction_id is not a number')
  }
  const standing = standingOf({ errorCode: error_code, paymentStatus: payment_status })
  if (payment) checkBorders({ fields, payment, amount, isPaid: standing === 'paid' })
  const code = `${error_code}/${payment_status}`
  const common = { merchantReference: reference, occurredAt: null, code }
  if (standing === 'paid') {
    if (number === '') throw new ProviderError('malformed', 'a payment has no vt_transaction_id')
    return [{ ...common, providerReference: number, status: 'captured', amount }]
  }
  if (standing === 'nothing_yet') return []
  return [{ ...common, providerReference: null, status: standing, subject: 'payment' }]
}

/**
 * Whether the values are cut where Viettel cut them. A result with another amount is money and is told; but where our amount and the beginning of the transaction
 * number make the same digits, somebody may have moved the border between the two.
 */
const checkBorders = (result: { fields: Fields; payment: Payment; amount: bigint; isPaid: boolean }): void => {
  const { fields, payment, amount, isPaid } = result
  checkBill(fields, payment)
  if (amount === payment.amount) return
  const ours = String(payment.amount)
  const digits = `${fields.trans_amount}${fields.vt_transaction_id ?? ''}`
  // Our own reply to the check of this order has the text of a result whose last three values are cut out of the amount.
  const isOwnReply = `${fields.payment_status}${digits}` === ours
  if (isPaid && !digits.startsWith(ours) && !isOwnReply) return
  throw new ProviderError('malformed', 'trans_amount may have been cut elsewhere', { code: 'amount_moved' })
}

const checkBill = ({ billcode }: Fields, payment: Payment): void => {
  if (billcode !== billcodeOf(payment)) throw new ProviderError('malformed', 'billcode is not that of the order')
}

const checkSigned = ({ kind, fields }: Notice, account: Account): void => {
  if (!isSigned(kind, fields, account)) throw new ProviderError('forged', 'the check sum does not hold')
}

const readFields = (text: string): Fields =>
  Object.fromEntries(readParams(text, { lengthMax, signatures: [checkSumField] }))
