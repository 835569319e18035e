/**
 * Viettel's check sum: HMAC-SHA1 in base64 over the access code and the values of fixed fields, **without anything between them** (README.md, V1). So one text
 * can be cut into values in several ways: a check sum proves only what `notices.ts` compares beyond it.
 */
import { equalInConstantTime, hmacBase64 } from '../../lib/hmac.ts'

export const checkSumField = 'check_sum'

/** The signed fields of each message, in signing order. An absent one is empty. */
export const signedFields = {
  payment: ['billcode', 'command', 'merchant_code', 'order_id', 'trans_amount', 'version'],
  verify: ['billcode', 'merchant_code', 'order_id', 'trans_amount'],
  verifyReply: ['billcode', 'error_code', 'merchant_code', 'order_id', 'trans_amount'],
  /** The callback and the browser's return alike. */
  result: [
    ...['billcode', 'cust_msisdn', 'error_code', 'merchant_code', 'order_id', 'payment_status', 'trans_amount'],
    'vt_transaction_id',
  ],
  resultReply: ['error_code', 'merchant_code', 'order_id'],
  inquiry: ['cmd', 'merchant_code', 'order_id', 'version'],
  inquiryAnswer: ['merchant_code', 'order_id', 'payment_status', 'version'],
  refund: ['cmd', 'merchant_code', 'order_id', 'originalRequestId', 'refundType', 'trans_amount', 'version'],
  refundAnswer: ['error_code', 'merchant_code', 'order_id', 'version'],
  partnerQuery: ['merchant_code', 'order_id'],
} as const satisfies Record<string, readonly string[]>

export type MessageKind = keyof typeof signedFields
export type Fields = Readonly<Record<string, string | undefined>>
export type Keys = { access_code: string; hash_key: string }

export const signingText = (kind: MessageKind, fields: Fields, accessCode: string): string =>
  `${accessCode}${signedFields[kind].map((name) => fields[name] ?? '').join('')}`

export const checkSum = (kind: MessageKind, fields: Fields, { access_code, hash_key }: Keys): string =>
  hmacBase64('sha1', hash_key, signingText(kind, fields, access_code))

/** The message with its check sum. */
export const signed = <Sent extends Record<string, string>>(kind: MessageKind, fields: Sent, keys: Keys) => ({
  ...fields,
  [checkSumField]: checkSum(kind, fields, keys),
})

/** Whether a received check sum is the message's, in constant time. An empty one never is. */
export const isSigned = (kind: MessageKind, fields: Fields, keys: Keys): boolean =>
  equalInConstantTime(checkSum(kind, fields, keys), mended(fields[checkSumField] ?? ''))

/** Viettel's samples escape `=` alone: a `+` arrives as a space, and an `=` that was escaped twice as `%3d` (README.md, V1). */
const mended = (text: string): string => text.replaceAll(' ', '+').replace(/%3d/gi, '=')
