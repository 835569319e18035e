// Owns the check of a webhook's signature, written from the specification and not from the sender's code:
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, "Verifying webhook authenticity".
import { decodeBase64 } from '../../lib/base64.ts'
import { hmacBase64, sameText } from '../signing.ts'

export type Verdict = 'verified' | 'no_secret' | 'incomplete' | 'too_old' | 'bad_signature'

export interface SignedMessage {
  id: string | undefined
  timestamp: string | undefined
  signature: string | undefined
  /** As it came, and not as it reads after parsing. */
  body: string
}

/** How far the sender's clock may be from ours, either way. */
const toleranceSeconds = 5 * 60

/** What can be believed of a message at this moment. */
export const verifyWebhook = async (
  { id, timestamp, signature, body }: SignedMessage,
  { secret, at }: { secret: string | null; at: Date },
): Promise<Verdict> => {
  if (secret === null) return 'no_secret'
  const key = decodeBase64(secret.replace(/^whsec_/, ''))
  if (!id || !signature || !/^\d{1,12}$/.test(timestamp ?? '') || !key) return 'incomplete'
  if (Math.abs(at.getTime() / 1_000 - Number(timestamp)) > toleranceSeconds) return 'too_old'
  const expected = await hmacBase64('SHA-256', new Uint8Array(key), `${id}.${timestamp}.${body}`)
  // Several while secrets are rotated; versions that are not known here prove nothing.
  const given = signature.split(' ').flatMap((part) => (part.startsWith('v1,') ? [part.slice(3)] : []))
  return given.some((one) => sameText(one, expected)) ? 'verified' : 'bad_signature'
}
