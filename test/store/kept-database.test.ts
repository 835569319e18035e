// What tests of one file share: a copy that is emptied behind each is as the template again, or nobody gets it.
import { expect, test } from 'vitest'
import { chainRecords } from '../../src/flows/seal-ledger.ts'
import { digestTables } from '../../src/store/table-digests.ts'
import type { TestDatabase } from '../kit/database.ts'
import { due, openHouse } from '../kit/house.ts'
import { takeDatabase } from '../kit/kept-database.ts'

/** Every table and every sequence. */
const contentsOf = async ({ database, sql }: TestDatabase) => [
  await digestTables({ ...database, sql }),
  await sql`select schemaname, sequencename, last_value from pg_sequences order by 1, 2`,
]

test('an emptied copy holds what a fresh one does, after money, its ledger, its receipt and its events', {
  timeout: 120_000,
}, async () => {
  const [used, fresh] = [await openHouse({}, takeDatabase), await takeDatabase()]
  const attempt = await used.attempt(await used.place())
  await used.tell(used.captured(attempt, 'P1', due))
  await used.deps.settled()
  // The one table whose rows get their number from a sequence.
  expect(await chainRecords(used.deps, { reach: 'everything' })).toBeGreaterThan(0)
  expect(await contentsOf(used.database)).not.toEqual(await contentsOf(fresh))
  await used.database.drop()
  const next = await takeDatabase()
  expect(next.url).toBe(used.database.url)
  expect(await contentsOf(next)).toEqual(await contentsOf(fresh))
  expect(next.database).not.toBe(used.database.database)
  await next.drop()
  await fresh.drop()
})

test.for([
  ['a constraint', 'alter table callbacks add constraint broken check (false) not valid'],
  ['a trigger that is off', 'alter table quarantine disable trigger decided_once'],
  ['row security that is off', 'alter table orders disable row level security'],
  ['a right', 'grant delete on postings to lephi_app'],
  ['a default', 'alter table orders alter column created_at set default now()'],
  ['a table', 'create table left_over (id int)'],
  ['an index', 'create index left_over on orders (created_at)'],
  [
    'another clock',
    `create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select now() $$`,
  ],
] as const)('a copy with %s is given to nobody', async ([, change]) => {
  const altered = await takeDatabase()
  await altered.sql.unsafe(change)
  await altered.drop()
  const next = await takeDatabase()
  expect(next.url).not.toBe(altered.url)
  await next.drop()
})
