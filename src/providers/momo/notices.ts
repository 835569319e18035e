/** What MoMo tells us unasked: the IPN (a JSON body) and the browser's return (a query string). Same fields, same signature. */
import type { Outcome } from '../../domain/outcome.ts'
import { jsonObject } from '../call.ts'
import { type IncomingRequest, ProviderError } from '../contract.ts'
import { readAmount, readNumber, readTime, wireText } from '../json-fields.ts'
import { readParams, readText } from '../signed-text.ts'
import type { Account } from './account.ts'
import { standingOf } from './codes.ts'
import { isReference } from './messages.ts'
import { isSigned, signedKeys } from './signature.ts'

/** The signed fields as text, absent ones empty, and the signature that came with them. */
export type Notice = { fields: Readonly<Record<string, string>>; signature: string }

const bytesMax = 64 * 1024
const names = signedKeys.notice.filter((name) => name !== 'accessKey')

/** Reads an IPN. A repeated member counts with its last value, for the check and for the reading alike. Throws `malformed`. */
export const readIpn = ({ method, body }: Pick<IncomingRequest, 'method' | 'body'>): Notice => {
  if (method !== 'POST') throw new ProviderError('malformed', 'MoMo calls by POST')
  const members = jsonObject(readText(body, { bytesMax }))
  if (!members) throw new ProviderError('malformed', 'the body is not a JSON object')
  return readNotice((name) => wireText(members[name]))
}

/** Reads a return, decoded once. Parameters of our own address may stand between MoMo's. Throws `malformed`, `forged` for two signatures. */
export const readRedirect = ({ method, search }: Pick<IncomingRequest, 'method' | 'search'>): Notice => {
  if (method !== 'GET') throw new ProviderError('malformed', 'MoMo sends browsers back by GET')
  const params = readParams(search, { lengthMax: 8192, signatures: ['signature'] })
  return readNotice((name) => params.get(name) ?? '')
}

/** Whether MoMo signed it with this account's keys. */
export const isGenuine = ({ fields, signature }: Notice, keys: { access_key: string; secret_key: string }): boolean =>
  isSigned('notice', fields, { signature, keys })

/**
 * The reference of the payment that a notice is about, once it is proven: signed with our keys, in our name, and of a payment as we start them
 * (requestId is orderId, extraData empty). Throws `forged`, `malformed`, and `rejected` for a genuine one that is not of this gateway.
 */
export const believe = (notice: Notice, account: Account): string => {
  if (!isGenuine(notice, account)) throw new ProviderError('forged', 'the signature does not hold')
  const { orderId = '', requestId, extraData, partnerCode } = notice.fields
  if (partnerCode !== account.partner_code) throw new ProviderError('rejected', 'the partnerCode is another one')
  // Values are signed unescaped. As long as only `message` may hold `&`, one signing text has exactly one reading.
  const isAmbiguous = names.some((name) => name !== 'message' && notice.fields[name]?.includes('&'))
  if (isAmbiguous) throw new ProviderError('malformed', 'a field holds the separator of the signing text')
  if (!isReference(orderId)) throw new ProviderError('malformed', 'orderId is absent or has another shape')
  if (requestId !== orderId || extraData !== '') {
    throw new ProviderError('rejected', 'requestId or extraData is not what we send')
  }
  return orderId
}

/**
 * What a proven IPN says of its payment; nothing for codes that are about a call or a refund. 99 is failed only after a query, so it is pending here.
 * Throws `malformed` for an amount or a code that is none, and for money without its number: the query then tells.
 */
export const noticeOutcomes = (merchantReference: string, { fields }: Notice): Outcome[] => {
  const { resultCode: code = '', transId = '', responseTime = '' } = fields
  const amount = readAmount(fields.amount ?? '')
  if (amount === null) throw new ProviderError('malformed', 'amount is not a whole number of đồng')
  if (!isCode(code)) throw new ProviderError('malformed', 'resultCode is not a whole number')
  const common = { merchantReference, occurredAt: readTime(responseTime), code }
  const standing = standingOf(code)
  if (standing === 'paid') {
    // A failure carries a millisecond stamp here, which is no transaction; only at 0 it is one.
    if (readNumber(transId) === null) throw new ProviderError('malformed', 'transId of a payment is not a number')
    return [{ ...common, providerReference: transId, status: 'captured', amount }]
  }
  const quiet = { ...common, providerReference: null, subject: 'payment' as const }
  if (standing === 'failed') return [{ ...quiet, status: 'failed' }]
  if (standing === 'pending' || standing === 'doubtful') return [{ ...quiet, status: 'pending' }]
  return []
}

/** The orderId that an unproven IPN names; null where it names none. */
export const claimedOrderId = ({ method, body }: IncomingRequest): string | null => {
  try {
    const { orderId = '' } = readIpn({ method, body }).fields
    return isReference(orderId) ? orderId : null
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

/** Whether a text is a resultCode, listed or not. */
export const isCode = (text: string): boolean => /^-?[0-9]{1,9}$/.test(text)

const readNotice = (read: (name: string) => string | null): Notice => {
  const values = names.map((name) => [name, read(name)] as const)
  const signature = read('signature')
  const broken = values.find(([, value]) => value === null)?.[0] ?? (signature === null ? 'signature' : null)
  if (broken !== null) throw new ProviderError('malformed', `${broken} is neither text nor a number`)
  return { fields: Object.fromEntries(values.map(([name, value]) => [name, value ?? ''])), signature: signature ?? '' }
}
