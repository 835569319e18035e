// The simulation finds mistakes: each is put into a process from outside, the right invariant breaks, and the script of faults that shows it is made short.
import { describe, expect, test } from 'vitest'
import { oneTown } from '../../src/node/commands/simulate/one-town.ts'
import { runTown } from '../../src/simulation/run.ts'
import { readScript, type Script } from '../../src/simulation/script.ts'
import type { Ground } from '../../src/simulation/town.ts'
import { defects } from './defects.ts'
import { defectsOfPeople } from './defects-of-people.ts'
import { testGround } from './test-ground.ts'

const scriptOf = (text: string): Script => {
  const read = readScript(text)
  if (typeof read === 'string') throw new Error(read)
  return read
}
/** The same ground, on which these statements are run first. */
const prepared = (ground: Ground, statements?: string): Ground => ({
  ...ground,
  open: async () => {
    const scratch = await ground.open()
    if (statements) await scratch.owner.sql.unsafe(statements)
    return scratch
  },
})
const plan = { seed: '11', size: { days: 1, orders: 4 }, providers: 2 }

describe('a process that', () => {
  test.for([...defects, ...defectsOfPeople])('$what is found out', { timeout: 600_000 }, async (defect) => {
    const { alter, prepare, town, script, invariant } = defect
    const wanted = { ...plan, ...town, script: scriptOf(script), alter: alter() }
    const found = await runTown(prepared(testGround(), prepare), wanted)
    expect(found.broken?.invariant).toBe(invariant)
    expect(found.broken?.rows.length).toBeGreaterThan(0)
  })
})

test('a failing seed is told with its rows, the shortest script and how to see it again', {
  timeout: 600_000,
}, async () => {
  const [defect] = defects
  if (!defect) throw new Error('there is no defect')
  const script = scriptOf(`webhook_lost@2,${defect.script}`)
  const watching = { isTwice: false, progress: () => undefined }
  const { exitCode, lines } = await oneTown(testGround(), { ...plan, script, alter: defect.alter() }, watching)
  expect(exitCode).toBe(1)
  const text = lines.join('\n')
  expect(text).toContain(`BROKEN: ${defect.invariant}`)
  expect(text).toMatch(/The shortest script that still fails \(1 of 3 faults, \d+ tries\)/)
  expect(text).toMatch(/--seed 11 --days 1 --orders 4 --script 'wrong_amount@\d1:1'/)
})
