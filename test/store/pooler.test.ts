// A real PgBouncer in transaction mode lends its one connection to whoever begins a transaction: nothing that one client has set, locked or prepared reaches another.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { openMigratedDatabase } from '../../src/node/open-database.ts'
import { type Database, everyAgency, inScope, interactively, openDatabase } from '../../src/store/database.ts'
import { excessOfRights, whatWasDropped } from '../../src/store/gateway-rights.ts'
import { inSnapshot } from '../../src/store/snapshot.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { seedAgencies } from '../kit/orders.ts'
import { createPooledDatabase, usePgBouncer } from '../kit/pgbouncer.ts'

const bouncer = usePgBouncer({ poolSize: 1 })
let db: TestDatabase
let other: Database
beforeAll(async () => {
  db = await createPooledDatabase(bouncer(), { max: 4 })
  other = openDatabase({
    url: bouncer().through(db.url),
    role: 'lephi_app',
    max: 4,
    pooler: 'transaction',
    statementTimeoutMs: 7_000,
    idleInTransactionMs: 8_000,
  })
  await seedAgencies(db.sql)
})
afterAll(async () => {
  await other.close()
  await db.drop()
})

/** Which of the server's connections served a transaction. */
const backendOf = async (database: Database): Promise<number> => {
  const [[row] = []] = await inScope(database, everyAgency, (sql) => [sql`select pg_backend_pid() as pid`])
  return Number(row?.pid)
}

/** What the connection brings along before anybody has begun anything on it: asked by the owner, by way of PgBouncer as well. */
const bare = async (question: string): Promise<Record<string, unknown>> => {
  const owner = openDatabase({ url: bouncer().through(db.url), role: null, max: 1, pooler: 'transaction' })
  try {
    const [row] = await owner.sql.unsafe(question)
    return { ...row }
  } finally {
    await owner.close()
  }
}

test('two gateways share one connection of the server', async () => {
  const pids = [
    await backendOf(db.database),
    await backendOf(other),
    (await bare('select pg_backend_pid() as pid')).pid,
  ]
  expect(new Set(pids).size).toBe(1)
})

describe('the scope of one transaction', () => {
  const codesSeen = async (database: Database, agency: string): Promise<string[]> => {
    const [rows = []] = await inScope(database, agency, (sql) => [
      sql`select agency_code, pg_sleep(0.002) from clients order by agency_code`,
    ])
    return rows.map((row) => String(row.agencyCode))
  }
  const tenants = ['H56.12', 'H56.14']
  beforeAll(async () => {
    for (const agencyCode of tenants)
      await db.sql`insert into clients ${db.sql({ id: `cli_${agencyCode}`, agencyCode, name: 'test', scopes: [], secretHash: 'x'.repeat(64), createdAt: new Date() })}`
  })

  test('is no other’s: two agencies take turns on one connection, many at a time, and each sees its own rows alone', async () => {
    const asked = Array.from({ length: 60 }, (_, turn) => ({
      agency: tenants[turn % 2] ?? '',
      database: turn % 3 === 0 ? other : db.database,
    }))
    const seen = await Promise.all(asked.map(({ database, agency }) => codesSeen(database, agency)))
    expect(seen).toEqual(asked.map(({ agency }) => [agency]))
  })

  test('ends with it, well or badly, and leaves neither role nor limits', async () => {
    const question = `select current_setting('lephi.agency', true) as agency, current_user = session_user as is_login, current_setting('statement_timeout') as statements,
      current_setting('lock_timeout') as locks, current_setting('idle_in_transaction_session_timeout') as idle`
    const before = { ...(await bare(question)), agency: '' }
    const broken = inScope(db.database, 'H56.12', (sql) => [sql`select 1 / 0`])
    await expect(broken).rejects.toThrow('division by zero')
    expect(await bare(question)).toEqual(before)
    await interactively(db.database, 'H56.12', (sql) => sql`select 1`)
    expect(await bare(question)).toEqual(before)
    await inSnapshot(other, (sql) => sql`select 1`)
    expect(await bare(question)).toEqual(before)
  })

  test('brings role, zone and limits of whoever began it, in each way to begin', async () => {
    const question = `select current_user as role, current_setting('TimeZone') as zone, current_setting('statement_timeout') as statements,
      current_setting('lock_timeout') as locks, current_setting('idle_in_transaction_session_timeout') as idle`
    const common = { role: 'lephi_app', zone: 'UTC', locks: '5s' }
    const [[unit] = []] = await inScope(db.database, everyAgency, (sql) => [sql.unsafe(question)])
    expect(unit).toEqual({ ...common, statements: '30s', idle: '30s' })
    const [held] = await interactively(other, everyAgency, (sql) => sql.unsafe(question))
    expect(held).toEqual({ ...common, statements: '7s', idle: '8s' })
    const [read] = await inSnapshot(other, (sql) => sql.unsafe(question))
    expect(read).toEqual({ ...common, statements: '10min', idle: '8s' })
    expect([await excessOfRights(other), await whatWasDropped(other)]).toEqual([null, null])
  })
})

