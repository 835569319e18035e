/** How the rows of a file become statement lines: by the canonical header, or by an account's profile. */
import {
  canonicalColumns,
  readHeader,
  type SplitColumn,
  type StatementColumn,
  type StatementHeader,
  type StatementSource,
  splitColumns,
} from './statement-columns.ts'
import { dateReader, dateWriter } from './statement-date.ts'
import { type ReadRow, readStatementRow } from './statement-line.ts'
import { comparable, missingColumns, type StatementProfile } from './statement-profile.ts'

type RowReader = (cells: readonly string[]) => ReadRow

export type StatementLayout = {
  encoding: string
  delimiter: string
  /** The physical line of the header; null for the first one that is not empty. */
  headerRow: number | null
  /** Answers how the rows under this header are read, or a sentence for the accountant. */
  readHeader: (cells: readonly string[]) => RowReader | string
  /** Where the columns that are read stand in a header that can be read: a sheet's cells are of kinds, and a column takes some of them. */
  placesIn: (cells: readonly string[]) => readonly { column: FileColumn; at: number }[]
  /** What a text file would have in a cell that a sheet has as a date: `yyyy-MM-dd`, or with `THH:mm:ss`. Null where no date belongs. */
  dateText: (column: FileColumn, wallTime: string) => string | null
}

/** A column as the file has it. */
export type FileColumn = StatementColumn | SplitColumn

/** A canonical file: UTF-8, with the canonical names in the first row. */
export const canonicalLayout = (source: StatementSource): StatementLayout => ({
  encoding: 'utf-8',
  delimiter: 'auto',
  headerRow: null,
  readHeader: (cells) => {
    const header = readHeader(source, cells)
    return typeof header === 'string' ? header : (row) => readStatementRow(source, header, row)
  },
  placesIn: (cells) => {
    const header = readHeader(source, cells)
    if (typeof header === 'string') return []
    return canonicalColumns[source].flatMap((column) => {
      const at = header.at[column]
      return at === undefined ? [] : [{ column, at }]
    })
  },
  // A sheet knows no zones: its times are those of the clock on the wall in Việt Nam.
  dateText: (column, wallTime) => {
    if (column === 'value_date') return wallTime.slice(0, 10)
    if (column === 'occurred_at') return wallTime.includes('T') ? `${wallTime}+07:00` : wallTime
    return null
  },
})

/** A file as the profile says. `head` are the file's first bytes, whose byte order mark decides in UTF-16. */
export const profileLayout = (
  source: StatementSource,
  { profile, head }: { profile: StatementProfile; head: Uint8Array },
): StatementLayout => ({
  encoding: encodingOf(profile.encoding, head),
  delimiter: profile.delimiter,
  headerRow: profile.header_row,
  readHeader: (cells) => {
    const places = placesOf(source, profile, cells)
    if (typeof places === 'string') return places
    const translations = places.map((place) => ({ ...place, translate: translatorOf(place.column, profile) }))
    return (row) => translateRow(source, { width: cells.length, translations }, row)
  },
  placesIn: (cells) => {
    const places = placesOf(source, profile, cells)
    return typeof places === 'string' ? [] : places
  },
  dateText: (column, wallTime) =>
    column === 'value_date' || column === 'occurred_at' ? dateWriter(profile.date_format)(wallTime) : null,
})

const encodingOf = (encoding: StatementProfile['encoding'], [first, second]: Uint8Array): string => {
  if (encoding !== 'utf-16') return encoding
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-16le'
}

/** Where a canonical column is read: `at` is the cell, `name` what the file calls it. */
type Place = { column: FileColumn; name: string; at: number }

const placesOf = (source: StatementSource, profile: StatementProfile, cells: readonly string[]): Place[] | string => {
  const missing = missingColumns(profile, source)
  if (missing.length > 0) return `the statement profile says nothing of ${missing.join(', ')}`
  const names = cells.map(comparable)
  const places: Place[] = []
  const readColumns: readonly FileColumn[] = [...canonicalColumns[source], ...(source === 'bank' ? splitColumns : [])]
  for (const column of readColumns) {
    const name = profile.columns[column]
    if (name === undefined) continue
    const at = names.indexOf(comparable(name))
    // Also one that a line can do without: a renamed column would otherwise go missing in silence.
    if (at < 0) return `the header row has no column "${name}", which the statement profile names for ${column}`
    if (names.lastIndexOf(comparable(name)) !== at) return `the column "${name}" comes twice in the header row`
    places.push({ column, name, at })
  }
  return places
}

type Translation = Place & { translate: Translate }

