// The value of one cell as its text. An amount is never made a number on the way: what the file writes is what is read.
import type { Workbook } from './xlsx-parts.ts'
import { plainText } from './xlsx-parts.ts'

/**
 * A cell: its text, whole numbers without a point. `wallTime` is of a date: `yyyy-MM-dd`, or `yyyy-MM-ddTHH:mm:ss` where the cell shows a time or has one.
 * `problem` says why the text is not to be used.
 */
export type SheetCell = { text: string; wallTime?: string; problem?: string }

export type RawCell = { type: string; style: number; value: string | null; inline: string; hasFormula: boolean }

const charsMax = 10_000

export const readCell = (raw: RawCell, workbook: Workbook): SheetCell => {
  const cell = cellOf(raw, workbook)
  if (cell.text.length > charsMax) return { text: '', problem: `the cell has more than ${charsMax} characters` }
  return notText.test(cell.text) ? { text: '', problem: 'the cell holds bytes that are no text' } : cell
}

/** Office writes what XML cannot hold as `_x0000_`: a NUL, which no database takes, or half a letter. */
const notText = /[\0\ufffd\p{Surrogate}]/u

const cellOf = (raw: RawCell, workbook: Workbook): SheetCell => {
  const { type, value, inline, hasFormula } = raw
  if (type === 'inlineStr') return { text: plainText(inline) }
  if (value === null || (value === '' && type !== 'str')) {
    return hasFormula ? { text: '', problem: 'the formula has no stored value' } : { text: '' }
  }
  if (type === 's') {
    const text = /^\d{1,9}$/.test(value) ? workbook.strings[Number(value)] : undefined
    return text === undefined
      ? { text: '', problem: 'the cell names a text that the workbook does not have' }
      : { text }
  }
  if (type === 'str') return { text: plainText(value) }
  if (type === 'b') return { text: value === '1' ? 'TRUE' : 'FALSE' }
  if (type === 'e') return { text: value, problem: 'the cell holds an error of its formula' }
  if (type === 'd') return isoCell(value)
  if (type !== 'n') return { text: value, problem: 'the cell is of a kind that is not read' }
  const style = workbook.styles[raw.style] ?? null
  return style ? serialCell(value, style, workbook.is1904) : numberCell(value)
}

const isoCell = (value: string): SheetCell => {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?)?$/.exec(value) ?? []
  if (!day) return { text: value }
  return { text: value, wallTime: time ? `${day}T${time}` : day }
}

/** A sheet holds 15 digits; a longer reference that was typed as a number has lost its end. */
const numberCell = (value: string): SheetCell => {
  const [, whole] = /^(-?\d+)(?:\.0+)?$/.exec(value) ?? []
  if (whole === undefined) return { text: value, problem: 'the cell is no whole number' }
  if (whole.replace('-', '').length > 15) {
    return { text: value, problem: 'a number of more than 15 digits is not exact; keep it as text' }
  }
  return { text: whole }
}

/** Section 18.17.4.1. Days from 01/03/1900 on: before that, the 1900 system counts a day that never was. */
const serialCell = (value: string, style: 'day' | 'time', is1904: boolean): SheetCell => {
  const serial = /^\d{1,7}(?:\.\d{1,20})?$/.test(value) ? Number(value) + (is1904 ? 1_462 : 0) : Number.NaN
  if (!(serial >= 61 && serial < 2_958_466)) return { text: value, problem: 'the cell is no date from 01/03/1900 on' }
  const seconds = Math.round((serial - 25_569) * 86_400)
  const iso = new Date(seconds * 1_000).toISOString()
  const hasTime = style === 'time' || seconds % 86_400 !== 0
  return { text: value, wallTime: iso.slice(0, hasTime ? 19 : 10) }
}
