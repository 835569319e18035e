// A transaction whose connection the server ends: its work fails, once, and neither the process nor the pool takes harm.
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
