// Every class of the provider side, decided in order; healing through the one door; running again changes nothing.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { presentItem } from '../../src/domain/present-reconciliation.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { runReconciliation, runWaitingReconciliations, startReconciliation } from '../../src/flows/reconcile.ts'
import { findReconciliation } from '../../src/store/reconciliations.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

let db: TestDatabase
let deps: TestDeps
let account: string

beforeAll(async () => {
  db = await createTestDatabase()
  deps = createTestDeps(db.database)
  await seedAgencies(db.sql)
})
afterAll(() => db.drop())
beforeEach(async () => {
  account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
  // 1.1 % and 165 đ, with 10 % VAT: 1,815 + 182 for 150,000 đ.
  await setTariff({ basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true })
})

const setTariff = (tariff: object) =>
  db.sql`update merchant_accounts set provider_fee = ${db.sql.json(tariff as never)} where id = ${account}`
const fee = 1_815
const lineFor = (attempt: Attempt, more: Partial<ProviderRow> = {}): ProviderRow => ({
  reference: attempt.merchantReference,
  providerReference: `p-${attempt.merchantReference}`,
  amount: attempt.amount,
  fee,
  at: '2026-11-23T09:00:00+07:00',
  ...more,
})
const listed = (...rows: ProviderRow[]) => importFile(deps, account, providerFile(rows))
const discrepancies = () =>
  db.sql`select * from discrepancies where merchant_account_id = ${account} and source = 'reconciliation' order by id`
const stateOf = async ({ orderId, id }: Attempt) => {
  const [row] =
    await db.sql`select o.status, o.amount_paid, a.status as attempt from orders as o join attempts as a on a.order_id = o.id where o.id = ${orderId} and a.id = ${id}`
  return [row?.status, row?.amountPaid, row?.attempt]
}
const addRefund = async (attempt: Attempt, { amount = 50_000n, status = 'pending' } = {}) => {
  const id = deps.newId('rfd')
  const merchantReference = id.replace('_', '')
  await db.sql`insert into refunds ${db.sql({ id, agencyCode: attempt.agencyCode, orderId: attempt.orderId, attemptId: attempt.id, merchantAccountId: account, provider: 'test', merchantReference, source: 'order', status, amount, reason: 'r', madeBy: 'a', decidedBy: 'b', createdAt: deps.now() })}`
  return { id, merchantReference, amount }
}
const refunded = (refund: { merchantReference: string; amount: bigint }, more = {}) =>
  applyOutcome(deps, {
    merchantAccountId: account,
    outcome: {
      status: 'refunded',
      merchantReference: refund.merchantReference,
      providerReference: `pr-${refund.merchantReference}`,
      amount: refund.amount,
      occurredAt: deps.now(),
      code: '00',
      ...more,
    },
    source: 'query',
  })
const refundLine = (
  refund: { merchantReference: string; amount: bigint },
  more: Partial<ProviderRow> = {},
): ProviderRow => ({
  type: 'refund',
  reference: refund.merchantReference,
  providerReference: `pr-${refund.merchantReference}`,
  amount: refund.amount,
  at: '2026-11-23T09:00:00+07:00',
  ...more,
})

