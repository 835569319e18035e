// Towns in which everything goes wrong, each drawn from its seed: nothing is lost, and the same seed is the same town.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, inject, test } from 'vitest'
import { packageRoot } from '../../src/node/migrations.ts'
import { faultNames } from '../../src/simulation/fault-kinds.ts'
import { planTown } from '../../src/simulation/plan.ts'
import { runTown } from '../../src/simulation/run.ts'
import { testGround } from './test-ground.ts'

const orders = 8
const town = (seed: string, kinds = faultNames) => planTown({ seed, kinds, size: { days: 1, orders } })

describe('a town in which everything goes wrong', () => {
  test.for(['1', '2'])('loses nothing: seed %s', { timeout: 600_000 }, async (seed) => {
    const { broken, difference, compared, units } = await runTown(testGround(), town(seed))
    expect(broken).toBeNull()
    expect(difference).toBe(0n)
    expect(compared).toBeGreaterThan(0n)
    expect(units).toBeGreaterThan(100)
  })

  test('is the same town again, here and in another process', { timeout: 600_000 }, async () => {
    const [seed, { url, template }] = ['1', inject('testServer')]
    const first = await runTown(testGround(), town(seed))
    const args = [join('scripts', 'run.mjs'), 'test/simulation/print-town.ts', url, template, seed, String(orders)]
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: packageRoot() })
    expect(stdout.trim()).toBe(first.digest)
  })
})
