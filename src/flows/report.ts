/**
 * Reports: rows day by day, worded and numbered, with a last row that adds up. A report whose rows do not add up to the ledger is an error and never a file.
 * Everything is read as of one instant, so that the same report can be made again, byte for byte.
 */
import { covers } from '../domain/agency-scope.ts'
import { classLabel } from '../domain/discrepancy-policy.ts'
import { itemClasses } from '../domain/reconciliation-classes.ts'
import { Refusal } from '../domain/refusal.ts'
import {
  type ReportColumn,
  type ReportName,
  type ReportShape,
  reportShapes,
  reportWords,
} from '../domain/report-columns.ts'
import { type CsvCell, writeCsv } from '../lib/csv.ts'
import { addDays, toRfc3339 } from '../lib/time.ts'
import { writeXlsx, type XlsxCell } from '../lib/xlsx.ts'
import { everyAgency } from '../store/database.ts'
import type { ReportFilter, ReportRow } from '../store/reports/source.ts'
import { reportSources } from '../store/reports/sources.ts'
import { findSettlementTerms } from '../store/settlement-terms.ts'
import type { Deps } from './deps.ts'

export type ReportInput = Omit<ReportFilter, 'asOf'> & { name: ReportName; asOf: Date | null }

export type Report = {
  name: ReportName
  shape: ReportShape
  filter: ReportFilter
  totals: Readonly<Record<string, bigint>>
}

type Reader = { deps: Deps; scope: string; name: ReportName; filter: ReportFilter }
type Value = string | bigint | Date | null
type Row = Readonly<Record<string, Value>>

const daysMax = 366
const pageRows = 5_000
/** JSON is read whole by whoever asks; files are not. */
const jsonRowsMax = 10_000
/** Somebody may book between two readings at this very moment; after that many tries it is no coincidence. */
const triesMax = 3

/** A report as JSON: columns, rows by column key, totals. Throws Refusal `invalid_input` beyond 10,000 rows. */
export const reportJson = async (deps: Deps, scope: string, input: ReportInput) => {
  const reader = await readerOf(deps, scope, input)
  const { rows, totals } = await checked(reader, async () => {
    const all: Row[] = []
    const sums = await addUp(reader, (row) => {
      if (all.length >= jsonRowsMax) throw tooManyRows()
      all.push(row)
    })
    return { result: all, sums }
  })
  const { columns } = reportShapes[input.name]
  const { from, to, asOf } = reader.filter
  return {
    name: input.name,
    title: reportShapes[input.name].title,
    from,
    to,
    as_of: toRfc3339(asOf),
    time_zone: 'UTC+7',
    columns: columns.map(({ key, title, type }) => ({ key, title, type })),
    rows: rows.map((row) => Object.fromEntries(columns.map(({ key }) => [key, jsonValue(row[key] ?? null)]))),
    totals,
  }
}

/** A report as CSV, streamed. The rows are added up against the ledger before the first byte is given out. */
export const reportCsv = async (deps: Deps, scope: string, input: ReportInput): Promise<ReadableStream<Uint8Array>> => {
  const reader = await readerOf(deps, scope, input)
  const { totals } = await checked(reader, async () => ({ result: null, sums: await addUp(reader, () => undefined) }))
  const { columns } = reportShapes[input.name]
  return writeCsv(
    sheetRows(
      reader,
      totals,
      (column, value): CsvCell => {
        if (value instanceof Date) return toRfc3339(value)
        return column.type === 'amount' || typeof value !== 'bigint' ? value : value.toString()
      },
      columns.map((column) => column.title),
    ),
  )
}

/** A report as a workbook. */
export const reportXlsx = async (deps: Deps, scope: string, input: ReportInput): Promise<Uint8Array<ArrayBuffer>> => {
  const reader = await readerOf(deps, scope, input)
  const { totals } = await checked(reader, async () => ({ result: null, sums: await addUp(reader, () => undefined) }))
  const { columns, title } = reportShapes[input.name]
  return writeXlsx({
    sheet: title,
    columns,
    rows: sheetRows(reader, totals, (_column, value): XlsxCell => value, null),
  })
}

/** `lephi-collections_2026-11-01_2026-11-30_UTC+7_as-of-20261201T100000+0700.csv`: business days, their zone, and the instant of the data. */
export const reportFileName = ({ name, from, to }: ReportInput, asOf: Date, extension: string): string =>
  `lephi-${name}_${from}_${to}_UTC+7_as-of-${toRfc3339(asOf).replace(/[-:]/g, '')}.${extension}`