describe('an item', () => {
  test('is matched when reference, amount, provider fee and business day agree, and carries its proof', async () => {
    const attempt = await payOrder(deps, account)
    const statement = await listed(lineFor(attempt))
    const { items, only } = await reconcile(deps, account)
    expect(items).toHaveLength(1)
    expect(only('matched')).toMatchObject({
      source: 'provider',
      statementId: statement.id,
      line: 2,
      attemptId: attempt.id,
      orderId: attempt.orderId,
      refundId: null,
      merchantReference: attempt.merchantReference,
      payoutReference: 'PO-1',
      amountHere: 150_000n,
      amountThere: 150_000n,
      providerFeeHere: 1_815n,
      providerFeeThere: 1_815n,
      businessDay: '2026-11-23',
      valueDate: '2026-11-24',
      candidates: [],
      captureReference: `p-${attempt.merchantReference}`,
    })
    expect(presentItem(only('matched')).proof).toEqual({
      rule: 'reference+amount',
      fields: {
        reference: { here: `p-${attempt.merchantReference}`, there: `p-${attempt.merchantReference}` },
        amount: { here: 150_000n, there: 150_000n },
        provider_fee: { here: 1_815n, there: 1_815n },
        business_day: { here: '2026-11-23', there: '2026-11-23' },
      },
      hashes: [expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)],
      arithmetic: '150000 - 1815 = 148185',
    })
    expect(await discrepancies()).toHaveLength(0)
  })

  test('is a duplicate_line for a second line of the same references, in the same or another file', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt), lineFor(attempt))
    await listed(lineFor(attempt), { amount: 1, reference: 'elsewhere', fee: '' })
    const { classes } = await reconcile(deps, account)
    expect(classes).toEqual(['duplicate_line', 'duplicate_line', 'matched', 'missing_here'])
    expect((await discrepancies()).map((row) => row.class).toSorted()).toEqual([
      'duplicate_line',
      'duplicate_line',
      'missing_here',
    ])
  })

  test('is a duplicate_line also when the first line stands in an earlier period', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt), lineFor(attempt, { at: '2026-11-26T09:00:00+07:00' }))
    expect((await reconcile(deps, account, { from: '2026-11-26', to: '2026-11-26' })).classes).toEqual([
      'duplicate_line',
    ])
    expect((await reconcile(deps, account)).classes).toEqual(['matched'])
  })

  test.each(['created', 'pending', 'unknown', 'expired'] as const)(
    'is missing_here when the attempt is %s, and heals the order',
    async (status) => {
      const attempt = await startPayment(deps, account, { status })
      await listed(lineFor(attempt))
      const first = await reconcile(deps, account)
      expect(first.only('missing_here')).toMatchObject({
        attemptId: attempt.id,
        amountHere: null,
        amountThere: 150_000n,
      })
      expect(await stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
      expect(await discrepancies()).toMatchObject([
        { class: 'missing_here', status: 'open', attemptId: attempt.id, amount: 150_000n },
      ])
      expect((await reconcile(deps, account)).classes).toEqual(['matched'])
      expect(await discrepancies()).toMatchObject([{ status: 'resolved', resolution: 'matched', resolvedBy: 'lephi' }])
    },
  )

  test('is missing_here, and heals nothing, when there is no such reference', async () => {
    await listed({ reference: 'unheard', providerReference: 'of', amount: 150_000, fee })
    for (const _ of [1, 2]) expect((await reconcile(deps, account)).classes).toEqual(['missing_here'])
    expect(await discrepancies()).toMatchObject([{ class: 'missing_here', amount: 150_000n, attemptId: null }])
  })

  test('is healed with the amount of the line, and another amount goes to suspense', async () => {
    const attempt = await startPayment(deps, account, { status: 'unknown' })
    await listed(lineFor(attempt, { amount: 140_000, fee: 1_694 }))
    expect((await reconcile(deps, account)).classes).toEqual(['missing_here'])
    expect(await stateOf(attempt)).toEqual(['open', 0n, 'captured'])
    const [suspense] =
      await db.sql`select sum(amount)::bigint as amount from postings where order_id = ${attempt.orderId} and account = 'suspense'`
    expect(suspense?.amount).toBe(-140_000n)
    expect((await reconcile(deps, account)).classes).toEqual(['matched'])
  })

  test('is missing_here for other money under our reference, which is booked as paid twice', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt), lineFor(attempt, { providerReference: 'second' }))
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'missing_here'])
    const [suspense] =
      await db.sql`select sum(amount)::bigint as amount from postings where order_id = ${attempt.orderId} and account = 'suspense'`
    expect(suspense?.amount).toBe(-150_000n)
    const again = await reconcile(deps, account)
    expect(again.classes).toEqual(['matched', 'matched'])
    expect(again.items.map((item) => item.attemptId)).toEqual([attempt.id, attempt.id])
  })

  test('is matched by our reference alone when the provider words its own another way', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt, { providerReference: 'FT-0001' }))
    const { only } = await reconcile(deps, account)
    expect(only('matched')).toMatchObject({
      attemptId: attempt.id,
      providerReference: 'FT-0001',
      captureReference: `p-${attempt.merchantReference}`,
    })
  })

  test('is matched by the provider’s reference when the line has none of ours', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt, { reference: '' }))
    expect((await reconcile(deps, account)).only('matched')).toMatchObject({
      attemptId: attempt.id,
      proof: { rule: 'provider_reference+amount' },
    })
  })

  test('is missing_at_provider once it is due, judged on the last day of the run', async () => {
    await db.sql`update merchant_accounts set settlement_days = 1, cutoff = '16:00' where id = ${account}`
    const thursday = await payOrder(deps, account, { at: '2026-11-26T15:59:59+07:00' })
    const behindCutoff = await payOrder(deps, account, { at: '2026-11-26T16:00:00+07:00' })
    const run = (to: string) => reconcile(deps, account, { from: '2026-11-26', to })
    expect((await run('2026-11-26')).classes).toEqual([])
    expect((await run('2026-11-27')).items).toMatchObject([
      {
        class: 'missing_at_provider',
        attemptId: thursday.id,
        amountHere: 150_000n,
        amountThere: null,
        statementId: null,
        businessDay: '2026-11-26',
      },
    ])
    // The other one counts for Friday, and the next working day after that is Monday.
    expect((await run('2026-11-29')).items).toHaveLength(1)
    expect((await run('2026-11-30')).items.map((item) => item.attemptId)).toContain(behindCutoff.id)
  })

  test('is no longer missing_at_provider when the line comes, whatever day it stands on', async () => {
    const attempt = await payOrder(deps, account)
    expect((await reconcile(deps, account)).classes).toEqual(['missing_at_provider'])
    await listed(lineFor(attempt, { at: '2026-12-20T09:00:00+07:00' }))
    expect((await reconcile(deps, account)).classes).toEqual([])
    expect(await discrepancies()).toMatchObject([{ class: 'missing_at_provider', status: 'resolved' }])
    expect((await reconcile(deps, account, { from: '2026-12-20', to: '2026-12-20' })).classes).toEqual(['date_shift'])
  })

  test('that was missing before the period is listed again until somebody settles it', async () => {
    await payOrder(deps, account)
    const later = { from: '2026-12-01', to: '2026-12-02' }
    expect((await reconcile(deps, account, later)).classes).toEqual(['missing_at_provider'])
    await db.sql`update discrepancies set status = 'resolved' where merchant_account_id = ${account}`
    expect((await reconcile(deps, account, later)).classes).toEqual([])
  })

  test.each(['failed', 'pending'] as const)('is a status_mismatch when captured here and listed %s', async (status) => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt, { status, fee: 0 }))
    for (const _ of [1, 2])
      expect((await reconcile(deps, account)).only('status_mismatch')).toMatchObject({ amountHere: 150_000n })
    expect(await stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
    expect(await discrepancies()).toHaveLength(1)
  })

  test('is a status_mismatch when failed here and listed as success, which a person decides', async () => {
    const attempt = await startPayment(deps, account, { status: 'failed' })
    await listed(lineFor(attempt))
    for (const _ of [1, 2])
      expect((await reconcile(deps, account)).only('status_mismatch')).toMatchObject({ attemptId: attempt.id })
    expect(await stateOf(attempt)).toEqual(['open', 0n, 'failed'])
  })

  test('is matched when neither side saw money, and a failure ends what was unknown', async () => {
    const [failed, unknown, pending] = [
      await startPayment(deps, account, { status: 'failed' }),
      await startPayment(deps, account, { status: 'unknown' }),
      await startPayment(deps, account, { status: 'pending' }),
    ]
    const quiet = { status: 'failed' as const, fee: 0 }
    await listed(lineFor(failed, quiet), lineFor(unknown, quiet), lineFor(pending, { status: 'pending', fee: 0 }))
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'matched', 'matched'])
    expect((await stateOf(unknown))[2]).toBe('failed')
    expect((await stateOf(pending))[2]).toBe('pending')
  })

  test('is an amount_mismatch, even when two opposite errors cancel', async () => {
    const [one, other] = [await payOrder(deps, account), await payOrder(deps, account)]
    await listed(lineFor(one, { amount: 149_000 }), lineFor(other, { amount: 151_000 }))
    const { classes, items } = await reconcile(deps, account)
    expect(classes).toEqual(['amount_mismatch', 'amount_mismatch'])
    expect(items.map((item) => [item.amountHere, item.amountThere])).toEqual([
      [150_000n, 149_000n],
      [150_000n, 151_000n],
    ])
    expect((await discrepancies()).map((row) => row.amount)).toEqual([1_000n, 1_000n])
  })

  test.each([
    ['one đồng too much', { fee: fee + 1 }],
    ['a net that does not add up', { net: 148_184 }],
    ['a fee on a refusal', { status: 'failed' as const, fee: 1, none: true }],
  ])('is a fee_mismatch with %s', async (_name, { none, ...more }: Partial<ProviderRow> & { none?: boolean }) => {
    const attempt = none ? await startPayment(deps, account, { status: 'failed' }) : await payOrder(deps, account)
    await listed(lineFor(attempt, more))
    expect((await reconcile(deps, account)).classes).toEqual(['fee_mismatch'])
  })

  test('compares no provider fee when the contract’s tariff is not known, or the file has none', async () => {
    await setTariff({})
    await listed(lineFor(await payOrder(deps, account), { fee: 3, net: '' }))
    expect((await reconcile(deps, account)).only('matched')).toMatchObject({
      providerFeeHere: null,
      providerFeeThere: 3n,
    })
    await setTariff({ basis_points: 110 })
    await listed(lineFor(await payOrder(deps, account), { fee: '', net: '', at: '2026-11-23T09:00:01+07:00' }))
    expect((await reconcile(deps, account)).classes).toEqual(['fee_mismatch', 'matched'])
  })

  test('is a date_shift when only the business day differs', async () => {
    const attempt = await payOrder(deps, account, { at: '2026-11-23T23:59:59+07:00' })
    await listed(lineFor(attempt, { at: '2026-11-24T00:00:01+07:00' }))
    expect((await reconcile(deps, account)).only('date_shift')).toMatchObject({ businessDay: '2026-11-24' })
  })

  test('is ambiguous when its references name different payments, and links neither', async () => {
    const [one, other] = [await payOrder(deps, account), await payOrder(deps, account)]
    await listed(lineFor(one, { providerReference: `p-${other.merchantReference}` }))
    const { classes, items } = await reconcile(deps, account)
    expect(classes).toEqual(['ambiguous', 'missing_at_provider', 'missing_at_provider'])
    expect(items.find((item) => item.class === 'ambiguous')).toMatchObject({
      attemptId: null,
      candidates: expect.arrayContaining([one.id, other.id]),
    })
  })

  test('without a reference belongs to the one payment of that day and amount, and to none when two tie', async () => {
    const bare = {
      reference: '',
      providerReference: '',
      at: '2026-11-23T09:00:00+07:00',
      fee: '' as const,
      net: '' as const,
    }
    const one = await payOrder(deps, account, { amount: 77_000n })
    await payOrder(deps, account, { amount: 88_000n })
    await payOrder(deps, account, { amount: 88_000n })
    await listed({ ...bare, amount: 77_000 }, { ...bare, amount: 88_000 }, { ...bare, amount: 99_000 })
    const { classes, items } = await reconcile(deps, account)
    expect(classes).toEqual(['ambiguous', 'matched', 'missing_at_provider', 'missing_at_provider', 'missing_here'])
    expect(items.find((item) => item.class === 'matched')).toMatchObject({
      attemptId: one.id,
      proof: { rule: 'day+amount' },
    })
    expect(items.find((item) => item.class === 'ambiguous')?.candidates).toHaveLength(2)
  })
})

