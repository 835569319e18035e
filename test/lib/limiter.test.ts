import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type BucketState, createBuckets, take } from '../../src/lib/limiter.ts'

const limits = { capacity: 3, refillPerSecond: 0.5 }
const at = (seconds: number) => new Date(1_795_316_400_000 + seconds * 1000)

it('allows a full bucket at once, then one every two seconds', () => {
  let state: BucketState | null = null
  const seen: [boolean, number, number][] = []
  for (const second of [0, 0, 0, 0, 1, 2, 2, 4]) {
    const taken = take(state, limits, at(second))
    seen.push([taken.allowed, taken.remaining, taken.retryAfterSeconds])
    state = taken.state
  }
  expect(seen).toEqual([
    [true, 2, 0],
    [true, 1, 0],
    [true, 0, 0],
    [false, 0, 2],
    [false, 0, 1],
    [true, 0, 0],
    [false, 0, 2],
    [true, 0, 0],
  ])
})

it('never holds more than its capacity', () => {
  expect(take({ tokens: 0, at: at(0) }, limits, at(1e6)).remaining).toBe(2)
})

it('gains nothing from a clock that steps back and forth', () => {
  let state: BucketState = { tokens: 0, at: at(100) }
  for (const second of [0, 100, 0, 100, 0, 100]) {
    const taken = take(state, limits, at(second))
    expect(taken.allowed).toBe(false)
    state = taken.state
  }
})

it('allows in any time no more than capacity and refill', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(3_000), { maxLength: 100 }), (gapsMs) => {
      let state: BucketState | null = null
      let elapsed = 0
      let allowed = 0
      for (const gap of gapsMs) {
        elapsed += gap / 1000
        const taken = take(state, limits, at(elapsed))
        if (taken.allowed) allowed++
        state = taken.state
      }
      return allowed <= limits.capacity + elapsed * limits.refillPerSecond
    }),
  )
})

it('names a finite wait for a bucket that never fills', () => {
  expect(take({ tokens: 0, at: at(0) }, { capacity: 1, refillPerSecond: 0 }, at(9)).retryAfterSeconds).toBe(3_600)
})

it('keeps a bucket for each name, and forgets the one used longest ago when there are too many', () => {
  const buckets = createBuckets({ capacity: 1, refillPerSecond: 0.1 }, 2)
  const ask = (name: string, second: number) => buckets(name, at(second)).allowed
  expect([ask('a', 0), ask('a', 1), ask('b', 1), ask('a', 10), ask('a', 11)]).toEqual([true, false, true, true, false])
  // c takes the place of b, which begins with a full bucket when it comes back, in the place of a.
  expect([ask('c', 11), ask('c', 11), ask('b', 10.5), ask('c', 12), ask('a', 12)]).toEqual([
    true,
    false,
    true,
    false,
    true,
  ])
})
