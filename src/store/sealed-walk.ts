/** Walking the columns that hold sealed values, whichever they are: which key sealed what, and the exchange of one envelope for another of the same contents. */
import type { SealedColumn } from '../domain/sealed-columns.ts'
import { type Database, everyAgency, type Fragment, inScope, type Query, queryInScope, type Sql } from './database.ts'

/** The values of a row's primary key, in the order of `SealedColumn.key`. */
export type RowKey = readonly (string | number)[]

/** `keyId` is null for what is no envelope at all. */
export type SealedRow = { key: RowKey; keyId: string | null }

/** The next rows behind `after` that hold something sealed, at most `limit` of those that are looked at, and where the next page begins; null at the end. */
export const sealedPage = async (
  database: Database,
  column: SealedColumn,
  { after, limit }: { after: RowKey | null; limit: number },
): Promise<{ rows: readonly SealedRow[]; last: RowKey | null }> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select ${names(sql, column.key)}, ${isSealed(sql, column)} as is_sealed_here, ${keyIdOf(sql, column)} as sealing_key_id
      from ${sql(column.table)} where true ${behind(sql, column, after)}
      order by ${names(sql, column.key)} limit ${limit}`,
  )
  const keys = rows.map((row) => keyOf(column, row))
  return {
    rows: rows.flatMap((row, at) =>
      row.isSealedHere ? [{ key: keys[at] ?? [], keyId: (row.sealingKeyId as string | null) ?? null }] : [],
    ),
    last: rows.length < limit ? null : (keys.at(-1) ?? null),
  }
}

/** What a row holds, and what its context is made of. */
export type SealedValue = { key: RowKey; of: readonly (string | number)[]; sealed: Uint8Array | string }

/** The sealed values of these rows, in one round trip; rows that are gone, or hold nothing any more, are left out. */
export const readSealed = async (
  database: Database,
  column: SealedColumn,
  keys: readonly RowKey[],
): Promise<readonly SealedValue[]> => {
  const answers = await inScope(database, everyAgency, (sql) =>
    keys.map(
      (key) => sql`
        select ${names(sql, column.of)}, ${sql(column.column)} as sealed_value from ${sql(column.table)}
        where ${sql(column.column)} is not null and ${isRow(sql, column, key)}`,
    ),
  )
  return answers.flatMap(([row], at) =>
    row ? [{ key: keys[at] ?? [], of: valuesOf(column.of, row), sealed: row.sealedValue as Uint8Array | string }] : [],
  )
}

/** Puts each envelope in the place of the former one, where that still stands; in one commit. Answers how many it has replaced. */
export const exchangeSealed = async (
  database: Database,
  column: SealedColumn,
  exchanged: readonly { key: RowKey; former: Uint8Array | string; later: Uint8Array | string }[],
): Promise<number> => {
  const answers = await inScope(database, everyAgency, (sql) =>
    exchanged.map(
      ({ key, former, later }): Query => sql`
        update ${sql(column.table)} set ${sql(column.column)} = ${later}
        where ${isRow(sql, column, key)} and ${sql(column.column)} = ${former} returning 1`,
    ),
  )
  return answers.reduce((sum, rows) => sum + rows.length, 0)
}

/** Fingerprints of first answers (lib/fingerprint.ts) by the key that made them: how many, and the latest. */
export const fingerprintKeys = async (
  database: Database,
): Promise<readonly { keyId: string; count: number; lastAt: Date }[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select split_part(field.value, ':', 1) as key_id, count(*)::int as count, max(created_at) as last_at
      from idempotency_keys
      cross join lateral (select value from jsonb_each_text(field_hashes) limit 1) as field
      group by 1 order by 1`,
  )
  return rows as readonly unknown[] as readonly { keyId: string; count: number; lastAt: Date }[]
}

const names = (sql: Sql, columns: readonly string[]) => sql([...columns])

const behind = (sql: Sql, { key }: SealedColumn, after: RowKey | null): Fragment =>
  after === null ? sql`` : sql`and (${names(sql, key)}) > (${listed(sql, after)})`

const listed = (sql: Sql, values: RowKey): Fragment[] =>
  values.map((value, at) => (at === 0 ? sql`${value}` : sql`, ${value}`))

const isRow = (sql: Sql, { key }: SealedColumn, values: RowKey): Fragment[] =>
  key.map((name, at) => {
    const value = values[at] ?? ''
    return at === 0 ? sql`${sql(name)} = ${value}` : sql`and ${sql(name)} = ${value}`
  })

/** An envelope in base64 begins with these two signs, for its first byte is 1; JSON begins with none of them. */
const isSealed = (sql: Sql, { column, holds }: SealedColumn): Fragment =>
  holds === 'bytes' ? sql`${sql(column)} is not null` : sql`${sql(column)} like 'AQ%'`

const keyIdOf = (sql: Sql, { column, holds }: SealedColumn): Fragment =>
  holds === 'bytes' ? sql`lephi_sealing_key(${sql(column)})` : sql`lephi_sealing_key_of_text(${sql(column)})`

/** Names of columns come back in camelCase. */
const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const valuesOf = (columns: readonly string[], row: Readonly<Record<string, unknown>>): readonly (string | number)[] =>
  columns.map((name) => row[camel(name)] as string | number)

const keyOf = ({ key }: SealedColumn, row: Readonly<Record<string, unknown>>): RowKey => valuesOf(key, row)
