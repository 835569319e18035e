// Where a protocol has no question for refunds and the file leaves them out, only a person can tell, and in a town somebody does.
import { expect, test } from 'vitest'
import { type Customs, customNames } from '../../src/simulation/customs.ts'
import { type Desk, lookAtLast } from '../../src/simulation/look-up-refunds.ts'
import { runTown } from '../../src/simulation/run.ts'
import type { Script } from '../../src/simulation/script.ts'
import type { Town } from '../../src/simulation/town.ts'
import type { LedgerRow } from '../../src/simulators/simulator.ts'
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

/** An office whose checker finds one refund under way once it has waited, and a provider that has carried it out. */
const officeOf = (listedWrongly: readonly string[]) => {
  let waited = 0
  const settled: unknown[] = []
  const refund = { id: 'rfd_1', order: 'ord_1', attempt: 'att_1', provider: 'p', provider_reference: null }
  const row: LedgerRow = {
    kind: 'refund',
    account: '1',
    merchant_reference: 'X',
    provider_reference: '7',
    payment_reference: 'X',
    amount: 5_000n,
    status: 'success',
    code: '',
    occurred_at: null,
  }
  const checker: Desk['checker'] = async ({ path, json }) => {
    if (path.endsWith('/settle')) settled.push(json)
    const isListed = path.includes('status=pending') && waited > 0
    const data = path.endsWith('/attempts') ? [{ id: 'att_1', merchant_reference: 'X' }] : isListed ? [refund] : []
    return { status: 200, body: JSON.parse(JSON.stringify({ data })) }
  }
  const world = {
    schedule: {
      sleep: async (ms: number) => {
        waited += ms
      },
    },
    seen: { listedWrongly: new Set(listedWrongly) },
    happenings: { note: () => undefined },
    simulators: { ledger: () => [row] },
  }
  const office: Desk = { world, checker }
  return { office, settled, days: () => waited / 86_400_000 }
}

test.each([
  ['what was agreed to a moment ago and is not sent yet', ['rfd_1'], [], { looks: 1, days: 2 }],
  ['what a file leaves out', ['rfd_other'], ['p X'], { looks: 1, days: 2 }],
  ['nothing that a query or a file tells of', ['rfd_other'], [], { looks: 0, days: 2 }],
  ['nothing at once where nothing is under way', [], [], { looks: 0, days: 0 }],
] as const)('at last somebody looks up %s', async (_what, sent, listedWrongly, { looks, days }) => {
  const town = officeOf(listedWrongly)
  await lookAtLast(town.office, new Set(sent))
  expect(town.settled.length).toBe(looks)
  expect(town.days()).toBe(days)
  if (looks > 0) expect(town.settled[0]).toMatchObject({ outcome: 'succeeded', amount: 5_000, provider_reference: '7' })
})
