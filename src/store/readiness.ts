/** Whether the database answers and has every table and column that this version of the gateway works with. */
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { type Database, everyAgency, queryInScope } from './database.ts'
import * as schema from './schema.ts'

/** Nothing when all is there; else what is missing, as `table.column`. Throws when the database cannot be reached. */
export const findMissingColumns = async (database: Database): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select wanted.name from unnest(${wantedColumns()}::text[]) as wanted (name)
      where not exists (
        select from information_schema.columns
        where table_schema = current_schema() and table_name || '.' || column_name = wanted.name)`,
  )
  return rows.map((row) => String(row.name))
}

const wantedColumns = (): string[] =>
  Object.values(schema)
    .filter((table) => is(table, PgTable))
    .flatMap((table) => {
      const { name, columns } = getTableConfig(table)
      return columns.map((column) => `${name}.${postgres.fromCamel(column.name)}`)
    })
