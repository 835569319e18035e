// Months in which everything has been kept long enough, and nothing is held, leave as a whole. Nothing else ever does.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { enforceRetention, runRetention } from '../../src/flows/enforce-retention.ts'
import { keepMonths } from '../../src/flows/keep-months.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { inScope } from '../../src/store/database.ts'
import { makeMonth } from '../../src/store/months.ts'
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
    const [noted] = await db.sql`select due, held, erased from retention_passes where kind = 'audit_records'`
    expect(noted).toEqual({ due: 5, held: 1, erased: 4 })
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

  test('goes not before the least time that the database asks for, whatever a process says the date is', async () => {
    await serverTime('2035-08-31T00:00:00Z')
    const drop = () =>
      inScope(db.database, '*', (sql) => [
        sql`select lephi_drop_months('audit_log', '2100-01-01'::timestamptz) as gone`,
      ])
    const before = await monthsOf('audit_log')
    await drop()
    expect(await monthsOf('audit_log')).toEqual(before)
    await serverTime('2035-10-01T00:00:00Z')
    expect((await drop())[0]).toEqual([{ gone: 2n }])
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

describe('nothing is ever dropped of', () => {
  test.for(['callbacks', 'webhook_deliveries', 'journal_entries', 'events', 'audit_log_first', 'legal_holds'])(
    '%s',
    async (table) => {
      await expect(
        inScope(db.database, '*', (sql) => [sql`select lephi_drop_months(${table}, '2100-01-01'::timestamptz)`]),
      ).rejects.toThrow(`nothing of ${table} is ever dropped`)
    },
  )
})
