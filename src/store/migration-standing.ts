/** How far a database is from this version, without changing it. */
import { type Database, everyAgency, queryInScope } from './database.ts'
import { digestOfMigration, type Migration } from './migrate.ts'

export type MigrationStanding = {
  applied: number
  /** What this version has and the database has not. */
  behind: readonly string[]
  /** What the database has and this version does not know. */
  ahead: readonly string[]
  /** Applied from another text than this version's. */
  changed: readonly string[]
}

/** Throws when the database cannot be reached. */
export const readMigrationStanding = async (
  database: Database,
  migrations: readonly Migration[],
): Promise<MigrationStanding> => {
  const applied = await readNames(database)
  const known = new Map(
    await Promise.all(migrations.map(async ({ name, sql }) => [name, await digestOfMigration(sql)] as const)),
  )
  return {
    applied: applied.length,
    behind: [...known.keys()].filter((name) => !applied.some((each) => each.name === name)).toSorted(),
    ahead: applied.map(({ name }) => name).filter((name) => !known.has(name)),
    changed: applied
      .filter(({ name, sha256 }) => known.has(name) && known.get(name) !== sha256)
      .map(({ name }) => name),
  }
}

const readNames = async (database: Database): Promise<readonly { name: string; sha256: string }[]> => {
  const [made] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select to_regclass('public.lephi_migrations') is not null as made`,
  )
  if (made?.made !== true) return []
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select name, sha256 from public.lephi_migrations order by name collate "C"`,
  )
  return rows.map(({ name, sha256 }) => ({ name: String(name), sha256: String(sha256) }))
}

/**
 * Tables that are on their way to be held by month, each with the check that bounds it until it is. A migration that ends in between leaves it, and writes fail once its
 * last month is over.
 */
export const readLeftBounds = async (database: Database): Promise<readonly { table: string; check: string }[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select relname as "table", conname as "check" from pg_constraint join pg_class on pg_class.oid = conrelid
      where contype = 'c' and conname = relname || '_first_months' and relnamespace = current_schema()::regnamespace order by relname`,
  )
  return rows.map(({ table, check }) => ({ table: String(table), check: String(check) }))
}
