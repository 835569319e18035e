/** The months of tables that are held by month. The database makes them with its owner's rights: the gateway's role makes no tables. */
import type { MonthlyTable } from '../domain/months.ts'
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
