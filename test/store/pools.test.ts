// What bounds a connection: how long a statement may take, how long a transaction may idle, how long and how many may wait for one.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { awayMax } from '../../src/lib/admission.ts'
import { openMigratedDatabase } from '../../src/node/open-database.ts'
import {
  type DatabaseOptions,
  databaseError,
  everyAgency,
  inScope,
  interactively,
  isConnectionError,
  openDatabase,
  queryInScope,
} from '../../src/store/database.ts'
import { inSnapshot } from '../../src/store/snapshot.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const withPool = async (
  options: Partial<DatabaseOptions>,
  work: (pool: ReturnType<typeof openDatabase>) => Promise<void>,
) => {
  const pool = openDatabase({ url: db.url, role: 'lephi_app', max: 1, ...options })
  try {
    await work(pool)
  } finally {
    await pool.close()
  }
}

const rejection = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => null,
    (error: unknown) => error,
  )

test('requests and background work have connections and times of their own; a command has all of them', async () => {
  const config = { ...readConfig({ LEPHI_DATABASE_CONNECTIONS: '12' }), databaseUrl: db.url }
  const times = async (pool: ReturnType<typeof openDatabase>) =>
    (
      await queryInScope(
        pool,
        everyAgency,
        (sql) => sql`
        select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
          current_setting('idle_in_transaction_session_timeout') as idle`,
      )
    )[0]
  const opened = await openMigratedDatabase(config, () => undefined)
  expect([opened.database.sql.options.max, opened.background.sql.options.max]).toEqual([8, 4])
  expect(opened.database.line.waitersMax).toBeGreaterThan(awayMax)
  expect(await times(opened.database)).toEqual({ statement: '15s', lock: '5s', idle: '15s' })
  expect(await times(opened.background)).toEqual({ statement: '2min', lock: '5s', idle: '1min' })
  await opened.close()
  const command = await openMigratedDatabase(config, () => undefined, { isCommand: true })
  expect([command.database.sql.options.max, command.background]).toEqual([12, command.database])
  expect(await times(command.database)).toMatchObject({ statement: '2min' })
  await command.close()
})

test('small numbers of connections are shared out too', () => {
  // An import holds one connection of background work and needs a second.
  expect(() => readConfig({ LEPHI_DATABASE_CONNECTIONS: '2' })).toThrow(/LEPHI_DATABASE_CONNECTIONS/)
  const shares = ['3', '4', '6', '9', '15', '200'].map((all) => {
    const { requestConnections, jobConnections } = readConfig({ LEPHI_DATABASE_CONNECTIONS: all })
    return [Number(all), requestConnections, jobConnections]
  })
  expect(shares).toEqual([
    [3, 1, 2],
    [4, 2, 2],
    [6, 3, 3],
    [9, 6, 3],
    [15, 10, 5],
    [200, 134, 66],
  ])
})

describe('a connection', () => {
  test('breaks off a statement that takes too long, and serves the next', () =>
    withPool({ statementTimeoutMs: 50 }, async (pool) => {
      const error = await rejection(queryInScope(pool, everyAgency, (sql) => sql`select pg_sleep(20)`))
      expect(databaseError(error)?.code).toBe('57014')
      expect(await queryInScope(pool, everyAgency, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }])
    }))

  test('is ended by the server when its transaction does nothing, and what it held is free', () =>
    withPool({ idleInTransactionMs: 50 }, async (pool) => {
      const idle = Promise.withResolvers<void>()
      const holds = Promise.withResolvers<void>()
      const work = interactively(pool, everyAgency, async (sql) => {
        await sql`select pg_advisory_xact_lock(77)`
        holds.resolve()
        await idle.promise
        await sql`select 1`
      })
      const error = rejection(work)
      await holds.promise
      const isFree = async () => (await db.sql`select pg_try_advisory_xact_lock(77) as free`)[0]?.free
      await expect.poll(isFree).toBe(true)
      idle.resolve()
      expect(await error).not.toBe(null)
      await expect
        .poll(() => queryInScope(pool, everyAgency, (sql) => sql`select 1 as one`).catch(() => null))
        .toEqual([{ one: 1 }])
    }))
})

describe('the line before the connections', () => {
  test.for(['a unit', 'a transaction', 'a snapshot'] as const)(
    'refuses %s when too many wait, and when it has waited too long',
    async (kind) =>
      withPool({ waitersMax: 1 }, async (pool) => {
        const ask = (): Promise<unknown> =>
          kind === 'a unit'
            ? inScope(pool, everyAgency, (sql) => [sql`select 1`])
            : kind === 'a transaction'
              ? interactively(pool, everyAgency, (sql) => sql`select 1`)
              : inSnapshot(pool, (sql) => sql`select 1`)
        // There is a connection before nobody waits for long.
        await ask()
        pool.line.waitMs = 40
        const done = Promise.withResolvers<void>()
        const began = Promise.withResolvers<void>()
        const holder = interactively(pool, everyAgency, async () => {
          began.resolve()
          await done.promise
        })
        await began.promise
        const waiting = rejection(ask())
        const refused = await rejection(ask())
        expect([isConnectionError(refused), String(refused)]).toEqual([true, expect.stringContaining('too many wait')])
        const late = await waiting
        expect([isConnectionError(late), String(late)]).toEqual([true, expect.stringContaining('became free')])
        done.resolve()
        await holder
        pool.line.waitMs = 30_000
        // What came too late has gone back unused.
        await ask()
        expect(pool.line.waiting).toBe(0)
      }),
  )
})
