import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { listedYears, makeUpDays, movingHolidays } from '../../src/domain/holidays.ts'
import { addWorkingDays, isWorkingDay, workingDaysBetween } from '../../src/domain/working-days.ts'
import { addDays } from '../../src/lib/time.ts'

const anyDay = fc.nat(1_094).map((days) => addDays('2025-01-01', days))
const weekday = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay()

describe('working days', () => {
  it.each([
    ['2026-11-20', true],
    ['2026-11-21', false],
    ['2026-11-22', false],
    ['2026-11-23', true],
    ['2026-01-01', false],
    ['2026-01-02', false],
    ['2026-01-10', true],
    ['2026-02-13', true],
    ['2026-02-16', false],
    ['2026-02-20', false],
    ['2026-02-23', true],
    ['2026-04-27', false],
    ['2026-04-30', false],
    ['2026-08-22', true],
    ['2026-08-31', false],
    ['2026-09-03', true],
    ['2031-09-02', false],
    ['2031-09-01', true],
  ])('%s: %s', (day, works) => expect(isWorkingDay(day)).toBe(works))

  it.each([
    ['2026-11-22', 0, '2026-11-23'],
    ['2026-11-20', 0, '2026-11-20'],
    ['2026-11-20', 1, '2026-11-23'],
    ['2026-11-21', 1, '2026-11-23'],
    ['2026-02-13', 1, '2026-02-23'],
    ['2026-02-15', 3, '2026-02-25'],
    ['2026-08-21', 1, '2026-08-22'],
    ['2026-08-28', 1, '2026-09-03'],
    ['2026-12-31', 1, '2027-01-04'],
    ['2027-02-04', 1, '2027-02-12'],
  ])('%s and %i more is %s', (day, n, then) => expect(addWorkingDays(day, n)).toBe(then))

  it('end on a working day, and as many lie between', () => {
    fc.assert(
      fc.property(anyDay, fc.integer({ min: 1, max: 60 }), (day, n) => {
        const then = addWorkingDays(day, n)
        expect(isWorkingDay(then)).toBe(true)
        expect(workingDaysBetween(day, then)).toBe(n)
      }),
    )
  })

  it.each([-1, 0.5, 1_001, Number.NaN])('refuse to count %s', (n) => {
    expect(() => addWorkingDays('2026-11-22', n)).toThrow(RangeError)
  })

  it('refuse an invalid day', () => {
    expect(() => addWorkingDays('2026-02-30', 1)).toThrow(RangeError)
    expect(() => isWorkingDay('22/11/2026')).toThrow(RangeError)
  })
})

describe('the list of holidays', () => {
  it('names every day once, within its years', () => {
    const days = [...movingHolidays, ...makeUpDays].map((entry) => entry.day)
    expect(new Set(days).size).toBe(days.length)
    for (const day of days) expect(listedYears).toContain(Number(day.slice(0, 4)))
  })

  it('frees only weekdays and makes up only Saturdays', () => {
    for (const { day } of movingHolidays) expect([1, 2, 3, 4, 5]).toContain(weekday(day))
    for (const { day } of makeUpDays) expect(weekday(day)).toBe(6)
  })

  it('gives each year five days of Tết', () => {
    for (const year of listedYears) {
      const days = movingHolidays.filter(({ day, name }) => day.startsWith(`${year}`) && name.startsWith('Tết'))
      expect(days).toHaveLength(5)
    }
  })
})
