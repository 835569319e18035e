/** Chance that can be repeated: numbers from a seed, in streams that do not disturb each other. */

export type Random = {
  /** 0 or more, less than 1. */
  next: () => number
  /** A whole number, both ends included. */
  int: (from: number, to: number) => number
  chance: (probability: number) => boolean
  pick: <Item>(items: readonly Item[]) => Item
  bytes: (count: number) => Uint8Array<ArrayBuffer>
  /** A stream of its own: what it gives depends on the seed and its name, and on nothing that was drawn before. */
  fork: (name: string) => Random
}

/** The same seed gives the same numbers on every machine. Not for secrets. */
export const createRandom = (seed: string): Random => {
  const next = sfc32(seed)
  const int = (from: number, to: number) => from + Math.floor(next() * (to - from + 1))
  return {
    next,
    int,
    chance: (probability) => next() < probability,
    pick: (items) => {
      const item = items[int(0, items.length - 1)]
      if (item === undefined) throw new RangeError('nothing to pick from')
      return item
    },
    bytes: (count) => Uint8Array.from({ length: count }, () => int(0, 255)),
    fork: (name) => createRandom(`${seed}/${name}`),
  }
}

/** Chris Doty-Humphrey's sfc32 (PractRand): 128 bits of state, filled from the text by four FNV-1a hashes. */
const sfc32 = (seed: string): (() => number) => {
  let [a, b, c, counter] = [hash(seed, 0), hash(seed, 1), hash(seed, 2), hash(seed, 3)] as [
    number,
    number,
    number,
    number,
  ]
  const step = () => {
    const sum = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + sum) | 0
    return (sum >>> 0) / 4_294_967_296
  }
  for (let warming = 0; warming < 12; warming += 1) step()
  return step
}

const hash = (text: string, salt: number): number => {
  let value = 2_166_136_261 ^ Math.imul(salt, 2_654_435_761)
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619)
  return value ^ (value >>> 15)
}
