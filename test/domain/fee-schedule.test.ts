import { describe, expect, it } from 'vitest'
import {
  entryOn,
  type PricedLine,
  priceDifferences,
  type ScheduleEntry,
  scheduleProblems,
} from '../../src/domain/fee-schedule.ts'

const entry = (
  feeCode: string,
  unitAmount: bigint | null,
  validFrom: string,
  validTo: string | null,
): ScheduleEntry => ({
  feeCode,
  unitAmount,
  validFrom,
  validTo,
})
// Thông tư 64/2025/TT-BTC halves the fee until 31/12/2026; the day after it doubles.
const schedule = [
  entry('LP-CC', 50_000n, '2025-01-01', '2025-06-30'),
  entry('LP-CC', 25_000n, '2025-07-01', '2026-12-31'),
  entry('LP-CC', 50_000n, '2027-01-01', null),
  entry('LPTB', null, '2025-01-01', null),
  entry('LP-CU', 1_000n, '2020-01-01', '2025-12-31'),
]
const line = (feeCode: string | null, unitAmount: bigint, isExempt = false): PricedLine => ({
  feeCode,
  unitAmount,
  isExempt,
})

describe('the price of a day', () => {
  it.each([
    ['2024-12-31', undefined],
    ['2025-01-01', 50_000n],
    ['2025-06-30', 50_000n],
    ['2025-07-01', 25_000n],
    ['2026-12-31', 25_000n],
    ['2027-01-01', 50_000n],
    ['2099-01-01', 50_000n],
  ])('on %s is %s', (day, amount) => expect(entryOn(schedule, 'LP-CC', day)?.unitAmount).toBe(amount))

  it('is the one that began last where two hold', () => {
    const both = [entry('A', 2n, '2026-02-01', null), entry('A', 1n, '2026-01-01', null)]
    expect(entryOn(both, 'A', '2026-03-01')?.unitAmount).toBe(2n)
    expect(entryOn(both.toReversed(), 'A', '2026-03-01')?.unitAmount).toBe(2n)
  })
})

describe('lines that depart from the schedule', () => {
  it('are named with what was expected', () => {
    const lines = [line('LP-CC', 25_000n), line('LP-CC', 50_000n), line('LP-CU', 1_000n)]
    expect(priceDifferences(schedule, lines, '2026-11-22')).toEqual([
      { line: 1, feeCode: 'LP-CC', expected: 25_000n, actual: 50_000n },
      { line: 2, feeCode: 'LP-CU', expected: null, actual: 1_000n },
    ])
  })

  it('are none among unknown codes, lines without code, formulas and exempt lines', () => {
    const lines = [line('NEW', 1n), line(null, 2n), line('LPTB', 3n), line('LP-CC', 0n, true)]
    expect(priceDifferences(schedule, lines, '2026-11-22')).toEqual([])
  })

  it('include a line of 0 đ that is not exempt', () => {
    expect(priceDifferences(schedule, [line('LP-CC', 0n)], '2026-11-22')).toHaveLength(1)
  })
})

describe('a schedule', () => {
  it('is sound when entries follow one another', () => expect(scheduleProblems(schedule)).toEqual([]))

  it('is told where it overlaps and where it runs backwards', () => {
    const entries = [
      entry('A', 1n, '2026-01-01', null),
      entry('B', 1n, '2026-05-01', '2026-04-30'),
      entry('C', 1n, '2026-03-01', '2026-03-31'),
      entry('A', 2n, '2026-06-01', '2026-06-30'),
      entry('C', 2n, '2026-01-01', '2026-03-01'),
      entry('A', 3n, '2027-01-01', null),
    ]
    expect(scheduleProblems(entries)).toEqual([
      { entry: 1, problem: 'ends_before_it_begins' },
      { entry: 3, problem: 'overlaps', with: 0 },
      { entry: 5, problem: 'overlaps', with: 0 },
      { entry: 4, problem: 'overlaps', with: 2 },
    ])
  })
})
