// Months in which everything has been kept long enough, and nothing is held, leave as a whole. Nothing else ever does.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { enforceRetention, runRetention } from '../../src/flows/enforce-retention.ts'
import { keepMonths } from '../../src/flows/keep-months.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { inScope } from '../../src/store/database.ts'
import { dropMonth, makeMonth } from '../../src/store/months.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { partsOf } from '../kit/months.ts'

let db: TestDatabase
let deps: TestDeps
beforeEach(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
})
afterEach(() => db.drop())

const monthsOf = async (table: string) =>
  (await partsOf(db.sql, table)).map((name) => name.replace(`${table}_`, '')).filter((name) => /\d/.test(name))
const serverTime = (instant: string) =>
  db.sql.unsafe(
    `create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select '${instant}'::timestamptz $$`,
  )

describe('the record of reading', () => {
  const read = (at: string, object: string, idAt = at) =>
    db.sql`insert into audit_log ${db.sql({
      ...{ id: createIdSource({ now: () => new Date(idAt) })('aud'), at: new Date(at), agencyCode: 'H56', object },
      ...{ actor: 'i#lan', action: 'order.read', requestId: 'r' },
    })}`
  const ofAudit = async (isDry: boolean) => {
    const counted = await runRetention(deps, { isDry })
    return counted.find(({ kind }) => kind === 'audit_records')
  }

  const passes = () => db.sql`select due, held, erased from retention_passes where kind = 'audit_records' order by id`

  beforeEach(async () => {
    for (const month of ['2030-09-01', '2030-10-01', '2030-11-01', '2030-12-01', '2031-01-01'])
      await makeMonth(db.database, { table: 'audit_log', month })
    for (const at of ['2030-09-03', '2030-09-04', '2030-11-05', '2030-12-05', '2030-12-31T20:00:00Z', '2031-01-02'])
      await read(at, at)
    await read('2030-11-06', 'ord_held')
    await db.sql`insert into legal_holds ${db.sql({
      ...{ id: 'lgh_1', agencyCode: 'H56', kind: 'order', objectId: 'ord_held', reason: 'x', placedBy: 'x' },
      placedAt: new Date(),
    })}`
  })

  test('goes by months that are past their term, and by rows in those that hold something younger or held', async () => {
    deps.clock.set('2041-01-02T00:00:00Z')
    expect(await ofAudit(true)).toMatchObject({ due: 5, held: 1, erased: 0 })
    expect(await monthsOf('audit_log')).toEqual(['2030_09', '2030_10', '2030_11', '2030_12', '2031_01'])
    expect(await db.sql`select from audit_log`).toHaveLength(7)
    expect(await ofAudit(false)).toMatchObject({ due: 5, held: 1, erased: 4 })
    // September of two rows and an empty October went whole; what is left of November is held, and the year of the last hours of December began in Vietnam.
    expect(await monthsOf('audit_log')).toEqual(['2030_11', '2030_12', '2031_01'])
    expect((await db.sql`select object from audit_log order by id`).map(({ object }) => object)).toEqual([
      'ord_held',
      '2030-12-31T20:00:00Z',
      '2031-01-02',
    ])
    expect(await passes()).toEqual([
      { due: 2, held: 0, erased: 2 },
      { due: 3, held: 1, erased: 2 },
    ])
  })

  test('goes by its own time where that is later than its id tells', async () => {
    await read('2031-02-01', 'later', '2030-09-20')
    deps.clock.set('2041-01-02T00:00:00Z')
    expect(await ofAudit(false)).toMatchObject({ due: 5, held: 1, erased: 4 })
    expect(await monthsOf('audit_log')).toEqual(['2030_09', '2030_11', '2030_12', '2031_01'])
    expect(await db.sql`select object from audit_log where object = 'later'`).toHaveLength(1)
  })

  test('goes by rows where a reader keeps the table, and the month with the pass of another day', async () => {
    deps.clock.set('2041-01-02T00:00:00Z')
    const reader = await db.sql.reserve()
    await reader`begin`
    await reader`select count(*) from audit_log`
    expect(await enforceRetention(deps)).toBe(4)
    expect(await monthsOf('audit_log')).toContain('2030_09')
    await reader`commit`
    reader.release()
    deps.clock.advance(86_400)
    expect(await enforceRetention(deps)).toBe(0)
    expect(await monthsOf('audit_log')).not.toContain('2030_09')
  })

  test('is on record as soon as it is gone, whatever happens behind it', async () => {
    deps.clock.set('2041-01-02T00:00:00Z')
    await db.sql`create function fail() returns trigger language plpgsql as $$ begin raise 'the disk is full'; end $$`
    await db.sql`create trigger fail before delete on audit_log for each row execute function fail()`
    await expect(enforceRetention(deps)).rejects.toThrow('the disk is full')
    expect(await monthsOf('audit_log')).not.toContain('2030_09')
    expect(await passes()).toEqual([{ due: 2, held: 0, erased: 2 }])
  })

  test('is not gone where it cannot be put on record', async () => {
    deps.clock.set('2041-01-02T00:00:00Z')
    await db.sql`alter table retention_passes add constraint full_up check (erased = 0) not valid`
    await expect(enforceRetention(deps)).rejects.toThrow('full_up')
    expect(await monthsOf('audit_log')).toContain('2030_09')
  })

  test('goes a month at a time', async () => {
    for (const at of ['2030-10-02', '2030-10-03']) await read(at, at)
    const first = await dropMonth(db.database, {
      ...{ table: 'audit_log', keptFrom: new Date('2040-01-01'), behind: '', pass: null },
    })
    expect(first).toEqual({ part: 'audit_log_2030_09', outcome: 'dropped', rows: 2 })
    expect(await monthsOf('audit_log')).toEqual(['2030_10', '2030_11', '2030_12', '2031_01'])
    const second = await dropMonth(db.database, {
      ...{ table: 'audit_log', keptFrom: new Date('2040-01-01'), behind: first?.part ?? '', pass: null },
    })
    expect(second).toEqual({ part: 'audit_log_2030_10', outcome: 'dropped', rows: 2 })
  })

  test('goes not before the least time that the database asks for, whatever a process says the date is', async () => {
    await serverTime('2035-08-31T00:00:00Z')
    const drop = () =>
      inScope(db.database, '*', (sql) => [
        sql`select * from lephi_drop_month('audit_log', '2100-01-01'::timestamptz, '')`,
      ])
    const before = await monthsOf('audit_log')
    await drop()
    expect(await monthsOf('audit_log')).toEqual(before)
    await serverTime('2035-10-01T00:00:00Z')
    expect((await drop())[0]).toEqual([{ part: 'audit_log_2030_09', isDropped: true, rows: 2n }])
    expect(await monthsOf('audit_log')).toEqual(before.slice(1))
  })
})

