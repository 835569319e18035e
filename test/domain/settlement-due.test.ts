import { describe, expect, test } from 'vitest'
import { dueBefore } from '../../src/domain/settlement-due.ts'
import { addWorkingDays } from '../../src/domain/working-days.ts'
import { addDays, businessDay } from '../../src/lib/time.ts'

describe('what is due by the end of a day', () => {
  test.each([
    ['the next working day', '00:00', 1, '2026-11-24', '2026-11-24T00:00:00+07:00'],
    ['with a cut-off in the afternoon', '16:30', 1, '2026-11-24', '2026-11-23T16:30:00+07:00'],
    ['on the day itself', '00:00', 0, '2026-11-24', '2026-11-25T00:00:00+07:00'],
    ['over a weekend', '00:00', 1, '2026-11-29', '2026-11-27T00:00:00+07:00'],
    ['after a weekend', '00:00', 1, '2026-11-30', '2026-11-30T00:00:00+07:00'],
    ['over Tết, which begins on 14/02/2026', '00:00', 1, '2026-02-22', '2026-02-13T00:00:00+07:00'],
  ])('%s', (_name, cutoff, settlementDays, day, expected) => {
    expect(dueBefore({ cutoff, settlementDays }, day)).toEqual(new Date(expected))
  })

  test('agrees with counting each payment’s own working days, for every day of two years', () => {
    for (let day = '2026-01-01'; day < '2028-01-01'; day = addDays(day, 1)) {
      for (const settlementDays of [0, 1, 2, 5]) {
        const last = businessDay(new Date(dueBefore({ cutoff: '00:00', settlementDays }, day).getTime() - 1))
        expect(addWorkingDays(last, settlementDays) <= day).toBe(true)
        expect(addWorkingDays(addDays(last, 1), settlementDays) > day).toBe(true)
      }
    }
  })

  test('refuses a cut-off that is no time', () => {
    expect(() => dueBefore({ cutoff: '24:30', settlementDays: 1 }, '2026-11-24')).toThrow(RangeError)
  })
})
