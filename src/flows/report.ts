/**
 * Reports as JSON and as files for spreadsheets, with a last row that adds up. A report whose rows do not add up to the ledger is an error and never a file. The
 * same report as of the same instant is the same bytes.
 */
import { sheetWidth } from '../domain/sheet-widths.ts'
import { type CsvCell, writeCsv } from '../lib/csv.ts'
import { toRfc3339 } from '../lib/time.ts'
import { writeXlsx, type XlsxCell, type XlsxColumn, type XlsxSheet } from '../lib/xlsx.ts'
import type { Deps } from './deps.ts'
import {
  addRow,
  emptySums,
  openReader,
  type Reader,
  type ReportColumn,
  type ReportInput,
  type ReportSummary,
  type Row,
  readChecked,
  type Sums,
  totalCells,
  type Value,
  worded,
  wrong,
} from './read-report.ts'

/** JSON is read whole by whoever asks; files are not. */
const jsonRowsMax = 10_000

/** A report as JSON: columns, rows by column key, totals. Throws Refusal `invalid_input` beyond 10,000 rows. */
export const reportJson = async (deps: Deps, scope: string, input: ReportInput) => {
  const reader = await openReader(deps, scope, input)
  let rows: Row[] = []
  const { totals, summaries } = await readChecked(reader, {
    begin: () => {
      rows = []
    },
    each: (row) => {
      if (rows.length >= jsonRowsMax)
        throw wrong('/query/to', `more than ${jsonRowsMax} rows: narrow the period, or take text/csv`)
      rows.push(row)
    },
  })
  const { title, columns, rates } = reader.shape
  const { from, to, asOf } = reader.filter
  return {
    name: reader.name,
    ...(reader.groupBy ? { group_by: reader.groupBy } : {}),
    title,
    from,
    to,
    as_of: toRfc3339(asOf),
    time_zone: 'UTC+7',
    columns: columns.map(jsonColumn),
    rows: rows.map((row) => jsonRow(columns, row)),
    totals,
    ...(rates ? { rates: rates(totals) } : {}),
    summaries: summaries.map((summary) => ({
      name: summary.name,
      title: summary.title,
      columns: summary.columns.map(jsonColumn),
      rows: summary.rows.map((row) => jsonRow(summary.columns, row)),
    })),
  }
}

const jsonColumn = ({ key, title, type }: ReportColumn) => ({ key, title, type })

export const jsonRow = (columns: readonly ReportColumn[], row: Row) =>
  Object.fromEntries(
    columns.map(({ key }) => {
      const value = row[key] ?? null
      return [key, value instanceof Date ? toRfc3339(value) : value]
    }),
  )

/** A report as CSV, streamed. The rows are added up against the ledger before the first byte is given out. */
export const reportCsv = async (deps: Deps, scope: string, input: ReportInput): Promise<ReadableStream<Uint8Array>> => {
  const { reader, totals } = await addedUp(deps, scope, input)
  const cell = ({ type }: ReportColumn, value: Value): CsvCell => {
    if (value instanceof Date) return toRfc3339(value)
    if (typeof value === 'bigint') return type === 'text' || type === 'date' ? value.toString() : value
    // Digits and a point: no spreadsheet takes a rate for anything else.
    return value
  }
  const head = reader.shape.columns.map(({ title }): CsvCell => title)
  return writeCsv(sheetRows(reader, totals, { cell, sum: (sum): CsvCell => sum, head }))
}

/** A report as a workbook, streamed like the CSV: the rows with sums that are formulas, and a sheet for each of the report's smaller tables. */
export const reportXlsx = async (
  deps: Deps,
  scope: string,
  input: ReportInput,
): Promise<ReadableStream<Uint8Array<ArrayBuffer>>> => {
  const { reader, totals, summaries } = await addedUp(deps, scope, input)
  const { columns, title } = reader.shape
  const cell = (_column: ReportColumn, value: Value): XlsxCell => value
  const rows = sheetRows(reader, totals, { cell, sum: (sum): XlsxCell => ({ sum }), head: null })
  const sheet = { sheet: title, columns: columns.map(sheetColumn), rows, widths: columns.map(sheetWidth) }
  return writeXlsx(sheet, ...summaries.map(summarySheet))
}

const sheetColumn = ({ title, type }: ReportColumn): XlsxColumn => ({ title, type: type === 'count' ? 'amount' : type })

const summarySheet = ({ title, columns, rows }: ReportSummary): XlsxSheet => ({
  sheet: title,
  columns: columns.map(sheetColumn),
  rows: rows.map((row) => columns.map(({ key }) => row[key] ?? null)),
  widths: columns.map((column) => Math.max(sheetWidth(column), column.type === 'text' ? 36 : 18)),
})

/** `lephi-collections_2026-11-01_2026-11-30_UTC+7_as-of-20261201T100000+0700.csv`: business days, their zone, and the instant of the data. */
export const reportFileName = (
  { name, groupBy, from, to }: Pick<ReportInput, 'name' | 'groupBy' | 'from' | 'to'>,
  asOf: Date,
  extension: string,
): string => {
  const what = groupBy ? `${name}-by-${groupBy.replace('_', '-')}` : name
  return `lephi-${what}_${from}_${to}_UTC+7_as-of-${toRfc3339(asOf).replace(/[-:]/g, '')}.${extension}`
}

const addedUp = async (deps: Deps, scope: string, input: ReportInput) => {
  const reader = await openReader(deps, scope, input)
  return { reader, ...(await readChecked(reader, { begin: () => undefined, each: () => undefined })) }
}

type Written<Cell> = {
  cell: (column: ReportColumn, value: Value) => Cell
  sum: (sum: bigint) => Cell
  /** Where the writer has none of its own. */
  head: readonly Cell[] | null
}

/** Head, rows, and the row that adds up. Ends with an error when the rows are not those that were checked. */
async function* sheetRows<Cell>(
  reader: Reader,
  totals: Sums,
  { cell, sum, head }: Written<Cell>,
): AsyncGenerator<readonly Cell[]> {
  const { columns, summed } = reader.shape
  const sums = emptySums(reader.shape)
  if (head) yield head
  for await (const row of worded(reader)) {
    addRow(sums, row, summed)
    yield columns.map((column) => cell(column, row[column.key] ?? null))
  }
  if (summed.some((key) => sums[key] !== totals[key]))
    throw new Error(`the report ${reader.key} changed while it was written`)
  const last = totalCells(reader.shape, sums)
  yield columns.map((column, index) => {
    const value = index === 0 ? 'Tổng cộng' : (last[column.key] ?? null)
    return typeof value === 'bigint' ? sum(value) : cell(column, value)
  })
}
