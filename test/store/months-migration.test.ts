// A table becomes one that is held by month beside a version that goes on writing to it: nothing fails, nothing is lost, and nothing is read while it is locked.
import postgres from 'postgres'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { monthlyTables } from '../../src/domain/months.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { readMigrations } from '../../src/node/migrations.ts'
import { inScope } from '../../src/store/database.ts'
import { type Migration, migrate } from '../../src/store/migrate.ts'
import { readLeftBounds } from '../../src/store/migration-standing.ts'
import { addCall, type CallMade } from '../../src/store/provider-calls.ts'
import { createEmptyDatabase, type TestDatabase } from '../kit/database.ts'
import { guardsOf, partsOf, placesOf } from '../kit/months.ts'

/** The first file of those that change tables to ones by month. */
const firstOfMonths = '0064_months'
const many = 2_000

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

const hoursAgo = (count: number) => new Date(Date.now() - count * 3_600_000)
const reading = (at: Date) => ({
  ...{
    id: idAt(at).replace('cbk', 'aud'),
    at,
    agencyCode: 'H56',
    actor: 'i#lan',
    action: 'order.read',
    requestId: 'r',
  },
})
const call = (at: Date): CallMade => ({
  ...{ merchantAccountId: 'mac_1', agencyCode: 'H56', operation: 'query', isUnanswered: false, tookMs: 1, at },
})

/** Fills a table with what is as many hours old. */
const fill = async (table: string, rowAt: (at: Date) => Record<string, unknown>) => {
  const rows = Array.from({ length: many }, (_, hours) => rowAt(hoursAgo(hours)))
  for (let at = 0; at < many; at += 500) await db.sql`insert into ${db.sql(table)} ${db.sql(rows.slice(at, at + 500))}`
}

/** What holds the same, but for the key, which has the agency behind what it had. */
const withAgency = (guards: Awaited<ReturnType<typeof guardsOf>>) => ({
  ...guards,
  indexes: (guards.indexes as string[]).map((text) => text.replace(/\)truetrue$/, ', agency_code)truetrue')).toSorted(),
})

test('filled tables become the first parts of themselves, unread under their locks, while a version that knows nothing of it goes on', async () => {
  await fill('callbacks', (at) => callback(idAt(at)))
  await fill('audit_log', reading)
  await db.sql`insert into provider_calls select 'mac_0', date_bin('1 minute', now(), '2020-01-01') - interval '1 hour' * hours, 'query', 'H56', 1, 0, 1, 1 from generate_series(1, ${many}::int) as hours`
  await db.sql`grant select on callbacks to pg_monitor`
  const before = new Map<string, Awaited<ReturnType<typeof guardsOf>>>()
  for (const table of monthlyTables) before.set(table, withAgency(await guardsOf(db.sql, table)))
  let isDone = false
  const written: Date[] = []
  // Prepared statements of connections that stay, as a gateway has them.
  const writer = async () => {
    while (!isDone) {
      const now = new Date()
      const own = callback(idAt(now))
      await inScope(db.database, '*', (sql) => [
        sql`insert into callbacks ${sql(own)}`,
        sql`update callbacks set verdict = ${'confirmed'} where id = ${own.id}`,
        sql`insert into audit_log ${sql(reading(now))}`,
      ])
      await addCall(db.database, call(now))
      const [rows] = await inScope(db.database, '*', (sql) => [sql`select * from callbacks where id = ${own.id}`])
      expect(rows).toMatchObject([{ id: own.id, verdict: 'confirmed' }])
      written.push(now)
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
  for (const table of monthlyTables) {
    expect(said).toContain(`partition constraint for table "${table}_first" is implied by existing constraints`)
    expect(await partsOf(db.sql, table)).toEqual([`${table}_default`, `${table}_first`])
    expect(await guardsOf(db.sql, table)).toEqual(before.get(table))
  }
  const counts = await db.sql`
    select (select count(*)::int from callbacks_first) as callbacks, (select count(*)::int from audit_log_first) as readings,
      (select sum(calls)::int from provider_calls_first) as calls`
  const everything = many + written.length
  expect(counts).toEqual([
    {
      callbacks: everything,
      readings: everything,
      calls: everything,
    },
  ])
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
  // As the owner, who alone may make one that is years ahead.
  const made = (month: string) => db.sql`select lephi_lay_month('callbacks', ${month}::date) as made`
  expect([await made('2031-07-01'), await made('2032-08-01')]).toEqual([[{ made: 'there' }], [{ made: 'made' }]])
})

test('a migration that ends with its first step leaves a year in which the version of before goes on, and the next one finishes it', async () => {
  const first = all.filter(({ name }) => name <= firstOfMonths)
  await migrate(db.sql, first, { log: () => undefined })
  const ahead = (months: number) => {
    const today = new Date()
    return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + months, 20))
  }
  const store = (months: number) => db.sql`insert into callbacks ${db.sql(callback(idAt(ahead(months))))}`
  await store(2)
  await store(12)
  await expect(store(13)).rejects.toMatchObject({ code: '23514' })
  expect(await readLeftBounds(db.database)).toEqual([{ table: 'callbacks', check: 'callbacks_first_months' }])
  await migrate(db.sql, all, { log: () => undefined })
  await store(13)
  expect(await readLeftBounds(db.database)).toEqual([])
})
