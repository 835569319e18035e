// Working days of state bodies and banks: Monday to Friday without holidays, and make-up Saturdays.
import { addDays } from '../lib/time.ts'
import { type CalendarYear, calendarYears, fixedHolidays } from './holidays.ts'

/**
 * Whether a day (`yyyy-MM-dd`) is worked. Outside the listed years only weekends, the fixed holidays and 2 September are known.
 * Throws RangeError on an invalid day.
 */
export function isWorkingDay(day: string): boolean {
  if (worked.has(day)) return true
  return !isWeekend(day) && !fixed.has(day.slice(5)) && !free.has(day)
}

/**
 * The `n`-th working day after a day: 1 is the next one. 0 is the day itself if it is worked, else the next. `n` is 0 to
 * 1,000. Throws RangeError on another `n` or an invalid day.
 */
export function addWorkingDays(day: string, n: number): string {
  if (!Number.isInteger(n) || n < 0 || n > 1_000) throw new RangeError('working days are counted from 0 to 1000')
  let at = addDays(day, 0)
  for (let left = n; left > 0; ) {
    at = addDays(at, 1)
    if (isWorkingDay(at)) left--
  }
  while (!isWorkingDay(at)) at = addDays(at, 1)
  return at
}

/** How many working days lie after `from` up to and including `to`; 0 when `to` is not later. */
export function workingDaysBetween(from: string, to: string): number {
  let count = 0
  for (let day = addDays(from, 1); day <= to; day = addDays(day, 1)) if (isWorkingDay(day)) count++
  return count
}

/** How sure the days off are: `announced`, `inferred` where any year is, and `unknown` outside the years that are listed. */
export type CalendarCertainty = CalendarYear['certainty'] | 'unknown'

/** The least that is known of any year from one day to another (`yyyy-MM-dd`). */
export const calendarCertainty = (from: string, to = from): CalendarCertainty => {
  let certainty: CalendarCertainty = 'announced'
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) {
    const known = calendarYears.find((each) => each.year === year)
    if (!known) return 'unknown'
    if (known.certainty === 'inferred') certainty = 'inferred'
  }
  return certainty
}

/** Days off of a listed year that are no weekend, and Saturdays that are worked, each in order. */
export const daysOfYear = (year: CalendarYear): { daysOff: string[]; daysWorked: string[] } => {
  const own = [...year.tet, year.hungKings, ...year.nationalDay, ...year.inLieu.map(({ day }) => day)]
  const all = [...fixedHolidays.map((day) => `${year.year}-${day}`), ...own, ...year.swaps.map((swap) => swap.free)]
  return {
    daysOff: [...new Set(all)].filter((day) => !isWeekend(day)).toSorted(),
    daysWorked: year.swaps.map((swap) => swap.worked).toSorted(),
  }
}

/** `number` counts the working days up to and including the day, so the difference of two is `workingDaysBetween` them. */
export type CalendarDay = { day: string; isWorking: boolean; number: number }

/** Every day from `from` to `to`, inclusive, numbered from `from`: for whoever counts working days in a set and not one by one. */
export function numberedDays(from: string, to: string): CalendarDay[] {
  const days: CalendarDay[] = []
  let number = 0
  for (let day = addDays(from, 0); day <= to; day = addDays(day, 1)) {
    const isWorking = isWorkingDay(day)
    if (isWorking) number++
    days.push({ day, isWorking, number })
  }
  return days
}

const worked = new Set(calendarYears.flatMap(({ swaps }) => swaps.map((swap) => swap.worked)))
const free = new Set(
  calendarYears.flatMap(({ tet, hungKings, nationalDay, inLieu, swaps }) => [
    ...tet,
    hungKings,
    ...nationalDay,
    ...inLieu.map((entry) => entry.day),
    ...swaps.map((swap) => swap.free),
  ]),
)
const fixed = new Set([...fixedHolidays, '09-02'])

function isWeekend(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  if (Number.isNaN(weekday)) throw new RangeError('a day is written yyyy-MM-dd')
  return weekday === 0 || weekday === 6
}