const readerOf = async (deps: Deps, scope: string, { name, asOf, ...filter }: ReportInput): Promise<Reader> => {
  const wrong = (pointer: string, message: string) =>
    new Refusal('invalid_input', message, { errors: [{ pointer, message }] })
  if (filter.from > filter.to) throw wrong('/query/to', 'the period ends before it begins')
  if (addDays(filter.from, daysMax) <= filter.to) throw wrong('/query/to', `a report covers at most ${daysMax} days`)
  // Of a time to come nobody can say what will have been booked by then, so the same report could not be made again.
  if (asOf && asOf > deps.now()) throw wrong('/query/as_of', 'lies in the future; a day is meant to its end')
  if (filter.agencyCode !== null && !covers(scope, filter.agencyCode))
    throw new Refusal('not_found', 'There is no such agency.')
  if (filter.merchantAccountId !== null) await refuseForeignAccount(deps, scope, filter.merchantAccountId)
  return { deps, scope, name, filter: { ...filter, asOf: asOf ?? deps.now() } }
}

/** An account of an agency above takes the money of those below it, so they may ask for theirs of it. */
const refuseForeignAccount = async (deps: Deps, scope: string, merchantAccountId: string): Promise<void> => {
  const { agencyCode } = (await findSettlementTerms(deps.db, everyAgency, merchantAccountId)) ?? {}
  if (agencyCode !== undefined && (covers(scope, agencyCode) || covers(agencyCode, scope))) return
  throw new Refusal('not_found', 'There is no such merchant account.')
}

const tooManyRows = (): Refusal => {
  const message = `more than ${jsonRowsMax} rows: narrow the period, or take text/csv`
  return new Refusal('invalid_input', `The report has ${message}.`, { errors: [{ pointer: '/query/to', message }] })
}

/** Reads, and compares the sums of what was read with the ledger's own. */
const checked = async <Result>(
  { deps, scope, name, filter }: Reader,
  read: () => Promise<{ result: Result; sums: Record<string, bigint> }>,
): Promise<{ rows: Result; totals: Readonly<Record<string, bigint>> }> => {
  for (let turn = 1; ; turn += 1) {
    const control = await reportSources[name].control(deps.db, scope, filter)
    const { result, sums } = await read()
    const wrong = Object.keys(control).filter((key) => control[key] !== sums[key])
    // A ledger has no one column of amounts: what moved is either side of it.
    if (wrong.length === 0)
      return { rows: result, totals: name === 'ledger' ? { ...sums, amount: sums.debit ?? 0n } : sums }
    if (turn === triesMax) throw new Error(`the report ${name} does not add up to the ledger in ${wrong.join(', ')}`)
  }
}

const addUp = async (reader: Reader, each: (row: Row) => void): Promise<Record<string, bigint>> => {
  const { summed } = reportShapes[reader.name]
  const sums: Record<string, bigint> = Object.fromEntries(summed.map((key) => [key, 0n]))
  for await (const row of worded(reader)) {
    for (const key of summed) {
      const value = row[key]
      if (typeof value === 'bigint') sums[key] = (sums[key] ?? 0n) + value
    }
    each(row)
  }
  return sums
}

/** Head (where the writer has none of its own), rows, and the row that adds up. Ends with an error when the rows are not those that were checked. */
async function* sheetRows<Cell>(
  reader: Reader,
  totals: Readonly<Record<string, bigint>>,
  cell: (column: ReportColumn, value: Value) => Cell,
  head: readonly Cell[] | null,
): AsyncGenerator<readonly Cell[]> {
  const { columns, summed } = reportShapes[reader.name]
  const sums = new Map<string, bigint>(summed.map((key) => [key, 0n]))
  if (head) yield head
  for await (const row of worded(reader)) {
    for (const key of summed) {
      const value = row[key]
      if (typeof value === 'bigint') sums.set(key, (sums.get(key) ?? 0n) + value)
    }
    yield columns.map((column) => cell(column, row[column.key] ?? null))
  }
  const wrong = summed.filter((key) => sums.get(key) !== totals[key])
  if (wrong.length > 0) throw new Error(`the report ${reader.name} changed while it was written`)
  yield columns.map((column, index) => cell(column, index === 0 ? 'Tổng cộng' : (sums.get(column.key) ?? null)))
}

async function* worded(reader: Reader): AsyncGenerator<Row> {
  let number = 0
  for await (const { key: _key, ...row } of read(reader)) {
    number += 1
    const words = Object.entries(row).map(([name, value]) => [name, wordedNames.has(name) ? word(value) : value])
    yield { ...Object.fromEntries(words), number: String(number) }
  }
}

const wordedNames = new Set(['kind', 'form', 'result', 'status', 'status_here', 'status_there', 'source', 'account'])

const word = (value: Value): Value => {
  if (typeof value !== 'string') return value
  const name = itemClasses.find((each) => each === value)
  return name ? classLabel(name) : (reportWords[value] ?? value)
}

async function* read({ deps, scope, name, filter }: Reader): AsyncGenerator<ReportRow> {
  for (let day = filter.from; day <= filter.to; day = addDays(day, 1)) {
    let after = ''
    for (;;) {
      const rows = await reportSources[name].page(deps.db, scope, filter, { day, after, limit: pageRows })
      yield* rows
      const last = rows.at(-1)
      if (!last || rows.length < pageRows) break
      after = last.key
    }
  }
}

const jsonValue = (value: Value): Value => (value instanceof Date ? toRfc3339(value) : value)
