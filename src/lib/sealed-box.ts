// Encryption at rest: AES-256-GCM in an envelope that names its key, so that keys can be rotated with an overlap.
// Envelope: version (1 byte, 1) · length of the key id (1 byte) · key id · nonce (12 bytes) · ciphertext and tag (16 bytes).
//
// By node:crypto, which Node and Workers both have, at once on the caller's thread: most of what is sealed is a few hundred bytes, pieces of files 256 KiB, and Web Crypto sends each through a line of
// threads and back, which cost several times the sealing and, on cores that are never idle, a wait for two of them.
import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto'

/** A 256-bit key and the short name that envelopes carry. Never give another key a name that was used before. */
export type SealingKey = { id: string; key: Uint8Array }

/** Seals and opens bytes. The context says what the bytes are, such as `merchant_account:mac_…:credentials`. */
export type SealedBox = {
  /** The keys that open, the one that seals first. */
  keyIds: readonly string[]
  seal(plaintext: Uint8Array | string, context: string): Promise<Uint8Array<ArrayBuffer>>
  open(sealed: Uint8Array, context: string): Promise<Uint8Array<ArrayBuffer>>
}

/** Why an envelope does not open. `altered` covers another context, another key of the same name, and any changed bit. */
export class SealedBoxError extends Error {
  override name = 'SealedBoxError'
  constructor(
    readonly reason: 'malformed' | 'unknown_key' | 'altered',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}

/**
 * A box that seals with the first key and opens with any. The context is authenticated, not stored: what was sealed for
 * one row does not open for another. Nonces are random, so a key serves for 2^32 seals (NIST SP 800-38D, section 8.3).
 * Throws RangeError on no key, a key of another length than 32 bytes, or a bad or repeated id; `open` throws
 * SealedBoxError. A string is sealed as its UTF-8 bytes.
 */
export function createSealedBox(keys: readonly SealingKey[]): SealedBox {
  const [first] = keys
  if (!first) throw new RangeError('a sealed box needs at least one key')
  const byId = new Map<string, KeyObject>()
  for (const { id, key } of keys) {
    if (!idShape.test(id)) throw new RangeError('a key id is 1 to 32 of a-z, 0-9, _ and -')
    if (key.length !== 32) throw new RangeError(`key "${id}" has ${key.length} bytes, not 32`)
    if (byId.has(id)) throw new RangeError(`key id "${id}" is given twice`)
    byId.set(id, createSecretKey(Uint8Array.from(key)))
  }
  const sealingHeader = headerFor(first.id)
  return {
    keyIds: keys.map(({ id }) => id),
    seal: async (plaintext, context) => {
      const bytes = typeof plaintext === 'string' ? encoder.encode(plaintext) : plaintext
      const iv = crypto.getRandomValues(new Uint8Array(nonceBytes))
      const cipher = createCipheriv('aes-256-gcm', known(byId, first.id), iv, { authTagLength: tagBytes })
      cipher.setAAD(join(sealingHeader, encoder.encode(context)))
      return join(
        sealingHeader,
        iv,
        some(bytes, (each) => cipher.update(each)),
        cipher.final(),
        cipher.getAuthTag(),
      )
    },
    open: async (sealed, context) => {
      const { keyId, header, iv, secret, tag } = takeApart(sealed)
      const decipher = createDecipheriv('aes-256-gcm', known(byId, keyId), iv, { authTagLength: tagBytes })
      decipher.setAAD(join(header, encoder.encode(context)))
      decipher.setAuthTag(tag)
      try {
        // Nothing of it leaves before `final` has compared the tag.
        return join(
          some(secret, (each) => decipher.update(each)),
          decipher.final(),
        )
      } catch (cause) {
        throw new SealedBoxError('altered', 'the sealed bytes, or their context, are not what was sealed', { cause })
      }
    },
  }
}

const encoder = new TextEncoder()
const version = 1
const nonceBytes = 12
const tagBytes = 16
const idShape = /^[a-z0-9_-]{1,32}$/

/** No cipher is told of nothing, which to some means the end. */
function some(bytes: Uint8Array, update: (bytes: Uint8Array) => Uint8Array): Uint8Array {
  return bytes.length > 0 ? update(bytes) : bytes
}

function known(keys: ReadonlyMap<string, KeyObject>, id: string): KeyObject {
  const key = keys.get(id)
  if (!key) throw new SealedBoxError('unknown_key', `sealed with the key "${id}", which is not among the keys given`)
  return key
}

// The header delimits itself, so that header and context cannot be shifted against each other.
function headerFor(keyId: string): Uint8Array {
  const id = encoder.encode(keyId)
  return join(Uint8Array.of(version, id.length), id)
}

function takeApart(sealed: Uint8Array) {
  const headerBytes = 2 + (sealed[1] ?? 0)
  if (sealed[0] !== version) throw new SealedBoxError('malformed', 'not a sealed envelope of version 1')
  if (sealed.length < headerBytes + nonceBytes + tagBytes) {
    throw new SealedBoxError('malformed', 'a sealed envelope that was cut short')
  }
  const keyId = String.fromCharCode(...sealed.subarray(2, headerBytes))
  if (!idShape.test(keyId)) throw new SealedBoxError('malformed', 'a sealed envelope with an impossible key id')
  return {
    keyId,
    header: sealed.subarray(0, headerBytes),
    iv: sealed.subarray(headerBytes, headerBytes + nonceBytes),
    secret: sealed.subarray(headerBytes + nonceBytes, sealed.length - tagBytes),
    tag: sealed.subarray(sealed.length - tagBytes),
  }
}

function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
