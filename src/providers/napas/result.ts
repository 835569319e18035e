/**
 * NAPAS's result: base64 of JSON, and beside it the SHA-256 of the base64 text with the client secret behind it (public integration of 2022). The server posts it
 * as the body, the browser brings it in the form field `napasResult`.
 */
import type { Outcome } from '../../domain/outcome.ts'
import { decodeBase64 } from '../../lib/base64.ts'
import { sha256Hex } from '../../lib/hmac.ts'
import { jsonObject } from '../call.ts'
import { type IncomingRequest, ProviderError } from '../contract.ts'
import { readAmount, wireText } from '../json-fields.ts'
import { isSameHex, readParams, readText } from '../signed-text.ts'

const bytesMax = 64 * 1024

/** The text that is hashed, as it was received, and the check sum that came with it. */
export type Sealed = { data: string; checksum: string }
/** What a result says: the members that decide, as text. */
export type Result = { operation: string; result: string; orderId: string; transactionId: string; amount: bigint }

/** The server's notification. Throws `malformed`. */
export const readBody = ({ method, body }: Pick<IncomingRequest, 'method' | 'body'>): Sealed => {
  if (method !== 'POST') throw new ProviderError('malformed', 'NAPAS calls by POST')
  return sealedIn(readText(body, { bytesMax }))
}

/** What the browser brings, by POST. Throws `malformed`. */
export const readForm = ({ method, body }: Pick<IncomingRequest, 'method' | 'body'>): Sealed => {
  if (method !== 'POST') throw new ProviderError('malformed', 'NAPAS sends browsers back by POST')
  const params = readParams(readText(body, { bytesMax }), { lengthMax: bytesMax, signatures: [] })
  return sealedIn(params.get('napasResult') ?? '')
}

/** The check sum of a text in lowercase hex. */
export const checkSum = (data: string, secret: string): string => sha256Hex(data + secret)

/** What a result says, once it is proven over the text that was received. Throws `forged`, `malformed`. */
export const believe = ({ data, checksum }: Sealed, secret: string): Result => {
  if (!isSameHex({ expected: checkSum(data, secret), received: checksum })) {
    throw new ProviderError('forged', 'the check sum does not hold')
  }
  return readResult(data)
}

/** The order that an unproven text names; null where it names none. */
export const claimedIn = (read: () => Sealed): string | null => {
  try {
    return readResult(read().data).orderId
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

/**
 * A payment with SUCCESS is money, a refund with SUCCESS is money that went back; a refund without says nothing of its payment. No other word is published, so
 * every other one, FAILURE included, is pending. A transaction's number is unique with its order only, so it cannot be the number under which a statement lists the
 * payment: a capture that bore it would be taken for another one than the statement's. Refunds of parts are told apart by it.
 */
export const resultOutcomes = ({ operation, result, orderId, transactionId, amount }: Result): Outcome[] => {
  const common = { merchantReference: orderId, occurredAt: null, code: `${operation} ${result}` }
  const isRefund = operation === 'REFUND' || operation === 'REFUND_DOMESTIC'
  const number = `${orderId}.${transactionId}`
  if (isRefund && result !== 'SUCCESS') return []
  if (isRefund) return [{ ...common, providerReference: number, status: 'reversed', amount }]
  const isPayment = operation === 'PAY' || operation === 'PURCHASE'
  if (isPayment && result === 'SUCCESS') return [{ ...common, providerReference: null, status: 'captured', amount }]
  return [{ ...common, providerReference: null, status: 'pending', subject: 'payment' }]
}

/** Whether `text` can be an order's id. */
export const isReference = (text: string): boolean => /^[0-9A-Za-z_-]{1,50}$/.test(text)

const sealedIn = (text: string): Sealed => {
  const members = jsonObject(text)
  const { data, checksum = '' } = members ?? {}
  if (typeof data !== 'string' || typeof checksum !== 'string') {
    throw new ProviderError('malformed', 'the result is no JSON object with data and checksum')
  }
  return { data, checksum }
}

const readResult = (data: string): Result => {
  // Encoders for mail break lines after 76 characters. The breaks are under the seal like the rest.
  const bytes = decodeBase64(data.replaceAll(/\r?\n/g, ''))
  const payment = membersOf(bytes && jsonObject(readText(bytes, { bytesMax })), 'paymentResult')
  const [order, transaction] = [membersOf(payment, 'order'), membersOf(payment, 'transaction')]
  if (!payment || !order || !transaction) throw new ProviderError('malformed', 'data holds no paymentResult')
  const [operation, result] = [word(payment.apiOperation), word(payment.result)]
  const [orderId, transactionId] = [wireText(order.id) ?? '', wireText(transaction.id) ?? '']
  if (operation === '' || result === '' || !isReference(orderId) || !/^[0-9A-Za-z_.-]{1,60}$/.test(transactionId)) {
    throw new ProviderError('malformed', 'a member of the result is absent or has another shape')
  }
  if (order.currency !== 'VND' || transaction.currency !== 'VND') {
    throw new ProviderError('malformed', 'the currency is not VND')
  }
  return { operation, result, orderId, transactionId, amount: amountOf({ order, transaction, operation }) }
}

type Members = Record<string, unknown>

/** The order's and the transaction's amount are one for a payment; a refund may return a part. Text or number. */
const amountOf = (told: { order: Members; transaction: Members; operation: string }): bigint => {
  const [ordered, moved] = [told.order.amount, told.transaction.amount].map((each) => readAmount(wireText(each) ?? ''))
  const isRefund = told.operation.startsWith('REFUND')
  if (!ordered || !moved || (isRefund ? moved > ordered : moved !== ordered)) {
    throw new ProviderError('malformed', 'the amounts of order and transaction are none, or contradict each other')
  }
  return moved
}

const word = (value: unknown): string =>
  typeof value === 'string' && /^[0-9A-Za-z_ -]{1,50}$/.test(value) ? value : ''

const membersOf = (from: Members | null, name: string): Members | null => {
  const value = from && Object.hasOwn(from, name) ? from[name] : null
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
}
