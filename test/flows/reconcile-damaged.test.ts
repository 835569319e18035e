// Lines of the provider whose reference is damaged: linked when what is left names one payment of that amount and day, and nothing else could be meant.
import { beforeEach, describe, expect, test } from 'vitest'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import type { TestDeps } from '../kit/deps.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()
const { listed, setTariff, stateOf } = desk
let deps: TestDeps
let account: string
beforeEach(async () => {
  ;({ deps, account } = desk.now())
  await setTariff({})
})

let count = 0
/** A captured payment under a reference of its own making. */
const paid = async (merchantReference: string, amount?: bigint, at = '2026-11-23T09:00:00+07:00') => {
  const attempt = await startPayment(deps, account, { merchantReference, ...(amount ? { amount } : {}) })
  count += 1
  await capture(deps, attempt, { providerReference: `p-${merchantReference}-${count}`, occurredAt: new Date(at) })
  return attempt
}
/** What a line with that reference, and no other, is taken for. */
const bare = { providerReference: '', fee: 0, net: '' } as const
const read = async () =>
  (await reconcile(deps, account)).items
    .filter((item) => item.statementId)
    .map((item) => [item.class, item.attemptId, item.proof.rule, item.candidates] as const)

describe('a line', () => {
  test.each([
    ['LP-2026/11-23-Đ7', 'lp2026 1123 d7', 'reference~normalised+amount'],
    ['LP20261123000777', 'LP202611230', 'reference~truncated+amount'],
    ['LP20261123000777', '1123000777', 'reference~truncated+amount'],
    ['LP20261123000777', 'LP20261', null],
    ['LP20261123000777', 'LP20261123000778', null],
  ])('of %s that says %s is linked by %s', async (ours, theirs, rule) => {
    const attempt = await paid(ours)
    await listed(lineFor(attempt, { ...bare, reference: theirs }))
    expect(await read()).toEqual([rule ? ['matched', attempt.id, rule, []] : ['missing_here', null, 'none', []]])
  })

  test.each([
    ['FT26327123456 - p-LP20261123000778 - CT', 'provider_reference~embedded+amount'],
    ['P LP 20261123 000778', 'provider_reference~normalised+amount'],
    ['p-LP2026112300', 'provider_reference~truncated+amount'],
    ['CT DEN lp20261123000778/nop phi', 'reference~embedded+amount'],
    ['lp20261123000778', 'provider_reference~truncated+amount'],
    ['FT26327123456 - p-LP202611230007780 - CT', null],
    ['FT26327123456 - xp-LP2026112300077 - CT', null],
    ['p-LP20', null],
  ])('without a reference of ours, whose provider’s is %s, is linked by %s', async (theirs, rule) => {
    const attempt = await startPayment(deps, account, { merchantReference: 'LP20261123000778' })
    await capture(deps, attempt, {
      providerReference: 'p-LP20261123000778',
      occurredAt: new Date('2026-11-23T09:00:00+07:00'),
    })
    await listed(lineFor(attempt, { ...bare, reference: '', providerReference: theirs }))
    expect(await read()).toEqual([rule ? ['matched', attempt.id, rule, []] : ['missing_here', null, 'none', []]])
  })

  test('with words around the reference is linked once: two payments, two lines or a reference of ours beside it leave it open', async () => {
    const [one, other] = [await paid('LP20261123E001'), await paid('LP20261123E002')]
    const both = `${one.merchantReference} ${other.merchantReference}`
    await listed(lineFor(one, { ...bare, reference: '', providerReference: `CT ${both}` }))
    expect(await read()).toEqual([['ambiguous', null, 'none', [one.id, other.id].toSorted()]])
    const third = await paid('LP20261123E003', 80_000n)
    await listed(
      lineFor(third, { ...bare, reference: '', providerReference: `FT1 ${third.merchantReference}` }),
      lineFor(third, { ...bare, reference: '', providerReference: `FT2 ${third.merchantReference}` }),
    )
    expect((await read()).filter(([, , , candidates]) => candidates.includes(third.id))).toHaveLength(2)
    const fourth = await paid('LP20261123E004', 70_000n)
    await listed(lineFor(fourth, { ...bare, reference: 'OTHER1', providerReference: `FT ${fourth.merchantReference}` }))
    expect((await read()).find(([, id]) => id === fourth.id)).toBeUndefined()
  })

  test('of a payment that was paid twice is linked to the capture that it names', async () => {
    const attempt = await startPayment(deps, account, { merchantReference: 'LP20261123F001' })
    const at = { occurredAt: new Date('2026-11-23T09:00:00+07:00') }
    for (const providerReference of ['FT26327000001', 'FT26327000002'])
      await capture(deps, attempt, { providerReference, ...at })
    await listed(
      lineFor(attempt, { ...bare, reference: '', providerReference: 'ND FT26327000002 CT' }),
      lineFor(attempt, { ...bare, reference: '', providerReference: 'ND FT26327000001 CT' }),
    )
    const { items } = await reconcile(deps, account)
    expect(items.map((item) => [item.class, item.captureReference, item.providerReference]).toSorted()).toEqual([
      ['matched', 'FT26327000001', 'ND FT26327000001 CT'],
      ['matched', 'FT26327000002', 'ND FT26327000002 CT'],
    ])
    expect(await verifyMatches(deps)).toMatchObject({ fault: null })
  })

  test('is not linked when the amount or the day says otherwise, or the provider’s reference names another', async () => {
    const [one, other] = [await paid('LP-A-777001'), await paid('LP-B-777002')]
    await listed(
      lineFor(one, { ...bare, reference: 'lpa777001', amount: 150_001 }),
      lineFor(one, { ...bare, reference: 'lp a 777001', at: '2026-11-24T09:00:00+07:00', amount: 149_999 }),
    )
    const early = await paid('LP-C-777003', 70_000n, '2026-11-19T09:00:00+07:00')
    await listed(lineFor(early, { ...bare, reference: 'lpc777003' }))
    expect((await read()).map(([name]) => name)).toEqual(['missing_here', 'missing_here', 'missing_here'])
    const [known] = (await reconcile(deps, account)).items.filter((item) => item.attemptId === other.id)
    await listed(lineFor(one, { ...bare, reference: 'LPA777001', providerReference: String(known?.captureReference) }))
    expect((await read()).find(([name]) => name === 'ambiguous')?.[3]).toEqual([one.id, other.id].toSorted())
  })

  test('is ambiguous when two payments or two lines are left, and keeps every candidate', async () => {
    const [one, other] = [await paid('LP20261123A001'), await paid('LP20261123B001')]
    await listed(lineFor(one, { ...bare, reference: 'LP20261123' }))
    expect(await read()).toEqual([['ambiguous', null, 'none', [one.id, other.id].toSorted()]])
    const third = await paid('LP-20261124-C', 90_000n)
    await listed(
      { ...bare, reference: 'lp20261124c', amount: 90_000, at: '2026-11-23T09:00:00+07:00' },
      { ...bare, reference: 'LP 20261124 C', amount: 90_000, at: '2026-11-23T09:00:00+07:00' },
    )
    expect((await read()).filter(([, , , candidates]) => candidates.includes(third.id))).toHaveLength(2)
  })

  test('that another file repeats with the same references is its copy and does not undo the match', async () => {
    const attempt = await paid('LP-20261123-W')
    const line = lineFor(attempt, { ...bare, reference: 'lp20261123w' })
    await listed(line)
    expect(await read()).toEqual([['matched', attempt.id, 'reference~normalised+amount', []]])
    await listed(line, { ...bare, reference: 'other', amount: 1_000 })
    const classes = (await read()).map(([name, id]) => [name, id] as const).toSorted()
    expect(classes).toEqual([
      ['duplicate_line', null],
      ['matched', attempt.id],
      ['missing_here', null],
    ])
  })

  test('never takes what another line names as it stands', async () => {
    const attempt = await paid('LP-20261123-X')
    await listed(lineFor(attempt, { ...bare }), lineFor(attempt, { ...bare, reference: 'lp20261123x' }))
    expect((await read()).map(([name, id]) => [name, id])).toEqual([
      ['matched', attempt.id],
      ['missing_here', null],
    ])
  })

  test('heals a payment that nobody told of', async () => {
    const attempt = await startPayment(deps, account, { merchantReference: 'LP-20261123-Q', status: 'unknown' })
    await listed(lineFor(attempt, { ...bare, reference: 'lp 20261123 q' }))
    expect((await read()).map(([name, id]) => [name, id])).toEqual([['missing_here', attempt.id]])
    expect(await stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
    expect((await read()).map(([name, , rule]) => [name, rule])).toEqual([['matched', 'reference~normalised+amount']])
  })

  test('of a refund is found the same way', async () => {
    const attempt = await payOrder(deps, account)
    const refund = await desk.addRefund(attempt)
    await desk.refunded(refund)
    await listed(
      lineFor(attempt, { fee: 0 }),
      refundLine(refund, { providerReference: '', reference: refund.merchantReference.toUpperCase() }),
    )
    expect((await read()).map(([name, , rule]) => [name, rule])).toEqual([
      ['matched', 'reference+amount'],
      ['matched', 'reference~normalised+amount'],
    ])
  })
})

/** Payments of one order, past the gateway: through it they would take minutes. */
const payMany = async (numbers: readonly number[]): Promise<void> => {
  const { id } = await startPayment(deps, account)
  await desk.now().db.sql.begin(async (sql) => {
    await sql.unsafe('set local session_replication_role = replica')
    await sql`
      insert into attempts select (jsonb_populate_record(a, jsonb_build_object('id', a.id || n, 'merchant_reference', 'MANYMANY-' || n || '-Z', 'pays_order', false,
        'status', 'captured', 'amount_captured', a.amount))).* from attempts as a, unnest(${numbers}::integer[]) as n where a.id = ${id}`
    await sql`
      insert into money_facts (id, agency_code, order_id, attempt_id, merchant_account_id, kind, reference, amount, source, code, occurred_at, received_at, sequence, business_day)
      select 'fct' || id || n, agency_code, order_id, id || n, merchant_account_id, 'captured', 'p' || n, amount, 'callback', '00', ${deps.now()}, ${deps.now()},
        1000 + n, '2026-11-23' from attempts, unnest(${numbers}::integer[]) as n where id = ${id}`
  })
}
const numbersTo = (count: number) => Array.from({ length: count }, (_, at) => at + 1)
/** A run, and how long it took: only to tell a hang from a run, on a machine that does other things as well. */
const timed = async () => {
  const begun = performance.now()
  const { classes } = await reconcile(deps, account)
  return { classes, took: performance.now() - begun }
}

test('a file with every reference damaged takes no time by the square', async () => {
  const many = numbersTo(4_000)
  await listed(...many.map((n) => ({ ...bare, reference: `nobody-${n}`, amount: 7 })))
  await timed()
  await payMany(many)
  await listed(...many.map((n) => ({ ...bare, reference: `manymany ${n} z`, amount: 150_000 })))
  const found = await timed()
  expect(found.classes.filter((name) => name === 'matched')).toHaveLength(many.length)
  // Weighing each line with each payment would take far longer.
  expect(found.took).toBeLessThan(20_000)
})

test('a file that has cut every reference to the same head is ambiguous in no time, with as many candidates as a person can look at', async () => {
  const many = numbersTo(1_000)
  await payMany(many)
  await listed(...many.map((n) => ({ ...bare, reference: 'manymany', providerReference: `x${n}`, amount: 150_000 })))
  const begun = performance.now()
  const lines = await read()
  expect(lines.filter(([name, , , ids]) => name === 'ambiguous' && ids.length === 20)).toHaveLength(many.length)
  // Weighing each line with each payment would take far longer.
  expect(performance.now() - begun).toBeLessThan(12_000)
})
