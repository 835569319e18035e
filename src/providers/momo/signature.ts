/**
 * MoMo's signature: HMAC-SHA256 in lowercase hex over `key=value` pairs in a fixed order, values raw, in UTF-8 (momo page other/signature). Values
 * are neither escaped nor normalised, and an absent one stays as `key=`.
 */
import { equalInConstantTime, hmacHex } from '../../lib/hmac.ts'

/** The signed fields of each kind of message, in signing order. A field that is not here is never signed, hence never trusted. */
export const signedKeys = {
  create: [
    ...['accessKey', 'amount', 'extraData', 'ipnUrl', 'orderId', 'orderInfo', 'partnerCode', 'redirectUrl'],
    ...['requestId', 'requestType'],
  ],
  /** The IPN and the browser's return alike. */
  notice: [
    ...['accessKey', 'amount', 'extraData', 'message', 'orderId', 'orderInfo', 'orderType', 'partnerCode', 'payType'],
    ...['requestId', 'responseTime', 'resultCode', 'transId'],
  ],
  query: ['accessKey', 'orderId', 'partnerCode', 'requestId'],
  refund: ['accessKey', 'amount', 'description', 'orderId', 'partnerCode', 'requestId', 'transId'],
  confirm: ['accessKey', 'amount', 'description', 'orderId', 'partnerCode', 'requestId', 'requestType'],
  createAnswer: [
    ...['accessKey', 'amount', 'orderId', 'partnerCode', 'payUrl', 'requestId', 'responseTime', 'resultCode'],
  ],
  /** As a public module of 2023 (boolfly/momo-wallet) has it. MoMo's page does not, and no genuine sample is known. */
  createAnswerWithMessage: [
    ...['accessKey', 'amount', 'message', 'orderId', 'partnerCode', 'payUrl', 'requestId', 'responseTime'],
    ...['resultCode'],
  ],
} as const satisfies Record<string, readonly string[]>

export type MessageKind = keyof typeof signedKeys
export type WireFields = Readonly<Record<string, string | number | undefined>>
export type Keys = { access_key: string; secret_key: string }

/** The text that is signed. The access key is ours, from configuration: one that came with a message has no say. */
export const signingText = (kind: MessageKind, fields: WireFields, accessKey: string): string =>
  signedKeys[kind].map((key) => `${key}=${key === 'accessKey' ? accessKey : (fields[key] ?? '')}`).join('&')

/** The signature of a message of ours. */
export const sign = (kind: MessageKind, fields: WireFields, keys: Keys): string =>
  hmacHex('sha256', keys.secret_key, signingText(kind, fields, keys.access_key))

/** Whether `signature` is the message's, in constant time. An empty one or one in capitals never is. */
export const isSigned = (
  kind: MessageKind,
  fields: WireFields,
  { signature, keys }: { signature: string; keys: Keys },
): boolean => equalInConstantTime(sign(kind, fields, keys), signature)
