/**
 * KeyPay's check sum, version 3: lowercase hex HMAC-SHA256 over the values joined by bars, in the alphabetical order of their names, with no secret in the text
 * (keypay version 3, public code of one provincial system, 2021). Key 1 signs what we send, key 2 what KeyPay sends.
 */
import { hmacHex } from '../../lib/hmac.ts'
import { isSameHex } from '../signed-text.ts'

/** The signed values of each kind of message, in signing order. Nothing else in a message is signed, its `status` included. */
export const signedNames = {
  /** Create, and with key 2 the callback. */
  payment: ['addition_fee', 'client_id', 'command', 'trans_amount', 'transaction_id', 'version'],
  /** Asking for a payment, and with key 2 the answer. */
  detail: ['client_id', 'command', 'transaction_id'],
} as const satisfies Record<string, readonly string[]>

export type Kind = keyof typeof signedNames
type Fields<K extends Kind> = Readonly<Record<(typeof signedNames)[K][number], string>>

export const signingText = <K extends Kind>(kind: K, fields: Fields<K>): string => {
  const values: Readonly<Record<string, string>> = fields
  return signedNames[kind].map((name) => values[name] ?? '').join('|')
}

export const checkSum = <K extends Kind>(kind: K, fields: Fields<K>, key: string): string =>
  hmacHex('sha256', key, signingText(kind, fields))

/** Whether `received` is the message's check sum, in constant time and in either letter case. */
export const isSigned = <K extends Kind>(
  kind: K,
  fields: Fields<K>,
  { received, key }: { received: string; key: string },
): boolean => isSameHex({ expected: checkSum(kind, fields, key), received })
