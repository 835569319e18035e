/** A statement profile as a form sends it, in the address: so that trying it changes nothing, and going back brings the former one. */
import type { StatementSource } from '../../../domain/statement-columns.ts'
import { lineStatuses, lineTypes } from '../../../domain/statement-line.ts'
import { comparable } from '../../../domain/statement-profile.ts'
import { fileColumns } from '../../../domain/suggest-profile.ts'
import type { Profile, Rows } from './draft-shapes.ts'

type Query = Readonly<Record<string, string>>

/** The columns whose words have a meaning, and which meanings there are. */
export const wordColumns = { line_type: lineTypes, status: lineStatuses } as const
export type WordColumn = keyof typeof wordColumns

/** So many words of a column have a place in the form. */
export const wordsMax = 24

/** The profile that the form says; null where nobody has sent it. */
export const profileFrom = (query: Query, source: StatementSource): Profile | null => {
  if (query.mapped !== '1') return null
  const [decimal = '.', thousands = ''] = (query.number ?? '').split('_')
  const columns = Object.fromEntries(
    fileColumns(source).flatMap((column) => {
      const name = query[`c_${column}`]?.trim()
      return name ? [[column, name]] : []
    }),
  )
  const values = Object.fromEntries(
    (Object.keys(wordColumns) as WordColumn[]).flatMap((column) => {
      const table = source === 'provider' && column in columns ? wordsFrom(query, column) : {}
      return Object.keys(table).length > 0 ? [[column, table]] : []
    }),
  )
  return {
    encoding: query.encoding ?? 'utf-8',
    delimiter: query.delimiter === 'tab' ? '\t' : (query.delimiter ?? 'auto'),
    header_row: Number(query.header) || 1,
    date_format: query.date ?? '',
    number_format: { decimal, thousands: thousands === 'space' ? ' ' : thousands },
    columns,
    values,
  }
}

const wordsFrom = (query: Query, column: WordColumn): Record<string, string> =>
  Object.fromEntries(
    Array.from({ length: wordsMax }, (_, at) => [
      query[`w_${column}_${at}`]?.trim(),
      query[`v_${column}_${at}`],
    ]).filter((pair): pair is [string, string] => Boolean(pair[0]) && Boolean(pair[1])),
  )

/** As a choice of the form names it. */
export const delimiterName = (delimiter: string): string => (delimiter === '\t' ? 'tab' : delimiter)
export const numberName = ({ decimal, thousands }: Profile['number_format']): string =>
  `${decimal}_${thousands === ' ' ? 'space' : thousands}`

/** Whether every column that the profile names stands in the header row that it names. */
export const fits = ({ columns, header_row: line }: Profile, { rows }: Rows): boolean => {
  const header = headerOf(rows, line).map(comparable)
  const names = Object.values(columns)
  return names.length > 0 && names.every((name) => header.includes(comparable(name)))
}

export const headerOf = (rows: Rows['rows'], line: number): readonly string[] =>
  rows.find((row) => row.line === line)?.cells ?? []

/** The words of a column that the shown rows have, those that have a meaning already first. */
export const wordsOf = (column: WordColumn, profile: Profile, { rows }: Rows): string[] => {
  const known = Object.keys(profile.values[column] ?? {})
  const name = profile.columns[column]
  if (!name) return known
  const at = headerOf(rows, profile.header_row).map(comparable).indexOf(comparable(name))
  const seen =
    at < 0 ? [] : rows.filter(({ line }) => line > profile.header_row).map(({ cells }) => (cells[at] ?? '').trim())
  const fresh = [...new Set(seen)].filter(
    (word) => word !== '' && !known.some((other) => comparable(other) === comparable(word)),
  )
  return [...known, ...fresh].slice(0, wordsMax - blanks)
}

/** Places for words that the shown rows do not have. */
export const blanks = 2

/** Whether two profiles read alike, however their members are ordered. */
export const isSameProfile = (a: Profile, b: Profile | null): boolean => b !== null && ordered(a) === ordered(b)

const ordered = (profile: Profile): string =>
  JSON.stringify(profile, (_, value: unknown) =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  )
