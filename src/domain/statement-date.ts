/** The date format that a statement profile declares, such as `dd/MM/yyyy HH:mm:ss`: what is wrong with it, and how a cell is read by it. */

const digits = {
  yyyy: '\\d{4}',
  MM: '\\d\\d',
  M: '\\d\\d?',
  dd: '\\d\\d',
  d: '\\d\\d?',
  HH: '\\d\\d',
  H: '\\d\\d?',
  mm: '\\d\\d',
  ss: '\\d\\d',
}
type Token = keyof typeof digits
const tokenShape = /yyyy|MM?|dd?|HH?|mm|ss/g

/** Why nothing can be read by this format, in a sentence; null when it can. */
export const dateFormatProblem = (format: string): string | null => {
  // The T of ISO 8601 is the one letter that may stand between the parts.
  const stray = /[\p{L}\p{N}]/u.exec(format.replace(tokenShape, '').replaceAll('T', ''))
  if (stray)
    return 'has a letter or digit that is no part of a date: its parts are yyyy, MM, M, dd, d, HH, H, mm and ss'
  const parts = tokensOf(format).map(partOf)
  if (new Set(parts).size < parts.length) return 'names a part of the date twice'
  const missing = (['yyyy', 'MM', 'dd'] as const).find((token) => !parts.includes(partOf(token)))
  if (missing) return `has no ${missing}`
  if (parts.includes('m') && !parts.includes('H')) return 'has minutes without hours'
  if (parts.includes('s') && !parts.includes('m')) return 'has seconds without minutes'
  return isAmbiguous(format) ? 'has a part of one or two digits right beside another part' : null
}

/** What a cell says, digits padded; `time` is midnight where the format has none. */
export type ReadDate = { year: string; month: string; day: string; time: string }

/** Reads cells by a format that has no problem. `isDay`: a cell may also hold the format's date without its time. Null for another shape. */
export const dateReader = (format: string): ((cell: string, isDay: boolean) => ReadDate | null) => {
  const whole = shapeOf(format)
  const day = shapeOf(dayOf(format))
  return (cell, isDay) => {
    const found = (whole.exec(cell) ?? (isDay ? day.exec(cell) : null))?.groups
    if (!found) return null
    const part = (name: string) => (found[name] ?? '').padStart(2, '0')
    return { year: part('y'), month: part('M'), day: part('d'), time: `${part('H')}:${part('m')}:${part('s')}` }
  }
}

/** Writes a wall time (`yyyy-MM-dd`, or with `THH:mm:ss`) by a format that has no problem, as a cell of a text file would have it. */
export const dateWriter = (format: string): ((wallTime: string) => string) => {
  const starts = { y: 0, M: 5, d: 8, H: 11, m: 14, s: 17 }
  return (wallTime) => {
    const whole = wallTime.includes('T') ? wallTime : `${wallTime}T00:00:00`
    return format.replace(tokenShape, (token) => {
      const at = starts[token.charAt(0) as keyof typeof starts]
      return whole.slice(at, at + Math.max(token.length, 2))
    })
  }
}

const tokensOf = (format: string): Token[] => (format.match(tokenShape) ?? []) as Token[]
const partOf = (token: Token): string => token.charAt(0)

/** Of 1112026 nobody can say which day it is. */
const isAmbiguous = (format: string): boolean =>
  [...format.matchAll(tokenShape)].some(({ 0: token, index }, at, all) => {
    const next = all[at + 1]
    return next?.index === index + token.length && (isOpen(token) || isOpen(next[0]))
  })
const isOpen = (token: string): boolean => token.length === 1

const shapeOf = (format: string): RegExp => {
  let [pattern, at] = ['', 0]
  for (const { 0: token, index } of format.matchAll(tokenShape)) {
    pattern += `${literal(format.slice(at, index))}(?<${token.charAt(0)}>${digits[token as Token]})`
    at = index + token.length
  }
  return new RegExp(`^${pattern}${literal(format.slice(at))}$`)
}
const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** The format from the first part of the day to the last; the whole where the time stands between them. */
const dayOf = (format: string): string => {
  const ofDay = [...format.matchAll(/yyyy|MM?|dd?/g)]
  const [first, last] = [ofDay[0], ofDay.at(-1)]
  const day = first && last ? format.slice(first.index, last.index + last[0].length) : format
  return /[Hms]/.test(day) ? format : day
}
