// What becomes of a unit of work, and of its connection, when the server hangs, takes no writes, or cannot say that a standby has the commit.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  type Database,
  everyAgency,
  inScope,
  interactively,
  isConnectionError,
  isPassing,
} from '../../src/store/database.ts'
import { isUnavailable } from '../../src/store/database-errors.ts'
import { findFirstAnswer } from '../../src/store/idempotency.ts'
import type { TestDatabase } from '../kit/database.ts'
import { startTroubledServer, type TroubledServer } from '../kit/troubled-server.ts'

let server: TroubledServer
const opened: TestDatabase[] = []
const pool = (options: Parameters<TroubledServer['open']>[0] = {}): Database => {
  const test = server.open({ max: 1, ...options })
  opened.push(test)
  return test.database
}
beforeAll(async () => {
  server = await startTroubledServer()
}, 120_000)
afterEach(async () => {
  server.line.heal()
  await Promise.all(opened.splice(0).map((each) => each.drop()))
})
afterAll(() => server.stop())

const rejection = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => null,
    (error: unknown) => error,
  )
const pid = async (database: Database) =>
  (await inScope(database, everyAgency, (sql) => [sql`select pg_backend_pid() as pid`]))[0]?.[0]?.pid
const write = (database: Database, name: string) =>
  inScope(database, everyAgency, (sql) => [
    sql`insert into job_leases (name, holder, until) values (${name}, 'a', now())`,
  ])
/** Once all three of them sleep. */
const endSleepers = () =>
  server.command(
    `with asleep as (select pid from pg_stat_activity where wait_event = 'PgSleep')
     select pg_terminate_backend(pid) from asleep where (select count(*) from asleep) = 3`,
  )
const isThere = async (name: string) =>
  (await server.command(`select 1 from job_leases where name = '${name}'`)).length === 1
const setting = async (text: string) => {
  await server.command(text)
  await server.command('select pg_reload_conf()')
}

describe('a server that hangs', () => {
  test('is waited for as long as it may be silent, then only for a moment, until it is heard again', async () => {
    const database = pool({ max: 2, silenceMs: 1_500 })
    await pid(database)
    server.line.hang()
    const begun = performance.now()
    const first = await rejection(write(database, 'while it hangs'))
    expect(first).toMatchObject({ code: 'CONNECTION_SILENT' })
    expect([isConnectionError(first), isUnavailable(first), isPassing(first)]).toEqual([true, true, true])
    expect(performance.now() - begun).toBeGreaterThan(1_400)
    // Who asks when both connections wait for it, too.
    for (let turn = 0; turn < 2; turn += 1)
      expect(await rejection(pid(database))).toMatchObject({ code: 'CONNECTION_SILENT' })
    server.line.heal()
    // What was sent takes effect all the same, and its connections come back.
    await expect.poll(() => isThere('while it hangs'), { timeout: 10_000 }).toBe(true)
    await expect.poll(() => rejection(Promise.all([pid(database), pid(database)])), { timeout: 10_000 }).toBe(null)
    expect([database.hearing.isSilent, database.line.waiting]).toEqual([false, 0])
  }, 30_000)

  test('does not hold up who has no time for it: a pool without a limit waits', async () => {
    const [database, other] = [pool(), pool({ silenceMs: 300 })]
    // Both have their connections, so that nothing of the driver's own is under way when the pools are closed.
    await Promise.all([pid(database), pid(other)])
    server.line.hang()
    let isOver = false
    const waiting = pid(database).finally(() => {
      isOver = true
    })
    expect(isConnectionError(await rejection(write(other, 'elsewhere')))).toBe(true)
    expect(isOver).toBe(false)
    server.line.heal()
    expect(await waiting).toEqual(expect.any(Number))
  }, 30_000)
})