test('a lock ends with its transaction and holds until then', async () => {
  const lock = `select pg_try_advisory_xact_lock(4711) as taken`
  const takenBy = async (database: Database) =>
    (await interactively(database, everyAgency, (sql) => sql.unsafe(lock)))[0]?.taken
  await interactively(db.database, everyAgency, async (sql) => {
    expect((await sql.unsafe(lock))[0]?.taken).toBe(true)
    // Past PgBouncer, whose one connection is lent.
    const [elsewhere] = await db.sql.unsafe(lock)
    expect(elsewhere?.taken).toBe(false)
  })
  expect([await takenBy(other), await takenBy(db.database)]).toEqual([true, true])
  const broken = interactively(other, everyAgency, async (sql) => {
    await sql.unsafe(lock)
    throw new Error('given up')
  })
  await expect(broken).rejects.toThrow('given up')
  const [left] =
    await db.sql`select count(*)::int as locks from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`
  expect(left).toEqual({ locks: 0 })
})

describe('statements', () => {
  /** The same text with other types, and another text in its place, from two clients by turns. */
  const ask = async (database: Database, turn: number) => {
    const [[sum] = [], [text] = []] = await inScope(database, everyAgency, (sql) => [
      turn % 2 === 0 ? sql`select ${turn}::int + 1 as value` : sql`select ${String(turn)}::text || '1' as value`,
      sql`select ${`text ${turn}`}::text as value`,
    ])
    return [sum?.value, text?.value]
  }

  test('of two clients do not get in each other’s way', async () => {
    const turns = Array.from({ length: 40 }, (_, turn) => turn)
    const answers = await Promise.all(turns.map((turn) => ask(turn % 3 === 0 ? other : db.database, turn)))
    expect(answers).toEqual(turns.map((turn) => [turn % 2 === 0 ? turn + 1 : `${turn}1`, `text ${turn}`]))
    const [[kept] = []] = await inScope(other, everyAgency, (sql) => [
      sql`select count(*)::int as statements from pg_prepared_statements where not from_sql`,
    ])
    expect(kept).toEqual({ statements: 0 })
  })

  test('that copy rows in, and that fetch by and by, stay within their transaction', async () => {
    const fetched = await interactively(db.database, everyAgency, async (sql) => {
      await sql.unsafe('create temporary table intake (number integer) on commit drop')
      const stream = await sql.unsafe('copy intake from stdin').writable()
      stream.write('1\n2\n')
      stream.end('3\n')
      await new Promise((resolve, reject) => stream.once('finish', resolve).once('error', reject))
      const numbers: unknown[] = []
      for await (const rows of sql`select number from intake where number > ${1} order by number`.cursor(1))
        for (const row of rows) numbers.push(row.number)
      return numbers
    })
    expect(fetched).toEqual([2, 3])
    expect(await bare(`select to_regclass('pg_temp.intake') as intake`)).toEqual({ intake: null })
  })
})

describe('a start', () => {
  const settings = () => ({
    DATABASE_URL: bouncer().through(db.url),
    PUBLIC_URL: 'https://fees.example.vn',
    LEPHI_MODE: 'demo',
  })
  const open = (env: Record<string, string>) =>
    openMigratedDatabase(readConfig({ ...settings(), ...env }), () => undefined)

  test('applies migrations past the pooler, and works through it', async () => {
    const opened = await open({ LEPHI_DATABASE_POOLER: 'transaction', DATABASE_MIGRATIONS_URL: db.url })
    expect(opened.applied).toEqual([])
    expect(await backendOf(opened.background)).toBe(await backendOf(db.database))
    await opened.close()
  })

  test('by a login that owns nothing finds the database up to date, and says who has to bring it so', async () => {
    const direct = Object.assign(new URL(bouncer().through(db.url)), { port: new URL(db.url).port }).href
    const env = { LEPHI_DATABASE_POOLER: 'transaction', DATABASE_MIGRATIONS_URL: direct }
    await db.sql`grant lephi_app to ${db.sql(new URL(direct).username)} with inherit true`
    const opened = await open(env)
    expect(opened.applied).toEqual([])
    await opened.close()
    await db.sql`delete from lephi_migrations where name = (select max(name) from lephi_migrations)`
    await expect(open(env)).rejects.toThrow(/^DATABASE_MIGRATIONS_URL: .*owner of the tables/)
  })

  test('says what to set where PgBouncer refuses what is asked of it', () =>
    expect(open({})).rejects.toThrow(/^DATABASE_URL: .*unsupported startup parameter.*LEPHI_DATABASE_POOLER/))
})

describe('a pooler that drops what it is asked for, unnoticed', () => {
  const dropping = usePgBouncer({
    poolSize: 1,
    more: 'ignore_startup_parameters = statement_timeout, lock_timeout, idle_in_transaction_session_timeout, role',
  })

  test('is found out before anything is served', async () => {
    const own = await createTestDatabase()
    const DATABASE_URL = dropping().through(own.url)
    const config = readConfig({ DATABASE_URL, DATABASE_MIGRATIONS_URL: own.url, LEPHI_MODE: 'demo' })
    await expect(openMigratedDatabase(config, () => undefined)).rejects.toThrow(/15000 ms.*LEPHI_DATABASE_POOLER/)
    await own.drop()
  })
})
