import { expect, test } from 'vitest'
import { lackingItems } from '../../src/domain/set-up/check-budget-items.ts'
import type { Price } from '../../src/domain/set-up/plan-fees.ts'

const price = (more: Partial<Price> = {}): Price => ({
  ...{ agencyCode: 'H99.01', feeCode: 'A', name: 'A', kind: 'phi', unitAmount: 1n, budgetItem: '2716' },
  ...{ legalBasis: null, refundableWhenRejected: null, validFrom: '2026-01-01', validTo: null },
  ...more,
})
const entry = (code: string, validFrom = '2026-01-01', validTo: string | null = null, agencyCode = 'H99') => ({
  ...{ agencyCode, code, validFrom, validTo },
})
const days = (prices: Price[], entries: ReturnType<typeof entry>[]) =>
  lackingItems(prices, entries, '2026-11-30').map(({ day }) => day)

test.for([
  ['no catalogue', [], []],
  ['its item', [entry('2716')], []],
  ['its item at its own agency', [entry('2771'), entry('2716', '2026-01-01', null, 'H99.01')], []],
  ['another item only', [entry('2771')], ['2026-11-30']],
  ['a catalogue that has ended', [entry('2771', '2026-01-01', '2026-11-29')], []],
  ['a catalogue that begins later', [entry('2771', '2027-02-01')], ['2027-02-01']],
  [
    'an item that ends while others hold on',
    [entry('2771'), entry('2716', '2026-01-01', '2026-12-31')],
    ['2027-01-01'],
  ],
  [
    'an item that ends with all others',
    [entry('2771', '2026-01-01', '2026-12-31'), entry('2716', '2026-01-01', '2026-12-31')],
    [],
  ],
  [
    'an item that pauses',
    [entry('2771'), entry('2716', '2026-01-01', '2026-12-31'), entry('2716', '2027-01-03')],
    ['2027-01-01'],
  ],
  [
    'an item that goes on under another name',
    [entry('2771'), entry('2716', '2026-01-01', '2026-12-31'), entry('2716', '2027-01-01')],
    [],
  ],
  ['entries of another agency', [entry('2771', '2026-01-01', null, 'H99.02')], []],
  [
    'entries of an agency below, which pays by this price',
    [entry('2771', '2026-01-01', null, 'H99.01.05')],
    ['2026-11-30'],
  ],
] as const)('a price beside %s', ([, entries, expected]) => {
  expect(days([price()], [...entries])).toEqual(expected)
})

test('only days of a price count, and of them those to come', () => {
  const entries = [entry('2771'), entry('2716', '2026-01-01', '2026-12-31')]
  expect(days([price({ validTo: '2026-12-31' })], entries)).toEqual([])
  expect(days([price({ validTo: '2026-11-29', budgetItem: '2799' })], entries)).toEqual([])
  expect(days([price({ validTo: '2026-11-30', budgetItem: '2799' })], entries)).toEqual(['2026-11-30'])
  expect(days([price({ validFrom: '2027-05-01' })], entries)).toEqual(['2027-05-01'])
  expect(days([price({ budgetItem: null })], entries)).toEqual([])
})
