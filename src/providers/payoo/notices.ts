/**
 * What Payoo tells us unasked: the notice (a form with XML, and within it base64 of more XML) and the browser's return. The sender of a notice chooses which
 * fields it signs, so what decides must be among them, and nothing else is read.
 */
import type { Outcome } from '../../domain/outcome.ts'
import { decodeBase64 } from '../../lib/base64.ts'
import { readXml, type XmlElement, XmlProblem } from '../../lib/xml.ts'
import { type IncomingRequest, ProviderError } from '../contract.ts'
import { readAmount } from '../json-fields.ts'
import { readParams, readText } from '../signed-text.ts'
import type { Account } from './account.ts'
import { isReference } from './messages.ts'
import { isSigned, noticeText, returnText } from './signature.ts'

/** The signed fields under the names of `KeyFields`, and the signature that came with them. */
export type Notice = { keyFields: string; fields: ReadonlyMap<string, string>; signature: string }

const bytesMax = 64 * 1024
const keyFieldsMax = 40
const xmlLimits = { charsMax: bytesMax, depthMax: 8, textMax: bytesMax }

/** Without these, what was paid for what is not signed. */
const deciding = ['State', 'OrderNo', 'OrderCashAmount'] as const

/** Where a key field's value stands in an order that was paid online. `State` and `PaymentMethod` stand under their own names. */
const onlineTags: Readonly<Record<string, string>> = {
  ...{ State: 'State', PaymentMethod: 'PaymentMethod', Session: 'session', BusinessUsername: 'username' },
  ...{ ShopID: 'shop_id', ShopTitle: 'shop_title', ShopDomain: 'shop_domain', ShopBackUrl: 'shop_back_url' },
  ...{ OrderNo: 'order_no', OrderCashAmount: 'order_cash_amount', StartShippingDate: 'order_ship_date' },
  ...{ ShippingDays: 'order_ship_days', OrderDescription: 'order_description', NotifyUrl: 'notify_url' },
  PaymentExpireDate: 'validity_time',
}
const countsAsZero: readonly string[] = ['ShopID', 'OrderCashAmount', 'ShippingDays']

/** Reads a notice without believing it. Throws `malformed`, `forged` for two signatures. */
export const readNotice = ({ method, body }: Pick<IncomingRequest, 'method' | 'body'>): Notice => {
  if (method !== 'POST') throw new ProviderError('malformed', 'Payoo calls by POST')
  const params = readParams(readText(body, { bytesMax }), { lengthMax: bytesMax, signatures: [] })
  const outer = xmlOf(params.get('NotifyData') ?? '', 'PayooConnectionPackage')
  const signature = single(outer, 'Signature', 'forged') ?? ''
  const data = decodeBase64((single(outer, 'Data') ?? '').replace(/[\t\n\r ]/g, ''))
  if (!data) throw new ProviderError('malformed', 'Data is not base64')
  const inner = xmlOf(readText(data, { bytesMax }), 'PaymentNotification')
  const keyFields = single(outer, 'KeyFields') ?? ''
  const names = keyFields.split('|')
  if (names.length > keyFieldsMax) throw new ProviderError('malformed', 'KeyFields names too many fields')
  if (new Set(names).size !== names.length) throw new ProviderError('malformed', 'KeyFields names a field twice')
  // Paid at a shop, a notice has a billing code and the key fields under their own names.
  const isAtShop = (single(inner, 'BillingCode') ?? '') !== ''
  const fields = new Map(names.map((name) => [name, isAtShop ? shopField(inner, name) : onlineField(inner, name)]))
  return { keyFields, fields, signature }
}

/**
 * The reference of the payment that a notice is about, once it is proven: signed with our key over all that decides, and of this shop. Throws `forged`,
 * `malformed`, and `rejected` for a genuine one of another shop or order.
 */
