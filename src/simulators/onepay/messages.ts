// Owns OnePAY's wire rules: one signature for every message, over the decoded values of the `vpc_` and `user_` fields.
// Source: OnePAY's sample code for vpc_SecureHash in JavaScript and Java.
import { bytesOfHex, hmacHex, sameHex } from '../signing.ts'

export type Fields = ReadonlyMap<string, string>

const isSigned = (name: string): boolean =>
  (name.startsWith('vpc_') || name.startsWith('user_')) && name !== 'vpc_SecureHash' && name !== 'vpc_SecureHashType'

/** Names in the order of their code units, values as they are, empty ones left out. */
export const signingText = (fields: Iterable<readonly [string, string]>): string =>
  [...fields]
    .filter(([name, value]) => isSigned(name) && value !== '')
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

const hashOf = async (hashKey: string, fields: Iterable<readonly [string, string]>): Promise<string> =>
  (await hmacHex('SHA-256', bytesOfHex(hashKey), signingText(fields))).toUpperCase()

/** The fields and their hash, form-encoded. */
export const signedForm = async (hashKey: string, fields: readonly (readonly [string, string])[]): Promise<string> => {
  const sent = fields.filter(([, value]) => value !== '')
  return new URLSearchParams([
    ...sent.map(([name, value]): [string, string] => [name, value]),
    ['vpc_SecureHash', await hashOf(hashKey, sent)],
  ]).toString()
}

/** The parameters of a raw query or form; null when one occurs twice. */
export const readForm = (text: string): Fields | null => {
  const fields = new Map<string, string>()
  for (const [name, value] of new URLSearchParams(text)) {
    if (fields.has(name)) return null
    fields.set(name, value)
  }
  return fields
}

export const isHashed = async (hashKey: string, fields: Fields): Promise<boolean> =>
  sameHex(fields.get('vpc_SecureHash') ?? '', await hashOf(hashKey, fields))
