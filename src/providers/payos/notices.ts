/** What payOS tells us unasked: the webhook of a transfer (signed over `data` alone), and the browser's return (not signed at all). */
import type { Outcome } from '../../domain/outcome.ts'
import { jsonObject } from '../call.ts'
import { type IncomingRequest, ProviderError } from '../contract.ts'
import { readParams, readText } from '../signed-text.ts'
import { isOrderCode, readAmount, readCode, readReference, readTime } from './messages.ts'
import { dataText, isSigned, type Members } from './signature.ts'

export type Webhook = { data: Members; signature: string }

const bytesMax = 64 * 1024

/** Reads a webhook without believing it. Throws `malformed`. */
export const readWebhook = ({ method, body }: Pick<IncomingRequest, 'method' | 'body'>): Webhook => {
  if (method !== 'POST') throw new ProviderError('malformed', 'payOS calls by POST')
  const members = jsonObject(readText(body, { bytesMax }))
  const data = members?.data
  if (!members || typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new ProviderError('malformed', 'the body is not a webhook')
  }
  return { data: { ...data }, signature: typeof members.signature === 'string' ? members.signature : '' }
}

/** The order code of a proven webhook. Throws `forged`, and `malformed` for one that could be read in two ways or names no order. */
export const believe = ({ data, signature }: Webhook, checksumKey: string): string => {
  const text = dataText(data)
  if (!isSigned(text, { signature, checksumKey })) throw new ProviderError('forged', 'the signature does not hold')
  checkOneReading(data)
  return orderCodeIn(data) ?? malformed('orderCode is not a whole number from 1 to 2^53 - 1')
}

/**
 * Whether a proven webhook is the sample by which payOS confirms a webhook address: an order code that is never ours, with one of the two texts that it is known
 * to have. No money came with it.
 */
export const isSample = ({ data: { orderCode, description } }: Webhook): boolean =>
  orderCode === 123 && (description === 'VQRIO123' || description === 'Ma giao dich thu nghiem')

/** What a proven webhook says: one transfer. Only `00` is money; what nobody listed is pending. Throws `malformed` for money that cannot be booked. */
export const webhookOutcome = (merchantReference: string, { data }: Webhook): Outcome => {
  const code = readCode(data.code) ?? malformed('code is absent or has another shape')
  const common = { merchantReference, occurredAt: readTime(data.transactionDateTime), code }
  if (code !== '00') return { ...common, providerReference: null, status: 'pending', subject: 'payment' }
  const amount = readAmount(data.amount) ?? malformed('amount is not a whole number of đồng')
  if (data.currency !== 'VND') malformed('the currency is not VND')
  // Without the bank's reference two transfers of one amount would be one, so the query has to tell.
  const providerReference =
    readReference(data.reference, merchantReference) ?? malformed('the transfer has no reference')
  return { ...common, providerReference, status: 'captured', amount }
}

/** The order code that an unproven webhook names; null where it names none. */
export const claimedOrderCode = (request: IncomingRequest): string | null => {
  try {
    return orderCodeIn(readWebhook(request).data)
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

/** The order code and the link that a return names; null where it names none. Nothing of it is signed. */
export const readReturned = ({
  method,
  search,
}: Pick<IncomingRequest, 'method' | 'search'>): { orderCode: string; link: string } | null => {
  if (method !== 'GET') return null
  const params = readParams(search, { lengthMax: 8192, signatures: [] })
  const [orderCode, link] = [params.get('orderCode') ?? '', params.get('id') ?? '']
  return isOrderCode(orderCode) && link !== '' ? { orderCode, link } : null
}

/**
 * Values are signed unescaped, so one that holds `&name=` could pass for two members. Only texts that sort between `code` and `orderCode` may hold `&`,
 * the bank's description and the payer's name among them: then amount and code before them, and order code, link, reference and time after them, can be
 * read in one way only.
 */
const checkOneReading = (data: Members): void => {
  for (const [name, value] of Object.entries(data)) {
    if (!/^[A-Za-z0-9_]{1,64}$/.test(name)) malformed('a member has an odd name')
    const isFree = name > 'code' && name < 'orderCode'
    if (!isFree && JSON.stringify(value).includes('&')) malformed(`${name} holds the separator of the signed text`)
  }
}

const orderCodeIn = ({ orderCode }: Members): string | null =>
  typeof orderCode === 'number' && isOrderCode(String(orderCode)) ? String(orderCode) : null

const malformed = (problem: string): never => {
  throw new ProviderError('malformed', problem)
}
