// docs/scaling.md lists the tables that grow: each is held by month or says why not, what it says to be unique is so in the database, and no table is left out.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { monthlyTables } from '../../src/domain/months.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

const page = readFileSync(join(packageRoot(), 'docs/scaling.md'), 'utf8')
const part = page.slice(page.indexOf('## The tables that grow'), page.indexOf('## When the primary is lost'))
const named = (text: string): string[] => [...text.matchAll(/`(\w+)`/g)].map(([, name]) => String(name))
const listed = part
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .flatMap((line) => {
    const [tables = '', held = '', why = ''] = line.split('|').slice(1, 4)
    return named(tables).map((table) => ({ table, held: held.trim(), why: why.trim() }))
  })
const others = named(/Of the others none grows with payments:[^.]*\./.exec(part)?.[0] ?? '')

let db: TestDatabase
const found: Record<string, { kind: string; key: string | null }> = {}
beforeAll(async () => {
  db = await createTestDatabase()
  const rows = await db.sql`
    select relname as name, relkind::text as kind, pg_get_partkeydef(oid) as key from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition`
  for (const { name, kind, key } of rows) found[String(name)] = { kind: String(kind), key: key as string | null }
})
afterAll(() => db.drop())

describe('the list of tables that grow', () => {
  test('names every table once, there or among those that do not', () => {
    expect(listed.length).toBeGreaterThan(20)
    expect([...listed.map(({ table }) => table), ...others].toSorted()).toEqual(Object.keys(found).toSorted())
  })

  test('says of each by what it is held, or why it is whole', () => {
    for (const { table, held, why } of listed) {
      const key = /^by month of `(\w+)`$/.exec(held)?.[1]
      expect([table, held === 'whole' || key !== undefined, why.length > 5]).toEqual([table, true, true])
      expect([table, found[table]]).toEqual([
        table,
        key ? { kind: 'p', key: `RANGE (${key})` } : { kind: 'r', key: null },
      ])
    }
    expect(listed.filter(({ held }) => held !== 'whole').map(({ table }) => table)).toEqual([...monthlyTables])
  })

  test('names what is unique as the database has it', async () => {
    const unique = listed.filter(({ why }) => why.startsWith('unique: '))
    expect(unique.length).toBeGreaterThan(8)
    for (const { table, why } of unique) {
      const columns = /^unique: `([\w, ]+)`/.exec(why)?.[1]
      const indexes = await db.sql`
        select (select string_agg(attname, ', ' order by place) from unnest(indkey::int2[]) with ordinality as at (number, place)
          join pg_attribute on attrelid = indrelid and attnum = number) as columns
        from pg_index where indrelid = ${table}::regclass and indisunique`
      expect([table, indexes.map((row) => String(row.columns))]).toEqual([table, expect.arrayContaining([columns])])
    }
  })
})
