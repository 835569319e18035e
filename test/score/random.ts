// Chance from a seed: the same seed makes the same province-month.

export type Chance = {
  /** A whole number from 0 up to `limit`, exclusive. */
  below: (limit: number) => number
  /** A whole number from `from` to `to`, inclusive. */
  between: (from: number, to: number) => number
  isTrue: (probability: number) => boolean
  pick: <Item>(items: readonly Item[]) => Item
  /** One of the names, as often as its weight says. */
  weighted: <Name extends string>(weights: Readonly<Record<Name, number>>) => Name
  shuffled: <Item>(items: readonly Item[]) => Item[]
  bytes: (count: number) => Uint8Array
}

export const createChance = (seed: number): Chance => {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[below(items.length)]
    if (item === undefined) throw new RangeError('nothing to pick from')
    return item
  }
  return {
    below,
    pick,
    between: (from, to) => from + below(to - from + 1),
    isTrue: (probability) => next() < probability,
    weighted: <Name extends string>(weights: Readonly<Record<Name, number>>): Name => {
      const names = Object.keys(weights) as Name[]
      let left = next() * names.reduce((sum, name) => sum + weights[name], 0)
      for (const name of names) {
        left -= weights[name]
        if (left < 0) return name
      }
      return pick(names)
    },
    shuffled: (items) =>
      items
        .map((item) => ({ item, key: next() }))
        .toSorted((a, b) => a.key - b.key)
        .map(({ item }) => item),
    bytes: (count) => Uint8Array.from({ length: count }, () => below(256)),
  }
}