export const believe = ({ keyFields, fields, signature }: Notice, account: Account): string => {
  const text = noticeText([...fields.values()])
  if (!isSigned(text, { received: signature, secret: account.checksum_key })) {
    throw new ProviderError('forged', 'the signature does not hold')
  }
  const unsigned = deciding.find((name) => !fields.has(name))
  if (unsigned !== undefined) throw new ProviderError('forged', `${unsigned} is not among the signed fields`)
  if (account.key_fields !== undefined && !account.key_fields.split(',').includes(keyFields)) {
    throw new ProviderError('forged', 'KeyFields is not what this shop is sent')
  }
  // Values are joined unescaped: with a bar in one, the same text could be cut into other fields.
  if ([...fields.values()].some((value) => value.includes('|'))) {
    throw new ProviderError('malformed', 'a signed value holds the separator')
  }
  const reference = fields.get('OrderNo') ?? ''
  if (!isReference(reference)) throw new ProviderError('malformed', 'OrderNo is absent or has another shape')
  const ours = { Session: reference, ShopID: account.shop_id, BusinessUsername: account.business_username }
  const other = Object.entries(ours).find(([name, value]) => (fields.get(name) ?? value) !== value)?.[0]
  if (other !== undefined) throw new ProviderError('rejected', `${other} is not that of this shop's order`)
  return reference
}

/**
 * What a proven notice says: money when it was received, else something that is not final. It names no number of Payoo's and no time under its signature.
 */
export const noticeOutcome = (merchantReference: string, { fields }: Notice): Outcome => {
  const code = fields.get('State') ?? ''
  if (!/^[A-Za-z0-9_ -]{1,50}$/.test(code)) throw new ProviderError('malformed', 'State is absent or no word')
  const amount = readAmount(fields.get('OrderCashAmount') ?? '')
  if (amount === null) throw new ProviderError('malformed', 'OrderCashAmount is not a whole number of đồng')
  const common = { merchantReference, providerReference: null, occurredAt: null, code }
  if (code === 'PAYMENT_RECEIVED') return { ...common, status: 'captured', amount }
  return { ...common, status: 'pending', subject: 'payment' }
}

/** The reference of a return that Payoo signed; null for any other. There is no amount in it: it proves nothing. */
export const readReturned = ({ method, search }: IncomingRequest, { checksum_key }: Account): string | null => {
  if (method !== 'GET') return null
  const params = quietly(() => readParams(search, { lengthMax: 8192, signatures: ['checksum'] }))
  if (!params) return null
  const [session, orderNo, status, received] = ['session', 'order_no', 'status', 'checksum'].map(
    (name) => params.get(name) ?? '',
  ) as [string, string, string, string]
  const isOurs = isReference(orderNo) && session === orderNo && /^-?[0-9]{1,3}$/.test(status)
  return isOurs && isSigned(returnText({ session, orderNo, status }), { received, secret: checksum_key })
    ? orderNo
    : null
}

/** The reference that an unproven notice names; null where it names none. */
export const claimedOrder = (request: IncomingRequest): string | null => {
  const reference = quietly(() => readNotice(request))?.fields.get('OrderNo') ?? ''
  return isReference(reference) ? reference : null
}

const quietly = <Value>(read: () => Value): Value | null => {
  try {
    return read()
  } catch (error) {
    if (error instanceof ProviderError) return null
    throw error
  }
}

const xmlOf = (text: string, root: string): XmlElement[] => {
  try {
    const elements = readXml(text, xmlLimits)
    if (elements.at(-1)?.name === root) return elements
  } catch (error) {
    if (!(error instanceof XmlProblem)) throw error
    throw new ProviderError('malformed', error.message)
  }
  throw new ProviderError('malformed', `the XML is no ${root}`)
}

/** The text of the one element of that name without inner ones; null when there is none. Two would be two readings. */
const single = (elements: readonly XmlElement[], name: string, kind: 'malformed' | 'forged' = 'malformed') => {
  const found = elements.filter((element) => element.name === name && !element.hasChildren)
  if (found.length > 1) throw new ProviderError(kind, 'an element that is read occurs twice')
  return found[0]?.text ?? null
}

const shopField = (inner: readonly XmlElement[], name: string): string => {
  if (!/^[A-Za-z]{1,40}$/.test(name)) throw new ProviderError('malformed', 'KeyFields names what is no field')
  return single(inner, name === 'ShopID' ? 'ShopId' : name) ?? absent(name)
}

const onlineField = (inner: readonly XmlElement[], name: string): string => {
  const tag = Object.hasOwn(onlineTags, name) ? onlineTags[name] : undefined
  if (tag === undefined) throw new ProviderError('malformed', 'KeyFields names a field that no source lists')
  const value = single(inner, tag)
  if (value === null) return absent(name)
  return name === 'OrderDescription' ? formDecoded(value) : value
}

const absent = (name: string): string => (countsAsZero.includes(name) ? '0' : '')

const formDecoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new ProviderError('malformed', 'order_description does not decode')
  }
}
