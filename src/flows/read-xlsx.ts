/** Reads the first sheet of a workbook, with the canonical columns or those of a statement profile, as lines of a statement. */
import { canonicalColumns, type StatementSource } from '../domain/statement-columns.ts'
import { canonicalLayout, type FileColumn, type StatementLayout } from '../domain/statement-layout.ts'
import { type StatementTally, tallyLine, tallyProblem } from '../domain/statement-tally.ts'
import { sha256Hex } from '../lib/hmac.ts'
import type { SheetCell } from '../lib/xlsx-cell.ts'
import { readXlsx, type SheetRow, XlsxRefusal } from '../lib/xlsx-read.ts'
import type { LineWriter } from '../store/statement-lines.ts'

type Reading = { tally: StatementTally; write: LineWriter; source: StatementSource; layout?: StatementLayout }

/** How the file is opened, for the parts around the sheet and for the sheet itself. */
export type WorkbookFile = Parameters<typeof readXlsx>[0]

/** Notes what the sheet says in `tally` and hands its good rows to `write`. Answers the reason when the file is refused whole, else null. */
export const readXlsxStatement = async (file: WorkbookFile, reading: Reading): Promise<string | null> => {
  const { tally, source, layout = canonicalLayout(source) } = reading
  const refuse = (reason: string, line = 1): string => {
    tallyProblem(tally, { line, message: reason })
    return reason
  }
  let header: SheetHeader | null = null
  let noHeader = { line: layout.headerRow ?? 1, names: -1, message: 'the first sheet is empty' }
  try {
    for await (const row of readXlsx(file, sheetLimits)) {
      if (!header) {
        if (row.line > (layout.headerRow ?? headerRowMax)) break
        if (layout.headerRow !== null && row.line < layout.headerRow) continue
        const read = headerOf(source, layout, row)
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

/** Above the header banks put their name, the account and the period; a profile says in which row it is. */
const headerRowMax = 20

/**
 * A million rows of our own columns are 890 MB of XML with each text in its own cell, and providers have more columns. Rows of statements pack 15 to 30 times smaller,
 * since at least their numbers differ.
 */
export const sheetLimits = {
  maxColumns: 60,
  bytesMax: 128 * 1_048_576,
  entriesMax: 1_000,
  inflatedMax: 1_536 * 1_048_576,
  ratioMax: 100,
}

type SheetHeader = {
  width: number
  readCells: Exclude<ReturnType<StatementLayout['readHeader']>, string>
  places: ReturnType<StatementLayout['placesIn']>
  dateText: StatementLayout['dateText']
}

/** The header, or why the row is none and how many columns it names all the same. */
const headerOf = (
  source: StatementSource,
  layout: StatementLayout,
  row: SheetRow,
): SheetHeader | { message: string; names: number } => {
  const names = Array.from(row.cells, (cell) => cell?.text ?? '')
  const readCells = row.problem ?? layout.readHeader(names)
  if (typeof readCells !== 'string') {
    return { width: names.length, readCells, places: layout.placesIn(names), dateText: layout.dateText }
  }
  const columns: readonly string[] = canonicalColumns[source]
  return { message: readCells, names: names.filter((name) => columns.includes(name.trim().toLowerCase())).length }
}

/** Notes or writes one row. Answers what to wait for, or the reason why the whole file is refused. */
const readRow = (
  row: SheetRow,
  { width, readCells, places, dateText }: SheetHeader,
  { tally, write, source }: Reading,
): Promise<void> | string | undefined => {
  const { line } = row
  if (row.problem) {
    tallyProblem(tally, { line, message: row.problem })
    return undefined
  }
  // A note beside the table is no part of it.
  const texts = Array.from({ length: width }, (_, place) => row.cells[place]?.text ?? '')
  const cells = [...texts]
  for (const { column, at } of places) {
    const read = textOf(column, row.cells[at], dateText)
    if (typeof read !== 'string') {
      tallyProblem(tally, { line, column, message: read.problem })
      return undefined
    }
    cells[at] = read
  }
  const read = readCells(cells)
  if (!read.ok) {
    const { kind, column, message } = read.problem
    if (kind === 'currency') return message
    tallyProblem(tally, { line, ...(column ? { column } : {}), message })
    return undefined
  }
  if (!tallyLine(tally, source, { line, read: read.line })) return undefined
  return write({ ...read.line, line, rowHash: hashOf(texts) })
}

/** SHA-256 over the row's cells joined by U+001F, texts and numbers as the file has them (a date is its number of days), up to the header's last column. */
const hashOf = (texts: readonly string[]): string => sha256Hex(texts.join('\u001f'))

const textOf = (
  column: FileColumn,
  cell: SheetCell | undefined,
  dateText: StatementLayout['dateText'],
): string | { problem: string } => {
  if (!cell) return ''
  if (cell.problem) return { problem: cell.problem }
  if (cell.wallTime === undefined) return cell.text
  return dateText(column, cell.wallTime) ?? { problem: 'the cell is a date; keep it as text, or as a number' }
}
