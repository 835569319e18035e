// The directory at the end of a zip: what each entry's content adds up to, so that a changed byte shows. APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16.
import { strFromU8 } from 'fflate'

/** The directory must be part of this many bytes at the end of a file: that of a thousand entries is far shorter. */
export const directoryMax = 1_048_576

const ends = { record: 0x06054b50, record64: 0x06064b50, entry: 0x02014b50 }

/** The CRC-32 of each entry by name; null when there is no directory in `tail`, the last bytes of a file that is `bytes` long. */
export const readDirectory = (tail: Uint8Array, bytes: number): Map<string, number> | null => {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength)
  const end = endOf(view)
  if (end === null) return null
  const wide = end >= 76 && view.getUint32(end - 76, true) === ends.record64 ? end - 76 : null
  const told = view.getUint32(end + 16, true)
  const offset = told === 0xffff_ffff && wide !== null ? Number(view.getBigUint64(wide + 48, true)) : told
  const crcs = new Map<string, number>()
  for (let at = offset - (bytes - tail.length); at < (wide ?? end); ) {
    if (at < 0 || at + 46 > end || view.getUint32(at, true) !== ends.entry) return null
    const isUtf8 = (view.getUint16(at + 8, true) & 0x800) !== 0
    const nameEnd = at + 46 + view.getUint16(at + 28, true)
    crcs.set(strFromU8(tail.subarray(at + 46, nameEnd), !isUtf8), view.getUint32(at + 16, true))
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return crcs
}

/** Behind the record there may be a comment of up to 65,535 bytes. */
const endOf = (view: DataView): number | null => {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65_535); at--) {
    if (view.getUint32(at, true) === ends.record) return at
  }
  return null
}

const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1
  return value
})

/** CRC-32 over more bytes; begins with 0. */
export const crc32 = (bytes: Uint8Array, before: number): number => {
  let crc = ~before
  for (let at = 0; at < bytes.length; at++) crc = (crc >>> 8) ^ (crcTable[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
  return ~crc >>> 0
}
