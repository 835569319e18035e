import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { dueBefore, expectedOn, settlementDay } from '../../src/domain/settlement-due.ts'
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

describe('the value date of a payment', () => {
  test.each([
    ['before the cut-off', '16:30', 1, '2026-11-24T16:29:59.999+07:00', '2026-11-25'],
    ['from the cut-off on', '16:30', 1, '2026-11-24T16:30:00+07:00', '2026-11-26'],
    ['at the end of the day', '00:00', 1, '2026-11-24T23:59:59.999+07:00', '2026-11-25'],
    ['on the day itself', '00:00', 0, '2026-11-24T12:00:00+07:00', '2026-11-24'],
    ['on a Sunday, for the same day', '00:00', 0, '2026-11-22T12:00:00+07:00', '2026-11-23'],
    ['after the cut-off of a Friday', '17:00', 2, '2026-11-27T18:00:00+07:00', '2026-12-01'],
    ['on the last day before Tết', '00:00', 1, '2027-02-04T10:00:00+07:00', '2027-02-12'],
    ['after the cut-off of the last day before Tết', '15:00', 1, '2027-02-04T15:00:00+07:00', '2027-02-12'],
    ['on mùng 1', '00:00', 2, '2027-02-06T08:00:00+07:00', '2027-02-15'],
  ])('%s', (_name, cutoff, settlementDays, at, day) => {
    expect(expectedOn({ cutoff, settlementDays }, new Date(at))).toBe(day)
  })

  test('is what `dueBefore` says of every payment: due by the end of its value date, and not a day earlier', () => {
    const anyInstant = fc.date({ min: new Date('2025-01-01Z'), max: new Date('2034-12-01Z'), noInvalidDate: true })
    const anyCutoff = fc.constantFrom('00:00', '00:01', '09:00', '16:30', '23:59')
    fc.assert(
      fc.property(anyInstant, anyCutoff, fc.nat(7), (instant, cutoff, settlementDays) => {
        const calendar = { cutoff, settlementDays }
        const day = expectedOn(calendar, instant)
        expect(instant < dueBefore(calendar, day)).toBe(true)
        expect(instant < dueBefore(calendar, addDays(day, -1))).toBe(false)
      }),
    )
  })

  test('counts for the day of the cut-off, whatever zone the instant is written in', () => {
    expect(settlementDay('16:30', new Date('2026-11-24T09:29:59Z'))).toBe('2026-11-24')
    expect(settlementDay('16:30', new Date('2026-11-24T09:30:00Z'))).toBe('2026-11-25')
    expect(settlementDay('00:00', new Date('2026-11-23T17:00:00Z'))).toBe('2026-11-24')
  })
})
