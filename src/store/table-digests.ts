/** One hash for each table, over the meaning of all its rows: two databases in which the same happened have the same ones. */
import { type Database, everyAgency, type Fragment, queryInScope, type Rows, type Sql } from './database.ts'

export type TableDigest = { table: string; rows: number; sha256: string }

/** Which rows of which file were applied, and when, says nothing of what happened since. */
const leftOut = ['lephi_migrations']

/** Ciphertexts begin with random bytes, so they are left out: what is in them stands elsewhere as a hash or a fact. */
const ciphertext = '(^|_)sealed($|_)'

/** So are numbers of transactions, which the server counts over all of its databases. */
const counted = ['xid8', 'pg_snapshot']

/** Needs a role that may read everything. In the order of the tables' names; all of them, or those that are named. All are read in one statement, so of one moment. */
export const digestTables = async (database: Database, only?: readonly string[]): Promise<readonly TableDigest[]> => {
  const tables = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select relname::text as name, coalesce(array_agg(attname::text order by attname) filter (
        where attname ~ ${ciphertext} or atttypid = any(${counted}::regtype[])), '{}') as passed_over
      from pg_class join pg_attribute on attrelid = pg_class.oid and attnum > 0 and not attisdropped
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and relname <> all(${leftOut}::name[])
        and coalesce(relname = any(${only ? [...only] : null}::name[]), true)
      group by relname order by relname collate "C"`,
  )
  const [first, ...others] = tables
  if (!first) return []
  const digests = await queryInScope(database, everyAgency, (sql) => {
    const all = others.reduce<Fragment>(
      (above, row) => sql`${above} union all ${digestOf(sql, row)}`,
      digestOf(sql, first),
    )
    return sql`select * from (${all}) as digests order by name collate "C"`
  })
  return digests.map((row) => ({ table: String(row.name), rows: Number(row.rows), sha256: String(row.sha256) }))
}

const digestOf = (sql: Sql, { name, passedOver }: Rows[number]) => sql`
  select ${String(name)}::text as name, count(*)::int as rows,
    encode(sha256(convert_to(coalesce(string_agg(line, chr(10) order by line collate "C"), ''), 'UTF8')), 'hex') as sha256
  from (select (to_jsonb(stored) - ${passedOver as string[]}::text[])::text as line from ${sql(String(name))} as stored) as written`
