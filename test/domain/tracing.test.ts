import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTracingCode, tracingCode, tracingDueOn, tracingKinds } from '../../src/domain/tracing.ts'

describe('the code of a tracing case', () => {
  const bytes = fc.uint8Array({ minLength: 5, maxLength: 5 })
  const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

  it('is read however it is written', () => {
    fc.assert(
      fc.property(bytes, (random) => {
        const code = tracingCode(random)
        expect(code).toMatch(/^TS-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]$/)
        for (const written of [
          code,
          code.toLowerCase(),
          code.replaceAll('-', ''),
          code.replaceAll('0', 'O').replaceAll('1', 'l'),
        ])
          expect(readTracingCode(written)).toBe(code)
      }),
    )
  })

  it('is not taken with any one character wrong', () => {
    fc.assert(
      fc.property(bytes, fc.nat(8), fc.integer({ min: 1, max: 31 }), (random, place, shift) => {
        const written = tracingCode(random).slice(3).replaceAll('-', '')
        const wrong = alphabet.charAt((alphabet.indexOf(written.charAt(place)) + shift) % 32)
        expect(readTracingCode(`TS${written.slice(0, place)}${wrong}${written.slice(place + 1)}`)).toBeNull()
      }),
    )
  })

  it.each(['', 'TS', 'TS-1234-5678', 'TS-!!!!-!!!!-!', 'TS-UUUU-UUUU-U', 'x'.repeat(30)])('is not %s', (text) => {
    expect(readTracingCode(text)).toBeNull()
  })

  it('is read without its first letters also where those are how it goes on', () => {
    for (const text of ['TS-TSQD-NMT3-4', 'TSQD-NMT3-4', 'tsqdnmt34'])
      expect(readTracingCode(text)).toBe('TS-TSQD-NMT3-4')
  })
})

describe('an answer is due', () => {
  it.each([
    ['payer_record', '2026-11-26'],
    ['payer_voucher', '2026-11-30'],
    ['treasury', '2026-11-25'],
    ['provider', '2026-12-02'],
    ['excess_transfer', '2026-11-30'],
    // Thirty working days over New Year.
    ['bank_inquiry', '2027-01-05'],
  ] as const)('for %s on %s, counted in working days from Monday 23 November 2026', (kind, expected) => {
    expect(tracingDueOn(kind, new Date('2026-11-23T23:59:00+07:00'))).toBe(expected)
    expect(tracingKinds).toContain(kind)
  })
})
