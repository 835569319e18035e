// Working days of state bodies and banks: Monday to Friday without holidays, and make-up Saturdays.
import { addDays } from '../lib/time.ts'
import { fixedHolidays, makeUpDays, movingHolidays } from './holidays.ts'

/**
 * Whether a day (`yyyy-MM-dd`) is worked. Outside the listed years only weekends and fixed holidays are known.
 * Throws RangeError on an invalid day.
 */
export function isWorkingDay(day: string): boolean {
  if (made.has(day)) return true
  return !isWeekend(day) && !fixed.has(day.slice(5)) && !moving.has(day)
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

const made = new Set(makeUpDays.map((entry) => entry.day))
const moving = new Set(movingHolidays.map((entry) => entry.day))
const fixed = new Set(fixedHolidays)

function isWeekend(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  if (Number.isNaN(weekday)) throw new RangeError('a day is written yyyy-MM-dd')
  return weekday === 0 || weekday === 6
}
