// A table becomes one that is held by month beside a version that goes on writing to it: nothing fails, nothing is lost, and nothing is read while it is locked.
import postgres from 'postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIdSource } from '../../src/lib/id.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { inScope } from '../../src/store/database.ts'
import { type Migration, migrate } from '../../src/store/migrate.ts'
import { createEmptyDatabase, type TestDatabase } from '../kit/database.ts'
import { guardsOf, partsOf, placesOf } from '../kit/months.ts'

/** The first file of those that change tables to ones by month. */
const firstOfMonths = '0064_months'
const many = 5_000

let db: TestDatabase
let all: Migration[]
beforeEach(async () => {
  db = await createEmptyDatabase()
  all = await readMigrations()
  await migrate(
    db.sql,
    all.filter(({ name }) => name < firstOfMonths),
    { log: () => undefined },
  )
})
afterEach(() => db.drop())

const idAt = (instant: Date) => createIdSource({ now: () => instant })('cbk')
const callback = (id: string) => ({
  ...{ id, agencyCode: 'H56', merchantAccountId: 'mac_1', provider: 'test', sealed: Buffer.from([1]) },
  ...{ contentHash: id, reading: 'genuine', requestId: 'r', receivedAt: new Date() },
})

test('a filled table becomes the first part of itself, unread under its lock, while a version that knows nothing of it goes on', async () => {
  const old = Array.from({ length: many }, (_, day) => callback(idAt(new Date(Date.now() - day * 3_600_000))))
  for (let at = 0; at < many; at += 500) await db.sql`insert into callbacks ${db.sql(old.slice(at, at + 500))}`
  await db.sql`grant select on callbacks to pg_monitor`
  const before = await guardsOf(db.sql, 'callbacks')
  let isDone = false
  const written: string[] = []
  // Prepared statements of connections that stay, as a gateway has them.
  const writer = async () => {
    while (!isDone) {
      const id = idAt(new Date())
      await inScope(db.database, '*', (sql) => [
        sql`insert into callbacks ${sql(callback(id))}`,
        sql`update callbacks set verdict = ${'confirmed'} where id = ${id}`,
      ])
      const [rows] = await inScope(db.database, '*', (sql) => [sql`select * from callbacks where id = ${id}`])
      expect(rows).toMatchObject([{ id, verdict: 'confirmed' }])
      written.push(id)
    }
  }
  const writers = Promise.all([writer(), writer()])
  const said: string[] = []
  const owner = postgres(db.url, {
    max: 2,
    connection: { client_min_messages: 'debug1' },
    onnotice: ({ message }) => void said.push(String(message)),
  })
  try {
    await migrate(owner, all, { log: () => undefined })
    const since = written.length
    await expect.poll(() => written.length).toBeGreaterThan(since + 10)
  } finally {
    isDone = true
    await writers
    await owner.end()
  }
  expect(said).toContain('partition constraint for table "callbacks_first" is implied by existing constraints')
  const places = await placesOf(db.sql, 'callbacks', 'id')
  expect(Object.keys(places).toSorted()).toEqual([...old.map(({ id }) => id), ...written].toSorted())
  expect(new Set(Object.values(places))).toEqual(new Set(['callbacks_first']))
  expect(await partsOf(db.sql, 'callbacks')).toEqual(['callbacks_default', 'callbacks_first'])
  expect(await guardsOf(db.sql, 'callbacks')).toEqual(before)
  expect(
    await db.sql`select has_table_privilege('pg_monitor', 'callbacks', 'select') as whole, has_table_privilege('pg_monitor', 'callbacks_first', 'select') as part`,
  ).toEqual([{ whole: true, part: false }])
})

test('rows of a clock that was ahead are within the first part as well, which ends within a year of them, and what is no time is told of before anything is changed', async () => {
  const ahead = idAt(new Date('2031-07-15T00:00:00Z'))
  await db.sql`insert into callbacks ${db.sql(callback(ahead))}`
  await db.sql`insert into callbacks ${db.sql(callback('cbk_zzz'))}`
  const migrated = () => migrate(db.sql, all, { log: () => undefined })
  await expect(migrated()).rejects.toThrow('the last id of callbacks tells no time')
  expect(await partsOf(db.sql, 'callbacks')).toEqual([])
  await db.sql`delete from callbacks where id = 'cbk_zzz'`
  await migrated()
  expect(await placesOf(db.sql, 'callbacks', 'id')).toEqual({ [ahead]: 'callbacks_first' })
  const made = async (month: string) =>
    (await inScope(db.database, '*', (sql) => [sql`select lephi_make_month('callbacks', ${month}::date) as made`]))[0]
  expect([await made('2031-07-01'), await made('2032-08-01')]).toEqual([[{ made: 'there' }], [{ made: 'made' }]])
})
