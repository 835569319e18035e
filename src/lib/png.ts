// A picture of two colours as PNG (ISO/IEC 15948): one bit for each point, which is all that a code needs, and small.
import { zlibSync } from 'fflate'

/** Draws rows of points, dark where true, each point `scale` pixels wide and high. Rows are of equal length. */
export const drawPng = (rows: readonly (readonly boolean[])[], scale: number): Uint8Array => {
  const width = (rows[0]?.length ?? 0) * scale
  const height = rows.length * scale
  const lineBytes = 1 + Math.ceil(width / 8)
  const pixels = new Uint8Array(lineBytes * height)
  for (let y = 0; y < height; y += 1) {
    const row = rows[Math.floor(y / scale)] ?? []
    // Each line begins with its filter, 0 for none; then a bit for each pixel, 1 for white.
    for (let x = 0; x < width; x += 1) {
      if (row[Math.floor(x / scale)]) continue
      const at = y * lineBytes + 1 + (x >> 3)
      pixels[at] = (pixels[at] ?? 0) | (0x80 >> (x & 7))
    }
  }
  const header = new Uint8Array(13)
  const view = new DataView(header.buffer)
  view.setUint32(0, width)
  view.setUint32(4, height)
  // One bit of grey; deflate, no interlacing.
  header[8] = 1
  return joined([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', zlibSync(pixels, { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ])
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

const chunk = (type: string, data: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(12 + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, data.length)
  bytes.set(new TextEncoder().encode(type), 4)
  bytes.set(data, 8)
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)))
  return bytes
}

/** The check sum of a chunk (ISO/IEC 15948, annex D). */
const crc32 = (bytes: Uint8Array): number => {
  let crc = ~0
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return ~crc >>> 0
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
