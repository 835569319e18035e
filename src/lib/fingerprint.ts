// Keyed hashes of texts that are only ever compared: whoever reads them cannot try out which short text, such as an identity number, they are of.
import { equalInConstantTime, hmacHex } from './hmac.ts'
import type { SealingKey } from './sealed-box.ts'

export type Fingerprint = {
  /** `key id:hex` of the text under the first key. */
  of: (text: string) => string
  /** Whether the fingerprint is that of the text; false under a key that is no longer given. */
  isOf: (text: string, fingerprint: string) => boolean
}

/** Fingerprints under keys derived from the sealing keys; the first one makes new ones. Throws RangeError on no key. */
export function createFingerprint(keys: readonly SealingKey[]): Fingerprint {
  const [first] = keys
  if (!first) throw new RangeError('a fingerprint needs at least one key')
  // A key of its own: one key must not both encrypt and authenticate.
  const derived = new Map(keys.map(({ id, key }) => [id, hmacHex('sha256', key, 'lephi fingerprint 1')]))
  const make = (id: string, text: string) => `${id}:${hmacHex('sha256', derived.get(id) ?? '', text)}`
  return {
    of: (text) => make(first.id, text),
    isOf: (text, fingerprint) => {
      const id = fingerprint.slice(0, fingerprint.indexOf(':'))
      return derived.has(id) && equalInConstantTime(make(id, text), fingerprint)
    },
  }
}
