// Owns the arithmetic of signatures for the simulated providers. On purpose it shares nothing with the adapters: if both
// sides used one signer, a mistake in it would cancel out and no test would see it.

const encoder = new TextEncoder()

/** HMAC over the UTF-8 bytes of `text`, keyed by the UTF-8 bytes of `secret` (not hex-decoded); lower-case hex. */
export const hmacHex = async (hash: 'SHA-256' | 'SHA-512', secret: string, text: string): Promise<string> => {
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), { name: 'HMAC', hash }, false, ['sign'])
  const digest = await crypto.subtle.sign('HMAC', key, encoder.encode(text))
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Compares two hex texts without regard to case and without stopping at the first difference. */
export const sameHex = (left: string, right: string): boolean => {
  if (left.length !== right.length || left.length === 0) return false
  const [a, b] = [left.toLowerCase(), right.toLowerCase()]
  let difference = 0
  for (let index = 0; index < a.length; index += 1) difference |= a.charCodeAt(index) ^ b.charCodeAt(index)
  return difference === 0
}
