// What is asked all the time of tables that are held by month looks at the months that it needs, and at no other. Plans are compared, not times.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Deps } from '../../src/flows/deps.ts'
import { createIdSource } from '../../src/lib/id.ts'
import {
  answerCallback,
  insertCallbackOnce,
  type StoredCallback,
  unansweredCallbacks,
} from '../../src/store/callbacks.ts'
import { type Database, everyAgency, queryInScope } from '../../src/store/database.ts'
import { makeMonth } from '../../src/store/months.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { tablesIn } from '../kit/months.ts'
import { rewriting } from '../simulation/defects.ts'

const months = ['2030-01', '2030-02', '2030-03', '2030-04', '2030-05', '2030-06']
const rowsEach = 400
const now = new Date('2030-05-15T08:00:00Z')
const hourAgo = new Date('2030-05-15T07:00:00Z')

let db: TestDatabase
let latest: StoredCallback
beforeAll(async () => {
  db = await createTestDatabase()
  for (const month of months) {
    await makeMonth(db.database, { table: 'callbacks', month: `${month}-01` })
    const rows = Array.from({ length: rowsEach }, (_, number) =>
      callbackAt(new Date(Date.parse(`${month}-02T00:00:00Z`) + number * 3_600_000)),
    )
    await db.sql`insert into callbacks ${db.sql(rows)}`
    latest = rows[rowsEach - 1] ?? latest
  }
  await db.sql`analyze`
})
afterAll(() => db.drop())

const callbackAt = (receivedAt: Date) => {
  const id = createIdSource({ now: () => receivedAt })('cbk')
  return {
    ...{
      id,
      agencyCode: 'H56',
      merchantAccountId: 'mac_1',
      provider: 'test',
      sealed: new Uint8Array([1]),
      keyId: null,
    },
    ...{
      contentHash: id,
      claimedReference: id,
      verdict: 'confirmed',
      reading: 'genuine' as const,
      requestId: 'r',
      receivedAt,
    },
  }
}

/** The plans of what a function asks whose text holds this. */
const planOf = async (ask: (database: Database) => Promise<unknown>, part: string): Promise<string> => {
  const explaining = rewriting((text) => (text.includes(part) ? `explain (format json) ${text}` : text))
  return JSON.stringify(await ask(explaining({ db: db.database } as Deps).db))
}

describe('of callbacks', () => {
  test('one that is answered is looked for in its month', async () => {
    const plan = await planOf(
      (own) => queryInScope(own, everyAgency, (sql) => answerCallback(sql, latest.id, 'confirmed')),
      'update callbacks',
    )
    expect(tablesIn(plan)).toEqual(['callbacks', 'callbacks_2030_06'])
  })

  test('the same bytes of the last hour are looked for in that month', async () => {
    const plan = await planOf(
      (own) => queryInScope(own, everyAgency, (sql) => insertCallbackOnce(sql, callbackAt(now), hourAgo)),
      'insert into callbacks',
    )
    // The part that has no month and those that come later may hold what is younger.
    expect(tablesIn(plan)).toEqual(['callbacks', 'callbacks_2030_05', 'callbacks_2030_06', 'callbacks_default'])
    expect(plan).not.toContain(
      '"Seq Scan","Parallel Aware":false,"Async Capable":false,"Relation Name":"callbacks_2030',
    )
  })

  test('those without an answer are found in each month through the index that holds no others', async () => {
    const [from, to] = [new Date('2030-05-14T08:00:00Z'), now]
    const plan = await planOf(
      (own) => unansweredCallbacks(own, { from, to, after: null, limit: 100 }),
      'verdict is null',
    )
    // That index is of the time, and each month has its own; the name is PostgreSQL's.
    expect(plan).toContain('"Index Name":"callbacks_2030_05_received_at_idx"')
    expect(plan).not.toContain(
      'Seq Scan","Parent Relationship":"Member","Parallel Aware":false,"Async Capable":false,"Relation Name":"callbacks_2030',
    )
  })
})
