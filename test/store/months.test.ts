// Tables that grow are held by month: each month is guarded as its table is, is there before it begins, and whatever has none is kept all the same.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { monthlyTables } from '../../src/domain/months.ts'
import { keepMonths } from '../../src/flows/keep-months.ts'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import { longJobs, runJobs } from '../../src/flows/run-jobs.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { inScope } from '../../src/store/database.ts'
import { makeMonth } from '../../src/store/months.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { guardsOf, partsOf, placesOf } from '../kit/months.ts'

let db: TestDatabase
let deps: TestDeps
beforeEach(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
})
afterEach(() => db.drop())

const idAt = (instant: string) => createIdSource({ now: () => new Date(instant) })('cbk')
const callback = (id: string, receivedAt: Date | string = '2026-11-23T02:00:00Z') => ({
  ...{ id, agencyCode: 'H56', merchantAccountId: 'mac_1', provider: 'test', sealed: Buffer.from([1]) },
  ...{ contentHash: id, reading: 'genuine', requestId: 'r', receivedAt: new Date(receivedAt) },
})
const store = (id: string) => inScope(db.database, 'H56', (sql) => [sql`insert into callbacks ${sql(callback(id))}`])
const warned: unknown[] = []
const listening = (): TestDeps => {
  warned.length = 0
  return { ...deps, log: { ...deps.log, warn: (fields: unknown) => void warned.push(fields) } }
}

describe('the job', () => {
  test('finds the month of a new database and the next one there, and makes nothing', async () => {
    deps.clock.set(new Date())
    expect(await keepMonths(deps)).toBe(0)
    for (const table of monthlyTables)
      expect(await partsOf(db.sql, table)).toEqual([`${table}_default`, `${table}_first`])
  })

  test('makes the present month and the next of every table, once, by whichever of two processes', async () => {
    deps.clock.set('2031-12-31T23:59:00Z')
    const other = createTestDeps(db.database, { clock: deps.clock })
    const [one, two] = await Promise.all([runJobs(deps, { run: longJobs }), runJobs(other, { run: longJobs })])
    expect([one.failed, two.failed]).toEqual([[], []])
    expect(Number(one.counts.keep_months) + Number(two.counts.keep_months)).toBe(2 * monthlyTables.length)
    for (const table of monthlyTables)
      expect(await partsOf(db.sql, table)).toEqual(
        // What was counted of calls before then is past its term.
        ['2031_12', '2032_01', 'default', ...(table === 'provider_calls' ? [] : ['first'])].map(
          (name) => `${table}_${name}`,
        ),
      )
    deps.clock.advance(7_200)
    expect(await keepMonths(deps)).toBe(monthlyTables.length)
    expect(await partsOf(db.sql, 'callbacks')).toContain('callbacks_2032_02')
  })

  test('is one of several that make the same month without a turn', async () => {
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => makeMonth(db.database, { table: 'callbacks', month: '2040-05-01' })),
    )
    expect(made.toSorted()).toEqual(['made', 'there', 'there', 'there'])
  })

  test('leaves a month whose rows came before it, says so, and goes on with the next', async () => {
    deps.clock.set('2035-03-31T00:00:00Z')
    const early = idAt('2035-03-30T00:00:00Z')
    await store(early)
    const own = listening()
    describeFlowMetrics(own.metrics)
    expect(await keepMonths(own)).toBe(2 * monthlyTables.length - 1)
    expect(warned).toEqual([{ table: 'callbacks', month: '2035-03-01' }])
    expect(own.metrics.text()).toContain('lephi_months_missing{table="callbacks"} 1')
    const late = idAt('2035-04-01T00:00:00Z')
    await store(late)
    expect(await placesOf(db.sql, 'callbacks', 'id')).toEqual({
      [early]: 'callbacks_default',
      [late]: 'callbacks_2035_04',
    })
    // What was made once stays, and what could not be made is asked for again.
    deps.clock.advance(3_700)
    expect(await keepMonths(deps)).toBe(0)
  })

  test('waits for nobody who reads the table for long, and comes again soon', async () => {
    deps.clock.set('2036-06-01T00:00:00Z')
    const reader = await db.sql.reserve()
    await reader`begin`
    await reader`select count(*) from callbacks`
    expect(await keepMonths(deps)).toBe(2 * (monthlyTables.length - 1))
    expect(await partsOf(db.sql, 'callbacks')).not.toContain('callbacks_2036_06')
    await reader`commit`
    reader.release()
    deps.clock.advance(61)
    expect(await keepMonths(deps)).toBe(2)
  })
})

test('a month that could not be asked for is told of as missing', async () => {
  describeFlowMetrics(deps.metrics)
  await db.sql`drop function lephi_make_month(text, date)`
  await expect(keepMonths(deps)).rejects.toThrow('lephi_make_month')
  expect(deps.metrics.text()).toContain('lephi_months_missing{table="callbacks"} 2')
})

