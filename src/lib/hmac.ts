// Hashes, keyed hashes and random tokens. The one file that may import node:crypto and node:buffer: providers sign with HMAC over
// short texts, and there node:crypto is about nine times faster than crypto.subtle. Workers have it (nodejs_compat).
import { Buffer } from 'node:buffer'
import { createHash, createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto'

/** The hash functions that providers sign with. */
export type HmacAlgorithm = 'sha256' | 'sha512' | 'sha1'

/** The HMAC of `text` in lowercase hex. Strings, key included, count as their UTF-8 bytes. */
export function hmacHex(algorithm: HmacAlgorithm, key: string | Uint8Array, text: string | Uint8Array): string {
  return createHmac(algorithm, key).update(text).digest('hex')
}

/** The HMAC of `text` in padded base64, for the services that send signatures so. */
export function hmacBase64(algorithm: HmacAlgorithm, key: string | Uint8Array, text: string | Uint8Array): string {
  return createHmac(algorithm, key).update(text).digest('base64')
}

/** SHA-256 in lowercase hex. Strings count as their UTF-8 bytes. */
export function sha256Hex(text: string | Uint8Array): string {
  return hash('sha256', text)
}

/** SHA-256 as 32 bytes. Strings count as their UTF-8 bytes; several pieces as one. */
export function sha256(...pieces: readonly (string | Uint8Array)[]): Uint8Array {
  const hashing = createHash('sha256')
  for (const piece of pieces) hashing.update(piece)
  return hashing.digest()
}

/** SHA-512 in lowercase hex. Strings count as their UTF-8 bytes. For protocols that put a secret in front of what they hash. */
export function sha512Hex(text: string | Uint8Array): string {
  return createHash('sha512').update(text).digest('hex')
}

/** A SHA-256 that is fed piece by piece, for what is too long to hold; crypto.subtle has none. `hex` may be called once. */
export function createSha256(): { update: (bytes: Uint8Array) => void; hex: () => string } {
  const hashing = createHash('sha256')
  return { update: (bytes) => void hashing.update(bytes), hex: () => hashing.digest('hex') }
}

/** MD5 in lowercase hex. Broken as a hash: only for protocols that demand it. */
export function md5Hex(text: string | Uint8Array): string {
  return createHash('md5').update(text).digest('hex')
}

/**
 * Whether two texts are the same bytes in UTF-8, in a time that does not tell where they differ. Only the length of
 * what was given can be learned, and a signature's length is public. Letter case counts.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  // As a TextEncoder writes them, in a third of the time: every callback comes by here.
  const left = Buffer.from(a, 'utf8')
  const right = Buffer.from(b, 'utf8')
  return left.length === right.length && timingSafeEqual(left, right)
}

/** `bytes` random bytes in base64url without padding, for secrets and unguessable links. 1 to 1,024 bytes. */
export function randomToken(bytes: number): string {
  if (!Number.isInteger(bytes) || bytes < 1 || bytes > 1024) throw new RangeError('randomToken: bytes is 1 to 1024')
  return randomBytes(bytes).toString('base64url')
}
