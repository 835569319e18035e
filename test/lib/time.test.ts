import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addDays,
  businessDay,
  businessDayRange,
  credibleTime,
  formatStamp,
  formatVietnamese,
  formatVietnameseDay,
  isBusinessDayText,
  parseRfc3339,
  parseStamp,
  parseStatementTime,
  toRfc3339,
} from '../../src/lib/time.ts'

const anyInstant = fc.date({ min: new Date('1990-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })

describe('business days', () => {
  it('change at midnight in Vietnam, 17:00 UTC', () => {
    expect(businessDay(new Date('2026-11-22T16:59:59.999Z'))).toBe('2026-11-22')
    expect(businessDay(new Date('2026-11-22T17:00:00.000Z'))).toBe('2026-11-23')
  })

  it('hold exactly the instants of their range', () => {
    expect(businessDayRange('2026-11-22')).toEqual({
      from: new Date('2026-11-21T17:00:00Z'),
      to: new Date('2026-11-22T17:00:00Z'),
    })
    fc.assert(
      fc.property(anyInstant, (instant) => {
        const { from, to } = businessDayRange(businessDay(instant))
        return from <= instant && instant < to
      }),
    )
  })

  it('count over the ends of months, leap days and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29')
    expect(addDays('2027-02-28', 1)).toBe('2027-03-01')
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
    expect(addDays('2026-11-22', 0)).toBe('2026-11-22')
  })

  it.each([
    '2026-13-01',
    '2026-02-29',
    '2026-1-1',
    '22/11/2026',
    '',
    '2026-11-22T00:00:00',
    '0026-01-01',
    '1900-01-01',
    '9999-12-31',
    '2026-11-00',
  ])('refuse "%s"', (text) => {
    expect(isBusinessDayText(text)).toBe(false)
    expect(() => businessDayRange(text)).toThrow(RangeError)
    expect(() => addDays(text, 1)).toThrow(RangeError)
  })

  it('refuse an invalid date', () => expect(() => businessDay(new Date(Number.NaN))).toThrow(RangeError))
})

describe('stamps', () => {
  it('are written in UTC+7', () => expect(formatStamp(new Date('2026-11-22T17:04:05.678Z'))).toBe('20261123000405'))

  it('read back to the second', () => {
    fc.assert(
      fc.property(anyInstant, (instant) => {
        const whole = new Date(Math.floor(instant.getTime() / 1000) * 1000)
        expect(parseStamp(formatStamp(instant))).toEqual(whole)
      }),
    )
  })

  it.each([
    '20260229120000',
    '19000101000000',
    '19000101065959',
    '00010101000000',
    '20261122240000',
    '20261122126000',
    '20261122120060',
    '2026112212000',
    '202611221200000',
    ' 20261122120000',
    '20261122120000\n',
    '２０２６1122120000',
    '',
  ])('refuse "%s"', (text) => expect(parseStamp(text)).toBeNull())
})

describe('times for readers', () => {
  it('are in Vietnamese order, 24 hours', () => {
    expect(formatVietnamese(new Date('2026-11-22T17:04:05Z'))).toBe('00:04, 23/11/2026')
    expect(formatVietnameseDay('2026-11-05')).toBe('05/11/2026')
  })

  it('go over the wire with their offset and lose nothing', () => {
    expect(toRfc3339(new Date('2026-11-22T03:02:00.000Z'))).toBe('2026-11-22T10:02:00+07:00')
    expect(toRfc3339(new Date('2026-11-22T03:02:00.007Z'))).toBe('2026-11-22T10:02:00.007+07:00')
    fc.assert(
      fc.property(anyInstant, (instant) => {
        expect(parseRfc3339(toRfc3339(instant))).toEqual(instant)
      }),
    )
  })
})

describe('statement times', () => {
  it.each([
    ['2026-11-22T10:02:03+07:00', '2026-11-22T03:02:03.000Z'],
    ['2026-11-22T03:02:03Z', '2026-11-22T03:02:03.000Z'],
    ['2026-11-22 03:02:03.123456z', '2026-11-22T03:02:03.123Z'],
    ['2026-11-22T01:02:03-02:30', '2026-11-22T03:32:03.000Z'],
    ['22/11/2026 10:02:03', '2026-11-22T03:02:03.000Z'],
    ['01/01/2027 00:00:00', '2026-12-31T17:00:00.000Z'],
  ])('read %s', (text, instant) => expect(parseStatementTime(text)?.toISOString()).toBe(instant))

  it.each([
    '2026-11-22T10:02:03',
    '2026-11-22',
    '22/11/2026',
    '31/11/2026 10:00:00',
    '11/22/2026 10:00:00',
    '1/1/2026 10:00:00',
    '22/11/2026 24:00:00',
    '2026-02-30T10:02:03Z',
    '2026-11-22T10:02:03+24:00',
    '2026-11-22T10:02:03+07:60',
    '2026-11-22T10:02:03+0700',
    '45983.5',
    '01/01/1900 00:00:00',
    '01/01/1970 07:00:00',
    '31/12/9999 00:00:00',
    '1900-01-01T00:00:00+07:00',
    '0001-01-01T00:00:00Z',
    '',
  ])('refuse "%s"', (text) => expect(parseStatementTime(text)).toBeNull())
})

it('knows no instant that it could not write again', () => {
  for (const text of ['19000101000000', '19000101070000', '19000102000000', '99991230235959', '99991231000000']) {
    const instant = parseStamp(text)
    if (instant) expect(formatStamp(instant)).toBe(text)
  }
  expect(parseStamp('19000101065959')).toBeNull()
  expect(parseStamp('19000101070000')).toEqual(new Date('1900-01-01T00:00:00Z'))
})

it('believes that money moved in this century, and not in the empty dates of other systems', () => {
  const credible = (text: string) => credibleTime(new Date(text))
  for (const text of ['2000-01-01T00:00:00Z', '2026-11-22T03:00:00Z', '2099-12-31T23:59:59.999Z'])
    expect(credible(text)).toEqual(new Date(text))
  for (const text of ['0001-01-01', '1753-01-01', '1900-01-01', '1970-01-01', '1999-12-31T23:59:59Z', '2100-01-01', ''])
    expect(credible(text), text).toBeNull()
  expect(credibleTime(null)).toBeNull()
})

it('does not depend on the zone of the process', () => {
  const before = process.env.TZ
  try {
    for (const zone of ['America/Los_Angeles', 'Pacific/Kiritimati', 'UTC']) {
      process.env.TZ = zone
      expect(businessDay(new Date('2026-11-22T17:00:00Z'))).toBe('2026-11-23')
      expect(parseStamp('20261123000000')?.toISOString()).toBe('2026-11-22T17:00:00.000Z')
      expect(parseStatementTime('23/11/2026 00:00:00')?.toISOString()).toBe('2026-11-22T17:00:00.000Z')
    }
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
})