test('a month that is more than thirteen ahead of the database is not made, by whomever', async () => {
  await db.sql`create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select '2033-04-20 10:00+00'::timestamptz $$`
  const make = (month: string) => makeMonth(db.database, { table: 'callbacks', month })
  expect([await make('2034-05-01'), await make('2034-06-01')]).toEqual(['made', 'early'])
  deps.clock.set('2034-05-31T00:00:00Z')
  const own = listening()
  describeFlowMetrics(own.metrics)
  expect(await keepMonths(own)).toBe(2)
  expect(warned).toContainEqual({ table: 'callbacks', month: '2034-06-01' })
  expect(own.metrics.text()).toContain('lephi_months_missing{table="callbacks"} 1')
})

describe('every month', () => {
  test('is guarded as its table is, and nobody but the owner may address it', async () => {
    deps.clock.set('2031-12-31T23:59:00Z')
    await db.sql`alter default privileges in schema public grant select on tables to lephi_app`
    await keepMonths(deps)
    for (const table of monthlyTables) {
      const whole = await guardsOf(db.sql, table)
      expect(whole).toMatchObject({ isBound: true, policies: [expect.stringContaining('lephi_covers')] })
      const parts = await partsOf(db.sql, table)
      expect(parts.length).toBeGreaterThan(2)
      for (const part of parts) {
        const own = await guardsOf(db.sql, part)
        expect([part, own]).toEqual([part, { ...whole, indexes: expect.arrayContaining(whole.indexes as string[]) }])
        const granted = await db.sql`
          select grantee::regrole::text from pg_class, aclexplode(relacl) as acl where oid = ${part}::regclass and acl.grantee <> relowner
          union all select attname::text from pg_attribute where attrelid = ${part}::regclass and attacl is not null`
        expect([part, granted]).toEqual([part, []])
        await expect(inScope(db.database, '*', (sql) => [sql`select from ${sql(part)}`])).rejects.toMatchObject({
          code: '42501',
        })
      }
    }
  })

  test('shows an agency its own rows alone, even were it granted', async () => {
    await makeMonth(db.database, { table: 'callbacks', month: '2031-12-01' })
    await store(idAt('2031-12-05T00:00:00Z'))
    for (const part of ['callbacks_2031_12', 'callbacks_default', 'callbacks_first'])
      await db.sql`grant select, insert on ${db.sql(part)} to lephi_app`
    const seen = async (agency: string) =>
      (await inScope(db.database, agency, (sql) => [sql`select id from callbacks_2031_12`]))[0]?.length
    expect([await seen('H57'), await seen('H56')]).toEqual([0, 1])
    for (const [part, at] of Object.entries({
      callbacks_2031_12: '2031-12-06',
      callbacks_default: '2055-01-01',
      callbacks_first: '2026-11-01',
    }))
      await expect(
        inScope(db.database, 'H57', (sql) => [sql`insert into ${sql(part)} ${sql(callback(idAt(`${at}T00:00:00Z`)))}`]),
      ).rejects.toThrow('row-level security')
  })

  test('keeps evidence as it is', async () => {
    await makeMonth(db.database, { table: 'callbacks', month: '2031-12-01' })
    for (const id of [idAt('2031-12-05T00:00:00Z'), idAt('2026-11-05T00:00:00Z'), idAt('2055-01-01T00:00:00Z')]) {
      await store(id)
      await expect(
        inScope(db.database, '*', (sql) => [sql`update callbacks set sealed = ${Buffer.from([2])} where id = ${id}`]),
      ).rejects.toMatchObject({ code: '55000' })
    }
    expect(Object.values(await placesOf(db.sql, 'callbacks', 'id')).toSorted()).toEqual([
      'callbacks_2031_12',
      'callbacks_default',
      'callbacks_first',
    ])
  })

  test('begins and ends with what its ids tell, to the millisecond', async () => {
    await makeMonth(db.database, { table: 'callbacks', month: '2032-02-01' })
    const days = [
      '2032-01-31T23:59:59.999Z',
      '2032-02-01T00:00:00Z',
      '2032-02-29T23:59:59.999Z',
      '2032-03-01T00:00:00Z',
    ]
    const ids = days.map(idAt)
    for (const id of ids) await store(id)
    const places = await placesOf(db.sql, 'callbacks', 'id')
    expect(ids.map((id) => places[id])).toEqual([
      'callbacks_default',
      'callbacks_2032_02',
      'callbacks_2032_02',
      'callbacks_default',
    ])
  })
})

describe('the function that makes them refuses', () => {
  test.for([
    ['orders', '2031-12-01', /not held by month/],
    ['pg_class', '2031-12-01', /not held by month/],
    ['callbacks; drop table orders', '2031-12-01', /not held by month/],
    ['callbacks_first', '2031-12-01', /not held by month/],
    ['callbacks', '2031-12-02', /first of no month/],
    ['callbacks', '1999-12-01', /first of no month/],
    ['callbacks', '10000-01-01', /first of no month/],
  ] as const)('%s, %s', async ([table, month, why]) => {
    await expect(
      inScope(db.database, '*', (sql) => [sql`select lephi_make_month(${table}, ${month}::date)`]),
    ).rejects.toThrow(why)
  })
})
