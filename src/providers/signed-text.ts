/**
 * Reading what arrived without repairing it. A lenient reader turns broken bytes into other text, and then a signature is checked over something that
 * nobody sent; so these either return exactly what was sent or throw ProviderError `malformed`.
 */
import { equalInConstantTime } from '../lib/hmac.ts'
import { ProviderError } from './contract.ts'

export type Pair = readonly [name: string, value: string]

/**
 * The pairs of a query string or form body (application/x-www-form-urlencoded), decoded once, in the order of arrival, repeated names included. An
 * empty piece (`a=1&&b=2`) is nothing; a piece without `=` has an empty value. Throws `malformed` on a bad percent sequence, on bytes that are
 * not UTF-8, and above `lengthMax` characters.
 */
export const readPairs = (text: string, { lengthMax }: { lengthMax: number }): Pair[] => {
  if (text.length > lengthMax) throw new ProviderError('malformed', 'the query is too long')
  return text
    .split('&')
    .filter((piece) => piece !== '')
    .map((piece) => {
      const at = piece.indexOf('=')
      return at < 0 ? [decodeOnce(piece), ''] : [decodeOnce(piece.slice(0, at)), decodeOnce(piece.slice(at + 1))]
    })
}

/** The same as a map. Throws `malformed` when a name occurs twice: a signature fits one reading, and choosing is guessing. */
export const readUnique = (pairs: readonly Pair[]): Map<string, string> => {
  const fields = new Map(pairs)
  if (fields.size !== pairs.length) throw new ProviderError('malformed', 'a parameter occurs twice')
  return fields
}

/** The text of a body. Throws `malformed` above `bytesMax` and on bytes that are not UTF-8. */
export const readText = (body: Uint8Array, { bytesMax }: { bytesMax: number }): string => {
  if (body.byteLength > bytesMax) throw new ProviderError('malformed', 'the body is too long')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
  } catch (error) {
    throw new ProviderError('malformed', 'the body is not UTF-8', { cause: error })
  }
}

/** Whether `received` is the lowercase hex `expected`, in either letter case and in constant time. Another length or alphabet is false. */
export const isSameHex = ({ expected, received }: { expected: string; received: string }): boolean =>
  /^[0-9a-fA-F]*$/.test(received) && equalInConstantTime(expected, received.toLowerCase())

const decodeOnce = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch (error) {
    throw new ProviderError('malformed', 'a percent sequence does not decode', { cause: error })
  }
}
