// Where a protocol has no question for refunds and the file leaves them out, only a person can tell, and in a town somebody does.
import { expect, test } from 'vitest'
import { type Customs, customNames } from '../../src/simulation/customs.ts'
import { runTown } from '../../src/simulation/run.ts'
import type { Script } from '../../src/simulation/script.ts'
import type { Town } from '../../src/simulation/town.ts'
import { testGround } from './test-ground.ts'

const customs = Object.fromEntries(customNames.map((name) => [name, name === 'reconciles'])) as Customs
/** Every line of every payment is left out of the file. */
const script: Script = [11, 12, 21, 22, 31, 32, 41, 42].map((at) => ({ kind: 'statement_missing', at, value: 0 }))

test('refunds that no query and no file tells of are looked up at the provider', { timeout: 600_000 }, async () => {
  // The only provider of this town tells the end of a refund in its file alone; two citizens want their money back, and one has paid twice.
  const plan = { seed: '141', providers: 1, size: { days: 1, orders: 4 }, customs, script }
  let statuses: readonly string[] = []
  const inspect = async ({ owner }: Town) => {
    statuses = (await owner.sql`select status from refunds`).map(({ status }) => String(status))
  }
  const { broken, difference, happenings } = await runTown(testGround(), plan, inspect)
  expect(broken).toBeNull()
  expect(difference).toBe(0n)
  expect(happenings.looks_up_refund).toBeGreaterThanOrEqual(2)
  expect(statuses.filter((status) => status === 'succeeded').length).toBe(happenings.looks_up_refund)
  expect(statuses.filter((status) => ['sending', 'pending', 'unknown'].includes(status))).toEqual([])
})
