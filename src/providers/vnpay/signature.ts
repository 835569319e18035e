/**
 * VNPAY's two signatures, both HMAC-SHA512 in lowercase hex: over the sorted query of the browser's messages, over
 * piped fields of server calls.
 */
import { hmacHex } from '../../lib/hmac.ts'
import { isSameHex } from '../signed-text.ts'

export type Pair = readonly [name: string, value: string]

/** Field order of each server message; README.md, sources S4 to S6. An absent field is empty and keeps its `|`. */
export const pipedFields = {
  queryRequest: words(`RequestId Version Command TmnCode TxnRef TransactionDate CreateDate IpAddr OrderInfo`),
  queryAnswer: words(`ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo
    TransactionType TransactionStatus OrderInfo PromotionCode PromotionAmount`),
  refundRequest: words(`RequestId Version Command TmnCode TransactionType TxnRef Amount TransactionNo TransactionDate
    CreateBy CreateDate IpAddr OrderInfo`),
  refundAnswer: words(`ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo
    TransactionType TransactionStatus OrderInfo`),
} as const

export const hashField = 'vnp_SecureHash'

/**
 * The text that is signed and sent: `vnp_` parameters without the hash and without empty values, sorted by code unit,
 * form-encoded with `+` for a space and uppercase percent sequences (pay.html of 2026-03-09; README.md, "Signature").
 */
export const queryText = (pairs: Iterable<Pair>): string => {
  const signed: Pair[] = []
  let [last, isSorted] = ['', true]
  for (const pair of pairs) {
    const [name, value] = pair
    if (value === '' || !name.startsWith('vnp_') || unsigned.has(name)) continue
    signed.push(pair)
    isSorted &&= last < name
    last = name
  }
  // VNPAY sends its parameters sorted: looking costs less than sorting once more.
  if (!isSorted) signed.sort((a, b) => (a[0] < b[0] ? -1 : 1))
  let text = ''
  for (const pair of signed) text += `${text === '' ? '' : '&'}${formEncoded(pair[0])}=${formEncoded(pair[1])}`
  return text
}

/** As URLSearchParams writes it; what that leaves alone but for spaces is not handed to it, which takes a tenth of the time. */
const formEncoded = (text: string): string => {
  if (plainShape.test(text)) return text
  return spacedShape.test(text) ? text.replaceAll(' ', '+') : new URLSearchParams([['', text]]).toString().slice(1)
}
const plainShape = /^[\w*.-]*$/
const spacedShape = /^[\w*. -]*$/

/** The text of a server message: raw UTF-8 values, neither sorted nor encoded. */
export const pipedText = (names: readonly string[], fields: ReadonlyMap<string, string>): string =>
  names.map((name) => fields.get(name) ?? '').join('|')

/** The hash of one of these texts. The secret's UTF-8 bytes are the key; it looks like hex and is not. */
export const sign = (text: string, secret: string): string => hmacHex('sha512', secret, text)

/**
 * Whether `hash` is the 128 hex characters that belong to the text; letter case does not count, and an absent hash is
 * never right.
 */
export const isSigned = (text: string, { hash, secret }: { hash: string | undefined; secret: string }): boolean =>
  hash !== undefined && isSameHex({ expected: sign(text, secret), received: hash })

const unsigned: ReadonlySet<string> = new Set([hashField, 'vnp_SecureHashType'])

function words(text: string): readonly string[] {
  return text.split(/\s+/).map((name) => `vnp_${name}`)
}
