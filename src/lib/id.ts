// Prefixed ids that sort as text by the time they were made: `ord_` and a UUIDv7 in Crockford's base32.
import { V7Generator } from 'uuidv7'

/** Gives a new id for a prefix such as `ord`, without its underscore. */
export type IdSource = (prefix: string) => string

/**
 * A source of ids: prefix, underscore, and the 128 bits of a UUIDv7 (RFC 9562, section 5.7) as 26 lowercase characters
 * of Crockford's base32. The alphabet ascends in ASCII, so ids of one prefix sort as text in the order in which this
 * source made them, also within a millisecond and while the clock steps back by up to ten seconds.
 * With a seeded `random` (bytes for a count) and `now`, the ids are reproducible.
 */
export function createIdSource({ now, random }: { now: () => Date; random?: (n: number) => Uint8Array }): IdSource {
  const generator = new V7Generator(random && { nextUint32: () => uint32(random(4)) })
  return (prefix) => {
    if (!prefixShape.test(prefix)) throw new RangeError(`an id prefix is 2 to 8 lowercase letters, not "${prefix}"`)
    return `${prefix}_${base32(generator.generateOrResetWithTs(now().getTime()).bytes)}`
  }
}

/** Whether `text` has the shape of an id with this prefix. Says nothing about whether the thing exists. */
export function isId(prefix: string, text: string): boolean {
  return text.length === prefix.length + 27 && text.startsWith(`${prefix}_`) && bodyShape.test(text.slice(-26))
}

/** What every id of this prefix that is made at that instant or later sorts behind, and every earlier one before. */
export const idFloor = (prefix: string, at: Date): string => {
  let [text, left] = ['', Math.max(0, at.getTime())]
  // 48 bits of milliseconds and the two that are always zero are ten characters.
  for (let place = 0; place < 10; place += 1) {
    text = alphabet.charAt(left % 32) + text
    left = Math.floor(left / 32)
  }
  return `${prefix}_${text}`
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
const prefixShape = /^[a-z]{2,8}$/
// 26 characters carry 130 bits; the two that are too many are always zero.
const bodyShape = /^[0-7][0-9a-hjkmnp-tv-z]{25}$/

function uint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0)
}

function base32(bytes: Readonly<Uint8Array>): string {
  let text = ''
  let pending = 0
  let pendingBits = 2
  for (const byte of bytes) {
    pending = (pending << 8) | byte
    pendingBits += 8
    while (pendingBits >= 5) {
      pendingBits -= 5
      text += alphabet.charAt((pending >> pendingBits) & 31)
    }
    pending &= (1 << pendingBits) - 1
  }
  return text
}
