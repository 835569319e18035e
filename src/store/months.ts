/** The months of tables that are held by month. The database makes them with its owner's rights: the gateway's role makes no tables. */
import type { MonthlyTable, PassingTable } from '../domain/months.ts'
import { type Database, everyAgency, queryInScope } from './database.ts'

/** `occupied`: rows of that month are among those without one, where they stay; `busy`: a lock could not be had. */
export type MadeMonth = 'made' | 'there' | 'occupied' | 'busy'

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

/**
 * Drops the months of which everything is from before then, and nothing is held; the database asks for its own least time besides. Answers how many rows went with them:
 * null where a lock could not be had, and then nothing did.
 */
export const dropMonths = async (
  database: Database,
  { table, keptFrom }: { table: PassingTable; keptFrom: Date },
): Promise<number | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select lephi_drop_months(${table}, ${keptFrom}::timestamptz) as gone`,
  )
  return row?.gone === null ? null : Number(row?.gone)
}