describe('a server that takes no writes any more', () => {
  afterEach(() => server.command('alter database lephi reset default_transaction_read_only'))
  const ways = {
    'a unit': (database: Database) => write(database, 'a unit'),
    'a transaction': (database: Database) =>
      interactively(
        database,
        everyAgency,
        (sql) => sql`insert into job_leases (name, holder, until) values ('a transaction', 'a', now())`,
      ),
  }
  test.for(Object.keys(ways) as (keyof typeof ways)[])(
    'is left by %s, so that the next one finds the primary',
    { timeout: 30_000 },
    async (way) => {
      await server.command('alter database lephi set default_transaction_read_only = on')
      const database = pool()
      const before = await pid(database)
      await server.command('alter database lephi reset default_transaction_read_only')
      const refused = await rejection(ways[way](database))
      expect([isUnavailable(refused), isPassing(refused)]).toEqual([true, true])
      // The same connection would refuse for as long as it lives.
      await expect.poll(() => rejection(ways[way](database)), { timeout: 10_000 }).toBe(null)
      expect(await pid(database)).not.toBe(before)
    },
  )
})

test('a pool survives the end of all its connections in the midst of statements, and loses none of them', async () => {
  const database = pool({ max: 3, waitMs: 4_000 })
  const busy = () => [1, 2, 3].map(() => rejection(inScope(database, everyAgency, (sql) => [sql`select pg_sleep(5)`])))
  for (let turn = 0; turn < 3; turn += 1) {
    const ended = busy()
    await expect.poll(endSleepers, { timeout: 10_000 }).toHaveLength(3)
    expect((await Promise.all(ended)).every(isUnavailable)).toBe(true)
    // Nobody waits at that moment, so that each connection is opened for somebody who comes later.
    await new Promise((resolve) => setTimeout(resolve, 50))
    const served = [1, 2, 3].map(() => inScope(database, everyAgency, (sql) => [sql`select pg_sleep(0.2)`]))
    expect(await rejection(Promise.all(served))).toBe(null)
  }
}, 60_000)

describe('a commit that no standby may have', () => {
  afterEach(() => setting('alter system reset synchronous_standby_names'))
  const cancelWaits = () =>
    server.command(
      `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' and pid <> pg_backend_pid()`,
    )
  const cancelWait = () => expect.poll(cancelWaits, { timeout: 10_000 }).toHaveLength(1)
  /** Returns once a commit has been seen to wait: the server takes a setting up when its checkpointer comes to it. */
  const withoutStandby = async () => {
    await setting(`alter system set synchronous_standby_names = 'nobody'`)
    const database = pool()
    for (let waits = false; !waits; ) {
      let isOver = false
      const written = rejection(write(database, crypto.randomUUID())).finally(() => {
        isOver = true
      })
      while (!waits && !isOver) waits = (await cancelWaits()).length > 0
      await written
    }
  }

  test('is not taken for one, however the server words it', async () => {
    const database = pool()
    const before = await pid(database)
    await withoutStandby()
    const told = rejection(write(database, 'in doubt'))
    await cancelWait()
    expect(await told).toMatchObject({ code: 'CONNECTION_UNCONFIRMED' })
    expect(isUnavailable(await told)).toBe(true)
    // It stands, which nobody was told; and the server that lost its standby is left.
    expect(await isThere('in doubt')).toBe(true)
    expect(await pid(database)).not.toBe(before)
  }, 30_000)

  test('nor by a transaction of background work', async () => {
    const database = pool()
    await pid(database)
    await withoutStandby()
    const insert = "insert into job_leases (name, holder, until) values ('in doubt too', 'a', now())"
    const told = rejection(interactively(database, everyAgency, (sql) => sql.unsafe(insert)))
    await cancelWait()
    expect(await told).toMatchObject({ code: 'CONNECTION_UNCONFIRMED' })
  }, 30_000)

  test('nor is a first answer that it has kept given again before a standby has it', async () => {
    await server.command(
      `insert into idempotency_keys (client_id, route, key, agency_code, field_hashes, response_status, response_body, created_at)
       values ('cli', 'route', 'key', 'H56', '{}', 201, 'first', now())`,
    )
    const database = pool({ silenceMs: 1_000 })
    const ask = () => findFirstAnswer(database, everyAgency, { clientId: 'cli', route: 'route', key: 'key' })
    expect(await ask()).toMatchObject({ responseBody: 'first' })
    await withoutStandby()
    expect(await rejection(ask())).toMatchObject({ code: 'CONNECTION_SILENT' })
    await setting('alter system reset synchronous_standby_names')
    await expect.poll(() => ask().catch(() => null), { timeout: 10_000 }).toMatchObject({ responseBody: 'first' })
  }, 30_000)
})
