// The terms as data: what is in force when, and from when on something has been kept long enough.
import { describe, expect, it } from 'vitest'
import { keptFrom, keptMs, retentionKinds, retentionRules } from '../../src/domain/retention.ts'

describe('what is kept', () => {
  it('counts accounting documents from the end of their year', () => {
    const from = (now: string) => keptFrom('callbacks', new Date(now)).toISOString()
    // A callback of any day of 2026 is kept through 2036, in the time of Vietnam.
    expect(from('2036-12-31T16:59:59.999Z')).toBe('2025-12-31T17:00:00.000Z')
    expect(from('2036-12-31T17:00:00Z')).toBe('2026-12-31T17:00:00.000Z')
  })

  it('counts everything else in days', () => {
    const now = new Date('2028-11-23T02:00:00Z')
    expect(keptFrom('payer_details', now).toISOString()).toBe('2026-11-24T02:00:00.000Z')
    expect(keptMs('first_answers', now)).toBe(30 * 86_400_000)
    expect(keptMs('statement_drafts', now)).toBe(86_400_000)
  })

  it('says of each kind what it rests on, and holds each term from a day on, in order', () => {
    for (const kind of retentionKinds) {
      const { basis, certainty, terms } = retentionRules[kind]
      expect([kind, basis.length > 10, ['law', 'inferred', 'policy'].includes(certainty)]).toEqual([kind, true, true])
      const days = terms.map(({ from }) => from)
      expect([kind, days]).toEqual([kind, [...new Set(days)].toSorted()])
    }
  })
})