describe('a refund', () => {
  test('is matched by its own reference or by that of its payment', async () => {
    const [one, other] = [await payOrder(deps, account), await payOrder(deps, account)]
    const [first, second] = [await addRefund(one), await addRefund(other)]
    await refunded(first)
    await refunded(second)
    await listed(
      lineFor(one),
      lineFor(other),
      refundLine(first),
      refundLine(second, { reference: other.merchantReference, providerReference: '' }),
    )
    const { classes, items } = await reconcile(deps, account)
    expect(classes).toEqual(['matched', 'matched', 'matched', 'matched'])
    expect(
      items.filter((item) => item.refundId).map((item) => [item.attemptId, item.refundId, item.amountHere]),
    ).toEqual([
      [one.id, first.id, 50_000n],
      [other.id, second.id, 50_000n],
    ])
  })

  test('is a refund_mismatch with another amount, on one side only, or without a refund', async () => {
    const payment = await payOrder(deps, account)
    const wrong = await addRefund(payment)
    await refunded(wrong)
    const silent = await addRefund(payment, { amount: 7_000n })
    await refunded(silent)
    await listed(
      lineFor(payment),
      refundLine(wrong, { amount: 49_999 }),
      refundLine({ merchantReference: 'nobody', amount: 5n }),
    )
    const { classes } = await reconcile(deps, account)
    expect(classes).toEqual(['matched', 'refund_mismatch', 'refund_mismatch', 'refund_mismatch'])
    expect((await discrepancies()).map((row) => row.amount).toSorted()).toEqual([1n, 5n, 7_000n])
  })

  test('that is still unknown here is healed, and then matched', async () => {
    const payment = await payOrder(deps, account)
    const refund = await addRefund(payment, { status: 'unknown' })
    await listed(lineFor(payment), refundLine(refund))
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'refund_mismatch'])
    const [row] = await db.sql`select status, amount_refunded from refunds where id = ${refund.id}`
    expect(row).toMatchObject({ status: 'succeeded', amountRefunded: 50_000n })
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'matched'])
  })

  test('is a status_mismatch when failed here and listed as success, or the other way round', async () => {
    const payment = await payOrder(deps, account)
    const failed = await addRefund(payment, { status: 'failed' })
    const done = await addRefund(payment)
    await refunded(done)
    await listed(lineFor(payment), refundLine(failed), refundLine(done, { status: 'failed', net: 0 }))
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'status_mismatch', 'status_mismatch'])
  })

  test('carries no provider fee', async () => {
    const payment = await payOrder(deps, account)
    const refund = await addRefund(payment)
    await refunded(refund)
    await listed(lineFor(payment), refundLine(refund, { fee: 5, net: -50_005 }))
    expect((await reconcile(deps, account)).classes).toEqual(['fee_mismatch', 'matched'])
  })

  test('is ambiguous when two of one payment tie', async () => {
    const payment = await payOrder(deps, account)
    for (const _ of [1, 2]) await refunded(await addRefund(payment))
    await listed(
      lineFor(payment),
      refundLine({ merchantReference: payment.merchantReference, amount: 50_000n }, { providerReference: '' }),
    )
    const { classes, items } = await reconcile(deps, account)
    expect(classes).toEqual(['ambiguous', 'matched', 'refund_mismatch', 'refund_mismatch'])
    expect(items.find((item) => item.class === 'ambiguous')?.candidates).toHaveLength(2)
  })
})

