/**
 * The rows of a report, day by day, worded and numbered, and their sums against the ledger's own figures. Everything is read as of one instant. Who reads them
 * writes them down: report.ts as JSON and files, print-report.ts on paper.
 */
import { covers } from '../domain/agency-scope.ts'
import { classLabel } from '../domain/discrepancy-policy.ts'
import { itemClasses } from '../domain/reconciliation-classes.ts'
import { Refusal } from '../domain/refusal.ts'
import {
  type ReportGroup,
  type ReportKey,
  type ReportName,
  reportShapes,
  reportWords,
} from '../domain/report-columns.ts'
import { count, type ReportColumn, type ReportShape, text } from '../domain/report-shape.ts'
import { addDays } from '../lib/time.ts'
import { type Database, everyAgency, isPassing, isUnavailable } from '../store/database.ts'
import { awaitWriters, presentInstant } from '../store/open-writers.ts'
import type { ReportFilter, ReportRow, ReportSource, ReportSummary } from '../store/reports/source.ts'
import { reportSources } from '../store/reports/sources.ts'
import { findSettlementTerms } from '../store/settlement-terms.ts'
import type { Deps } from './deps.ts'
import { readingSide } from './reading-side.ts'

export type ReportInput = Omit<ReportFilter, 'asOf'> & {
  name: ReportName
  asOf: Date | null
  groupBy?: ReportGroup | null
}

/** A report about to be read. */
export type Reader = {
  /** Of the server that reads it: a standby, or the primary. */
  deps: Deps
  primary: Deps
  scope: string
  name: ReportName
  groupBy: ReportGroup | null
  key: ReportKey
  shape: ReportShape
  source: ReportSource
  filter: ReportFilter
}

export type Value = string | bigint | Date | null
export type Row = Readonly<Record<string, Value>>
export type Sums = Readonly<Record<string, bigint>>

const daysMax = 366
const pageRows = 5_000
/** Somebody may book between two readings at this very moment; after that many tries it is no coincidence. */
const triesMax = 3

/** Throws Refusal `invalid_input` for a period or an instant that is none, `not_found` for what is outside the scope. */
export const openReader = async (deps: Deps, scope: string, input: ReportInput): Promise<Reader> => {
  const { name, asOf, groupBy = null, ...filter } = input
  if (filter.from > filter.to) throw wrong('/query/to', 'the period ends before it begins')
  if (addDays(filter.from, daysMax) <= filter.to) throw wrong('/query/to', `a report covers at most ${daysMax} days`)
  if (groupBy !== null && name !== 'collections') throw wrong('/query/group_by', 'only collections can be grouped')
  if (filter.agencyCode !== null && !covers(scope, filter.agencyCode))
    throw new Refusal('not_found', 'There is no such agency.')
  if (filter.merchantAccountId !== null) await refuseForeignAccount(deps, scope, filter.merchantAccountId)
  const key: ReportKey = groupBy === null ? name : `collections-by-${groupBy}`
  const read = { ...filter, asOf: await reportInstant(deps, asOf) }
  const told = { scope, name, groupBy, key, shape: reportShapes[key], source: reportSources[key], filter: read }
  return { deps: await readingSide(deps), primary: deps, ...told }
}

/** What may pass between taking the time of a booking and beginning to write it, and between the clocks of two processes; and how long a report waits. */
const writers = { graceMs: 500, waitMaxMs: 3_000 }

/**
 * The instant of which a report tells: the one that was asked for, else the present. Whoever had begun to write by then is waited for, since the same report of the
 * same instant is the same for ever. Where somebody writes for long, the present is the instant before he began, and an instant that was asked for is refused.
 * Throws Refusal `invalid_input` for a time to come, `conflict`.
 */
export const reportInstant = async (deps: Deps, asked: Date | null): Promise<Date> => {
  if (asked && asked > deps.now()) throw wrong('/query/as_of', 'lies in the future; a day is meant to its end')
  const upTo = asked ?? (await presentInstant(deps.db, deps.now()))
  const settled = await awaitWriters(deps.db, { upTo, ...writers })
  if (settled.isSettled) return upTo
  if (!asked && settled.settledTo) return settled.settledTo
  throw new Refusal(
    'conflict',
    'What belongs to that instant is still being written; ask again, or as of an earlier instant.',
    {
      retryAfterSeconds: 2,
    },
  )
}

export const wrong = (pointer: string, message: string): Refusal =>
  new Refusal('invalid_input', message, { errors: [{ pointer, message }] })

/** An account of an agency above takes the money of those below it, so they may ask for theirs of it. */
const refuseForeignAccount = async (deps: Deps, scope: string, merchantAccountId: string): Promise<void> => {
  const { agencyCode } = (await findSettlementTerms(deps.db, everyAgency, merchantAccountId)) ?? {}
  if (agencyCode !== undefined && (covers(scope, agencyCode) || covers(agencyCode, scope))) return
  throw new Refusal('not_found', 'There is no such merchant account.')
}

export type Checked = { totals: Sums; summaries: readonly ReportSummary[] }

/**
 * Asks the server that reads the report. What a standby breaks off, since it must take in what the primary has cleared away, or is no more, or takes too long, the primary is asked, and
 * for all that follows: it has the same rows of the instant, so that even a file goes on where it was.
 */
