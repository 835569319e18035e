import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { basisPointsOf, formatDong, groupDigits, parseDong, shareHalfUp, sumDong } from '../../src/domain/money.ts'

describe('parseDong', () => {
  it.each([
    [0, 0n],
    [-0, 0n],
    [8000, 8000n],
    [999_999_999_999, 999_999_999_999n],
  ])('reads %d', (value, amount) => expect(parseDong(value)).toBe(amount))

  it.each([
    [-1],
    [1.5],
    [1_000_000_000_000],
    [1e21],
    [Number.NaN],
    [Infinity],
    ['8000'],
    [null],
    [undefined],
    [8000n],
    [[8000]],
    [true],
    [{}],
  ])('refuses %s', (value) => expect(() => parseDong(value)).toThrow(RangeError))
})

describe('an amount for readers', () => {
  it.each([
    [0n, '0 đ'],
    [999n, '999 đ'],
    [1_000n, '1.000 đ'],
    [1_234_567n, '1.234.567 đ'],
    [999_999_999_999n, '999.999.999.999 đ'],
    [-1_234_567n, '-1.234.567 đ'],
    [-123n, '-123 đ'],
  ])('%s is %s', (amount, text) => expect(formatDong(amount)).toBe(text))

  it('says its amount again without the dots', () => {
    fc.assert(
      fc.property(fc.bigInt(), (amount) => {
        expect(BigInt(groupDigits(amount).replaceAll('.', ''))).toBe(amount)
        expect(groupDigits(amount)).toMatch(/^-?\d{1,3}(\.\d{3})*$/)
      }),
    )
  })
})

describe('a share', () => {
  it('is rounded half up', () => {
    expect(shareHalfUp(1n, 1n, 2n)).toBe(1n)
    expect(shareHalfUp(3n, 1n, 2n)).toBe(2n)
    expect(shareHalfUp(1n, 1n, 3n)).toBe(0n)
    expect(basisPointsOf(150_000n, 110)).toBe(1_650n)
    expect(basisPointsOf(823_456_789n, 50)).toBe(4_117_284n)
  })

  it('is the nearest whole đồng', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 15n }), fc.nat(20_000), (amount, points) => {
        const error = 10_000n * basisPointsOf(amount, points) - amount * BigInt(points)
        return -5_000n < error && error <= 5_000n
      }),
    )
  })

  it('refuses a negative amount', () => expect(() => shareHalfUp(-1n, 1n, 2n)).toThrow(RangeError))
})

it('sums amounts', () => {
  expect(sumDong([])).toBe(0n)
  expect(sumDong([1n, 2n, -5n])).toBe(-2n)
})