describe('fee and adjustment lines', () => {
  test('are never lost: a fee that the contract does not give, an adjustment that nobody knows', async () => {
    await listed(
      { type: 'fee', amount: 22_000, providerReference: 'f1', fee: '', net: '' },
      { type: 'adjustment', amount: -5_000, providerReference: 'a1', fee: '', net: '' },
    )
    expect((await reconcile(deps, account)).classes).toEqual(['fee_mismatch', 'missing_here'])
  })
  test('match when fees are not netted and the fee line is their sum', async () => {
    await setTariff({ basis_points: 110, vat_basis_points: 1000, netted: false })
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt, { net: 150_000 }), {
      type: 'fee',
      amount: fee,
      providerReference: 'f1',
      fee: '',
      net: '',
    })
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'matched'])
  })
})

describe('a run', () => {
  /** A day with every kind of trouble; answers the rows of its file. */
  const troubledDay = async (): Promise<ProviderRow[]> => {
    const paid = []
    for (let index = 0; index < 6; index += 1)
      paid.push(await payOrder(deps, account, { amount: 150_000n + BigInt(index) }))
    const open = await startPayment(deps, account, { status: 'failed' })
    const [a, b, c, d, e] = paid.map((attempt) => lineFor(attempt, { fee: '', net: '' }))
    if (!a || !b || !c || !d || !e) throw new Error('no payments')
    return [
      a,
      a,
      { ...a, amount: 1 },
      b,
      { ...c, amount: 9 },
      { ...d, status: 'failed' },
      { ...e, at: '2026-11-24T09:00:00+07:00' },
      { reference: 'x', amount: 5 },
      { reference: 'x', amount: 6 },
      lineFor(open),
      { reference: '', amount: 150_005, fee: '', net: '', at: '2026-11-23T09:00:00+07:00' },
    ]
  }
  const essence = (items: Awaited<ReturnType<typeof reconcile>>['items']) =>
    items
      .map((item) => [item.class, item.attemptId, item.merchantReference, item.amountHere, item.amountThere].join())
      .toSorted()

  test('has one item per line of the period and one per due payment without a line', async () => {
    const rows = await troubledDay()
    await setTariff({})
    const { items, id } = await reconcile(deps, account)
    expect(items.filter((item) => item.class === 'missing_at_provider')).toHaveLength(6)
    await listed(...rows)
    const run = await reconcile(deps, account)
    expect(run.items.filter((item) => item.statementId)).toHaveLength(rows.length)
    expect(new Set(run.items.map((item) => item.id)).size).toBe(run.items.length)
    const done = await findReconciliation(deps.db, 'H56', run.id)
    const counted = Object.values(done?.summary ?? {}).reduce((sum, each) => sum + each.count, 0)
    expect(counted).toBe(run.items.length)
    expect(done?.progress).toMatchObject({ phase: 'done', items: run.items.length })
    expect(await findReconciliation(deps.db, 'H56.14', id)).toBeNull()
  })

  test('gives the same whatever the order of rows and of files', async () => {
    await setTariff({})
    const rows = await troubledDay()
    await listed(...rows)
    const expected = essence((await reconcile(deps, account)).items)
    for (let turn = 1; turn <= 3; turn += 1) {
      await db.sql`delete from statement_lines where merchant_account_id = ${account}`
      const shuffled = rows
        .map((row, index) => ({ row, key: (index * 7 + turn * 5) % rows.length }))
        .toSorted((x, y) => x.key - y.key)
        .map(({ row }) => row)
      await listed({ amount: turn, reference: 'out of period', at: '2025-01-01T00:00:00Z' }, ...shuffled.slice(0, 4))
      await listed(...shuffled.slice(4), { amount: turn + 9, reference: 'out of period', at: '2025-01-01T00:00:00Z' })
      expect(essence((await reconcile(deps, account)).items)).toEqual(expected)
    }
  })

  test('opens nothing twice and changes nothing when it is run again', async () => {
    await setTariff({})
    await listed(...(await troubledDay()))
    const first = await reconcile(deps, account)
    const opened = await discrepancies()
    expect(opened).toHaveLength(first.items.filter((item) => item.class !== 'matched').length)
    const again = await reconcile(deps, account)
    expect(essence(again.items)).toEqual(essence(first.items))
    expect(await discrepancies()).toEqual(opened)
  })

  test('tells of itself in events, numbered without gaps', async () => {
    await listed({ reference: 'unheard', amount: 5 })
    const { id } = await reconcile(deps, account)
    const events = await db.sql`select type, sequence, data from events where subject_id = ${id} order by sequence`
    expect(events.map(({ type, sequence }) => [type, sequence])).toEqual([
      ['discrepancy.opened', 1],
      ['reconciliation.completed', 2],
    ])
    expect(events[0]?.data).toMatchObject({ class: 'missing_here', status: 'open', amount: 5 })
    expect(events[1]?.data).toMatchObject({
      id,
      summary: { missing_here: { count: 1, amount_here: 0, amount_there: 5 } },
    })
  })

  test('that was cut off while it healed goes on and is neither matched nor healed twice', async () => {
    const attempts = []
    for (let index = 0; index < 3; index += 1) attempts.push(await startPayment(deps, account, { status: 'unknown' }))
    await listed(...attempts.map((attempt) => lineFor(attempt)))
    const { id } = await startReconciliation(
      deps,
      { scope: 'H56', actor: 'a' },
      { merchantAccountId: account, from: '2026-11-23', to: '2026-11-23' },
    )
    let calls = 0
    const dying: TestDeps = {
      ...deps,
      newId: (prefix) => {
        if (prefix === 'jrn') calls += 1
        if (calls === 2) throw new Error('killed')
        return deps.newId(prefix)
      },
    }
    await expect(runReconciliation(dying, id)).rejects.toThrow('killed')
    expect(await findReconciliation(deps.db, '*', id)).toMatchObject({
      status: 'running',
      progress: { phase: 'healing' },
    })
    await runWaitingReconciliations(deps, 10)
    expect(await findReconciliation(deps.db, '*', id)).toMatchObject({
      status: 'completed',
      summary: { missing_here: { count: 3 } },
    })
    for (const attempt of attempts) expect(await stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
    const [facts] = await db.sql`select count(*)::int as count from money_facts where merchant_account_id = ${account}`
    expect(facts?.count).toBe(3)
  })

  test('ignores the lines of other merchant accounts and of the bank', async () => {
    const attempt = await payOrder(deps, account)
    const other = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
    await importFile(deps, other, providerFile([lineFor(attempt)]))
    await importFile(deps, account, 'value_date,amount,description\n2026-11-23,150000,x\n', 'bank')
    expect((await reconcile(deps, account)).classes).toEqual(['missing_at_provider'])
    expect((await reconcile(deps, other)).classes).toEqual(['missing_here'])
  })

  test('takes a payment that was wholly reversed for nothing', async () => {
    const attempt = await payOrder(deps, account)
    await applyOutcome(deps, {
      merchantAccountId: account,
      outcome: {
        status: 'reversed',
        merchantReference: attempt.merchantReference,
        providerReference: 'rev',
        amount: 150_000n,
        occurredAt: deps.now(),
        code: '04',
      },
      source: 'query',
    })
    expect((await reconcile(deps, account)).classes).toEqual([])
    await listed(lineFor(attempt))
    expect((await reconcile(deps, account)).only('amount_mismatch')).toMatchObject({ amountHere: 0n })
  })

  test('of a period that ends before it begins, or of a foreign account, is refused', async () => {
    const start = (scope: string, from: string, to: string) =>
      startReconciliation(deps, { scope, actor: 'a' }, { merchantAccountId: account, from, to })
    await expect(start('H56', '2026-11-24', '2026-11-23')).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(start('H56', '2025-11-23', '2026-11-24')).rejects.toMatchObject({ code: 'invalid_input' })
    await expect(start('H56.14', '2026-11-23', '2026-11-23')).rejects.toMatchObject({ code: 'not_found' })
  })

  test('counts two captures of one attempt as two', async () => {
    const attempt = await payOrder(deps, account)
    await capture(deps, attempt, { providerReference: 'second' })
    await listed(lineFor(attempt))
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'missing_at_provider'])
  })
})