/** Reads a row as the canonical one that says the same. */
const translateRow = (
  source: StatementSource,
  { width, translations }: { width: number; translations: readonly Translation[] },
  row: readonly string[],
): ReadRow => {
  if (row.length !== width) {
    return { ok: false, problem: { message: `the row has ${row.length} cells, the header ${width}` } }
  }
  const at: Partial<Record<StatementColumn, number>> = {}
  const cells: string[] = []
  const split: Partial<Record<SplitColumn, string>> = {}
  for (const { column, name, at: place, translate } of translations) {
    const cell = translate((row[place] ?? '').trim())
    if (typeof cell !== 'string') return wrongCell(column, `"${name}": ${cell.wrong}`)
    if (column === 'credit' || column === 'debit') split[column] = cell
    else at[column] = cells.push(cell) - 1
  }
  if (at.amount === undefined) {
    const amount = amountOf(split)
    if (typeof amount !== 'string')
      return wrongCell(amount.column, `"${nameOf(translations, amount.column)}": ${amount.wrong}`)
    at.amount = cells.push(amount) - 1
  }
  const header: StatementHeader = { at, width: cells.length }
  const read = readStatementRow(source, header, cells)
  if (read.ok || read.problem.kind || !read.problem.column) return read
  const { column, message } = read.problem
  return wrongCell(column, `"${nameOf(translations, column)}": ${message}`)
}

const wrongCell = (column: FileColumn, message: string): ReadRow => ({ ok: false, problem: { column, message } })

const nameOf = (translations: readonly Translation[], column: FileColumn): string =>
  (translations.find((each) => each.column === column) ?? translations.find((each) => isSplitColumn(each.column)))
    ?.name ?? column

const isSplitColumn = (column: FileColumn): column is SplitColumn => column === 'credit' || column === 'debit'

/** The amount of a row that has it in one of two columns; the other is empty or 0. Money out is negative. */
const amountOf = (
  split: Readonly<Partial<Record<SplitColumn, string>>>,
): string | { column: SplitColumn; wrong: string } => {
  const filled = splitColumns.filter((column) => /[1-9]/.test(split[column] ?? ''))
  const [column, other] = filled
  if (!column) return ''
  if (other) return { column: other, wrong: 'the row has both money in and money out' }
  const digits = (split[column] ?? '').replace(/^\+/, '')
  if (digits.startsWith('-')) return { column, wrong: 'money in and money out are written without a minus' }
  return column === 'debit' ? `-${digits}` : digits
}

type Translate = (cell: string) => string | { wrong: string }

const translatorOf = (column: FileColumn, profile: StatementProfile): Translate => {
  if (isSplitColumn(column)) {
    // A bank writes a dash where nothing moved.
    const translate = amountTranslator(profile)
    return (cell) => (cell === '-' ? '' : translate(cell))
  }
  if (column === 'amount' || column === 'provider_fee' || column === 'net_amount') return amountTranslator(profile)
  if (column === 'occurred_at' || column === 'value_date') return dateTranslator(column, profile)
  if (column === 'line_type' || column === 'status') return wordTranslator(profile.values[column])
  return (cell) => cell
}

/** Exact: the text is taken apart, never computed with. A đồng has no parts, so behind the decimal sign stand only zeros. */
const amountTranslator = ({ number_format: { decimal, thousands } }: StatementProfile): Translate => {
  const group = thousands === ' ' ? '\\s' : thousands === '' ? '' : `\\${thousands}`
  const whole = group === '' ? '\\d+' : `\\d+|\\d{1,3}(?:${group}\\d{3})+`
  const amount = new RegExp(`^([+\\-\u2212]?)(${whole})(?:\\${decimal}(\\d+))?$`)
  const separators = group === '' ? null : new RegExp(group, 'g')
  return (cell) => {
    if (cell === '') return cell
    const [, sign = '', digits = '', fraction = ''] = amount.exec(cell) ?? []
    if (digits === '')
      return { wrong: `an amount is written as the profile says (thousands "${thousands}", decimal "${decimal}")` }
    if (/[1-9]/.test(fraction)) return { wrong: 'an amount is a whole number of đồng' }
    return `${sign === '\u2212' ? '-' : sign}${separators ? digits.replace(separators, '') : digits}`
  }
}

const dateTranslator = (column: 'occurred_at' | 'value_date', { date_format }: StatementProfile): Translate => {
  const read = dateReader(date_format)
  const isDay = column === 'value_date'
  return (cell) => {
    if (cell === '') return cell
    const date = read(cell, isDay)
    if (!date) return { wrong: `a date is written ${date_format}` }
    const { year, month, day, time } = date
    return isDay ? `${year}-${month}-${day}` : `${day}/${month}/${year} ${time}`
  }
}

const wordTranslator = (table: Readonly<Record<string, string>> | undefined): Translate => {
  if (!table) return (cell) => cell
  const words = new Map(Object.entries(table).map(([from, to]) => [comparable(from), to]))
  return (cell) => words.get(comparable(cell)) ?? { wrong: 'the word is not among the values of the statement profile' }
}
