import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addWorkingDays, isWorkingDay, numberedDays, workingDaysBetween } from '../../src/domain/working-days.ts'
import { addDays } from '../../src/lib/time.ts'

const anyDay = fc.nat(3_651).map((days) => addDays('2025-01-01', days))

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
    ['2031-09-01', false],
    ['2035-09-03', true],
    ['2035-09-02', false],
    ['2036-09-02', false],
    ['2036-09-01', true],
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

  it('are numbered so that a difference is what lies between', () => {
    fc.assert(
      fc.property(anyDay, fc.nat(60), (from, length) => {
        const days = numberedDays(from, addDays(from, length))
        expect(days).toHaveLength(length + 1)
        for (const { day, isWorking, number } of days) {
          expect(isWorking).toBe(isWorkingDay(day))
          expect(number - (days[0]?.number ?? 0)).toBe(workingDaysBetween(from, day))
        }
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
