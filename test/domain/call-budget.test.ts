import { expect, it } from 'vitest'
import { allowanceOf } from '../../src/domain/call-budget.ts'

const now = new Date('2026-11-23T02:00:00Z')
const inMs = (ms: number) => new Date(now.getTime() + ms)

it('gives a call its budget, and more where the protocol asks merchants to be patient', () => {
  expect(allowanceOf(20_000, { patienceMs: 0, deadline: null, now })).toEqual({ allowedMs: 20_000, isFair: true })
  expect(allowanceOf(20_000, { patienceMs: 30_000, deadline: null, now })).toEqual({ allowedMs: 30_000, isFair: true })
})

it('never gives more than the caller has left, and says when that is too little to judge the provider by', () => {
  const given = (leftMs: number) => allowanceOf(20_000, { patienceMs: 0, deadline: inMs(leftMs), now })
  expect(given(60_000)).toEqual({ allowedMs: 20_000, isFair: true })
  expect(given(10_000)).toEqual({ allowedMs: 10_000, isFair: true })
  expect(given(9_999)).toEqual({ allowedMs: 9_999, isFair: false })
  expect(given(0)).toEqual({ allowedMs: 0, isFair: false })
  expect(given(-5_000)).toEqual({ allowedMs: 0, isFair: false })
})
