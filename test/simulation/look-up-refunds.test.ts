// Where a protocol has no question for refunds and the file leaves them out, only a person can tell, and in a town somebody does.
import { expect, test } from 'vitest'
import { registry } from '../../src/providers/registry.ts'
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
const providerThat = (canBeAsked: boolean): string =>
  Object.keys(registry).find((name) => registry[name]?.capabilities.queryRefund === canBeAsked) ?? ''
const refund = {
  id: 'rfd_1',
  order: 'ord_1',
  attempt: 'att_1',
  provider: providerThat(false),
  amount: 5_000,
  provider_reference: null,
}

type Given = {
  refund?: object
  others?: readonly object[]
  rows?: readonly LedgerRow[]
  unlisted?: boolean
  answer?: { status: number; code: string }
}

/** An office with one refund of 5,000 đ under way, whose call was not answered, and its provider's books. */
const officeOf = ({ refund: other = {}, others = [], rows = [row], unlisted = false, answer }: Given) => {
  let waited = 0
  const settled: unknown[] = []
  const own = { ...refund, ...other }
  const answers: Record<string, readonly object[]> = {
    'orders/ord_1/attempts': [{ id: 'att_1', merchant_reference: 'X' }],
    'orders/ord_1/refunds': [own, ...others],
    // It leaves while somebody waits.
    'status=approved': [own],
    'status=pending': [own],
  }
  const checker: Desk['checker'] = async ({ path, json }) => {
    if (path.endsWith('/settle')) settled.push(json)
    const isSent = waited > 0
    const name = Object.keys(answers).find((each) => path.includes(each) && (each !== 'status=pending' || isSent))
    const data = name === undefined || (name === 'status=approved' && isSent) ? [] : answers[name]
    const status = path.endsWith('/settle') ? (answer?.status ?? 200) : 200
    return { status, body: JSON.parse(JSON.stringify({ data, code: answer?.code })) }
  }
  const world: Desk['world'] = {
    schedule: {
      sleep: async (ms) => {
        waited += ms
      },
    },
    seen: { listedWrongly: new Set(unlisted ? [`${own.provider} X`] : []) },
    happenings: { note: () => undefined },
    simulators: { ledger: () => [...rows] },
  }
  return { office: { world, checker }, settled, hours: () => waited / 3_600_000 }
}

const late = ['rfd_1']
const refused: LedgerRow = { ...row, status: 'refused' }
test.for<[string, Given, readonly string[], string | null]>([
  ['what had not left when the last file was read', {}, late, 'succeeded'],
  ['what a file leaves out', { unlisted: true }, [], 'succeeded'],
  ['what was refused, for no file lists that', { rows: [refused] }, [], 'failed'],
  ['nothing that a file tells of', {}, [], null],
  ['nothing of which the gateway can ask', { refund: { provider: providerThat(true) }, unlisted: true }, late, null],
  ['nothing that is on its way', { rows: [{ ...row, status: 'sent' }] }, late, null],
  ['nothing of another amount', { rows: [{ ...row, amount: 4_000n }] }, late, null],
  ['no row of another refund', { others: [{ id: 'rfd_2', provider_reference: '7' }] }, late, null],
  ['nothing that may be either of two', { rows: [row, { ...row, provider_reference: '8' }] }, late, null],
  [
    'what has its number, of two',
    { refund: { provider_reference: '8' }, rows: [row, { ...refused, provider_reference: '8' }] },
    late,
    'failed',
  ],
])('at last somebody looks up %s', async ([, given, sent, outcome]) => {
  const { office, settled, hours } = officeOf(given)
  await lookAtLast(office, new Set(sent))
  expect(settled.map((said) => (said as { outcome: string }).outcome)).toEqual(outcome === null ? [] : [outcome])
  expect(hours()).toBe(60)
})

test('what was looked up and is refused breaks the town, but for news that came meanwhile', async () => {
  const town = (code: string) => lookAtLast(officeOf({ answer: { status: 409, code } }).office, new Set(late))
  await expect(town('maker_cannot_approve')).rejects.toThrow('what was looked up of rfd_1 was refused')
  await town('refund_not_under_way')
})
