// One town in which every kind of fault happens, and what each of them did to it.
import { expect, test } from 'vitest'
import { drawWay, type Way } from '../../src/simulation/citizen-kind.ts'
import { type FaultKind, faultKinds, faultNames } from '../../src/simulation/fault-kinds.ts'
import { createRandom } from '../../src/simulation/random.ts'
import { runTown } from '../../src/simulation/run.ts'
import type { Fault } from '../../src/simulation/script.ts'
import type { Town } from '../../src/simulation/town.ts'
import { testGround } from './test-ground.ts'

/** In this town enough citizens pay at once, enough want their money back, and the first day is the last but two before Tết. */
const seed = '381'
const orders = 26

const citizensWho = (...ways: Way[]): number[] =>
  Array.from({ length: orders }, (_, index) => index + 1).filter((number) =>
    ways.includes(drawWay(createRandom(seed).fork(`citizen ${number}`))),
  )

/** Where each kind that hits no payment is put: early enough to happen. */
const places: Partial<Record<FaultKind, readonly (readonly [at: number, value: number])[]>> = {
  timeout_before: [[2, 0]],
  timeout_after: [
    [5, 0],
    [17, 0],
  ],
  broken_off: [[9, 0]],
  refused: [[13, 0]],
  request_lost: [[8, 0]],
  answer_lost: [
    [12, 0],
    [21, 0],
  ],
  webhook_lost: [[2, 0]],
  webhook_refused: [[4, 0]],
  crash: [
    [60, 0],
    [140, 1],
    [220, 2],
  ],
  database_restart: [
    [300, 0],
    [380, 1],
    [460, 2],
  ],
  key_rotation: [[450, 0]],
  signing_key: [[460, 0]],
  clock_skew: [[1, -40]],
  two_processes: [[1, 0]],
  bank_missing: Array.from({ length: 20 }, (_, index) => [2 * index + 1, 0] as const),
  bank_doubled: Array.from({ length: 20 }, (_, index) => [2 * index + 2, 0] as const),
}
const values: Partial<Record<FaultKind, number>> = {
  callback_doubled: 3,
  callback_late: 34 * 86_400,
  wrong_amount: 50_000,
  refund_pending: 600,
  statement_shifted: 7,
}

/** Each kind that hits a payment has one of its own, and those who are left over share the last: who comes late is spared. */
const dense = (): Fault[] => {
  const [payers, askers] = [citizensWho('pays'), citizensWho('wants_it_back')]
  // Whose first try reached no provider pays at the second or third.
  const hit = (kind: FaultKind, citizen: number): Fault[] =>
    [1, 2, 3].map((payment) => ({ kind, at: citizen * 10 + payment, value: values[kind] ?? 0 }))
  const each = faultNames.flatMap((kind): Fault[] => {
    if (faultKinds[kind].unit !== 'payment') return (places[kind] ?? []).map(([at, value]) => ({ kind, at, value }))
    const citizen = (kind.startsWith('refund_') ? askers : payers).shift()
    return citizen === undefined ? [] : hit(kind, citizen)
  })
  return [...each, ...payers.flatMap((citizen) => hit('statement_shifted', citizen))]
}

/** What can be seen of faults afterwards, by what they are called in the town. */
const tracesOf = async ({ owner, world }: Town) => {
  const [row] = await owner.sql`
    select (select count(*) from callbacks where reading <> 'genuine')::int as unbelieved,
      (select count(*) from callbacks where replay_of is not null)::int as repeated,
      (select count(*) from callbacks where received_at > (select min(created_at) from orders) + interval '30 days')::int as late,
      (select count(*) from money_facts where source <> 'callback' and kind = 'captured')::int as found_otherwise,
      (select count(*) from discrepancies where class = 'amount_mismatch' and source = 'door')::int as other_amounts,
      (select count(*) from refunds where status = 'failed')::int as refunds_refused,
      (select array_agg(distinct class order by class) from reconciliation_items) as classes,
      (select count(*) from statement_lines where source = 'bank' and bank_reference like '%B')::int as banked_twice,
      (select count(*) from merchant_account_keys where replaced_at is not null)::int as keys_replaced,
      (select count(*) from signing_keys)::int as signing_keys,
      (select count(*) from webhook_deliveries where attempt_count > 1)::int as webhooks_again`
  const left = world.accounts.map(async ({ provider }) =>
    (await world.simulators.app.request(`/${provider}/faults`)).json(),
  )
  const waiting = (await Promise.all(left)).flatMap(({ data }) => data as { fault: string }[]).map(({ fault }) => fault)
  return {
    ...row,
    waiting: waiting.filter((fault) => !fault.startsWith('statement_')),
    processes: world.cluster.living().map(({ name }) => name),
  }
}

test('every kind of fault happens in one town, each leaves its trace, and nothing is lost', {
  timeout: 600_000,
}, async () => {
  const script = dense()
  const seen: { traces?: Awaited<ReturnType<typeof tracesOf>> } = {}
  const plan = { seed, size: { days: 1, orders }, providers: 3, script }
  const { broken, faults, difference } = await runTown(testGround(), plan, async (town) => {
    seen.traces = await tracesOf(town)
  })
  expect(faultNames.filter((kind) => (faults[kind] ?? 0) === 0)).toEqual([])
  expect(broken).toBeNull()
  expect(difference).toBe(0n)
  const { traces } = seen
  expect(traces).toMatchObject({ keysReplaced: 1, signingKeys: 2, waiting: [] })
  for (const name of [
    'unbelieved',
    'repeated',
    'late',
    'foundOtherwise',
    'otherAmounts',
    'refundsRefused',
    'bankedTwice',
    'webhooksAgain',
  ])
    expect([name, Number(Reflect.get(traces ?? {}, name))]).not.toEqual([name, 0])
  expect(Reflect.get(traces ?? {}, 'classes')).toEqual(
    expect.arrayContaining(['amount_mismatch', 'date_shift', 'duplicate_line', 'missing_at_provider']),
  )
  expect(traces?.processes).toHaveLength(2)
  expect(traces?.processes.every((name) => /^p\d\.[2-9]$/.test(name))).toBe(true)
})
