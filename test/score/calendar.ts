// Vietnamese days and working days, written for the generator alone: what it expects must not come from the code that it judges.

const dayMs = 86_400_000
const hanoiMs = 7 * 3_600_000

/** The day `yyyy-MM-dd` in UTC+7 of an instant in milliseconds. */
export const dayOf = (at: number): string => new Date(at + hanoiMs).toISOString().slice(0, 10)
/** The first instant of a day, in milliseconds. */
export const startOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) - hanoiMs
/** Minutes since midnight in UTC+7. */
export const minuteOf = (at: number): number => Math.floor(((((at + hanoiMs) % dayMs) + dayMs) % dayMs) / 60_000)
export const plusDays = (day: string, days: number): string => dayOf(startOf(day) + days * dayMs)

export const daysFrom = (first: string, last: string): string[] => {
  const days: string[] = []
  for (let day = first; day <= last; day = plusDays(day, 1)) days.push(day)
  return days
}

/** Free weekdays: Bộ luật Lao động 45/2019/QH14, Điều 112, with the days of Tết and the swaps that were announced or follow from it. */
const free = new Set([
  ...['2025-01-01', '2025-01-27', '2025-01-28', '2025-01-29', '2025-01-30', '2025-01-31', '2025-04-07', '2025-04-30'],
  ...['2025-05-01', '2025-05-02', '2025-09-01', '2025-09-02', '2026-01-01', '2026-01-02', '2026-02-16', '2026-02-17'],
  ...['2026-02-18', '2026-02-19', '2026-02-20', '2026-04-27', '2026-04-30', '2026-05-01', '2026-08-31', '2026-09-01'],
  ...['2026-09-02', '2027-01-01', '2027-02-05', '2027-02-08', '2027-02-09', '2027-02-10', '2027-02-11', '2027-04-16'],
  ...['2027-04-30', '2027-05-03', '2027-09-02', '2027-09-03'],
])
/** Saturdays that are worked in exchange. */
const worked = new Set(['2025-04-26', '2026-01-10', '2026-08-22'])

export const isWorked = (day: string): boolean => {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay()
  return worked.has(day) || (weekday !== 0 && weekday !== 6 && !free.has(day))
}

const rolled = (day: string, step: 1 | -1 = 1): string => {
  let at = day
  while (!isWorked(at)) at = plusDays(at, step)
  return at
}

/** The working day `count` working days after a day, or before it; 0 is the day itself or the next that is worked. */
export const plusWorked = (day: string, count: number): string => {
  const step = count < 0 ? -1 : 1
  let at = day
  for (let left = Math.abs(count); left > 0; left -= 1) at = rolled(plusDays(at, step), step)
  return rolled(at)
}

export type Terms = { cutoffMinute: number; settlementDays: number }

/** The day for which a payment is settled: from the cut-off on it counts for the next day. A cut-off at minute 0 is the end of the day. */
export const settledFor = ({ cutoffMinute }: Terms, at: number): string =>
  cutoffMinute > 0 && minuteOf(at) >= cutoffMinute ? plusDays(dayOf(at), 1) : dayOf(at)

/**
 * Whether a payment is due by the end of a day. The contract leaves open whether settlement days are counted from a free day or from the working day behind it;
 * `unclear` where that makes the difference, and nothing is labelled by it then.
 */
export const isDueBy = (terms: Terms, at: number, day: string): boolean | 'unclear' => {
  const base = settledFor(terms, at)
  const readings = [plusWorked(base, terms.settlementDays), plusWorked(plusWorked(base, 0), terms.settlementDays)]
  const due = readings.map((reading) => reading <= day)
  return due[0] === due[1] ? due[0] === true : 'unclear'
}
