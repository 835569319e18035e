// Ten years of days off against two things that know nothing of our list: the lunar calendar of UTC+7, and the articles of the Labour Code as rules.
import lunar from '@nghiavuive/lunar_date_vi'
import { describe, expect, it } from 'vitest'
import { type CalendarYear, calendarVersion, calendarYears, fixedHolidays } from '../../src/domain/holidays.ts'
import { calendarCertainty, daysOfYear, isWorkingDay } from '../../src/domain/working-days.ts'
import { addDays, isBusinessDayText } from '../../src/lib/time.ts'

const weekday = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay()
const isRestDay = (day: string) => weekday(day) === 0 || weekday(day) === 6

const solarDay = (lunarYear: number, month: number, day: number): string => {
  const date = new lunar.LunarDate({ year: lunarYear, month, day })
  date.init()
  const solar = date.toSolarDate().get()
  return [solar.year, String(solar.month).padStart(2, '0'), String(solar.day).padStart(2, '0')].join('-')
}

/** The statutory holidays of a year, on whatever weekday they fall. */
const holidaysOf = ({ year, tet, hungKings, nationalDay }: CalendarYear): string[] =>
  [...fixedHolidays.map((day) => `${year}-${day}`), ...tet, hungKings, ...nationalDay].toSorted()

/** Điều 111.3: for each holiday on a weekly rest day the next working day is free, in their order. */
const inLieuByLaw = (holidays: readonly string[]): { day: string; of: string }[] => {
  const free = new Set(holidays)
  return holidays.filter(isRestDay).map((of) => {
    let day = of
    while (isRestDay(day) || free.has(day)) day = addDays(day, 1)
    free.add(day)
    return { day, of }
  })
}

describe('the list of days off', () => {
  it('covers 2025 to 2034, each year with its source', () => {
    expect(calendarYears.map(({ year }) => year)).toEqual([2025, 2026, 2027, 2028, 2029, 2030, 2031, 2032, 2033, 2034])
    for (const { source } of calendarYears) expect(source.length).toBeGreaterThan(10)
    expect(isBusinessDayText(calendarVersion)).toBe(true)
  })

  it('says of any days how sure they are, and of a year which days are off and which Saturdays are worked', () => {
    expect([calendarCertainty('2026-12-31'), calendarCertainty('2026-12-31', '2027-01-04')]).toEqual([
      'announced',
      'inferred',
    ])
    expect([calendarCertainty('2034-12-31', '2035-01-01'), calendarCertainty('2024-06-01')]).toEqual([
      'unknown',
      'unknown',
    ])
    for (const year of calendarYears) {
      const { daysOff, daysWorked } = daysOfYear(year)
      const days = Array.from({ length: 366 }, (_, at) => addDays(`${year.year}-01-01`, at)).filter(
        (day) => day < `${year.year + 1}`,
      )
      expect(days.filter((day) => !isRestDay(day) && !isWorkingDay(day))).toEqual(daysOff)
      expect(days.filter((day) => isRestDay(day) && isWorkingDay(day))).toEqual(daysWorked)
    }
  })

  it('calls only calendars of the past and of this year announced', () => {
    const announced = calendarYears.filter(({ certainty }) => certainty === 'announced').map(({ year }) => year)
    expect(announced).toEqual([2025, 2026])
  })
})

describe.each(calendarYears.map((entry) => [entry.year, entry] as const))('%i', (year, entry) => {
  const tetDay = solarDay(year, 1, 1)
  const holidays = holidaysOf(entry)

  it('has five days of Tết in a row around the first day of the lunar year, one or two of them before it', () => {
    const first = entry.tet.indexOf(tetDay)
    expect([1, 2]).toContain(first)
    expect(entry.tet).toEqual([0, 1, 2, 3, 4].map((n) => addDays(tetDay, n - first)))
    if (entry.certainty === 'inferred') expect(first).toBe(1)
  })

  it('has Giỗ Tổ on the 10th of the third lunar month', () => {
    expect(entry.hungKings).toBe(solarDay(year, 3, 10))
  })

  it('has 2 September and a day beside it, which join a weekend when that is inferred', () => {
    const [first, second] = entry.nationalDay
    expect(entry.nationalDay).toContain(`${year}-09-02`)
    expect(second).toBe(addDays(first, 1))
    if (entry.certainty === 'inferred') {
      expect(isRestDay(first) || isRestDay(addDays(first, -1)) || isRestDay(addDays(second, 1))).toBe(true)
    }
  })

  it('has eleven holidays, and a day in lieu of each that falls on a weekly rest day', () => {
    expect(new Set(holidays).size).toBe(11)
    expect(entry.inLieu.toSorted((a, b) => a.day.localeCompare(b.day))).toEqual(inLieuByLaw(holidays))
  })

  it('swaps a weekday for a Saturday of the same year, and only where that is announced', () => {
    if (entry.certainty === 'inferred') expect(entry.swaps).toEqual([])
    for (const { free, worked } of entry.swaps) {
      expect(weekday(worked)).toBe(6)
      expect(isRestDay(free) || holidays.includes(free)).toBe(false)
      expect([free.slice(0, 4), worked.slice(0, 4)]).toEqual([`${year}`, `${year}`])
    }
  })

  it('is worked on exactly the other weekdays and the swapped Saturdays', () => {
    const free = new Set([...holidays, ...entry.inLieu.map(({ day }) => day), ...entry.swaps.map((swap) => swap.free)])
    const worked = new Set(entry.swaps.map((swap) => swap.worked))
    for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = addDays(day, 1)) {
      expect([day, isWorkingDay(day)]).toEqual([day, worked.has(day) || !(isRestDay(day) || free.has(day))])
    }
  })
})

it('Tết of 2030 is a day earlier in Vietnam than in China, for the new moon is at 23:07 of UTC+7', () => {
  expect(calendarYears.find(({ year }) => year === 2030)?.tet[1]).toBe('2030-02-02')
})
