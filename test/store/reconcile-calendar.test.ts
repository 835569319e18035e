// The working days that a run counts in SQL are those of domain/working-days.ts.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectedOn, settlementDay as settlementDayOf } from '../../src/domain/settlement-due.ts'
import { addWorkingDays, isWorkingDay, workingDaysBetween } from '../../src/domain/working-days.ts'
import { everyAgency, interactively } from '../../src/store/database.ts'
import { settlementDay, stageCalendar } from '../../src/store/reconcile/calendar.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createTestDatabase()
})
afterAll(() => db.drop())

/** Over Tết 2027. */
const period = { from: '2027-01-25', to: '2027-02-20' }

test('a difference of numbers is the working days between, and the n-th day before or after is a look-up', async () => {
  const rows = await interactively(db.database, everyAgency, async (sql) => {
    await stageCalendar(sql, { ...period, settlement: { cutoff: '00:00', settlementDays: 1 } })
    return sql`
      select a.day::text as day, a.working, b.number - a.number as ahead, after.day::text as after, before.day::text as before
      from rec_calendar as a join rec_calendar as b on b.day = a.day + 20
        join rec_calendar as after on after.working and after.number = a.number + 3
        join rec_calendar as before on before.working and before.number = a.number - 3 + (not a.working)::integer
      where a.day between ${period.from} and ${period.to} order by a.day`
  })
  expect(rows).toHaveLength(27)
  for (const { day, working, ahead, after, before } of rows) {
    const plus20 = new Date(Date.parse(day) + 20 * 86_400_000).toISOString().slice(0, 10)
    expect([day, working, ahead]).toEqual([day, isWorkingDay(day), workingDaysBetween(day, plus20)])
    expect(after).toBe(addWorkingDays(day, 3))
    expect([day, isWorkingDay(before)]).toEqual([day, true])
    // As many working days lie in [before, day) as were asked for.
    expect(workingDaysBetween(before, day) + 1 - (working ? 1 : 0)).toBe(3)
  }
})

test('the value date of an instant is that of the domain, for every cut-off and number of days', async () => {
  const instants = Array.from(
    { length: 60 },
    (_, i) => new Date(Date.parse('2027-01-30T00:15:00Z') + i * 7 * 3_600_000),
  )
  for (const [cutoff, settlementDays] of [
    ['00:00', 0],
    ['00:00', 1],
    ['16:30', 2],
    ['07:15', 5],
  ] as const) {
    const rows = await interactively(db.database, everyAgency, async (sql) => {
      const run = { ...period, settlement: { cutoff, settlementDays } }
      await stageCalendar(sql, run)
      return sql`
        select at, counted.day::text as counted, counted.expected_on::text as expected
        from unnest(${instants.map((at) => at.toISOString())}::timestamptz[]) as payment (at)
          join rec_calendar as counted on counted.day = ${settlementDay(sql, run, 'at')}
        order by at`
    })
    expect(rows.map((row) => [row.counted, row.expected])).toEqual(
      instants.map((at) => [settlementDayOf(cutoff, at), expectedOn({ cutoff, settlementDays }, at)]),
    )
  }
})