describe('counts of calls', () => {
  const count = (minute: string) =>
    db.sql`insert into provider_calls ${db.sql({
      ...{ merchantAccountId: 'mac_1', minute: new Date(minute), operation: 'query', agencyCode: 'H56' },
      ...{ calls: 1, unanswered: 0, latencyMs: 1n, latencyMaxMs: 1 },
    })}`

  test('go by months, the hour that the last of one is past its term', async () => {
    for (const month of ['2030-09-01', '2030-10-01']) await makeMonth(db.database, { table: 'provider_calls', month })
    await count('2030-09-30T23:59:00Z')
    await count('2030-10-01T00:00:00Z')
    // 400 days.
    deps.clock.set('2031-11-04T23:59:00Z')
    await keepMonths(deps)
    expect(await monthsOf('provider_calls')).toEqual(['2030_09', '2030_10', '2031_11', '2031_12'])
    deps.clock.set('2031-11-05T01:00:00Z')
    await keepMonths(deps)
    expect(await monthsOf('provider_calls')).toEqual(['2030_10', '2031_11', '2031_12'])
    expect(await db.sql`select minute from provider_calls`).toEqual([{ minute: new Date('2030-10-01T00:00:00Z') }])
  })
})

describe('a table that is in use', () => {
  const make = async () => {
    for (const table of ['audit_log', 'provider_calls'] as const)
      for (const month of ['2030-09-01', '2030-10-01']) await makeMonth(db.database, { table, month })
  }
  const whileRead = async (table: string, work: () => Promise<unknown>) => {
    const reader = await db.sql.reserve()
    await reader`begin`
    await reader`select count(*) from ${reader(table)}`
    await work()
    await reader`commit`
    reader.release()
  }

  test('is not asked for again before the next turn, which is an hour away', async () => {
    await make()
    deps.clock.set('2040-01-01T00:00:00Z')
    await whileRead('provider_calls_2030_09', () => keepMonths(deps))
    // Months of the present were made; those that are past their term wait.
    expect(await monthsOf('provider_calls')).toEqual(['2030_09', '2030_10', '2040_01', '2040_02'])
    deps.clock.advance(3_500)
    await keepMonths(deps)
    expect(await monthsOf('provider_calls')).toContain('2030_09')
    deps.clock.advance(101)
    await keepMonths(deps)
    expect(await monthsOf('provider_calls')).toEqual(['2040_01', '2040_02'])
  })

  test('is not locked for a month that is kept, and only looked at', async () => {
    await make()
    await db.sql`insert into audit_log ${db.sql({
      ...{ id: createIdSource({ now: () => new Date('2030-09-03') })('aud'), at: new Date('2031-02-01') },
      ...{ agencyCode: 'H56', object: 'x', actor: 'i#lan', action: 'order.read', requestId: 'r' },
    })}`
    const kept = () =>
      dropMonth(db.database, { table: 'audit_log', keptFrom: new Date('2031-01-01'), behind: '', pass: null })
    await whileRead('audit_log', async () =>
      expect(await kept()).toEqual({ part: 'audit_log_2030_09', outcome: 'kept', rows: 0 }),
    )
  })
})

describe('nothing is ever dropped of', () => {
  test.for(['callbacks', 'webhook_deliveries', 'journal_entries', 'events', 'audit_log_first', 'legal_holds'])(
    '%s',
    async (table) => {
      await expect(
        inScope(db.database, '*', (sql) => [sql`select lephi_drop_month(${table}, '2100-01-01'::timestamptz, '')`]),
      ).rejects.toThrow(`nothing of ${table} is ever dropped`)
    },
  )
})
