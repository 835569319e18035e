// One copy of the template for all tests of a file that want to begin with nothing: emptied behind each, so that only the first pays for the copy and for what
// new connections have to learn. One that is not as the template was is dropped instead, and the next test gets another copy.
import { afterAll } from 'vitest'
import { createTestDatabase, type TestDatabase } from './database.ts'

/** As many for each database of these as a test may want at once. */
const connectionsMax = 20

type Copy = { own: TestDatabase; tables: Tables; before: string }
type Tables = { emptied: readonly string[]; seeded: readonly string[] }

let free: Copy | null = null
afterAll(async () => {
  await free?.own.drop()
  free = null
})

/** As `createTestDatabase`. `drop` gives it back: whatever still works with it must have ended. Not for tests of what memories keep by connection. */
export const takeDatabase = async (): Promise<TestDatabase> => {
  const copy = free ?? (await makeCopy())
  free = null
  const { own } = copy
  // A value of its own, since what flows remember belongs to the database that they were handed.
  return { ...own, database: { ...own.database }, drop: () => giveBack(copy) }
}

const makeCopy = async (): Promise<Copy> => {
  const own = await createTestDatabase({ max: connectionsMax })
  const tables = await tablesOf(own)
  return { own, tables, before: await stateOf(own, tables.seeded) }
}

const giveBack = async (copy: Copy): Promise<void> => {
  const { own, tables, before } = copy
  if (!free && (await empty(own, tables)) && (await stateOf(own, tables.seeded)) === before) free = copy
  else await own.drop()
}

const tablesOf = async ({ sql }: TestDatabase): Promise<Tables> => {
  const rows = await sql`select tablename as name from pg_tables where schemaname = 'public' order by tablename`
  const names = rows.map(({ name }) => String(name))
  const counts = await Promise.all(names.map((name) => sql`select exists (select from ${sql(name)}) as filled`))
  const isSeeded = (_: string, at: number) => counts[at]?.[0]?.filled === true
  return { emptied: names.filter((name, at) => !isSeeded(name, at)), seeded: names.filter(isSeeded) }
}

/** False where it cannot be emptied. */
const empty = ({ sql }: TestDatabase, { emptied }: Tables): Promise<boolean> =>
  sql
    .begin(async (tx) => {
      // Past the guards against deleting and past foreign keys, as a replica works (PostgreSQL manual, session_replication_role).
      await tx`set local session_replication_role = replica`
      // TRUNCATE would make every file anew, and every plan with it.
      await tx.unsafe(emptied.map((name) => `delete from "${name}"`).join(';'))
      await tx`select setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) from pg_sequences`
    })
    .then(
      () => true,
      () => false,
    )

/** The rows that the template has, and a mark of every catalogue in which a change of tables, rights, triggers, rules or functions is written: each written row bears a later transaction. */
const stateOf = async ({ sql }: TestDatabase, seeded: readonly string[]): Promise<string> => {
  const rows = seeded.map(
    (name) =>
      sql`select md5(string_agg(seed::text, chr(10) order by seed::text collate "C")) as mark from ${sql(name)} as seed`,
  )
  const catalogues = catalogueNames.map(
    (name) =>
      sql`select count(*)::int as rows, max(xmin::text::bigint)::text as latest from ${sql(`pg_catalog.${name}`)}`,
  )
  const sequences = sql`select sequencename, last_value::text from pg_sequences order by 1`
  return JSON.stringify(await Promise.all([...rows, ...catalogues, sequences]))
}
const catalogueNames = [
  'pg_attrdef',
  'pg_attribute',
  'pg_class',
  'pg_constraint',
  'pg_index',
  'pg_namespace',
  'pg_policy',
  'pg_proc',
  'pg_rewrite',
  'pg_sequence',
  'pg_trigger',
  'pg_type',
]
