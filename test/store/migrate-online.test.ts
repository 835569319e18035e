// Migrations beside a working gateway: steps outside of a transaction that can be taken again, and locks that nobody has to wait behind.
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMigrations } from '../../src/node/migrations.ts'
import { type Migration, MigrationError, migrate } from '../../src/store/migrate.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { createEmptyDatabase, type TestDatabase } from '../kit/database.ts'

const lines: string[] = []
const log = (line: string) => void lines.push(line)

describe('online steps', () => {
  let db: TestDatabase
  beforeEach(async () => {
    db = await createEmptyDatabase()
    lines.length = 0
  })
  afterEach(() => db.drop())

  const table: Migration = {
    name: '0000_table',
    sql: 'create table a (id int primary key, x int, y int);--> statement-breakpoint\ninsert into a select n, n % 10 from generate_series(1, 25) as n;',
  }
  const index = (unique = ''): Migration => ({
    name: '0001_index',
    sql: `-- online\ncreate ${unique} index concurrently a_x on a (x);`,
  })
  const indexes = () =>
    db.sql`select relname, indisvalid from pg_index join pg_class on pg_class.oid = indexrelid where relname = 'a_x'`

  test('build an index beside writers, validate a constraint, and fill rows in by batches', async () => {
    const check = { name: '0002_check', sql: 'alter table a add constraint a_y check (y is not null) not valid;' }
    const fill = {
      name: '0003_fill',
      sql: '-- online\n-- batched\nupdate a set y = 1 where id in (select id from a where y is null order by id limit 10);\n--> statement-breakpoint\nalter table a validate constraint a_y;',
    }
    expect(await migrate(db.sql, [table, index(), check, fill], { log })).toHaveLength(4)
    expect(await indexes()).toEqual([{ relname: 'a_x', indisvalid: true }])
    expect(
      await db.sql`select count(*)::int as filled, count(distinct xmin::text)::int as batches from a where y = 1`,
    ).toEqual([{ filled: 25, batches: 3 }])
    expect(await db.sql`select convalidated from pg_constraint where conname = 'a_y'`).toEqual([{ convalidated: true }])
  })

  test('are taken again after they broke off: the index that was left unfinished is dropped and built', async () => {
    // Values that come twice break a unique index off as a crash would, and leave it invalid.
    const error = await migrate(db.sql, [table, index('unique')], { log }).catch((caught: unknown) => caught)
    expect(String(error)).toMatch(/0001_index, statement 1: could not create unique index/)
    expect(await indexes()).toEqual([{ relname: 'a_x', indisvalid: false }])
    await db.sql`delete from a where id > 10`
    expect(await migrate(db.sql, [table, index('unique')], { log })).toEqual(['0001_index'])
    expect(await indexes()).toEqual([{ relname: 'a_x', indisvalid: true }])
  })

  test('are not taken twice when only the note of them was lost', async () => {
    await migrate(db.sql, [table, index()], { log })
    const [before] = await db.sql`select oid from pg_class where relname = 'a_x'`
    await db.sql`delete from lephi_migrations where name = '0001_index'`
    expect(await migrate(db.sql, [table, index()], { log })).toEqual(['0001_index'])
    expect(await db.sql`select oid from pg_class where relname = 'a_x'`).toEqual([before])
  })

  test('are applied by one of several processes, and the others wait without standing in its way', async () => {
    await migrate(db.sql, [table], { log })
    const applied = await Promise.all([1, 2, 3].map(() => migrate(db.sql, [table, index()], { log })))
    expect(applied.flat()).toEqual(['0001_index'])
  })

  test('refuse what has no place among them', async () => {
    const wrong = { name: '0001_wrong', sql: '-- online\nalter table a drop column x' }
    await expect(migrate(db.sql, [table, wrong], { log })).rejects.toThrow(/0001_wrong, statement 1: this has no place/)
  })

  test('a table that stays in use ends it with what to do, and nothing of the file stays', async () => {
    await migrate(db.sql, [table], { log })
    const reader = await db.sql.reserve()
    await reader`begin`
    await reader`select 1 from a`
    const change = {
      name: '0001_change',
      sql: 'create table b ();--> statement-breakpoint\nalter table a add column z int',
    }
    const error = await migrate(db.sql, [table, change], { log, lockTimeoutMs: 20, patienceMs: 40 }).catch(
      (caught: unknown) => caught,
    )
    expect(error).toBeInstanceOf(MigrationError)
    expect(String(error)).toMatch(/a long transaction holds it/)
    expect(await db.sql`select to_regclass('public.b') as b`).toEqual([{ b: null }])
    await reader`rollback`
    reader.release()
    expect(await migrate(db.sql, [table, change], { log })).toEqual(['0001_change'])
  })
})

describe('a working gateway', () => {
  let gateway: TestApp
  afterAll(() => gateway.close())

  test('answers everything while every kind of migration is applied, also behind a transaction that holds the table', async () => {
    gateway = await startTestApp()
    const token = await gateway.token()
    let placed = 0
    const place = async (): Promise<number> => {
      placed += 1
      const json = {
        dossier_code: `H56.12.03-261122-${String(placed).padStart(4, '0')}`,
        agency_code: 'H56.12.03',
        payer: { name: 'Nguyễn Thị Lan' },
        lines: [{ fee_code: 'X', kind: 'phi', description: 'Phí', unit_amount: 10_000 }],
        return_url: 'https://portal.example.vn/',
      }
      return (await gateway.request('/v1/orders', { token, json, headers: { 'idempotency-key': `online-${placed}` } }))
        .status
    }
    expect(await place()).toBe(201)
    const newest: Migration[] = [
      {
        name: '9000_expand',
        sql: "alter table orders add column later text;--> statement-breakpoint\nalter table orders add column given text not null default 'x';--> statement-breakpoint\nalter table orders add constraint orders_given check (given <> '') not valid;",
      },
      { name: '9001_index', sql: '-- online\ncreate index concurrently orders_later on orders (later);' },
      { name: '9002_proof', sql: '-- online\nalter table orders validate constraint orders_given;' },
    ]
    lines.length = 0
    // Somebody reads the table for long: whoever wants to change it cannot, and must not keep the others waiting meanwhile.
    const reader = await gateway.sql.reserve()
    await reader`begin`
    await reader`select count(*) from orders`
    const migrated = migrate(gateway.sql, [...(await readMigrations()), ...newest], { log, lockTimeoutMs: 100 })
    await expect.poll(() => lines.some((line) => line.includes('in use'))).toBe(true)
    const statuses: number[] = []
    for (let count = 0; count < 20; count += 1) statuses.push(await place())
    await reader`commit`
    reader.release()
    let isDone = false
    const done = migrated.finally(() => {
      isDone = true
    })
    while (!isDone) statuses.push(await place())
    expect(await done).toEqual(newest.map(({ name }) => name))
    // The version that knows nothing of the new columns goes on.
    for (let count = 0; count < 5; count += 1) statuses.push(await place())
    expect(statuses.every((status) => status === 201)).toBe(true)
    expect((await gateway.request('/readyz')).status).toBe(200)
  })
})
