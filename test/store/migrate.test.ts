import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readMigrations } from '../../src/node/migrations.ts'
import { type Migration, MigrationError, migrate } from '../../src/store/migrate.ts'
import { findUnsignedReopenings } from '../../src/store/periods.ts'
import { createEmptyDatabase, createTestDatabase, type TestDatabase } from '../kit/database.ts'

const first: Migration = {
  name: '0000_first',
  sql: 'create table a (id int primary key);\n--> statement-breakpoint\ninsert into a values (1);\n--> statement-breakpoint\n',
}
const second: Migration = { name: '0001_second', sql: 'insert into a values (2);' }
const third: Migration = { name: '0002_third', sql: 'insert into a values (3);' }

let db: TestDatabase
const lines: string[] = []
const log = (line: string) => {
  lines.push(line)
}
const run = (migrations: Migration[]) => migrate(db.sql, migrations, { log })
const ids = async () => (await db.sql`select id from a order by id`).map((row) => row.id)
const history = async () =>
  (await db.sql`select name, sha256 from lephi_migrations order by name`).map((row) => row.name)

beforeEach(async () => {
  db = await createEmptyDatabase()
  lines.length = 0
})
afterEach(() => db.drop())

describe('migrate', () => {
  test('applies the files by name, whatever the order of the list, and says which', async () => {
    expect(await run([second, first])).toEqual(['0000_first', '0001_second'])
    expect(await ids()).toEqual([1, 2])
    expect(await history()).toEqual(['0000_first', '0001_second'])
    expect(lines).toEqual(['applied migration 0000_first', 'applied migration 0001_second'])
  })

  test('does nothing when everything is applied', async () => {
    await run([first, second])
    expect(await run([first, second])).toEqual([])
  })

  test('applies only what is new', async () => {
    await run([first])
    expect(await run([first, second, third])).toEqual(['0001_second', '0002_third'])
    expect(await ids()).toEqual([1, 2, 3])
  })

  test('applies nothing after the file that is named, and the rest later', async () => {
    const until = (name: string, files = [first, second, third]) => migrate(db.sql, files, { log, until: name })
    expect(await until('0001_second')).toEqual(['0000_first', '0001_second'])
    expect(await until('0001_second')).toEqual([])
    expect(await until('0000_first')).toEqual([])
    expect(await history()).toEqual(['0000_first', '0001_second'])
    const changed = [{ ...first, sql: 'select 1' }, second, third]
    await expect(until('0000_first', changed)).rejects.toThrow('0000_first was changed')
    expect(await run([first, second, third])).toEqual(['0002_third'])
  })

  test('stores when and with which SHA-256 a file was applied', async () => {
    await run([{ name: '0000_only', sql: 'select 1' }])
    const [row] = await db.sql`select sha256, applied_at > now() - interval '1 minute' as fresh from lephi_migrations`
    // printf 'select 1' | sha256sum
    expect(row?.sha256).toBe('822ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f')
    expect(row?.fresh).toBe(true)
  })

  test('takes a file whose line ends a checkout has rewritten for the same file', async () => {
    await run([first])
    expect(await run([{ ...first, sql: first.sql.replaceAll('\n', '\r\n') }])).toEqual([])
  })

  test('is not stopped by the statement timeout of the pool', async () => {
    const hurried = postgres(db.url, { max: 1, connection: { statement_timeout: 50 } })
    try {
      const slow = { name: '0000_slow', sql: 'select pg_sleep(0.2)' }
      expect(await migrate(hurried, [slow], { log })).toEqual(['0000_slow'])
    } finally {
      await hurried.end()
    }
  })

  test('gives the database a clock of its own, which only tests stop', async () => {
    await migrate(db.sql, await readMigrations(), { log })
    const [row] = await db.sql`select abs(extract(epoch from lephi_clock() - clock_timestamp())) < 5 as is_right`
    expect(row?.isRight).toBe(true)
    const other = `create or replace function lephi_clock() returns timestamptz language sql as 'select null::timestamptz'`
    await expect(db.appSql.unsafe(other)).rejects.toThrow('permission denied')
  })

  test('keeps what was sealed and opened again before timelines and reopenings were under a signature, and says so', async () => {
    const all = await readMigrations()
    const later = all.findIndex(({ name }) => name.endsWith('_sealed_timelines'))
    await migrate(db.sql, all.slice(0, later), { log })
    await db.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await sql`insert into ledger_seals (agency_code, day, first_place, last_place, root, chain_hash, kid, jws, sealed_at)
        values ('H56', '2026-11-23', 1, 0, 'r', 'h', 'k', 'j', '2026-11-24T00:00:00Z')`
      for (const id of ['per_1', 'per_2'])
        await sql`insert into periods (id, agency_code, merchant_account_id, day, version, postings, document, document_hash, signature, closed_by, closed_at)
          values (${id}, 'H56', ${`mac_${id}`}, '2026-11-23', 1, 0, '{}', 'h', 's', 'cli_1', '2026-11-24T00:00:00Z')`
      await sql`insert into period_acts (id, agency_code, period_id, kind, done_by, done_at, reason)
        values ('pac_1', 'H56', 'per_1', 'reopened', 'cli_2', '2026-11-24T01:00:00Z', 'late')`
    })
    await migrate(db.sql, all, { log })
    expect(await db.sql`select format from ledger_seals`).toMatchObject([{ format: 1 }])
    expect(await findUnsignedReopenings(db.database)).toMatchObject([{ id: 'per_1', isOld: true }])
    expect(
      await db.sql`select lephi_closed_through('mac_per_1') as opened, lephi_closed_through('mac_per_2') as closed`,
    ).toMatchObject([{ opened: null, closed: '2026-11-23' }])
  })

  test('gives a transfer of before the bank account that it left, as far as it is known, and lets it return no other refund', async () => {
    const all = await readMigrations()
    const later = all.findIndex(({ name }) => name.endsWith('_transfer_left_from'))
    await migrate(db.sql, all.slice(0, later), { log })
    const account = (number: string) => db.sql.json({ number, bank_bin: '970436', holder: 'KHO BAC' })
    const [first, then] = ['2026-11-20T00:00:00Z', '2026-11-22T00:00:00Z']
    const refund = (id: string, merchantAccountId: string, more: object) => ({
      id,
      agencyCode: 'H56',
      orderId: `ord_${id}`,
      attemptId: `att_${id}`,
      merchantAccountId,
      provider: 'test',
      merchantReference: id,
      source: 'order',
      status: 'succeeded',
      amount: 1n,
      reason: 'x',
      method: 'manual',
      madeBy: 'cli_1',
      createdAt: first,
      ...more,
    })
    await db.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      for (const [id, now] of [
        ['mac_moved', '0999'],
        ['mac_stayed', '0945'],
      ] as const)
        await sql`insert into merchant_accounts (id, agency_code, provider, title, payee_account) values (${id}, 'H56', 'test', 'test', ${account(now)})`
      await sql`
        insert into former_merchant_accounts (merchant_account_id, until, agency_code, provider_fee, cutoff, settlement_days, payee_account)
        values ('mac_moved', ${then}, 'H56', '{}', '00:00', 1, ${account('09-45')})`
      const transfer = { paidOn: '2026-11-21', confirmedBy: 'cli_2' }
      for (const [id, merchantAccountId, bankReference, receivedAt] of [
        ['before', 'mac_moved', 'FT945', '2026-11-21T00:00:00Z'],
        ['after', 'mac_moved', 'FT946', '2026-11-23T00:00:00Z'],
        ['beside', 'mac_stayed', 'FT947', '2026-11-23T00:00:00Z'],
      ] as const) {
        const row = refund(id, merchantAccountId, {
          ...transfer,
          bankReference,
          transferKey: bankReference.toLowerCase(),
        })
        await sql`insert into refunds ${sql(row as never)}`
        await sql`
          insert into money_facts (id, agency_code, order_id, attempt_id, refund_id, merchant_account_id, kind, reference, amount, source, code, occurred_at, received_at, sequence, business_day)
          values (${`fct_${id}`}, 'H56', ${row.orderId}, ${row.attemptId}, ${id}, ${merchantAccountId}, 'refunded', ${bankReference}, 1, 'person', 'confirmed_by_person', ${receivedAt}, ${receivedAt}, 1, '2026-11-21')`
      }
      await sql`insert into refunds ${sql(refund('waiting', 'mac_stayed', { status: 'pending' }) as never)}`
    })
    // Of what refers to nothing, as here, later files would say so.
    const keyed = all.findIndex(({ name }) => name.endsWith('_taken_references'))
    await migrate(db.sql, all.slice(0, keyed), { log })
    expect(await db.sql`select id, paid_from from refunds order by id`).toEqual([
      { id: 'after', paidFrom: '970436 0999' },
      { id: 'before', paidFrom: '970436 0945' },
      { id: 'beside', paidFrom: '970436 0945' },
      { id: 'waiting', paidFrom: null },
    ])
    const confirm = (reference: string) =>
      db.sql`update refunds set bank_reference = ${reference}, paid_on = '2026-11-24', confirmed_by = 'cli_2' where id = 'waiting'`
    await expect(confirm('FT 945')).rejects.toThrow('has returned another one')
    expect((await confirm('FT946')).count).toBe(1)
  })

  test('builds the template that every test copies', async () => {
    const copy = await createTestDatabase()
    try {
      const [row] = await copy.sql`select count(*)::int as count from lephi_migrations`
      expect(row?.count).toBeGreaterThan(0)
      const [role] = await copy.appSql`select current_user as name`
      expect(role?.name).toBe('lephi_app')
    } finally {
      await copy.drop()
    }
  })
})

