// Base64 as it arrives from others.

/** The bytes of padded base64 (RFC 4648, section 4) without line breaks; null for any other text. */
export function decodeBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !shape.test(text)) return null
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  return bytes
}

const shape = /^[A-Za-z0-9+/]*={0,2}$/
