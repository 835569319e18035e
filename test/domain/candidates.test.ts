// Suggestions for money that nobody knows: what makes an attempt likely, in which order, and what says nothing.
import { describe, expect, it } from 'vitest'
import { findCandidates, type Reason, type Suspect, type Told } from '../../src/domain/candidates.ts'

const at = new Date('2026-11-23T02:00:00Z')
const minutes = (n: number) => new Date(at.getTime() + n * 60_000)
const suspect = (more: Partial<Suspect> = {}): Suspect => ({
  attempt: 'att_1',
  order: 'ord_1',
  dossierCode: 'H56.12.03-261122-0007',
  merchantReference: 'LP2611220001',
  amount: 79_000n,
  createdAt: minutes(-10_000),
  ...more,
})
const told = (more: Partial<Told> = {}): Told => ({ merchantReference: null, text: null, amount: 1n, at, ...more })
const reasonsOf = (what: Partial<Told>, more: Partial<Suspect> = {}) =>
  findCandidates(told(what), [suspect(more)])[0]?.reasons ?? []

describe('a reference', () => {
  it.each<[string, Reason]>([
    ['lp2611220001', 'reference_spelling'],
    ['LP-2611.220 001', 'reference_spelling'],
    ['LP2611220002', 'reference_one_edit'],
    ['LP261122001', 'reference_one_edit'],
    ['LP26112200011', 'reference_one_edit'],
    ['LP2611202001', 'reference_one_edit'],
    ['L261122001', 'reference_characters_lost'],
    ['LP2612200', 'reference_characters_lost'],
    ['LP261122', 'reference_cut'],
    ['11220001', 'reference_cut'],
  ])('that came as %s is likely: %s', (merchantReference, reason) => {
    expect(reasonsOf({ merchantReference })).toEqual([reason])
  })

  it.each(['LP2611229999', 'LP2611', '', 'AA2611220001', 'P2611220001LPX'])(
    'that came as "%s" says nothing',
    (other) => {
      expect(reasonsOf({ merchantReference: other })).toEqual([])
    },
  )

  it.each<[string, Reason]>([
    ['MBVCB.1234567890.LP2611220001.CT tu 1017595600', 'reference_spelling'],
    ['nop le phi lp 2611 220001 cam on', 'reference_spelling'],
    ['Nộp lệ phí LP26112\n20001', 'reference_spelling'],
    ['nop LP2611220002 cam on', 'reference_one_edit'],
    ['nop LP2611 220002', 'reference_one_edit'],
    ['nop LP2 612 2001', 'reference_characters_lost'],
    ['nop le phi LP261122', 'reference_cut'],
  ])('is found in the text "%s"', (text, reason) => {
    expect(reasonsOf({ text })).toEqual([reason])
  })
})

describe('a dossier code', () => {
  it('is found in a text without its signs', () => {
    expect(reasonsOf({ text: 'le phi ho so H56 12 03 261122 0007' })).toEqual(['dossier_in_text'])
  })

  it('that is short says nothing', () => {
    expect(reasonsOf({ text: 'le phi 0007' }, { dossierCode: '0007' })).toEqual([])
  })
})

describe('amount and time', () => {
  it('are a reason together', () => {
    expect(reasonsOf({ amount: 79_000n }, { createdAt: minutes(-30) })).toEqual(['same_amount', 'near_in_time'])
  })

  it.each([
    ['the amount alone', { amount: 79_000n }, {}],
    ['the time alone', {}, { createdAt: minutes(-1) }],
    ['an amount a day and a minute before', { amount: 79_000n }, { createdAt: minutes(-1_441) }],
    ['an amount that was asked for later', { amount: 79_000n }, { createdAt: minutes(11) }],
  ])('say nothing as %s', (_, what, more) => {
    expect(reasonsOf(what, more)).toEqual([])
  })
})

describe('the list', () => {
  it('begins with the likeliest, then the nearest, then the first id, whatever came first', () => {
    const suspects = [
      suspect({ attempt: 'att_cut', merchantReference: 'LP261122000199' }),
      suspect({ attempt: 'att_far', merchantReference: 'X', createdAt: minutes(-90), amount: 5n }),
      suspect({ attempt: 'att_near_b', merchantReference: 'X', createdAt: minutes(-5), amount: 5n }),
      suspect({ attempt: 'att_near_a', merchantReference: 'X', createdAt: minutes(-5), amount: 5n }),
      suspect({ attempt: 'att_same' }),
      suspect({ attempt: 'att_other', merchantReference: 'X' }),
    ]
    const what = told({ merchantReference: 'lp2611220001', amount: 5n })
    const names = (list: readonly Suspect[]) => findCandidates(what, list).map(({ attempt }) => attempt)
    expect(names(suspects)).toEqual(['att_same', 'att_cut', 'att_near_a', 'att_near_b', 'att_far'])
    expect(names(suspects.toReversed())).toEqual(names(suspects))
  })

  it('has ten at most', () => {
    const many = Array.from({ length: 25 }, (_, n) =>
      suspect({ attempt: `att_${String(n).padStart(2, '0')}`, createdAt: minutes(-n) }),
    )
    const found = findCandidates(told({ amount: 79_000n }), many)
    expect(found.map(({ attempt }) => attempt)).toEqual(many.slice(0, 10).map(({ attempt }) => attempt))
  })
})
