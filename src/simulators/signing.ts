// Owns the arithmetic of signatures for the simulated providers. On purpose it shares nothing with the adapters: if both
// sides used one signer, a mistake in it would cancel out and no test would see it.

const encoder = new TextEncoder()

type Hash = 'SHA-1' | 'SHA-256' | 'SHA-512'

/** HMAC over the UTF-8 bytes of `text`, keyed by bytes or by the UTF-8 bytes of `secret` (not hex-decoded). */
const hmac = async (hash: Hash, secret: string | Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> => {
  const bytes = typeof secret === 'string' ? encoder.encode(secret) : secret
  const key = await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
}

/** In lower-case hex. */
export const hmacHex = async (hash: Hash, secret: string | Uint8Array<ArrayBuffer>, text: string): Promise<string> =>
  Array.from(await hmac(hash, secret, text), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** In padded base64. */
export const hmacBase64 = async (hash: Hash, secret: string | Uint8Array<ArrayBuffer>, text: string): Promise<string> =>
  btoa(String.fromCharCode(...(await hmac(hash, secret, text))))

/** A plain hash of the UTF-8 bytes of `text`, in lower-case hex. */
export const sha256Hex = async (text: string): Promise<string> =>
  Array.from(new Uint8Array(await crypto.subtle.digest('SHA-256', encoder.encode(text))), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')

/** The bytes that an even number of hex digits names. */
export const bytesOfHex = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))

/** Compares two hex texts without regard to case and without stopping at the first difference. */
export const sameHex = (left: string, right: string): boolean => sameText(left.toLowerCase(), right.toLowerCase())

/** Compares two signatures exactly, without stopping at the first difference. Nothing is the same as an empty one. */
export const sameText = (left: string, right: string): boolean => {
  if (left.length !== right.length || left.length === 0) return false
  let difference = 0
  for (let index = 0; index < left.length; index += 1) difference |= left.charCodeAt(index) ^ right.charCodeAt(index)
  return difference === 0
}
