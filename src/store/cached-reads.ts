/**
 * Whether something between us and PostgreSQL answers reads by itself, as Hyperdrive does unless it is told not to: an answer of a minute ago about money is wrong. The
 * gateway reads in transactions, which no such cache we know of answers; both are looked at.
 */
import { type Database, everyAgency, queryInScope } from './database.ts'

/** `none`; `plain`: reads outside of transactions, of which the gateway has no others; `all`: what the gateway itself reads. */
export type CachedReads = 'none' | 'plain' | 'all'

/**
 * Writes a row, reads it in both ways, changes it and reads it again: whoever still tells the first has not asked the database. `name` is one that nobody has used before, so
 * that neither another look nor an older answer is taken for it. Throws when the database cannot be reached.
 */
export const findCachedReads = async (
  database: Database,
  { name, now }: { name: string; now: Date },
): Promise<CachedReads> => {
  await write(database, { name, holder: 'before', now })
  await readPlainly(database, name)
  await readInTransaction(database, name)
  await write(database, { name, holder: 'after', now })
  const [inTransaction, plain] = [await readInTransaction(database, name), await readPlainly(database, name)]
  await queryInScope(database, everyAgency, (sql) => sql`delete from job_leases where name = ${name}`)
  if (inTransaction !== 'after') return 'all'
  return plain === 'after' ? 'none' : 'plain'
}

const write = (
  database: Database,
  { name, holder, now }: { name: string; holder: string; now: Date },
): Promise<unknown> =>
  queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      insert into job_leases (name, holder, until) values (${name}, ${holder}, ${now})
      on conflict (name) do update set holder = excluded.holder, until = excluded.until`,
  )

const readInTransaction = async (database: Database, name: string): Promise<string | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select holder from job_leases where name = ${name}`,
  )
  return row ? String(row.holder) : null
}

const readPlainly = async ({ sql }: Database, name: string): Promise<string | null> => {
  const [row] = await sql`select holder from job_leases where name = ${name}`
  return row ? String(row.holder) : null
}
