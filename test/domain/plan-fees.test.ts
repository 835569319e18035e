import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Price, planFees } from '../../src/domain/set-up/plan-fees.ts'
import { addDays } from '../../src/lib/time.ts'

const price = (validFrom: string, more: Partial<Price> = {}): Price => ({
  agencyCode: 'H99',
  feeCode: 'LP',
  name: 'Lệ phí mẫu',
  kind: 'le_phi',
  unitAmount: 28_000n,
  budgetItem: null,
  legalBasis: null,
  refundableWhenRejected: null,
  validTo: null,
  validFrom,
  ...more,
})
const placed = (...prices: Price[]) => prices.map((value, at) => ({ line: at + 2, value }))
const stored = (...prices: Price[]) => prices.map((each, at) => ({ ...each, id: `fee_${at}` }))
const plan = (rows: readonly { line: number; value: Price }[], known: readonly (Price & { id: string })[] = []) =>
  planFees('fees.csv', rows, known)

describe('prices of a file', () => {
  test('end where the next begins, in the file and in what is stored', () => {
    const { added, ended, faults } = plan(placed(price('2027-01-01'), price('2026-07-01')), stored(price('2026-01-01')))
    expect(faults).toEqual([])
    expect(added.map(({ validFrom, validTo }) => [validFrom, validTo])).toEqual([
      ['2026-07-01', '2026-12-31'],
      ['2027-01-01', null],
    ])
    expect(ended).toMatchObject([{ id: 'fee_0', validTo: '2026-06-30' }])
  })

  test('end before one that is stored already begins', () => {
    const { added, ended } = plan(placed(price('2026-01-01')), stored(price('2026-07-01')))
    expect([added[0]?.validTo, ended]).toEqual(['2026-06-30', []])
  })

  test('say nothing of an end that they do not name', () => {
    const known = stored(price('2026-01-01', { validTo: '2026-03-31' }))
    expect(plan(placed(price('2026-01-01')), known)).toEqual({ added: [], ended: [], unchanged: 1, faults: [] })
    const moved = plan(placed(price('2026-01-01', { validTo: '2026-05-31' })), known)
    expect(moved.ended).toMatchObject([{ id: 'fee_0', validTo: '2026-05-31' }])
  })

  test('leave other fees and other agencies alone', () => {
    const known = stored(price('2026-01-01', { feeCode: 'PHI' }), price('2026-01-01', { agencyCode: 'H99.01' }))
    expect(plan(placed(price('2026-02-01')), known)).toMatchObject({ ended: [], faults: [] })
  })

  test.for([
    ['another amount', price('2026-01-01', { unitAmount: 1n }), 2, 'unit_amount'],
    ['another name', price('2026-01-01', { name: 'Khác' }), 2, 'name'],
    ['another legal basis', price('2026-01-01', { legalBasis: 'NQ 2' }), 2, 'legal_basis'],
    ['a first day within a price that has an end', price('2026-02-01'), 2, 'valid_from'],
    ['an end before its beginning', price('2027-02-01', { validTo: '2027-01-31' }), 2, 'valid_to'],
    ['an end within a later price', price('2025-12-01', { validTo: '2026-01-01' }), 2, 'valid_to'],
  ] as const)('refuse %s', ([, given, line, column]) => {
    const known = stored(price('2026-01-01', { validTo: '2026-12-31' }))
    expect(plan(placed(given), known).faults).toMatchObject([{ file: 'fees.csv', line, column }])
  })

  test('are what a second reading finds unchanged, and never overlap', () => {
    const day = fc.integer({ min: 0, max: 60 }).map((offset) => addDays('2026-01-01', offset))
    const course = (max: number) => fc.uniqueArray(day, { maxLength: max })
    fc.assert(
      fc.property(course(5), course(5), (days, knownDays) => {
        const rows = placed(...days.map((from) => price(from)))
        const before = knownDays.toSorted()
        const known = stored(
          ...before.map((from, at) =>
            price(from, { validTo: before[at + 1] ? addDays(before[at + 1] ?? '', -1) : null }),
          ),
        )
        const { added, ended, faults } = plan(rows, known)
        // Only a day within a price that has an end is refused here.
        expect(faults.filter(({ column }) => column !== 'valid_from')).toEqual([])
        if (faults.length > 0) return
        const after = [
          ...known.map((each) => ({
            ...each,
            validTo: ended.find(({ id }) => id === each.id)?.validTo ?? each.validTo,
          })),
          ...added.map((each, at) => ({ ...each, id: `new_${at}` })),
        ].toSorted((a, b) => (a.validFrom < b.validFrom ? -1 : 1))
        for (const [at, each] of after.entries()) {
          const next = after[at + 1]
          if (next) expect(String(each.validTo) < next.validFrom).toBe(true)
        }
        expect(plan(rows, after)).toMatchObject({ added: [], ended: [], faults: [], unchanged: days.length })
      }),
    )
  })
})
