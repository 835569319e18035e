/** What ZaloPay tells us unasked: the callback, whose `data` is a signed text, and the browser's return. */
import type { Outcome } from '../../domain/outcome.ts'
import { jsonObject } from '../call.ts'
import { type IncomingRequest, ProviderError } from '../contract.ts'
import { readAmount, readNumber, readTime, wireText } from '../json-fields.ts'
import { readParams, readText } from '../signed-text.ts'
import type { Account } from './account.ts'
import { isReference } from './messages.ts'
import { isSignedData, isSignedRedirect, redirectFields } from './signature.ts'

const bytesMax = 64 * 1024
/** `type` of an order; the other known one, 2, is an agreement. It is not signed, so it can only ever take belief away. */
const typeOrder = 1

/**
 * The money that a callback tells of; ZaloPay calls about successes only, so there is no state in it. Verified over `data` exactly as it was received, and only
 * then read. Throws `forged`, `malformed`, and `rejected` for a genuine one that is no order or not of this app.
 */
export const readCallback = (request: IncomingRequest, account: Account): Outcome & { status: 'captured' } => {
  const { data, mac, type } = envelope(request)
  if (!isSignedData(data, { mac, key2: account.key2 })) throw new ProviderError('forged', 'the mac does not hold')
  if (type !== typeOrder) throw new ProviderError('rejected', 'the callback is not about an order')
  const order = jsonObject(data)
  if (!order) throw new ProviderError('malformed', 'data is not a JSON object')
  if (wireText(order.app_id) !== account.app_id) throw new ProviderError('rejected', 'the app_id is another one')
  const { app_trans_id } = order
  if (typeof app_trans_id !== 'string' || !isReference(app_trans_id)) {
    throw new ProviderError('malformed', 'app_trans_id is absent or has another shape')
  }
  const amount = readAmount(wireText(order.amount) ?? '')
  // A number of 15 digits in every message seen, a text in the guide's table.
  const providerReference = wireText(order.zp_trans_id) ?? ''
  if (amount === null || readNumber(providerReference) === null) {
    throw new ProviderError('malformed', 'amount or zp_trans_id is not a number')
  }
  const occurredAt = readTime(wireText(order.server_time) ?? '')
  return { merchantReference: app_trans_id, providerReference, occurredAt, code: '1', status: 'captured', amount }
}

/** The app_trans_id that a return names, whatever state it claims. Throws as `readCallback`. */
export const readRedirect = ({ method, search }: IncomingRequest, account: Account): string => {
  if (method !== 'GET') throw new ProviderError('malformed', 'ZaloPay sends browsers back by GET')
  const fields = readParams(search, { lengthMax: 8192, signatures: ['checksum'] })
  if (!isSignedRedirect(fields, { checksum: fields.get('checksum') ?? '', key2: account.key2 })) {
    throw new ProviderError('forged', 'the checksum does not hold')
  }
  // As long as no value holds the separator, one signed text has exactly one reading.
  if (redirectFields.some((name) => fields.get(name)?.includes('|') ?? true)) {
    throw new ProviderError('malformed', 'a field is absent or holds the separator of the signed text')
  }
  if (fields.get('appid') !== account.app_id) throw new ProviderError('rejected', 'the appid is another one')
  const reference = fields.get('apptransid') ?? ''
  if (isReference(reference)) return reference
  throw new ProviderError('malformed', 'apptransid has another shape')
}

/** The app_trans_id that an unproven callback names; null where it names none. */
export const claimedReference = (request: IncomingRequest): string | null => {
  try {
    const claimed = jsonObject(envelope(request).data)?.app_trans_id
    return typeof claimed === 'string' && isReference(claimed) ? claimed : null
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

/** A repeated member counts with its last value, for the check and for the reading alike. */
const envelope = ({ method, body }: IncomingRequest): { data: string; mac: string; type: unknown } => {
  if (method !== 'POST') throw new ProviderError('malformed', 'ZaloPay calls by POST')
  const members = jsonObject(readText(body, { bytesMax }))
  const { data, mac, type } = members ?? {}
  // HMAC and JSON write half a surrogate pair differently.
  if (typeof data !== 'string' || !data.isWellFormed()) throw new ProviderError('malformed', 'the body has no data')
  return { data, mac: typeof mac === 'string' ? mac : '', type }
}
