/** Reads the first sheet of a workbook with the canonical columns as lines of a statement. */
import {
  canonicalColumns,
  readHeader,
  type StatementColumn,
  type StatementHeader,
  type StatementSource,
} from '../domain/statement-columns.ts'
import { readStatementRow } from '../domain/statement-line.ts'
import { type StatementTally, tallyLine, tallyProblem } from '../domain/statement-tally.ts'
import { sha256Hex } from '../lib/hmac.ts'
import type { SheetCell } from '../lib/xlsx-cell.ts'
import { readXlsx, type SheetRow, XlsxRefusal } from '../lib/xlsx-read.ts'
import type { LineWriter } from '../store/statement-lines.ts'

type Reading = { tally: StatementTally; write: LineWriter; source: StatementSource }

/** How the file is opened, for the parts around the sheet and for the sheet itself. */
export type WorkbookFile = Parameters<typeof readXlsx>[0]

/** Notes what the sheet says in `tally` and hands its good rows to `write`. Answers the reason when the file is refused whole, else null. */
export const readXlsxStatement = async (file: WorkbookFile, reading: Reading): Promise<string | null> => {
  const { tally, source } = reading
  const refuse = (reason: string, line = 1): string => {
    tallyProblem(tally, { line, message: reason })
    return reason
  }
  let header: StatementHeader | null = null
  let noHeader = { line: 1, names: -1, message: 'the first sheet is empty' }
  try {
    for await (const row of readXlsx(file, limits)) {
      if (!header) {
        if (row.line > headerRowMax) break
        const read = headerOf(source, row)
        if (!('message' in read)) header = read
        else if (read.names > noHeader.names) noHeader = { ...read, line: row.line }
        continue
      }
      tally.lines += 1
      const problem = readRow(row, header, reading)
      if (typeof problem === 'string') return refuse(problem, row.line)
      if (problem) await problem
    }
  } catch (error) {
    if (error instanceof XlsxRefusal) return refuse(error.message)
    throw error
  }
  if (!header) return refuse(noHeader.message, noHeader.line)
  return tally.accepted === 0 && tally.lines > 0 ? 'no line of the file could be read' : null
}

/** Above the header banks put their name, the account and the period. */
const headerRowMax = 20

const limits = {
  maxColumns: 60,
  bytesMax: 128 * 1_048_576,
  entriesMax: 1_000,
  inflatedMax: 2_048 * 1_048_576,
  ratioMax: 250,
}

/** The header, or why the row is none and how many columns it names all the same. */
const headerOf = (source: StatementSource, row: SheetRow): StatementHeader | { message: string; names: number } => {
  const names = Array.from(row.cells, (cell) => cell?.text ?? '')
  const read = row.problem ?? readHeader(source, names)
  if (typeof read !== 'string') return read
  const columns: readonly string[] = canonicalColumns[source]
  return { message: read, names: names.filter((name) => columns.includes(name.trim().toLowerCase())).length }
}

/** Notes or writes one row. Answers what to wait for, or the reason why the whole file is refused. */
const readRow = (
  row: SheetRow,
  header: StatementHeader,
  { tally, write, source }: Reading,
): Promise<void> | string | undefined => {
  const { line } = row
  if (row.problem) {
    tallyProblem(tally, { line, message: row.problem })
    return undefined
  }
  // A note beside the table is no part of it.
  const texts = Array.from({ length: header.width }, (_, place) => row.cells[place]?.text ?? '')
  const cells = [...texts]
  for (const [column, place] of Object.entries(header.at) as [StatementColumn, number][]) {
    const read = textOf(column, row.cells[place])
    if (typeof read !== 'string') {
      tallyProblem(tally, { line, column, message: read.problem })
      return undefined
    }
    cells[place] = read
  }
  const read = readStatementRow(source, header, cells)
  if (!read.ok) {
    const { kind, column, message } = read.problem
    if (kind === 'currency') return message
    tallyProblem(tally, { line, ...(column ? { column } : {}), message })
    return undefined
  }
  tallyLine(tally, source, read.line)
  return write({ ...read.line, line, rowHash: hashOf(texts) })
}

/** SHA-256 over the row's cells joined by U+001F, texts and numbers as the file has them (a date is its number of days), up to the header's last column. */
const hashOf = (texts: readonly string[]): string => sha256Hex(texts.join('\u001f'))

/** A sheet knows no zones: its times are those of the clock on the wall in Việt Nam. */
const textOf = (column: StatementColumn, cell: SheetCell | undefined): string | { problem: string } => {
  if (!cell) return ''
  if (cell.problem) return { problem: cell.problem }
  const { wallTime, text } = cell
  if (wallTime === undefined) return text
  if (column === 'value_date') return wallTime.slice(0, 10)
  if (column === 'occurred_at') return wallTime.includes('T') ? `${wallTime}+07:00` : wallTime
  return { problem: 'the cell is a date; keep it as text, or as a number' }
}
