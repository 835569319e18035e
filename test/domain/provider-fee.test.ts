import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  expectedLineFee,
  expectedLineNet,
  expectedProviderFee,
  type ProviderTariff,
} from '../../src/domain/provider-fee.ts'

const tariff: ProviderTariff = {
  basisPoints: 110,
  fixed: 0n,
  minimum: null,
  maximum: null,
  vatBasisPoints: 1000,
  netted: true,
}

const anyAmount = fc.bigInt({ min: 0n, max: 999_999_999_999n })
const anyTariff: fc.Arbitrary<ProviderTariff> = fc.record({
  basisPoints: fc.nat(1_000),
  fixed: fc.bigInt({ min: 0n, max: 100_000n }),
  minimum: fc.option(fc.bigInt({ min: 0n, max: 10_000n })),
  maximum: fc.option(fc.bigInt({ min: 10_000n, max: 1_000_000n })),
  vatBasisPoints: fc.nat(2_000),
  netted: fc.boolean(),
})

describe('the expected provider fee', () => {
  it('is rate, then VAT: 1.1 % of 150,000 and 10 % on that are 1,815', () => {
    expect(expectedProviderFee(tariff, 150_000n)).toBe(1_815n)
  })

  it.each([
    ['rounds the rate half up before anything is added', { basisPoints: 50, vatBasisPoints: 0, fixed: 7n }, 100n, 8n],
    ['rounds VAT half up by itself', { basisPoints: 0, fixed: 5n, vatBasisPoints: 1000 }, 1n, 6n],
    ['adds the fixed part before the minimum', { fixed: 500n, minimum: 600n, vatBasisPoints: 0 }, 1_000n, 600n],
    ['puts VAT on the minimum', { minimum: 1_000n }, 100n, 1_100n],
    ['puts VAT on the maximum, above it', { maximum: 10_000n }, 999_999_999_999n, 11_000n],
    ['lets the maximum win over a minimum above it', { minimum: 50n, maximum: 20n, vatBasisPoints: 0 }, 1n, 20n],
    ['takes a maximum of 0 as free of charge', { maximum: 0n }, 1_000_000n, 0n],
  ] satisfies [string, Partial<ProviderTariff>, bigint, bigint][])('%s', (_name, changes, amount, fee) => {
    expect(expectedProviderFee({ ...tariff, ...changes }, amount)).toBe(fee)
  })

  it('never falls as the amount grows', () => {
    fc.assert(
      fc.property(anyTariff, anyAmount, anyAmount, (anyOf, a, b) => {
        const [small, large] = a < b ? [a, b] : [b, a]
        return expectedProviderFee(anyOf, small) <= expectedProviderFee(anyOf, large)
      }),
    )
  })

  it('stays between minimum and maximum, VAT aside', () => {
    fc.assert(
      fc.property(anyTariff, anyAmount, (anyOf, amount) => {
        const fee = expectedProviderFee({ ...anyOf, vatBasisPoints: 0 }, amount)
        return (anyOf.minimum === null || fee >= anyOf.minimum) && (anyOf.maximum === null || fee <= anyOf.maximum)
      }),
    )
  })

  it('differs from the exact rate by less than 1 đ for a plain rate', () => {
    fc.assert(
      fc.property(fc.nat(1_000), anyAmount, (basisPoints, amount) => {
        const exactTimes10000 = amount * BigInt(basisPoints)
        const fee = expectedProviderFee({ ...tariff, basisPoints, vatBasisPoints: 0 }, amount)
        const error = fee * 10_000n - exactTimes10000
        return -10_000n < error && error < 10_000n
      }),
    )
  })
})

describe('a settlement line', () => {
  it('carries a fee only as a successful capture', () => {
    expect(expectedLineFee(tariff, { lineType: 'capture', status: 'success', amount: 150_000n })).toBe(1_815n)
    expect(expectedLineFee(tariff, { lineType: 'refund', status: 'success', amount: 150_000n })).toBe(0n)
    expect(expectedLineFee(tariff, { lineType: 'capture', status: 'failed', amount: 150_000n })).toBe(0n)
    expect(expectedLineFee(tariff, { lineType: 'capture', status: 'pending', amount: 150_000n })).toBe(0n)
  })

  it('adds its net to the payout', () => {
    const capture = { lineType: 'capture', status: 'success', amount: 150_000n } as const
    expect(expectedLineNet(tariff, capture)).toBe(148_185n)
    expect(expectedLineNet({ ...tariff, netted: false }, capture)).toBe(150_000n)
    expect(expectedLineNet(tariff, { ...capture, lineType: 'refund' })).toBe(-150_000n)
    expect(expectedLineNet(tariff, { ...capture, status: 'failed' })).toBe(0n)
    expect(expectedLineNet(tariff, { ...capture, lineType: 'refund', status: 'pending' })).toBe(0n)
  })
})
