// Owns MoMo's wire rules, AIO v2: the keys that are signed in each message, in their order, and the check of a signature.
// Source: developers.momo.vn/v3, pages "signature", "onetime", "query", "refund", "confirm", "notification".
import { hmacHex, sameHex } from '../signing.ts'

const keys = (names: string): readonly string[] => names.split(' ')
const result =
  'accessKey amount extraData message orderId orderInfo orderType partnerCode payType requestId responseTime resultCode transId'

export const signedKeys = {
  create: keys('accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId requestType'),
  redirect: keys(result),
  ipn: keys(result),
  query: keys('accessKey orderId partnerCode requestId'),
  refund: keys('accessKey amount description orderId partnerCode requestId transId'),
  confirm: keys('accessKey amount description orderId partnerCode requestId requestType'),
  // Unconfirmed: no reply that MoMo signed under a public key was found; this is the layout of the vendor's page.
  createResponse: keys('accessKey amount orderId partnerCode payUrl requestId responseTime resultCode'),
} as const

export type MessageKind = keyof typeof signedKeys

export interface MomoKeys {
  access_key: string
  secret_key: string
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : ''

/** `key=value` joined by `&`, raw values; the access key is ours, never the message's. */
export const signingText = (kind: MessageKind, message: Record<string, unknown>, accessKey: string): string =>
  signedKeys[kind].map((key) => `${key}=${key === 'accessKey' ? accessKey : plain(message[key])}`).join('&')

export const signatureOf = (kind: MessageKind, message: Record<string, unknown>, account: MomoKeys): Promise<string> =>
  hmacHex('SHA-256', account.secret_key, signingText(kind, message, account.access_key))

export const isSigned = async (
  kind: MessageKind,
  message: Record<string, unknown>,
  account: MomoKeys,
): Promise<boolean> => sameHex(plain(message.signature), await signatureOf(kind, message, account))
