// Owns ZaloPay's wire rules, Open API v2: the values that are signed in each message, in their order, and with which of the two keys.
// Source: docs.zalopay.vn, "secure-data-transmission", "order-create", "order-query", "order-refund", "order-query-refund", "callback-api".
import { hmacHex, sameText } from '../signing.ts'

const fields = (names: string): readonly string[] => names.split(' ')

const signedFields = {
  create: fields('app_id app_trans_id app_user amount app_time embed_data item'),
  query: fields('app_id app_trans_id'),
  refund: fields('app_id zp_trans_id amount description timestamp'),
  refund_with_fee: fields('app_id zp_trans_id amount refund_fee_amount description timestamp'),
  query_refund: fields('app_id m_refund_id timestamp'),
  redirect: fields('appid apptransid pmcid bankcode amount discountamount status'),
} as const

export type CallName = 'create' | 'query' | 'refund' | 'query_refund'
export type Message = Readonly<Record<string, unknown>>

/** A JSON value as it is signed: text as it is, a number as decimal text, absent or null as nothing. */
export const wireText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

/** The text of a merchant's call. A fee that is there selects the longer one, and a query is signed with its own key inside. */
export const callText = (name: CallName, message: Message, key1: string): string => {
  const kind = name === 'refund' && message.refund_fee_amount !== undefined ? 'refund_with_fee' : name
  const values = signedFields[kind].map((field) => wireText(message[field]))
  return (name === 'query' ? [...values, key1] : values).join('|')
}

export const isSignedCall = async (name: CallName, message: Message, key1: string): Promise<boolean> =>
  sameText(wireText(message.mac), await hmacHex('SHA-256', key1, callText(name, message, key1)))

/** The mac of a callback's `data`, or the checksum of a redirect's fields, with key2. */
export const macOfData = (data: string, key2: string): Promise<string> => hmacHex('SHA-256', key2, data)

export const checksumOf = (message: Message, key2: string): Promise<string> =>
  macOfData(signedFields.redirect.map((field) => wireText(message[field])).join('|'), key2)
