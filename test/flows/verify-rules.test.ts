// Each rule of a match is weighed from the files, the facts and the run's tariff alone: no member of an item or of its proof can be another without being seen.
import { beforeEach, describe, expect, test } from 'vitest'
import { brokenPromise, linkRules, type MatchEvidence } from '../../src/domain/match-proof.ts'
import { confirmedByHand } from '../../src/domain/order-facts.ts'
import { tallyPayout } from '../../src/domain/payout-evidence.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import { eachPayoutRow, matchedPage, matchedRuns } from '../../src/store/match-audit.ts'
import { readTariff } from '../../src/store/settlement-terms.ts'
import type { TestDeps } from '../kit/deps.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'
import { bankFile, importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

const desk = settlementDesk()
let deps: TestDeps
let account: string
let run: string
let sql: ReturnType<typeof desk.now>['db']['sql']

const period = { from: '2026-11-20', to: '2026-11-30' }
const fault = async () => (await verifyMatches(deps, { reconciliation: run })).fault

let isMade = false
beforeEach(async () => {
  if (isMade) return
  isMade = true
  const now = desk.now()
  deps = now.deps
  account = now.account
  sql = now.db.sql
  await desk.setTariff({ basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: false })
  const paid = async (merchantReference: string, amount = 150_000n) => {
    const attempt = await startPayment(deps, account, { merchantReference, amount })
    await capture(deps, attempt, {
      providerReference: `p-${merchantReference}`,
      occurredAt: new Date('2026-11-23T09:00:00+07:00'),
    })
    return attempt
  }
  const full = ({ amount }: { amount: bigint }, more: Partial<ProviderRow> = {}) => ({
    net: amount,
    fee: feeOf(amount),
    ...more,
  })
  const bare = { reference: '', providerReference: '' }
  const day = await payOrder(deps, account, { amount: 77_000n })
  const [exact, spelt, cut, theirs] = [
    await paid('LP-2026-000-001'),
    await paid('LP-2026/11-23-Đ7'),
    await paid('LP20261123000777'),
    await paid('LP-2026-000-002', 90_000n),
  ]
  const refused = await startPayment(deps, account, { status: 'failed', merchantReference: 'LP-2026-000-003' })
  const refund = await desk.addRefund(theirs, { amount: 40_000n })
  await desk.refunded(refund)
  const hand = await desk.addRefund(exact, { amount: 9_000n })
  await applyOutcome(deps, {
    merchantAccountId: account,
    outcome: {
      status: 'refunded',
      merchantReference: hand.merchantReference,
      providerReference: 'FT263301234',
      amount: 9_000n,
      occurredAt: deps.now(),
      code: confirmedByHand,
    },
    source: 'person',
  })
  const noted = async (name: string, providerReference: string) => {
    const attempt = await paid(name, 1_000n)
    return lineFor(attempt, full(attempt, { reference: '', providerReference }))
  }
  const noise = [
    await noted('LP-2026-000-021', 'FT26 - p-LP-2026-000-021 - CT'),
    await noted('LP-2026-000-022', 'P LP 2026 000022'),
    await noted('LP-2026-000-023', 'LP2026000023'),
    await noted('LP-2026-000-024', 'ND LP-2026-000-024'),
  ]
  const main: ProviderRow[] = [
    ...noise,
    lineFor(exact, full(exact)),
    lineFor(spelt, full(spelt, { reference: 'lp2026 1123 d7', providerReference: '' })),
    lineFor(cut, full(cut, { reference: 'LP202611230', providerReference: '' })),
    lineFor(day, full(day, bare)),
    lineFor(theirs, full(theirs, { reference: '' })),
    refundLine(refund, { reference: theirs.merchantReference, providerReference: '' }),
    lineFor(refused, { status: 'failed', fee: 0, providerReference: '' }),
    { reference: 'nobody', amount: 5_000, status: 'failed', fee: 0 },
    { type: 'adjustment', amount: 0, net: 0, reference: 'adj-1' },
  ]
  const fees = [exact, spelt, cut, day, theirs].reduce((sum, { amount }) => sum + feeOf(amount), 4n * feeOf(1_000n))
  const part = async (name: string, amount: bigint, payout: string) => {
    const attempt = await paid(name, amount)
    return lineFor(attempt, full(attempt, { payout, fee: feeOf(amount) }))
  }
  await importFile(
    deps,
    account,
    providerFile([
      ...main.map((row) => ({ ...row, payout: 'PON-20261123-01' })),
      { type: 'fee', amount: fees, net: '', fee: '', reference: 'fees', payout: 'PON-20261123-01' },
      await part('LP-2026-000-011', 11_000n, 'LONGPAYOUT2026A77'),
      await part('LP-2026-000-012', 12_500n, 'XYZ2026B0099'),
      await part('LP-2026-000-013', 13_100n, 'QUIET-1'),
      await part('LP-2026-000-014', 14_700n, 'PO-FAR-14'),
      await part('LP-2026-000-015', 15_900n, 'QUIET-2'),
      await part('LP-2026-000-016', 16_300n, 'QUIET-3'),
    ]),
  )
  const total = 150_000n * 3n + 77_000n + 90_000n - 40_000n + 4_000n
  await importFile(
    deps,
    account,
    bankFile([
      { amount: total, text: 'TT pon 20261123 01' },
      { amount: -fees, text: 'PHI PON-20261123-01' },
      { amount: 11_000, text: 'CT LONGPAYOUT2026' },
      { amount: 12_500, text: 'abcXYZ2026B0099def' },
      { amount: 6_000, text: 'chuyen' },
      { amount: 7_100, text: 'khoan' },
      { amount: 14_000, text: 'PO-FAR-14' },
      { amount: 700, text: 'bu PO-FAR-14', valueDate: '2026-12-03' },
      { amount: 9_950, text: 'tien' },
      { amount: 5_950, text: 'con', valueDate: '2026-12-02' },
      { amount: 16_300, text: 'tra' },
      { amount: -9_000, text: 'hoan phi ft263301234 cho dan' },
      { amount: -feeOf(11_000n) - feeOf(12_500n) - feeOf(13_100n), text: 'phi', valueDate: '2026-12-20' },
    ]),
    'bank',
  )
  run = (await reconcile(deps, account, period)).id
})

const feeOf = (amount: bigint): bigint => {
  const fee = (amount * 110n + 5_000n) / 10_000n
  return fee + (fee * 1_000n + 5_000n) / 10_000n
}

/** Everything that the verification has in hand of each match. */
const evidences = async (): Promise<MatchEvidence[]> => {
  const [found] = await matchedRuns(deps.db, run)
  if (!found?.tariff) throw new Error('no such run')
  const tariff = readTariff(found.tariff)
  const tally = tallyPayout(tariff, found.settlement)
  await eachPayoutRow(deps.db, { run: found, reference: 'PON-20261123-01' }, tally.add)
  return (await matchedPage(deps.db, { run: found, after: '', limit: 100 })).flatMap(({ row, ...ours }) =>
    row
      ? [
          {
            ...ours,
            row,
            tariff,
            settlement: found.settlement,
            contractFees: tally.contractFees(),
            alike: { rows: 1, hasOther: false },
          },
        ]
      : [],
  )
}

describe('the matches of a run', () => {
  test('hold, by every rule that a run of one account can have', async () => {
    expect(await fault()).toBeNull()
    const rules = (await evidences()).map(({ item }) => item.proof.rule.replace('+amount', ''))
    expect([...new Set(rules)].toSorted()).toEqual(Object.keys(linkRules).toSorted())
  })

  const members = [
    'amountHere',
    'amountThere',
    'providerFeeHere',
    'providerFeeThere',
    'businessDay',
    'valueDate',
    'expectedOn',
    'merchantReference',
    'providerReference',
    'payoutReference',
    'captureReference',
    'bankReference',
    'payoutReferences',
  ] as const
  test.each(members)('are seen to be another when %s of the item is', async (name) => {
    const other = (value: unknown): unknown => {
      if (typeof value === 'bigint') return value + 1n
      if (Array.isArray(value)) return [...value, 'x']
      return name.startsWith('amount') || name.startsWith('providerFee') ? 7n : `${value ?? ''}x`
    }
    for (const evidence of await evidences()) {
      // Where no money of ours is on the other side, nothing says what its capture would be called.
      if (name === 'captureReference' && (evidence.item.amountHere === null || evidence.item[name] === null)) continue
      expect(brokenPromise(evidence)).toBeNull()
      const item = { ...evidence.item, [name]: other(evidence.item[name]) }
      expect([evidence.item.proof.rule, item[name], brokenPromise({ ...evidence, item })]).not.toContain(null)
    }
  })

  test('are seen to be another when any hash of the proof is', async () => {
    for (const evidence of await evidences())
      for (const at of evidence.item.proof.hashes.keys()) {
        const hashes = evidence.item.proof.hashes.with(at, 'f'.repeat(64))
        const item = { ...evidence.item, proof: { ...evidence.item.proof, hashes } }
        expect([item.proof.rule, brokenPromise({ ...evidence, item })]).not.toContain(null)
      }
  })

  test('by fee are held to the tariff, not to what the item says of itself', async () => {
    const evidence = (await evidences()).find(({ item }) => item.proof.rule === 'fee')
    if (!evidence) throw new Error('no fee')
    const amount = evidence.row.amount + 1n
    const item = { ...evidence.item, amountThere: amount, providerFeeHere: amount, providerFeeThere: amount }
    expect(brokenPromise({ ...evidence, item, row: { ...evidence.row, amount } })).toContain('the provider fees')
  })
})

/** As a superuser, past triggers and rights; undone afterwards. */
const altered = async (change: string, look: () => Promise<unknown>) => {
  const [kept] =
    await sql`select jsonb_object_agg(id, proof) as proofs from reconciliation_items where reconciliation_id = ${run}`
  await sql.unsafe(change)
  try {
    await look()
  } finally {
    await sql`
      update reconciliation_items set proof = kept.value from jsonb_each(${sql.json(kept?.proofs as never)}::jsonb) as kept where kept.key = reconciliation_items.id`
  }
}
const itemOf = (amount: number) => `reconciliation_id = '${run}' and source = 'bank' and amount_there = ${amount}`

describe('rows of the bank that pay together', () => {
  test('with rows outside the run are looked for in the files of those days', async () => {
    expect(await verifyMatches(deps, { reconciliation: run })).toMatchObject({ beyond: 2, fault: null })
  })

  test.each([
    ['more rows than there are, where one has its name', 14_000, `'{team,lines}', '3'`],
    ['more rows than there are, where none has', 9_950, `'{team,lines}', '3'`],
    ['another sum', 14_000, `'{team,paid}', '14701'`],
    ['another sum of payouts', 9_950, `'{team,net}', '15901'`],
    ['another day on which it was due', 6_000, `'{payouts,0,expected_on}', '"2026-11-20"'`],
    ['a row that is not there', 16_300, `'{team}', '{"lines": 2, "paid": 16300, "net": 16300}'`],
    ['another sum in one of its proofs', 7_100, `'{team,paid}', '13101'`],
  ])('do not hold with %s', async (_, amount, change) => {
    await altered(
      `update reconciliation_items set proof = jsonb_set(proof, ${change}) where ${itemOf(amount)}`,
      async () => {
        expect(await fault()).toMatchObject({ problem: expect.any(String), rule: expect.any(String) })
      },
    )
    expect(await fault()).toBeNull()
  })
})

// The last, since what it makes stays.
test('a match by day does not hold beside another payment of the day and amount, or another such row', async () => {
  const { id } = await payOrder(deps, account, { amount: 77_000n })
  expect(await fault()).toBeNull()
  // As if it had been told before the run read.
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update money_facts set told_in = '3' where attempt_id = ${id}`
  })
  expect(await fault()).toMatchObject({
    rule: 'day+amount',
    problem: expect.stringContaining('the only payment of its day'),
  })
})
