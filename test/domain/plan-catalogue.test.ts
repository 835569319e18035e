import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CatalogueLine, planCatalogue } from '../../src/domain/set-up/plan-catalogue.ts'

const line = (code: string, more: Partial<CatalogueLine> = {}): CatalogueLine => ({
  ...{ agencyCode: 'H99', code, name: `Tên ${code}`, nameEn: null, feeCodes: [], source: null },
  ...{ validFrom: null, validTo: null },
  ...more,
})
type Stored = Omit<CatalogueLine, 'validFrom'> & { id: string; validFrom: string }
const stored = (code: string, validFrom = '2026-01-01', more: Partial<Stored> = {}): Stored => ({
  ...line(code),
  id: `cat_${code}_${validFrom}`,
  ...more,
  validFrom,
})
const plan = (lines: readonly CatalogueLine[], known: readonly Stored[] = [], goneFrom: string | null = null) =>
  planCatalogue({
    file: 'budget-items.csv',
    codeColumn: 'budget_item',
    rows: lines.map((value, at) => ({ line: at + 2, value })),
    stored: known,
    from: goneFrom ?? '2026-11-30',
    goneFrom,
  })
const ends = ({ ended }: ReturnType<typeof plan>) => ended.map(({ id, validTo }) => [id, validTo])
const begins = ({ added }: ReturnType<typeof plan>) =>
  added.map(({ code, name, validFrom, validTo }) => [code, name, validFrom, validTo])

describe('a catalogue’s file', () => {
  test('begins codes on the day from which it holds, or on their own', () => {
    const planned = plan([line('2771'), line('2716', { validFrom: '2026-01-01', validTo: '2026-12-31' })])
    expect(begins(planned)).toEqual([
      ['2771', 'Tên 2771', '2026-11-30', null],
      ['2716', 'Tên 2716', '2026-01-01', '2026-12-31'],
    ])
  })

  test('leaves what it says already as it is, dated or not', () => {
    const known = [stored('2771'), stored('2716', '2026-02-01', { validTo: '2026-12-31' })]
    const planned = plan(
      [line('2771'), line('2716', { validFrom: '2026-02-01', validTo: '2026-12-31' })],
      known,
      '2027-01-01',
    )
    expect(planned).toMatchObject({ added: [], ended: [], faults: [], unchanged: 2 })
    expect(plan([line('2716', { validTo: '2026-12-31' })], known, '2027-06-01').unchanged).toBe(1)
  })

  test.for([
    ['name', { name: 'Tên mới' }],
    ['English name', { nameEn: 'New' }],
    ['source', { source: 'Thông tư mới' }],
    ['fees', { feeCodes: ['A'] }],
  ] as const)('makes another entry of another %s, and ends the one before it', ([, change]) => {
    const planned = plan([line('2771', change)], [stored('2771')])
    expect(ends(planned)).toEqual([['cat_2771_2026-01-01', '2026-11-29']])
    expect(planned.added).toMatchObject([{ code: '2771', validFrom: '2026-11-30', validTo: null, ...change }])
  })

  test('says what is gone from it, and ends it only from a day on that was named', () => {
    const known = [stored('2771'), stored('2716'), stored('2721', '2025-01-01', { validTo: '2025-12-31' })]
    const told = plan([line('2771')], known)
    expect([told.staying.map(({ code }) => code), told.ended, told.unchanged]).toEqual([['2716'], [], 1])
    const ended = plan([line('2771')], known, '2027-01-01')
    expect([ended.staying, ends(ended)]).toEqual([[], [['cat_2716_2026-01-01', '2026-12-31']]])
    const all = plan([], known, '2027-01-01')
    expect(ends(all).map(([id]) => id)).toEqual(['cat_2771_2026-01-01', 'cat_2716_2026-01-01'])
  })

  test('brings back what was gone, from the day on, or without an end where it names its first day', () => {
    const known = [stored('2771', '2026-01-01', { validTo: '2026-06-30' })]
    const again = plan([line('2771')], known)
    expect([begins(again), again.ended]).toEqual([[['2771', 'Tên 2771', '2026-11-30', null]], []])
    expect(ends(plan([line('2771', { validFrom: '2026-01-01' })], known))).toEqual([['cat_2771_2026-01-01', null]])
  })

  test('keeps agencies apart', () => {
    const known = [stored('2771', '2026-01-01', { agencyCode: 'H99.01', id: 'other' })]
    const planned = plan([line('2771')], known, '2027-01-01')
    expect([begins(planned).length, ends(planned)]).toEqual([1, [['other', '2026-12-31']]])
  })

  test.for([
    [
      'two entries from one day on',
      [line('2771', { validFrom: '2026-02-01' }), line('2771', { name: 'Hai', validFrom: '2026-02-01' })],
      null,
      3,
      'valid_from',
      'in line 2 already',
    ],
    [
      'another name from the same day on',
      [line('2771', { name: 'Hai', validFrom: '2026-01-01' })],
      null,
      2,
      'name',
      'never rewritten',
    ],
    [
      'another English name from the same day on',
      [line('2771', { nameEn: 'B', validFrom: '2026-01-01' })],
      null,
      2,
      'name_en',
      'never rewritten',
    ],
    [
      'an end before its beginning',
      [line('2716', { validTo: '2026-11-29' })],
      null,
      2,
      'valid_to',
      'before valid_from',
    ],
    [
      'what is gone before it began',
      [],
      '2026-01-01',
      null,
      'budget_item',
      '2771 is gone from the file and only begins on 2026-01-01',
    ],
  ] as const)('refuses %s', ([, lines, goneFrom, at, column, reason]) => {
    expect(plan(lines, [stored('2771')], goneFrom).faults).toMatchObject([
      { file: 'budget-items.csv', line: at, column, reason: expect.stringContaining(reason) },
    ])
  })

  test('refuses a code in several rows of which one does not say its first day', () => {
    const { faults, added } = plan([
      line('2771', { validFrom: '2026-01-01' }),
      line('2771', { name: 'Hai' }),
      line('2716'),
    ])
    expect([faults.map(({ line: at, column }) => [at, column]), added]).toEqual([[[3, 'valid_from']], []])
  })

  test('is found as it is by a second reading, whatever there was, and of a code one entry holds on a day', () => {
    const day = fc.integer({ min: 1, max: 9 }).map((month) => `2026-0${month}-01`)
    const file = fc.uniqueArray(
      fc.record({ code: fc.constantFrom('A', 'B', 'C'), name: fc.constantFrom('x', 'y'), validFrom: fc.option(day) }),
      { maxLength: 6, selector: ({ code, validFrom }) => `${code} ${validFrom}` },
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(file, fc.option(day)), { minLength: 1, maxLength: 3 }), (imports) => {
        let known: Stored[] = []
        for (const [rows, goneFrom] of imports) {
          const lines = rows.map(({ code, name, validFrom }) => line(code, { name, validFrom }))
          const planned = plan(lines, known, goneFrom)
          if (planned.faults.length > 0) continue
          known = [
            ...known.map((each) => {
              const change = planned.ended.find(({ id }) => id === each.id)
              return change ? { ...each, validTo: change.validTo } : each
            }),
            ...planned.added.map((each) => ({ ...each, id: `cat_${each.code}_${each.validFrom}` })),
          ]
          const again = plan(lines, known, goneFrom)
          expect([again.added, again.ended, again.faults]).toEqual([[], [], []])
          for (const one of known)
            for (const other of known)
              if (one !== other && one.code === other.code && one.validFrom <= other.validFrom)
                expect(String(one.validTo) < other.validFrom).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })
})
