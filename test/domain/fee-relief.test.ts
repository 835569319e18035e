import { describe, expect, it } from 'vitest'
import { bestRelief, type Relief, readReliefEffect } from '../../src/domain/fee-relief.ts'

const relief = (changes: Partial<Relief>): Relief => ({
  rule: 'R',
  effect: { kind: 'exempt' },
  appliesTo: null,
  channel: null,
  validFrom: null,
  validTo: null,
  isPersonal: false,
  ...changes,
})
const line = { lineCode: 'A', amount: 25_001n }
const today = { day: '2026-11-22', channel: 'online', qualifiesFor: [] } as const

describe('the best relief', () => {
  it('is one, never a sum', () => {
    const half = relief({ rule: 'half', effect: { kind: 'reduce', percent: 50 } })
    const tenth = relief({ rule: 'tenth', effect: { kind: 'reduce', percent: 10 } })
    expect(bestRelief(line, [tenth, half], today)).toEqual({ amount: 12_501n, rule: 'half' })
    expect(bestRelief(line, [half, relief({ rule: 'all' }), tenth], today)).toEqual({ amount: 0n, rule: 'all' })
  })

  it('never makes a line dearer', () => {
    const set = relief({ effect: { kind: 'set', amount: 100_000n } })
    expect(bestRelief(line, [set], today)).toEqual({ amount: 25_001n, rule: null })
  })

  it.each([
    ['another line', { appliesTo: ['B'] }],
    ['another channel', { channel: 'counter' }],
    ['a later start', { validFrom: '2026-11-23' }],
    ['an earlier end', { validTo: '2026-11-21' }],
    ['a payer who is not shown to qualify', { isPersonal: true }],
  ] satisfies [string, Partial<Relief>][])('does not apply to %s', (_name, changes) => {
    expect(bestRelief(line, [relief(changes)], today).rule).toBeNull()
  })

  it('applies on its first and its last day, and to a payer who qualifies', () => {
    const personal = relief({ isPersonal: true, validFrom: '2026-11-22', validTo: '2026-11-22', appliesTo: ['A'] })
    expect(bestRelief(line, [personal], { ...today, qualifiesFor: ['R'] }).amount).toBe(0n)
  })
})

it.each([
  ['exempt_100', { kind: 'exempt' }],
  ['reduce_50', { kind: 'reduce', percent: 50 }],
  ['set_amount_100000', { kind: 'set', amount: 100_000n }],
  ['reduce_101', null],
  ['exempt_50', null],
  ['reduce_', null],
  ['', null],
])('reads the effect "%s"', (text, effect) => expect(readReliefEffect(text)).toEqual(effect))
