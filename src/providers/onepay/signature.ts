/**
 * OnePAY's signature, the same for every message in both directions: HMAC-SHA256 under the hex-decoded key, in uppercase hex, over the sorted `vpc_` and
 * `user_` fields. Values are signed decoded, not escaped (README.md, S1).
 */
import { hmacHex } from '../../lib/hmac.ts'
import { isSameHex } from '../signed-text.ts'

export type Pair = readonly [name: string, value: string]

export const hashField = 'vpc_SecureHash'

/**
 * The text that is signed: fields with one of the two prefixes, without the hash and without empty values, sorted by code unit. So `vpc_MerchTxnRef`
 * comes before `vpc_Merchant`; a sort by language or without case swaps them.
 */
export const signedText = (pairs: Iterable<Pair>): string =>
  [...pairs]
    .filter(([name, value]) => isSignedName(name) && value !== '')
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

/** The hash of a text, as OnePAY writes it. */
export const sign = (text: string, hashKey: string): string => hexOf(text, hashKey).toUpperCase()

/** Whether `hash` is the 64 hex characters that belong to the text. Letter case does not count; an absent hash is never right. */
export const isSigned = (text: string, { hash, hashKey }: { hash: string | undefined; hashKey: string }): boolean =>
  hash !== undefined && isSameHex({ expected: hexOf(text, hashKey), received: hash })

/** Whether a field of this name is signed. Its characters are checked by `bordersHold`. */
export const isSignedName = (name: string): boolean => /^(?:vpc|user)_/.test(name) && !unsigned.has(name)

/**
 * Whether the text of these fields has one reading. Nothing is escaped: a value that holds `&name=`, or a name that holds `=`, gives the same text as
 * other fields do, under the same hash.
 */
export const bordersHold = (pairs: Iterable<Pair>): boolean =>
  [...pairs].every(([name, value]) => !isSignedName(name) || (/^\w+$/.test(name) && !value.includes('&')))

const unsigned: ReadonlySet<string> = new Set([hashField, 'vpc_SecureHashType'])

const hexOf = (text: string, hashKey: string): string =>
  hmacHex(
    'sha256',
    Uint8Array.from(hashKey.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16)),
    text,
  )
