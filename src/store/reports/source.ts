/** What every report reads from: the rows of one business day, page by page, and the ledger's own sums, each by itself. */
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
export type ReportRow = { key: string } & Readonly<Record<string, string | bigint | Date | null>>

export type ReportSource = {
  page: (database: Database, scope: string, filter: ReportFilter, place: ReportPlace) => Promise<readonly ReportRow[]>
  /** Sums that the rows must add up to, by column, computed without them. */
  control: (database: Database, scope: string, filter: ReportFilter) => Promise<Readonly<Record<string, bigint>>>
}

/** Rows of one agency and those below it, when one was asked for. */
export const ofAgency = (sql: Sql, column: Fragment, { agencyCode }: ReportFilter): Fragment =>
  agencyCode === null ? sql`` : sql`and (${column} = ${agencyCode} or starts_with(${column}, ${`${agencyCode}.`}))`

/** Rows of one merchant account, when one was asked for. */
export const ofAccount = (sql: Sql, column: Fragment, { merchantAccountId }: ReportFilter): Fragment =>
  merchantAccountId === null ? sql`` : sql`and ${column} = ${merchantAccountId}`

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
