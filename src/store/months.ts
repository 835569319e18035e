/** The months of tables that are held by month. The database makes them with its owner's rights: the gateway's role makes no tables. */
import type { MonthlyTable, PassingTable } from '../domain/months.ts'
import { type Database, everyAgency, type Fragment, inScope, queryInScope, type Sql } from './database.ts'
import type { RetentionPass } from './retention-passes.ts'

/**
 * `occupied`: rows of that month are among those without one, where they stay; `busy`: a lock could not be had; `early`: it is more than a year ahead of the database's
 * clock.
 */
export type MadeMonth = 'made' | 'there' | 'occupied' | 'busy' | 'early'

/** Makes a month (`yyyy-MM-01`) of a table unless it is there. Any number of processes may, at the same time. */
export const makeMonth = async (
  database: Database,
  { table, month }: { table: MonthlyTable; month: string },
): Promise<MadeMonth> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select lephi_make_month(${table}, ${month}::date) as made`,
  )
  return row?.made as MadeMonth
}

/** A month that was past its term: `kept` where something in it is younger or held, `busy` where a lock could not be had. */
export type PassedMonth = { part: string; outcome: 'dropped' | 'kept' | 'busy'; rows: number }

/**
 * Drops the next month behind the part `behind` of which everything is from before then, and nothing is held; the database asks for its own least time besides. One at a
 * time, so that the table is locked for one alone; null when none is left. What went is put on record in the same commit, for a table whose passes are.
 */
export const dropMonth = async (
  database: Database,
  { table, keptFrom, behind, pass }: { table: PassingTable; keptFrom: Date; behind: string; pass: DropRecord | null },
): Promise<PassedMonth | null> => {
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    sql`select set_config('statement_timeout', ${lookTimeout}, true)`,
    sql`
      with month as materialized (select * from lephi_drop_month(${table}, ${keptFrom}::timestamptz, ${behind}))
      ${pass ? sql`, noted as (${insertDropPass(sql, { ...pass, cutoff: keptFrom })})` : sql``}
      select * from month`,
  ])
  const [month] = rows ?? []
  if (!month) return null
  const outcome = month.isDropped === null ? 'busy' : month.isDropped ? 'dropped' : 'kept'
  return { part: String(month.part), outcome, rows: Number(month.rows) }
}

/** A month of a country is read once, while nobody waits for it. */
const lookTimeout = '10min'

export type DropRecord = Pick<RetentionPass, 'id' | 'at' | 'kind'>

/** Of a month that was empty nothing is said. */
const insertDropPass = (sql: Sql, { id, at, kind, cutoff }: DropRecord & { cutoff: Date }): Fragment => sql`
  insert into retention_passes (id, at, kind, cutoff, due, held, erased)
  select ${id}, ${at}::timestamptz, ${kind}, ${cutoff}::timestamptz, rows, 0, rows from month where is_dropped and rows > 0`
