/** Bank texts that carry a reference of a payout's own shape, but another one: they are about something else, whatever the amount. */
import { givingWay } from '../lib/give-way.ts'

type Text = { text: string }
type Name = { name: string }

/** Whether the text names a payout of that shape, and not this one. */
export const namesAnother = (text: string, name: string): boolean => {
  const shape = shapeOf(name)
  return shape !== null && saidOf(text, shape).some((said) => said !== name)
}

/** The same for all lines and payouts, by place: each text is read once for each shape, and not for each payout. */
export const readClaims = async (
  lines: readonly Text[],
  payouts: readonly Name[],
): Promise<{ has: (line: number) => boolean; excludes: (line: number, payout: number) => boolean }> => {
  const shapes = new Map<string, Shape>()
  const shapeAt = payouts.map(({ name }) => {
    const shape = shapeOf(name)
    if (shape) shapes.set(shape.pattern, shape)
    return shape?.pattern ?? null
  })
  const giveWay = givingWay()
  const claims: (ReadonlyMap<string, string | null> | undefined)[] = []
  for (const { text } of lines) {
    const claimed = new Map<string, string | null>()
    for (const shape of text === '' ? [] : shapes.values()) {
      const [first, ...more] = text.includes(shape.prefix) ? new Set(saidOf(text, shape)) : []
      if (first !== undefined) claimed.set(shape.pattern, more.length === 0 ? first : null)
      await giveWay(shapeBytes)
    }
    claims.push(claimed.size === 0 ? undefined : claimed)
    await giveWay(lineBytes)
  }
  return {
    has: (line) => claims[line] !== undefined,
    excludes: (line, payout) => {
      const claim = claims[line]?.get(shapeAt[payout] ?? '')
      return claim !== undefined && claim !== payouts[payout]?.name
    },
  }
}

/** What they cost, as the reading of so many bytes. */
const [shapeBytes, lineBytes] = [20, 500]

/** Letters that begin a name with digits, and which of its places are digits and letters. */
type Shape = { prefix: string; pattern: string }

const shapeOf = (name: string): Shape | null => {
  const prefix = /^[a-z]{2,}(?=.*[0-9])/.exec(name)?.[0]
  return prefix === undefined ? null : { prefix, pattern: `${prefix} ${patternOf(name)}` }
}

const patternOf = (text: string): string => text.replace(/[0-9]/g, '9').replace(/[a-z]/g, 'a')

/** Words in a row that make a name of that shape. */
const saidOf = (text: string, { prefix, pattern }: Shape): string[] => {
  if (!text.includes(prefix)) return []
  const wanted = pattern.slice(prefix.length + 1)
  const words = text.split(/[^a-z0-9]+/)
  const found: string[] = []
  for (let from = 0; from < words.length; from += 1) {
    let said = ''
    for (let to = from; to < words.length && said.length < wanted.length; to += 1) said += words[to]
    if (said.startsWith(prefix) && patternOf(said) === wanted) found.push(said)
  }
  return found
}
