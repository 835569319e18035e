// Work that is done every so often by whoever comes first.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { takeTurn } from '../../src/store/jobs.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

const take = (name: string, at: string) =>
  takeTurn(db.database, name, { now: new Date(at), everyMs: 3_600_000, holder: 'one' })

test('a turn is taken once in its time', async () => {
  expect(await take('sweep', '2026-11-23T02:00:00Z')).toBe(true)
  expect(await take('sweep', '2026-11-23T02:59:59Z')).toBe(false)
  expect(await take('sweep', '2026-11-23T03:00:00Z')).toBe(true)
})

test('a turn that a clock a year ahead has taken holds nobody up', async () => {
  expect(await take('seal', '2027-11-23T02:00:00Z')).toBe(true)
  expect(await take('seal', '2026-11-23T02:00:00Z')).toBe(true)
  expect(await take('seal', '2026-11-23T02:30:00Z')).toBe(false)
})

test('a turn that is not due writes nothing', async () => {
  expect(await take('look', '2026-11-23T02:00:00Z')).toBe(true)
  const lockedBy = async () => (await db.sql`select xmax::text from job_leases where name = 'look'`)[0]?.xmax
  expect(await take('look', '2026-11-23T02:00:01Z')).toBe(false)
  expect(await lockedBy()).toBe('0')
})

test('of many who come for a turn at once one has it', async () => {
  const had = await Promise.all(Array.from({ length: 8 }, () => take('rush', '2026-11-23T02:00:00Z')))
  expect(had.filter(Boolean)).toHaveLength(1)
})
