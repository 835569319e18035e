/**
 * Reading what arrived without repairing it. A lenient reader turns broken bytes into other text, and then a signature
 * is checked over something that nobody sent; so these either return exactly what was sent or throw ProviderError
 * `malformed`.
 */
import { decodeUtf8, singleQueryParams } from '../lib/body.ts'
import { equalInConstantTime } from '../lib/hmac.ts'
import { ProviderError } from './contract.ts'

/**
 * The parameters of a query string or form body, decoded once, by name. Throws `malformed` above `lengthMax`
 * characters, on a bad percent sequence, on bytes that are not UTF-8, and on a name that occurs twice; for the names
 * in `signatures` that last one is `forged`.
 */
export const readParams = (
  text: string,
  { lengthMax, signatures }: { lengthMax: number; signatures: readonly string[] },
): Map<string, string> => {
  if (text.length > lengthMax) throw new ProviderError('malformed', 'the parameters are too long')
  const read = singleQueryParams(text)
  if (read.ok) return read.params
  if (read.problem === 'malformed') throw new ProviderError('malformed', 'a parameter does not decode')
  throw new ProviderError(signatures.includes(read.name) ? 'forged' : 'malformed', 'a parameter occurs twice')
}

/** The text of a body. Throws `malformed` above `bytesMax` and on bytes that are not UTF-8. */
export const readText = (body: Uint8Array, { bytesMax }: { bytesMax: number }): string => {
  const text = body.byteLength > bytesMax ? null : decodeUtf8(body)
  if (text === null) throw new ProviderError('malformed', 'the body is too long or not UTF-8')
  return text
}

/**
 * Whether `received` is the lowercase hex `expected`, in either letter case and in constant time. Another length or
 * alphabet is false.
 */
export const isSameHex = ({ expected, received }: { expected: string; received: string }): boolean =>
  equalInConstantTime(expected, received.toLowerCase())