describe('refuses', () => {
  const refused = async (migrations: Migration[], message: RegExp) => {
    const error = await run(migrations).catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(MigrationError)
    expect(String(error)).toMatch(message)
  }

  test('a file that was changed after it had been applied, and applies nothing that follows', async () => {
    await run([first])
    await refused([{ ...first, sql: `${first.sql} select 1;` }, second], /0000_first was changed/)
    expect(await history()).toEqual(['0000_first'])
  })

  test('a list in which an applied file is missing', async () => {
    await run([first, second])
    await refused([first], /has migration 0001_second, which this version does not know/)
    await refused([second, third], /has migration 0000_first, which this version does not know/)
    await refused([], /has migration 0000_first/)
  })

  test('a new file that sorts before an applied one', async () => {
    await run([first, third])
    await refused([first, second, third], /0001_second sorts before 0002_third/)
    expect(await ids()).toEqual([1, 3])
  })

  test('two files with one number', async () => {
    await refused([first, { name: '0000_other', sql: 'select 1' }], /Two migrations have the number 0000/)
  })

  test('a name that does not sort as a number', async () => {
    await refused([{ name: '1_first', sql: 'select 1' }], /1_first is not named like/)
  })
})

describe('survives', () => {
  test('a failing statement: its file leaves nothing, the one before it stays, and it is applied once it is right', async () => {
    const broken = {
      name: '0001_second',
      sql: 'insert into a values (2);--> statement-breakpoint\ninsert into b values (1)',
    }
    const error = await run([first, broken]).catch((caught: unknown) => caught)
    expect(String(error)).toMatch(/0001_second, statement 2: relation "b" does not exist/)
    expect(error instanceof Error && error.cause).toBeInstanceOf(postgres.PostgresError)
    expect(await ids()).toEqual([1])
    expect(await run([first, second])).toEqual(['0001_second'])
    expect(await ids()).toEqual([1, 2])
  })

  test('several processes that start at the same moment: each file is applied by exactly one of them', async () => {
    const pools = Array.from({ length: 4 }, () => postgres(db.url, { max: 1, onnotice: () => {} }))
    try {
      // Without the lock these would fail on the existing table, or insert twice.
      const slowFirst = { ...first, sql: `select pg_sleep(0.1);--> statement-breakpoint\n${first.sql}` }
      const applied = await Promise.all(pools.map((pool) => migrate(pool, [slowFirst, second, third], { log })))
      expect(applied.flat().sort()).toEqual(['0000_first', '0001_second', '0002_third'])
      expect(await ids()).toEqual([1, 2, 3])
    } finally {
      await Promise.all(pools.map((pool) => pool.end()))
    }
  })
})