export const ask = async <Result>(reader: Reader, question: (db: Database) => Promise<Result>): Promise<Result> => {
  try {
    return await question(reader.deps.db)
  } catch (error) {
    if (reader.deps === reader.primary || !(isPassing(error) || isUnavailable(error))) throw error
    reader.primary.log.warn({ error }, 'the standby broke off a report, which the primary reads on')
    reader.deps = reader.primary
    return question(reader.deps.db)
  }
}

type Handed = { begin: () => void; each: (row: Row) => void }

/**
 * Reads all rows, hands each over, and compares their sums with the ledger's own. `begin` is called before each of several tries. Throws an Error when they do not add up.
 */
export const readChecked = async (reader: Reader, { begin, each }: Handed): Promise<Checked> => {
  const { scope, key, source, filter } = reader
  for (let turn = 1; ; turn += 1) {
    begin()
    const control = await ask(reader, (db) => source.control(db, scope, filter))
    const { sums, tallied } = await addUp(reader, each)
    const off = Object.keys(control).filter((name) => control[name] !== sums[name])
    if (off.length === 0) {
      const others = (await ask(reader, async (db) => source.summaries?.(db, scope, filter))) ?? []
      const summaries = [...tallied, ...others.map(wordedSummary)]
      // A ledger has no one column of amounts: what moved is either side of it.
      return { totals: key === 'ledger' ? { ...sums, amount: sums.debit ?? 0n } : sums, summaries }
    }
    if (turn === triesMax) throw new Error(`the report ${key} does not add up to the ledger in ${off.join(', ')}`)
  }
}

const addUp = async (
  reader: Reader,
  each: (row: Row) => void,
): Promise<{ sums: Sums; tallied: readonly ReportSummary[] }> => {
  const { summed, tally } = reader.shape
  const sums = emptySums(reader.shape)
  const groups = new Map<string, { count: bigint; sums: Record<string, bigint> }>()
  for await (const row of worded(reader)) {
    addRow(sums, row, summed)
    if (tally) {
      const name = String(row[tally.by] ?? '')
      const group = groups.get(name) ?? { count: 0n, sums: emptySums(reader.shape) }
      group.count += 1n
      addRow(group.sums, row, summed)
      groups.set(name, group)
    }
    each(row)
  }
  return { sums, tallied: tally ? [tallyOf(reader.shape, tally, groups)] : [] }
}

const tallyOf = (
  { columns, summed }: ReportShape,
  { by, title }: { by: string; title: string },
  groups: ReadonlyMap<string, { count: bigint; sums: Sums }>,
): ReportSummary => ({
  name: `by_${by}`,
  title,
  columns: [
    text(by, columns.find(({ key }) => key === by)?.title ?? by),
    count('count', 'Số dòng'),
    ...columns.filter(({ key }) => summed.includes(key)),
  ],
  rows: [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, group]) => ({ [by]: name, count: group.count, ...group.sums })),
})

export const emptySums = ({ summed }: ReportShape): Record<string, bigint> =>
  Object.fromEntries(summed.map((key) => [key, 0n]))

export const addRow = (sums: Record<string, bigint>, row: Row, summed: readonly string[]): void => {
  for (const key of summed) {
    const value = row[key]
    if (typeof value === 'bigint') sums[key] = (sums[key] ?? 0n) + value
  }
}

/** The cells of the last row, by column key. */
export const totalCells = (
  { columns, summed, rates }: ReportShape,
  sums: Sums,
): Readonly<Record<string, bigint | string>> => ({
  ...Object.fromEntries(columns.flatMap(({ key }) => (summed.includes(key) ? [[key, sums[key] ?? 0n]] : []))),
  ...rates?.(sums),
})

/** All rows with their words and numbers. `key` is the source's own name of a row, `kind_code` its kind before it was worded; no report has them as columns. */
export async function* worded(reader: Reader): AsyncGenerator<Row & { key: string }> {
  let number = 0
  for await (const row of read(reader)) {
    number += 1
    yield { ...wordedRow(row), key: row.key, kind_code: row.kind ?? null, number: String(number) }
  }
}

const wordedRow = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, wordedNames.has(name) ? word(value) : value]))

const wordedSummary = (summary: ReportSummary): ReportSummary => ({ ...summary, rows: summary.rows.map(wordedRow) })

const wordedNames = new Set(['kind', 'form', 'result', 'status', 'status_here', 'status_there', 'source', 'account'])

const word = (value: Value): Value => {
  if (typeof value !== 'string') return value
  const name = itemClasses.find((each) => each === value)
  return name ? classLabel(name) : (reportWords[value] ?? value)
}

async function* read(reader: Reader): AsyncGenerator<ReportRow> {
  const { scope, source, filter } = reader
  const last = source.isWhole ? filter.from : filter.to
  for (let day = filter.from; day <= last; day = addDays(day, 1)) {
    let after = ''
    for (;;) {
      const place = { day, after }
      const rows = await ask(reader, (db) => source.page(db, scope, filter, { ...place, limit: pageRows }))
      yield* rows
      const final = rows.at(-1)
      if (!final || rows.length < pageRows) break
      after = final.key
    }
  }
}

export type { ReportColumn, ReportSummary }
