/**
 * The working days around a run, for set-based SQL. They travel from domain/holidays.ts with each run, as two thousand rows at most, rather than stand in
 * a table: there is one list, and a run of an older program against a newer database cannot mix two.
 */
import { cutoffShiftMs } from '../../domain/settlement-due.ts'
import { numberedDays } from '../../domain/working-days.ts'
import { addDays } from '../../lib/time.ts'
import type { Transaction } from '../transaction.ts'
import type { ReconciliationRun } from './plan.ts'

/** How far before and after the period days are numbered: what is looked back for, and the longest settlement over the longest holiday. */
const marginDays = 500

/**
 * Stages `rec_calendar (day, working, number)`. `number` counts working days up to and including the day, so:
 * - the working days from `a` to `b` (after `a`, up to and including `b`) are `b.number - a.number`, negative when `b` is earlier;
 * - the n-th working day after `a` is the row with `working and number = a.number + n`;
 * - the n-th working day before `a` is the row with `working and number = a.number - n + (not a.working)::integer`.
 * A day that is further away than the calendar reaches has no row.
 */
export const stageCalendar = async (sql: Transaction, { from, to }: Pick<ReconciliationRun, 'from' | 'to'>) => {
  const days = numberedDays(addDays(from, -marginDays), addDays(to, marginDays))
  await sql`
    create temporary table rec_calendar on commit drop as
    select * from unnest(${days.map(({ day }) => day)}::date[], ${days.map(({ isWorking }) => String(isWorking))}::text[]::boolean[], ${days.map(({ number }) => number)}::integer[])
      as calendar (day, working, number)`
  await sql.unsafe('alter table rec_calendar add primary key (day)')
  await sql.unsafe('create unique index on rec_calendar (number) where working')
  await sql.unsafe('analyze rec_calendar')
}

/** The business day for which the provider counts an instant (the SQL of a `timestamptz`): `settlementDay` of domain/settlement-due.ts. */
export const settlementDay = (sql: Transaction, cutoff: string, instant: string) => {
  const shiftMs = 7 * 3_600_000 + cutoffShiftMs(cutoff)
  return sql`((${sql.unsafe(instant)} at time zone 'UTC') + ${shiftMs}::bigint * interval '1 millisecond')::date`
}

/**
 * The value date of a payment from the row of `rec_calendar` of its `settlementDay`: to be joined as `expected.working and expected.number = …`. It is
 * `expectedOn` of domain/settlement-due.ts.
 */
export const expectedNumber = (sql: Transaction, counted: string, settlementDays: number) =>
  sql`${sql.unsafe(counted)}.number + greatest(${settlementDays}::integer, (not ${sql.unsafe(counted)}.working)::integer)`
