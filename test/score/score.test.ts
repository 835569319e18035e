// A small province-month of `npm run score:reconcile`, so that a class that is missed, or a wrong link, stops the suite. And the scorer itself: it must see a fault.
import { expect, test } from 'vitest'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import { createTestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps } from '../kit/deps.ts'
import { makeWorld } from './make-world.ts'
import { missedGoals } from './report.ts'
import { runSeed } from './run-seed.ts'
import { addToScore, newScore } from './score.ts'
import { label } from './world.ts'

test('a province-month with errors of every class is reconciled as the contract demands, twice', {
  timeout: 120_000,
}, async () => {
  const world = makeWorld({ seed: 3, lines: 280, accounts: 2, isDense: true })
  const db = await createTestDatabase()
  try {
    const deps = createTestDeps(db.database, { clock: createClock(world.clock.toISOString()) })
    const scores = { first: newScore(), again: newScore() }
    const run = await runSeed({ deps, sql: db.sql }, world, scores)
    expect(run.lines).toBeGreaterThan(300)
    expect(scores.first.misses).toEqual([])
    expect(scores.again.misses).toEqual([])
    expect(missedGoals(scores.first)).toEqual([])
    expect((await verifyLedger(deps)).fault).toBeNull()
    expect(await verifyMatches(deps)).toMatchObject({ reconciliations: 4, fault: null })
  } finally {
    await db.drop()
  }
})

test('the scorer sees a wrong link, a wrong class, an item too many and an item too few', () => {
  const score = newScore()
  const right = label('matched', 'plain', { attempt: 'att_1' })
  const demands = ['a', 'b', 'c'].map((key) => ({ key, group: key, label: right }))
  const item = (attemptId: string, name: 'matched' | 'fee_mismatch') => ({
    id: 'itm_1',
    class: name,
    source: 'provider' as const,
    statementId: 'stm_1',
    line: 2,
    attemptId,
    refundId: null,
    candidates: [],
    proof: { rule: 'reference', hashes: [] },
  })
  const items = new Map([
    ['a', item('att_2', 'matched')],
    ['b', item('att_1', 'fee_mismatch')],
    ['d', item('att_1', 'matched')],
  ])
  addToScore(score, { demands, items, either: new Set() })
  expect(score.misses.map(({ key, isWrongLink }) => [key, isWrongLink])).toEqual([
    ['a', true],
    ['b', false],
    ['c', false],
    ['d', true],
  ])
  expect(score).toMatchObject({ labels: 3, exact: 1, wrongLinks: 2 })
  expect(score.classes.matched).toEqual({ expected: 3, found: 2, right: 0 })
  expect(missedGoals(score)).toContain('2 wrong links')
})
