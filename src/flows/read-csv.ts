/** Reads a text file of rows, with the canonical columns or those of a statement profile, as lines of a statement. */
import type { StatementSource } from '../domain/statement-columns.ts'
import type { StatementLayout } from '../domain/statement-layout.ts'
import { type StatementTally, tallyLine, tallyProblem } from '../domain/statement-tally.ts'
import { type CsvProblem, type CsvRow, readCsv } from '../lib/csv.ts'
import { sha256Hex } from '../lib/hmac.ts'
import type { LineWriter } from '../store/statement-lines.ts'

type Reading = { tally: StatementTally; write: LineWriter; source: StatementSource; layout: StatementLayout }

/** Notes what the file says in `tally` and hands its good rows to `write`. Answers the reason when the file is refused whole, else null. */
export const readCsvStatement = async (file: ReadableStream<Uint8Array>, reading: Reading): Promise<string | null> => {
  const { tally, layout } = reading
  const { encoding, delimiter, headerRow } = layout
  const refuse = (line: number, reason: string): string => {
    tallyProblem(tally, { line, message: reason })
    return reason
  }
  let header: Header | null = null
  for await (const rows of readCsv(file, { ...limits, encoding, delimiter, skipLines: (headerRow ?? 1) - 1 })) {
    for (const row of rows) {
      if (!header) {
        const read = headerOf(layout, row)
        if (typeof read === 'string') return refuse(row.line, read)
        header = read
        continue
      }
      tally.lines += 1
      const problem = readRow(row, header, reading)
      if (typeof problem === 'string') return refuse(row.line, problem)
      if (problem) await problem
    }
  }
  if (!header) {
    return headerRow === null ? refuse(1, 'the file is empty') : refuse(headerRow, `the file has no line ${headerRow}`)
  }
  return tally.accepted === 0 && tally.lines > 0 ? 'no line of the file could be read' : null
}

const limits = { maxColumns: 60, maxFieldChars: 10_000 }

type Header = {
  readCells: Exclude<ReturnType<StatementLayout['readHeader']>, string>
  places: ReturnType<StatementLayout['placesIn']>
}

const headerOf = (layout: StatementLayout, row: CsvRow): Header | string => {
  const { headerRow, encoding } = layout
  if (headerRow !== null && row.line !== headerRow) return `line ${headerRow}, where the header row should be, is empty`
  if (row.problem) return `the header row ${problemOf(row.problem, encoding)}`
  const readCells = layout.readHeader(row.cells)
  return typeof readCells === 'string' ? readCells : { readCells, places: layout.placesIn(row.cells) }
}

/** Notes or writes one row. Answers what to wait for, or the reason why the whole file is refused. */
const readRow = (
  row: CsvRow,
  { readCells, places }: Header,
  { tally, write, source, layout }: Reading,
): Promise<void> | string | undefined => {
  const { line } = row
  if (row.problem) {
    const column = places.find(({ at }) => at === row.cell)?.column
    tallyProblem(tally, {
      line,
      ...(column ? { column } : {}),
      message: `the row ${problemOf(row.problem, layout.encoding)}`,
    })
    return undefined
  }
  const read = readCells(row.cells)
  if (!read.ok) {
    const { kind, column, message } = read.problem
    if (kind === 'currency') return message
    tallyProblem(tally, { line, ...(column ? { column } : {}), message })
    return undefined
  }
  if (!tallyLine(tally, source, { line, read: read.line })) return undefined
  return write({ ...read.line, line, rowHash: hashOf(row.cells) })
}

/** SHA-256 over the row's cells as the file has them, without quotes, joined by U+001F: anybody can work it out again from the file. */
const hashOf = (cells: readonly string[]): string => sha256Hex(cells.join('\u001f'))

const problemOf = (problem: CsvProblem, encoding: string): string =>
  problem === 'bad_encoding' ? `is not ${encoding.toUpperCase()} text` : problems[problem]

const problems: Record<Exclude<CsvProblem, 'bad_encoding'>, string> = {
  unclosed_quote: 'opens a quote that is never closed',
  malformed_quote: 'has text behind a closing quote',
  row_too_long: 'is too long',
  too_many_columns: `has more than ${limits.maxColumns} cells`,
  field_too_long: `has a cell of more than ${limits.maxFieldChars} characters`,
}
