// Bytes as lowercase hex, for hashes that people compare.

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** The bytes of hex in either case; null for any other text. */
export function fromHex(text: string): Uint8Array | null {
  if (!/^([0-9a-fA-F]{2})*$/.test(text)) return null
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
