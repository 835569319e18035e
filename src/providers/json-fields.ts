/** Members of JSON messages that are numbers here and numeric text there: read as the text that they are in either form. */
import { credibleTime } from '../lib/time.ts'

/** A member as text: numbers in plain decimal, absent and null as nothing. Null for what is neither text nor number. */
export const wireText = (value: unknown): string | null => {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return String(value)
  // HMAC and JSON write half a surrogate pair differently.
  return typeof value === 'string' && value.isWellFormed() ? value : null
}

/** A whole number above 0 in plain decimal, at most 18 digits; null otherwise. */
export const readNumber = (text: string): bigint | null => (/^[1-9][0-9]{0,17}$/.test(text) ? BigInt(text) : null)

/** An amount in đồng above 0, at most 15 digits; null otherwise. */
export const readAmount = (text: string): bigint | null => (text.length <= 15 ? readNumber(text) : null)

/** The instant that milliseconds since 1970 name, between 2001 and 2099; null otherwise. */
export const readTime = (text: string): Date | null =>
  /^[1-9][0-9]{12}$/.test(text) ? credibleTime(new Date(Number(text))) : null
