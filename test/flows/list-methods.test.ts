// The methods open to an agency, when the database goes away between two questions.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listMethods } from '../../src/flows/list-methods.ts'
import type { Database } from '../../src/store/database.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps } from '../kit/deps.ts'
import { seedAgencies, seedMerchantAccount } from '../kit/orders.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createTestDatabase()
  await seedAgencies(database.sql)
})
afterAll(() => database.drop())

/** Breaks each connection behind the first. */
const breakingDatabase = (): Database => {
  let taken = 0
  const sql = new Proxy(database.database.sql, {
    get: (target, name) => {
      if (name !== 'reserve') return Reflect.get(target, name)
      return async () => {
        taken += 1
        if (taken > 1) throw Object.assign(new Error('the connection broke'), { code: 'CONNECTION_CLOSED' })
        return target.reserve()
      }
    },
  })
  return { ...database.database, sql }
}
const asked = { scope: 'H56', agencyCode: 'H56.12.03', withDelays: true }

/** A rejection that nobody waits for ends the process. */
const unheardDuring = async (work: () => Promise<unknown>): Promise<unknown[]> => {
  const unheard: unknown[] = []
  const hear = (reason: unknown) => void unheard.push(reason)
  process.on('unhandledRejection', hear)
  await work()
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
  process.off('unhandledRejection', hear)
  return unheard
}

it('are refused like anything else without a database, and nothing of it is left unheard', async () => {
  const list = () =>
    expect(listMethods(createTestDeps(breakingDatabase()), asked)).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' })
  // Without an account there is no method whose health is waited for.
  expect(await unheardDuring(list)).toEqual([])
  await seedMerchantAccount(createTestDeps(database.database), database.sql, { provider: 'vnpay' })
  expect(await unheardDuring(list)).toEqual([])
})
