// What is asked all the time of tables that are held by month looks at the months that it needs, and at no other. Plans are compared, not times.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { monthlyTables } from '../../src/domain/months.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { createIdSource } from '../../src/lib/id.ts'
import { listAudit } from '../../src/store/audit-log.ts'
import { markReplay } from '../../src/store/callback-nonces.ts'
import {
  answerCallback,
  insertCallbackOnce,
  type StoredCallback,
  unansweredCallbacks,
} from '../../src/store/callbacks.ts'
import { type Database, everyAgency, type Query, queryInScope, type Sql } from '../../src/store/database.ts'
import { makeMonth } from '../../src/store/months.ts'
import { callQueries } from '../../src/store/provider-health.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { scansIn, tablesIn } from '../kit/months.ts'
import { rewriting } from '../simulation/defects.ts'

const months = ['2030-01', '2030-02', '2030-03', '2030-04', '2030-05', '2030-06']
const rowsEach = 400
const now = new Date('2030-05-15T08:00:00Z')
const hourAgo = new Date('2030-05-15T07:00:00Z')
const [from, to] = [new Date('2030-02-03T00:00:00Z'), new Date('2030-02-10T00:00:00Z')]

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
  for (const month of months) {
    for (const table of monthlyTables) await makeMonth(db.database, { table, month: `${month}-01` })
    const times = Array.from(
      { length: rowsEach },
      (_, number) => new Date(Date.parse(`${month}-02T00:00:00Z`) + number * 3_600_000),
    )
    await db.sql`insert into callbacks ${db.sql(times.map(callbackAt))}`
    await db.sql`insert into audit_log ${db.sql(times.map(readingAt))}`
    await db.sql`insert into provider_calls ${db.sql(times.map(callsAt))}`
  }
  await db.sql`analyze`
})
afterAll(() => db.drop())

const idAt = (prefix: string, at: Date) => createIdSource({ now: () => at })(prefix)
const callbackAt = (receivedAt: Date): StoredCallback => {
  const id = idAt('cbk', receivedAt)
  const found = { agencyCode: 'H56', merchantAccountId: 'mac_1', provider: 'test', keyId: null, requestId: 'r' }
  const said = { contentHash: id, claimedReference: id, verdict: 'confirmed', reading: 'genuine' as const }
  return { id, ...found, ...said, sealed: new Uint8Array([1]), receivedAt }
}
const readingAt = (at: Date) => {
  const id = idAt('aud', at)
  return { id, at, agencyCode: 'H56', actor: 'i#lan', action: 'order.read', object: id, requestId: 'r' }
}
const callsAt = (minute: Date) => ({
  ...{ merchantAccountId: 'mac_1', minute, operation: 'query', agencyCode: 'H56' },
  ...{ calls: 1, unanswered: 0, latencyMs: 1n, latencyMaxMs: 1 },
})

/** The plan of a statement. */
const planOfQuery = async (build: (sql: Sql) => Query): Promise<string> =>
  JSON.stringify(await queryInScope(db.database, everyAgency, (sql) => sql`explain (format json) ${build(sql)}`))

/** The plan of what a function asks whose text holds this, where it answers rows as they came. */
const planOf = async (ask: (database: Database) => Promise<unknown>, part: string): Promise<string> => {
  const explaining = rewriting((text) => (text.includes(part) ? `explain (format json) ${text}` : text))
  return JSON.stringify(await ask(explaining({ db: db.database } as Deps).db))
}

describe('of callbacks', () => {
  test('one that is answered is looked for in its month', async () => {
    const { id } = callbackAt(new Date('2030-06-03T00:00:00Z'))
    const plan = await planOfQuery((sql) => answerCallback(sql, id, 'confirmed'))
    expect(tablesIn(plan)).toEqual(['callbacks', 'callbacks_2030_06'])
  })

  test('the same bytes of the last hour are looked for in that month and what may come behind it', async () => {
    const plan = await planOfQuery((sql) => insertCallbackOnce(sql, callbackAt(now), hourAgo))
    expect(tablesIn(plan)).toEqual(['callbacks', 'callbacks_2030_05', 'callbacks_2030_06', 'callbacks_default'])
  })

  test('one that tells again what another has told is compared with that one alone', async () => {
    const stored = callbackAt(new Date('2030-06-03T00:00:00Z'))
    const key = { merchantReference: 'r', providerReference: null, outcome: 'captured' as const }
    const plan = await planOfQuery((sql) => markReplay(sql, stored, key, 'confirmed'))
    expect(tablesIn(plan)).toEqual(['callback_nonces', 'callbacks', 'callbacks_2030_06'])
  })

  test('those without an answer are found in each month through the index that holds no others', async () => {
    const plan = await planOf(
      (own) => unansweredCallbacks(own, { from: hourAgo, to: now, after: null, limit: 100 }),
      'verdict is null',
    )
    // That index is of the time, and each month has its own; the name is PostgreSQL's.
    expect(plan).toContain('"Index Name":"callbacks_2030_05_received_at_idx"')
    expect(scansIn(plan).filter((scan) => /^Seq Scan callbacks_2030/.test(scan))).toEqual([])
  })
})

describe('of the record of reading', () => {
  test('a page of a week is read in its month', async () => {
    const filter = { from, to, actor: null, object: null, action: null, before: null, limit: 50 }
    const plan = await planOf((own) => listAudit(own, 'H56', filter), 'from audit_log')
    expect(tablesIn(plan)).toEqual(['audit_log_2030_02'])
  })
})

describe('of calls to providers', () => {
  test('those of the last minutes are read in their month and what may come behind it', async () => {
    const plan = await planOfQuery((sql) => callQueries(sql, sql`array['mac_1']`, hourAgo)[0] as Query)
    expect(tablesIn(plan)).toEqual(['provider_calls_2030_05', 'provider_calls_2030_06', 'provider_calls_default'])
  })
})
