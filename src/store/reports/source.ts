/** What every report reads from: the rows of one business day, page by page, and the ledger's own sums, each by itself. */
import type { ReportColumn } from '../../domain/report-shape.ts'
import { businessDayRange } from '../../lib/time.ts'
import type { Database, Fragment, Rows, Sql } from '../database.ts'

/** Business days `from` to `to`, inclusive; everything that was written after `asOf` does not exist. */
export type ReportFilter = {
  from: string
  to: string
  agencyCode: string | null
  merchantAccountId: string | null
  asOf: Date
}

/** Where a page begins: in a business day, behind a row's key. Day by day, so that no page sorts more than a day. */
export type ReportPlace = { day: string; after: string; limit: number }

/** A row by column key. `key` orders the rows of a day. */
/** The key of a row that has none of its own. It sorts before all others, and behind the empty one, from which a report begins. */
export const noKey = ' '

export type ReportRow = { key: string } & Readonly<Record<string, string | bigint | Date | null>>

/** A small table beside the rows: the same figures by something else, or an equation that they fulfil. */
export type ReportSummary = {
  name: string
  title: string
  columns: readonly ReportColumn[]
  rows: readonly Readonly<Record<string, string | bigint | Date | null>>[]
}

export type ReportSource = {
  /** True where a row is about the whole period: all rows are one page of its first day. */
  isWhole?: true
  page: (database: Database, scope: string, filter: ReportFilter, place: ReportPlace) => Promise<readonly ReportRow[]>
  /** Sums that the rows must add up to, by column, computed without them. */
  control: (database: Database, scope: string, filter: ReportFilter) => Promise<Readonly<Record<string, bigint>>>
  /** Throws an Error where an equation does not hold: then the report is none. */
  summaries?: (database: Database, scope: string, filter: ReportFilter) => Promise<readonly ReportSummary[]>
}

/** Rows of one agency and those below it, when one was asked for. */
export const ofAgency = (sql: Sql, column: Fragment, { agencyCode }: ReportFilter): Fragment =>
  agencyCode === null ? sql`` : sql`and (${column} = ${agencyCode} or starts_with(${column}, ${`${agencyCode}.`}))`

/** Rows of one merchant account, when one was asked for. */
export const ofAccount = (sql: Sql, column: Fragment, { merchantAccountId }: ReportFilter): Fragment =>
  merchantAccountId === null ? sql`` : sql`and ${column} = ${merchantAccountId}`

/** Instants of the period's business days. */
export const during = (sql: Sql, column: Fragment, { from, to }: Pick<ReportFilter, 'from' | 'to'>): Fragment =>
  sql`${column} >= ${businessDayRange(from).from} and ${column} < ${businessDayRange(to).to}`

/** The same filter for one day only. */
export const onDay = (filter: ReportFilter, { day }: ReportPlace): ReportFilter => ({ ...filter, from: day, to: day })

/** Rows under the names that the statement gave its columns, which are those of domain/report-columns.ts. */
export const reportRows = (rows: Rows): readonly ReportRow[] =>
  rows.map((row) => {
    const named = Object.entries(row).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      value,
    ])
    return Object.fromEntries(named) as ReportRow
  })

/** A source's sums as they come from one row of the database. */
export const sumsOf = (rows: Rows): Readonly<Record<string, bigint>> =>
  Object.fromEntries(
    reportRows(rows.slice(0, 1)).flatMap((row) =>
      Object.entries(row).map(([key, value]) => [key, BigInt(String(value ?? 0))]),
    ),
  )

/** The name that an agency had at `asOf`. */
export const nameOfAgency = (sql: Sql, code: Fragment, { asOf }: Pick<ReportFilter, 'asOf'>): Fragment => sql`coalesce(
  (select name from former_agencies as former where former.agency_code = ${code} and until > ${asOf} order by until limit 1),
  (select name from agencies as present where present.agency_code = ${code}))`
