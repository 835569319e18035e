/**
 * payOS's two signatures, both HMAC-SHA256 in lowercase hex, keyed by the checksum key as text: over five fields of a create request, and over the
 * members of `data` in webhooks and answers (npm @payos/node 2.0.5, src/crypto; payos.vn/docs, kiem-tra-du-lieu-voi-signature). Values are neither
 * escaped nor normalised.
 */
import { equalInConstantTime, hmacHex } from '../../lib/hmac.ts'
import { ProviderError } from '../contract.ts'

export type CreateFields = {
  amount: number
  cancelUrl: string
  description: string
  orderCode: number
  returnUrl: string
}

/** A JSON object as it was parsed, before anything dropped or added a member. */
export type Members = Readonly<Record<string, unknown>>

/** The text that is signed of a create request; its other fields never are. */
export const createText = ({ amount, cancelUrl, description, orderCode, returnUrl }: CreateFields): string =>
  `amount=${amount}&cancelUrl=${cancelUrl}&description=${description}&orderCode=${orderCode}&returnUrl=${returnUrl}`

/**
 * The text that is signed of a `data`: every member that is there, by its name in code units. Null and the words `null` and `undefined` are empty.
 * Throws `malformed` for a nested object or a list of anything but objects: payOS's own SDKs disagree on those.
 */
export const dataText = (data: Members): string =>
  Object.keys(data)
    .toSorted()
    .map((name) => `${name}=${valueText(data[name], name)}`)
    .join('&')

export const sign = (text: string, checksumKey: string): string => hmacHex('sha256', checksumKey, text)

/** Whether `signature` is the 64 lowercase hex characters that belong to the text, in constant time. */
export const isSigned = (
  text: string,
  { signature, checksumKey }: { signature: string; checksumKey: string },
): boolean => checksumKey !== '' && equalInConstantTime(sign(text, checksumKey), signature)

const valueText = (value: unknown, name: string): string => {
  if (value === null || value === 'null' || value === 'undefined') return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  // HMAC and JSON write half a surrogate pair differently.
  if (typeof value === 'string' && value.isWellFormed()) return value
  if (Array.isArray(value) && value.every(isFlat)) return JSON.stringify(value.map(sortedByName))
  throw new ProviderError(
    'malformed',
    `a member of the data is of a kind that payOS signs in no settled way: ${shape(name)}`,
  )
}

/** An object without objects in it: deeper ones would be signed in the order in which they came. */
const isFlat = (item: unknown): item is Members =>
  typeof item === 'object' &&
  item !== null &&
  !Array.isArray(item) &&
  Object.values(item).every((value) => typeof value !== 'object' || value === null)

/**
 * The keys of one level, sorted. A key of digits only comes first in every JavaScript object, at payOS too, and a repeated sort keeps it there.
 */
const sortedByName = (item: Members): Members =>
  Object.fromEntries(
    Object.keys(item)
      .toSorted()
      .map((name) => [name, item[name]]),
  )

const shape = (name: string): string => (/^[A-Za-z0-9_]{1,40}$/.test(name) ? name : 'with an odd name')
