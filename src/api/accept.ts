/** Which representation a caller wants: the Accept header of RFC 9110, section 12.5.1. */
import { Refusal } from '../domain/refusal.ts'

const headerMax = 1_000

/**
 * The offered media type that the header likes best; of equals the one that is offered first. No header takes the first. Throws Refusal
 * `not_acceptable` when the header wants none of them.
 */
export const chooseType = <Type extends string>(
  header: string | null | undefined,
  offered: readonly [Type, ...Type[]],
): Type => {
  if (header === null || header === undefined || header.trim() === '') return offered[0]
  const ranges = header.slice(0, headerMax).split(',').map(readRange)
  const rated = offered.map((type) => ({ type, weight: weightOf(type, ranges) }))
  const best = rated.reduce((chosen, each) => (each.weight > chosen.weight ? each : chosen))
  if (best.weight > 0) return best.type
  throw new Refusal('not_acceptable', `This is available as ${offered.join(', ')}.`)
}

type Range = { range: string; weight: number }

const readRange = (text: string): Range => {
  const [range = '', ...parameters] = text.toLowerCase().split(';')
  const quality = parameters.map((each) => /^\s*q=([\d.]+)\s*$/.exec(each)?.[1]).find((found) => found !== undefined)
  return { range: range.trim(), weight: quality === undefined ? 1 : Number(quality) || 0 }
}

/** The most specific range that covers the type decides. */
const weightOf = (type: string, ranges: readonly Range[]): number => {
  const [family = ''] = type.split('/')
  for (const wanted of [type, `${family}/*`, '*/*']) {
    const found = ranges.filter(({ range }) => range === wanted)
    if (found.length > 0) return Math.max(...found.map(({ weight }) => weight))
  }
  return 0
}
