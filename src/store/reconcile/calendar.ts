/**
 * The working days around a run, for set-based SQL. They travel from domain/holidays.ts with each run, as two thousand rows at most, rather than stand in
 * a table: there is one list, and a run of an older program against a newer database cannot mix two.
 */
import { cutoffShiftMs, valueDate } from '../../domain/settlement-due.ts'
import { numberedDays } from '../../domain/working-days.ts'
import { addDays } from '../../lib/time.ts'
import type { Transaction } from '../transaction.ts'
import type { ReconciliationRun } from './plan.ts'

/** How far before and after the period days are numbered: what is looked back for, and the longest settlement over the longest holiday. */
const marginDays = 500

/**
 * Stages `rec_calendar (day, working, number, expected_on)`. `number` counts working days up to and including the day, so:
 * - the working days from `a` to `b` (after `a`, up to and including `b`) are `b.number - a.number`, negative when `b` is earlier;
 * - the n-th working day after `a` is the row with `working and number = a.number + n`;
 * - the n-th working day before `a` is the row with `working and number = a.number - n + (not a.working)::integer`.
 * `expected_on` is the value date of what counts for the day (`settlementDay`). A day that is further away than the calendar reaches has no row.
 */
export const stageCalendar = async (
  sql: Transaction,
  { from, to, settlement }: Pick<ReconciliationRun, 'from' | 'to' | 'settlement'>,
) => {
  const days = numberedDays(addDays(from, -marginDays), addDays(to, marginDays))
  await sql`
    create temporary table rec_calendar on commit drop as
    select * from unnest(${days.map(({ day }) => day)}::date[], ${days.map(({ isWorking }) => String(isWorking))}::text[]::boolean[],
      ${days.map(({ number }) => number)}::integer[], ${days.map(({ day }) => valueDate(settlement, day))}::date[]) as calendar (day, working, number, expected_on)`
  await sql.unsafe('alter table rec_calendar add primary key (day)')
  await sql.unsafe('create unique index on rec_calendar (number) where working')
  await sql.unsafe('analyze rec_calendar')
}

/** The business day for which the provider counts an instant (the SQL of a `timestamptz`): `settlementDay` of domain/settlement-due.ts. */
export const settlementDay = (
  sql: Transaction,
  { settlement }: Pick<ReconciliationRun, 'settlement'>,
  instant: string,
) => {
  const shiftMs = 7 * 3_600_000 + cutoffShiftMs(settlement.cutoff)
  return sql`((${sql.unsafe(instant)} at time zone 'UTC') + ${shiftMs}::bigint * interval '1 millisecond')::date`
}
