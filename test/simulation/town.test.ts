// Towns in which everything goes wrong, each drawn from its seed: nothing is lost, and the same seed is the same town.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, describe, expect, inject, test } from 'vitest'
import { keptGround } from '../../src/node/commands/simulate/kept-ground.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { kindOf } from '../../src/simulation/customs.ts'
import { faultNames } from '../../src/simulation/fault-kinds.ts'
import { planTown } from '../../src/simulation/plan.ts'
import { runTown } from '../../src/simulation/run.ts'
import type { Town } from '../../src/simulation/town.ts'
import { doubled } from '../kit/misplaced.ts'

const orders = 8
const seeds = ['1', '2', '4']
/** As they are drawn: small ones, some of which read files only where sums differ. */
const hamlets = ['2', '4', '12', '21']
const { ground, close } = keptGround(inject('testServer'))
afterAll(close)

describe('a town in which everything goes wrong', () => {
  const digests: string[] = []

  test.for(seeds)('loses nothing: seed %s', { timeout: 600_000 }, async (seed) => {
    const plan = planTown({ seed, kinds: faultNames, size: { days: 1, orders } })
    // Communes are paid through the accounts of their province.
    const inspect = async ({ owner }: Town) => expect(await doubled(owner.sql)).toEqual([])
    const { broken, difference, compared, units, digest } = await runTown(ground, plan, inspect)
    expect(broken).toBeNull()
    expect(difference).toBe(0n)
    expect(compared).toBeGreaterThan(0n)
    expect(units).toBeGreaterThan(100)
    digests.push(digest)
  })

  test.for(hamlets)('loses nothing, however small: seed %s', { timeout: 600_000 }, async (seed) => {
    const plan = planTown({ seed, kinds: faultNames })
    expect(kindOf(plan.size, plan.providers)).toBe('hamlet')
    const { broken, difference, compared, tables, digest } = await runTown(ground, plan)
    expect(broken).toBeNull()
    expect(difference).toBe(0n)
    expect(compared).toBeGreaterThan(0n)
    // What stands for them is the log of everything that was said.
    expect(tables).toEqual([])
    digests.push(digest)
  })

  // There each has a database of its own, and they come in another order.
  test('is the same town again in another process', { timeout: 600_000 }, async () => {
    const { url, template } = inject('testServer')
    const backwards = [...seeds.map((seed) => `${seed}:${orders}`), ...hamlets].toReversed()
    const args = [join('scripts', 'run.mjs'), 'test/simulation/print-town.ts', url, template]
    const { stdout } = await promisify(execFile)(process.execPath, [...args, ...backwards], { cwd: packageRoot() })
    expect(stdout.trim().split('\n')).toEqual(digests.toReversed())
  })
})
