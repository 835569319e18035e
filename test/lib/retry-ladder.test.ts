import { expect, it } from 'vitest'
import { ladderOf, nextDelay } from '../../src/lib/retry-ladder.ts'

it('climbs rung by rung and ends', () => {
  const ladder = [5, 30, 120]
  expect([1, 2, 3, 4, 1_000].map((attempt) => nextDelay(attempt, ladder))).toEqual([5, 30, 120, null, null])
  expect(nextDelay(1, [])).toBeNull()
})

it.each([0, -1, 1.5, Number.NaN])('refuses the attempt %s', (attempt) => {
  expect(() => nextDelay(attempt, [5])).toThrow(RangeError)
})

it('builds hourly rungs to a day, then daily ones to 35 days', () => {
  const ladder = ladderOf(
    [15, 60, 300, 900, 3_600],
    { everySeconds: 3_600, untilSeconds: 86_400 },
    { everySeconds: 86_400, untilSeconds: 35 * 86_400 },
  )
  const total = ladder.reduce((sum, wait) => sum + wait, 0)
  expect(ladder.slice(0, 6)).toEqual([15, 60, 300, 900, 3_600, 3_600])
  expect(ladder.filter((wait) => wait === 3_600)).toHaveLength(23)
  expect(ladder.filter((wait) => wait === 86_400)).toHaveLength(34)
  expect(total).toBeLessThanOrEqual(35 * 86_400)
})

it('refuses a ladder without end', () => {
  expect(() => ladderOf([], { everySeconds: 0, untilSeconds: 10 })).toThrow(RangeError)
  expect(() => ladderOf([], { everySeconds: 1, untilSeconds: 1e9 })).toThrow(RangeError)
})
