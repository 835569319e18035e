/** One hash for each table, over the meaning of all its rows: two databases in which the same happened have the same ones. */
import { type Database, everyAgency, queryInScope, type Sql } from './database.ts'

export type TableDigest = { table: string; rows: number; sha256: string }

/** Which rows of which file were applied, and when, says nothing of what happened since. */
const leftOut = ['lephi_migrations']

/** Ciphertexts begin with random bytes, so they are left out: what is in them stands elsewhere as a hash or a fact. */
const isCiphertext = (column: string): boolean => /(^|_)sealed($|_)/.test(column)

/** Needs a role that may read everything. In the order of the tables' names. */
export const digestTables = async (database: Database): Promise<readonly TableDigest[]> => {
  const columns = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select tables.table_name as name, array_agg(column_name::text order by column_name) as columns
      from information_schema.tables as tables join information_schema.columns using (table_schema, table_name)
      where table_schema = 'public' and table_type = 'BASE TABLE' group by tables.table_name order by tables.table_name collate "C"`,
  )
  const digests: TableDigest[] = []
  for (const { name, columns: names } of columns) {
    const table = String(name)
    if (leftOut.includes(table)) continue
    const [row] = await queryInScope(database, everyAgency, (sql) =>
      digestOf(sql, table, (names as string[]).filter(isCiphertext)),
    )
    digests.push({ table, rows: Number(row?.rows), sha256: String(row?.sha256) })
  }
  return digests
}

const digestOf = (sql: Sql, table: string, without: readonly string[]) => sql`
  select count(*)::int as rows, encode(sha256(convert_to(coalesce(string_agg(line, chr(10) order by line collate "C"), ''), 'UTF8')), 'hex') as sha256
  from (select (to_jsonb(stored) - ${[...without]}::text[])::text as line from ${sql(table)} as stored) as written`
