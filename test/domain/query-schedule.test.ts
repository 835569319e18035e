import { expect, it } from 'vitest'
import { nextExpiryAt, nextQueryAt } from '../../src/domain/query-schedule.ts'

const start = new Date('2026-11-23T02:00:00Z')
const after = (seconds: number) => new Date(start.getTime() + seconds * 1_000)
const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** Walks the schedule as a job does that is never late. */
const walk = (next: (from: Date, now: Date) => Date | null): number[] => {
  const seconds: number[] = []
  for (let at = next(start, start); at; at = next(start, at)) seconds.push((at.getTime() - start.getTime()) / 1_000)
  return seconds
}

it('asks after 15 s, 1 min, 5 min, 15 min and 1 h, then hourly to 24 h, then daily to 35 days', () => {
  const hours = Array.from({ length: 23 }, (_, index) => (index + 2) * hour)
  const days = Array.from({ length: 34 }, (_, index) => (index + 2) * day)
  expect(walk(nextQueryAt)).toEqual([15, minute, 5 * minute, 15 * minute, hour, ...hours, ...days])
})

it('does not catch up on what it missed while it was off', () => {
  expect(nextQueryAt(start, after(hour + 1))).toEqual(after(2 * hour))
  expect(nextQueryAt(start, after(3 * day + 5))).toEqual(after(4 * day))
})

it('is over after 35 days', () => {
  expect(nextQueryAt(start, after(35 * day - 1))).toEqual(after(35 * day))
  expect(nextQueryAt(start, after(35 * day))).toBeNull()
})

it('tries to close a silent order after 1, 5, 15, 30 and 60 minutes, then hourly for a day', () => {
  const hours = Array.from({ length: 23 }, (_, index) => (index + 2) * hour)
  expect(walk(nextExpiryAt)).toEqual([minute, 5 * minute, 15 * minute, 30 * minute, hour, ...hours])
  expect(nextExpiryAt(start, after(day))).toBeNull()
})
