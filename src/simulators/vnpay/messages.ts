// Owns VNPAY's wire rules, API 2.1.0: which text is signed for each message, and how the signature is checked.
// Source: sandbox.vnpayment.vn/apis/docs, pages "pay" and "querydr & refund".
import { hmacHex, sameHex } from '../signing.ts'

const hashFields = ['vnp_SecureHash', 'vnp_SecureHashType']

/** Sorted, form-encoded pairs (space is `+`), without the hash, without empty values: the text of pay, IPN and return. */
export const queryText = (params: Iterable<[string, string]>): string => {
  const signed = [...params].filter(
    ([name, value]) => name.startsWith('vnp_') && !hashFields.includes(name) && value !== '',
  )
  return new URLSearchParams(signed.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))).toString()
}

/** The signed query: the text that is signed, and the hash over exactly that text. */
export const signQuery = async (secret: string, params: Iterable<[string, string]>): Promise<string> => {
  const text = queryText(params)
  return `${text}&vnp_SecureHash=${await hmacHex('SHA-512', secret, text)}`
}

/** The parameters of a raw query; null when a `vnp_` parameter occurs twice, as the hash fits one reading only. */
export const readQuery = (query: string): Map<string, string> | null => {
  const params = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(query)) {
    if (!name.startsWith('vnp_')) continue
    if (params.has(name)) return null
    params.set(name, value)
  }
  return params
}

export const isQuerySigned = async (secret: string, params: Map<string, string>): Promise<boolean> =>
  sameHex(params.get('vnp_SecureHash') ?? '', await hmacHex('SHA-512', secret, queryText(params)))

const fieldsOf = (names: string): readonly string[] => names.split(' ').map((name) => `vnp_${name}`)

/** The fields of each server message in the order in which they are joined by `|`. */
export const pipeFields = {
  querydr_request: fieldsOf('RequestId Version Command TmnCode TxnRef TransactionDate CreateDate IpAddr OrderInfo'),
  querydr_response: fieldsOf(
    'ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType TransactionStatus OrderInfo PromotionCode PromotionAmount',
  ),
  refund_request: fieldsOf(
    'RequestId Version Command TmnCode TransactionType TxnRef Amount TransactionNo TransactionDate CreateBy CreateDate IpAddr OrderInfo',
  ),
  refund_response: fieldsOf(
    'ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo TransactionType TransactionStatus OrderInfo',
  ),
} as const

export type PipeKind = keyof typeof pipeFields

/** A JSON value as it is signed: text as it is, a number as decimal text, absent or null as nothing. */
export const wireText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

/** Raw values joined by `|`; an absent field keeps its place. */
export const pipeText = (kind: PipeKind, message: Record<string, unknown>): string =>
  pipeFields[kind].map((name) => wireText(message[name])).join('|')

export const isPipeSigned = async (
  secret: string,
  kind: PipeKind,
  message: Record<string, unknown>,
): Promise<boolean> =>
  sameHex(wireText(message.vnp_SecureHash), await hmacHex('SHA-512', secret, pipeText(kind, message)))

/** The message with its hash. */
export const signPipe = async (
  secret: string,
  kind: PipeKind,
  message: Record<string, string>,
): Promise<Record<string, string>> => ({
  ...message,
  vnp_SecureHash: await hmacHex('SHA-512', secret, pipeText(kind, message)),
})
