/** How the two services prove a notification, each with a time that ends what it proves: an old call that somebody kept proves nothing new. */
import { equalInConstantTime, hmacHex } from '../../lib/hmac.ts'
import { stringifySorted } from '../../lib/json.ts'
import { ProviderError } from '../contract.ts'

export type Service = 'sepay' | 'casso'

/** Which service speaks, by the header of its signature. Throws `forged` for none of them, and for both. */
export const serviceOf = (headers: Headers): Service => {
  const [isSepay, isCasso] = [headers.has(sepayHeader), headers.has(cassoHeader)]
  if (isSepay === isCasso) throw new ProviderError('forged', 'a notification has the signature of one service')
  return isSepay ? 'sepay' : 'casso'
}

/**
 * SePay: HMAC-SHA256 over the timestamp, a dot and the body's bytes. Answers the time of signing. Throws `forged`.
 */
export const provenBySepay = (headers: Headers, text: string, secret: string | undefined): Date => {
  const timestamp = headers.get('x-sepay-timestamp') ?? ''
  const signature = headers.get(sepayHeader) ?? ''
  const expected = secret === undefined ? null : `sha256=${hmacHex('sha256', secret, `${timestamp}.${text}`)}`
  if (expected === null || !/^[0-9]{10}$/.test(timestamp) || !equalInConstantTime(expected, signature)) throw forged()
  return new Date(Number(timestamp) * 1_000)
}

/**
 * Casso V2: HMAC-SHA512 over the time in milliseconds, a dot and the body as compact JSON with sorted keys, characters beyond ASCII and slashes as they are: the
 * form of the vendor's JavaScript sample. Its samples in other languages escape them; a call that is signed so is refused until a genuine one was seen.
 */
export const provenByCasso = (headers: Headers, body: Record<string, unknown>, key: string | undefined): Date => {
  const [, time = '', signature = ''] = /^t=([0-9]{13}),v1=([0-9a-f]{128})$/.exec(headers.get(cassoHeader) ?? '') ?? []
  const expected = key === undefined ? null : hmacHex('sha512', key, `${time}.${stringifySorted(body)}`)
  if (expected === null || time === '' || !equalInConstantTime(expected, signature)) throw forged()
  return new Date(Number(time))
}

const sepayHeader = 'x-sepay-signature'
const cassoHeader = 'x-casso-signature'

const forged = (): ProviderError => new ProviderError('forged', 'the signature does not hold')
