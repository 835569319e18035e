// A pooler that answers readings by itself is found out, and does not deceive the gateway, which reads in transactions.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { checkReadiness } from '../../src/flows/check-readiness.ts'
import { findCachedReads } from '../../src/store/cached-reads.ts'
import { type Database, everyAgency, openDatabase, queryInScope } from '../../src/store/database.ts'
import { type CachingPooler, createCachingPooler } from '../kit/caching-pooler.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps } from '../kit/deps.ts'
import { seedAgencies } from '../kit/orders.ts'

let ground: TestDatabase
beforeAll(async () => {
  ground = await createTestDatabase()
  await seedAgencies(ground.sql)
})
afterAll(() => ground.drop())

let tries = 0
const look = (database: Database) => {
  tries += 1
  return findCachedReads(database, { name: `look ${tries}`, now: new Date() })
}
const behind = async (inTransactions: boolean, run: (database: Database, pooler: CachingPooler) => Promise<void>) => {
  const pooler = await createCachingPooler(ground.url, { inTransactions })
  const database = openDatabase({ url: pooler.url, role: 'lephi_app', max: 2 })
  try {
    await run(database, pooler)
  } finally {
    await database.close()
    await pooler.close()
  }
}

it('finds none on a straight line, and leaves nothing behind', async () => {
  expect(await look(ground.database)).toBe('none')
  expect(await ground.sql`select name from job_leases where name like 'look %'`).toEqual([])
})

it('finds the reading of a cache that knows transactions, and is not deceived by it', async () => {
  await behind(false, async (database, pooler) => {
    expect(await look(database)).toBe('plain')
    expect(pooler.hits()).toBeGreaterThan(0)
    const read = () =>
      queryInScope(database, everyAgency, (sql) => sql`select name from agencies where agency_code = 'H56'`)
    await read()
    const before = pooler.hits()
    await ground.sql`update agencies set name = 'Another' where agency_code = 'H56'`
    expect(await read()).toMatchObject([{ name: 'Another' }])
    expect(pooler.hits()).toBe(before)
  })
})

it('finds one that knows no transactions, and is not ready behind it', async () => {
  await behind(true, async (database) => {
    expect(await look(database)).toBe('all')
    const deps = createTestDeps(database, { looksForCachedReads: true })
    const { isReady, checks } = await checkReadiness(deps)
    expect([isReady, checks.reads]).toEqual([
      false,
      'what is read may be a minute old: something between answers in place of the database',
    ])
  })
})

it('tells of a cache that does not deceive it, and is ready all the same', async () => {
  await behind(false, async (database) => {
    const { checks } = await checkReadiness(createTestDeps(database, { looksForCachedReads: true }))
    expect(checks.reads).toBe('a cache answers reads outside of transactions: turn it off')
    const unasked = await checkReadiness(createTestDeps(database))
    expect(unasked.checks.reads).toBe('ok')
  })
})
