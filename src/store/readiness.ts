/** Whether the database answers, can be written to, and has every table and column that this version of the gateway works with. */
import { is } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import postgres from 'postgres'
import { type Database, everyAgency, queryInScope } from './database.ts'
import * as schema from './schema.ts'

export type DatabaseReadiness = {
  /** What is missing, as `table.column`. */
  missing: readonly string[]
  /** A standby, or a server that was told to take no writes. */
  isReadOnly: boolean
  /** Until when somebody holds, or last held, one of these turns at background work; null when nobody ever did. */
  turnsUntil: Date | null
}

/** Throws when the database cannot be reached. */
export const readReadiness = async (database: Database, turns: readonly string[]): Promise<DatabaseReadiness> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select
        array(
          select wanted.name from unnest(${wantedColumns()}::text[]) as wanted (name)
          where not exists (
            select from information_schema.columns
            where table_schema = current_schema() and table_name || '.' || column_name = wanted.name)) as missing,
        pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as is_read_only`,
  )
  const missing = (row?.missing ?? []) as string[]
  const turnsUntil = missing.length > 0 ? null : await readTurns(database, turns)
  return { missing, isReadOnly: row?.isReadOnly === true, turnsUntil }
}

const readTurns = async (database: Database, turns: readonly string[]): Promise<Date | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select max(until) as until from job_leases where name = any(${turns}::text[])`,
  )
  return (row?.until ?? null) as Date | null
}

const wantedColumns = (): string[] =>
  Object.values(schema)
    .filter((table) => is(table, PgTable))
    .flatMap((table) => {
      const { name, columns } = getTableConfig(table)
      return columns.map((column) => `${name}.${postgres.fromCamel(column.name)}`)
    })
