// A transaction whose connection the server ends: its work fails, once, and neither the process nor the pool takes harm.
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { everyAgency, interactively, queryInScope } from '../../src/store/database.ts'
import type { Transaction } from '../../src/store/transaction.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const cut = async (sql: Transaction): Promise<void> => {
  const [row] = await sql`select pg_backend_pid() as pid`
  await db.sql`select pg_terminate_backend(${row?.pid})`
}
const cutShort = (work: (sql: Transaction) => Promise<unknown>) =>
  interactively(db.database, everyAgency, work).then(
    () => 'done',
    () => 'failed',
  )

test('fails when it goes on after that, at whatever moment, and the next one has a connection', async () => {
  for (let wait = 0; wait < 8; wait++) {
    const answer = await cutShort(async (sql) => {
      await cut(sql)
      if (wait < 6) await pause(wait)
      await sql`select 1`
    })
    expect([wait, answer]).toEqual([wait, 'failed'])
    // Whoever is given a connection that is just being ended is told so; after that there are others.
    const next = () => queryInScope(db.database, everyAgency, (sql) => sql`select 1 as one`).catch(() => null)
    await expect.poll(next).toEqual([{ one: 1 }])
  }
})

test('fails in the middle of a statement, of a copy, and when all is done but the commit', async () => {
  expect(
    await cutShort(async (sql) => {
      const [row] = await sql`select pg_backend_pid() as pid`
      await Promise.all([
        sql`select pg_sleep(5)`,
        pause(20).then(() => db.sql`select pg_terminate_backend(${row?.pid})`),
      ])
    }),
  ).toBe('failed')
  expect(
    await cutShort(async (sql) => {
      await sql.unsafe('create temporary table t (x text) on commit drop')
      const [row] = await sql`select pg_backend_pid() as pid`
      const stream = await sql.unsafe('copy t from stdin').writable()
      stream.on('error', () => undefined)
      await db.sql`select pg_terminate_backend(${row?.pid})`
      for (let part = 0; part < 20; part++) {
        await new Promise<void>((resolve, reject) =>
          stream.write('x\n', (error) => (error ? reject(error) : resolve())),
        )
        await pause(1)
      }
    }),
  ).toBe('failed')
  expect(
    await cutShort(async (sql) => {
      await cut(sql)
      await pause(30)
    }),
  ).toBe('failed')
  // Whoever is given a connection that is just being ended is told so; after that there are others.
  await expect.poll(() => cutShort((sql) => sql`select 1`)).toBe('done')
})

test('rolls back by itself when only the work fails', async () => {
  const failed = interactively(db.database, everyAgency, async (sql) => {
    await sql.unsafe('create temporary table left_behind (x text)')
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(
    await interactively(db.database, everyAgency, (sql) => sql`select to_regclass('pg_temp.left_behind') as found`),
  ).toEqual([{ found: null }])
})

/** A pool that begins its first transaction by `refuse`, and every later one as it should. */
const after = (refuse: (work: (sql: Transaction) => Promise<unknown>) => Promise<never>) => {
  let begun = 0
  const sql = new Proxy(db.database.sql, {
    get: (pool, name) => {
      const member: unknown = Reflect.get(pool, name)
      if (name !== 'begin') return member
      begun += 1
      return begun === 1 ? refuse : pool.begin.bind(pool)
    },
  })
  return { ...db.database, sql }
}
const lastWord = () =>
  // The driver's types leave out that it is made of the server's fields.
  Reflect.construct(postgres.PostgresError, [
    { severity: 'FATAL', code: '57P01', message: 'terminating connection due to administrator command' },
  ])

test('is not told the last word that a server had for the connection before', async () => {
  const database = after(() => Promise.reject(lastWord()))
  expect(await interactively(database, everyAgency, (sql) => sql`select 1 as one`)).toEqual([{ one: 1 }])
})

test('is begun once, whatever the server says when it has begun', async () => {
  let works = 0
  const database = after((work) =>
    db.database.sql.begin(async (sql) => {
      await work(sql)
      throw lastWord()
    }),
  )
  const told = interactively(database, everyAgency, async () => {
    works += 1
  })
  await expect(told).rejects.toThrow('terminating connection')
  expect(works).toBe(1)
})
