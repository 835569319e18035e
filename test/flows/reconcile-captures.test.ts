// Every class that a line of a payment, a fee or an adjustment can have, and healing through the one door.
import { beforeEach, describe, expect, test } from 'vitest'
import { presentItem } from '../../src/domain/present-reconciliation.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { fee, lineFor, settlementDesk } from '../kit/settlement-desk.ts'
import type { ProviderRow } from '../kit/statements.ts'

const desk = settlementDesk()
const { discrepancies, listed, setTariff, stateOf } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
})

describe('an item', () => {
  test('is matched when reference, amount, provider fee and business day agree, and carries its proof', async () => {
    const attempt = await payOrder(deps, account)
    // The payout is due after the period.
    const statement = await listed(lineFor(attempt, { payout: 'PO-1', valueDate: '2026-11-26' }))
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
      valueDate: '2026-11-26',
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

  test('is one for money that was told without the provider’s reference, and then with it', async () => {
    const attempt = await startPayment(deps, account)
    await capture(deps, attempt, { providerReference: null })
    await capture(deps, attempt)
    await listed(lineFor(attempt, { fee: fee + 1 }))
    expect((await reconcile(deps, account)).classes).toEqual(['fee_mismatch'])
  })

  test('is matched by the provider’s reference when the line has none of ours', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt, { reference: '' }))
    expect((await reconcile(deps, account)).only('matched')).toMatchObject({
      attemptId: attempt.id,
      proof: { rule: 'provider_reference+amount' },
    })
  })

  test('is one match for a payment that was told without the provider’s reference and then with it, though lines have both', async () => {
    const attempt = await startPayment(deps, account)
    await capture(deps, attempt, { providerReference: null })
    await capture(deps, attempt)
    await listed(lineFor(attempt), lineFor(attempt, { providerReference: attempt.merchantReference }))
    const { id, classes } = await reconcile(deps, account)
    expect(classes).toEqual(['matched', 'missing_here'])
    await db.sql`
      update reconciliation_items set class = 'matched', amount_here = amount_there, capture_reference = merchant_reference
      where reconciliation_id = ${id} and class = 'missing_here'`
    expect((await verifyMatches(deps, { reconciliation: id })).fault?.problem).toContain('used by another match')
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
    await db.sql`update discrepancies set status = 'resolved', holds_difference = false where merchant_account_id = ${account}`
    expect((await reconcile(deps, account, later)).classes).toEqual([])
  })

  test.each(['failed', 'pending'] as const)(
    'is a status_mismatch when captured here and “%s” there',
    async (status) => {
      const attempt = await payOrder(deps, account)
      await listed(lineFor(attempt, { status, fee: 0 }))
      for (const _ of [1, 2])
        expect((await reconcile(deps, account)).only('status_mismatch')).toMatchObject({ amountHere: 150_000n })
      expect(await stateOf(attempt)).toEqual(['paid', 150_000n, 'captured'])
      expect(await discrepancies()).toHaveLength(1)
    },
  )

  test('is a status_mismatch when a failure here and listed as success, which a person decides', async () => {
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

  test('within the tolerance of the contract stays a fee_mismatch, told and closed by its rule, and opens again when the tolerance is less', async () => {
    const tariff = { basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true }
    await setTariff({ ...tariff, tolerance: 2 })
    const [near, far, torn] = [
      await payOrder(deps, account),
      await payOrder(deps, account),
      await payOrder(deps, account),
    ]
    const rows = [
      lineFor(near, { fee: fee + 2 }),
      lineFor(far, { fee: fee - 3 }),
      lineFor(torn, { fee: fee + 1, net: 1 }),
    ]
    await listed(...rows)
    const run = async () => {
      expect((await reconcile(deps, account)).classes).toEqual(['fee_mismatch', 'fee_mismatch', 'fee_mismatch'])
      return (await discrepancies()).map((row) => [
        row.attemptId,
        row.status,
        row.resolution,
        row.resolvedBy,
        row.history.length,
      ])
    }
    const waiting = [
      [far.id, 'open', null, null, 1],
      [torn.id, 'open', null, null, 1],
    ]
    const first = await run()
    expect(first).toHaveLength(3)
    expect(first).toEqual(expect.arrayContaining([[near.id, 'resolved', 'within_tolerance', 'lephi', 2], ...waiting]))
    expect(await run()).toEqual(first)
    await setTariff({ ...tariff, tolerance: 1 })
    expect(await run()).toEqual(expect.arrayContaining([[near.id, 'open', null, null, 3], ...waiting]))
  })

  test('takes a maximum of 0 for none', async () => {
    await setTariff({ basis_points: 110, minimum: 0, maximum: 0, vat_basis_points: 1000 })
    await listed(lineFor(await payOrder(deps, account)))
    expect((await reconcile(deps, account)).only('matched')).toMatchObject({ providerFeeHere: 1_815n })
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
    await listed(lineFor(attempt, { net: 150_000, payout: 'PO-1' }), {
      type: 'fee',
      amount: fee,
      providerReference: 'f1',
      payout: 'PO-1',
      fee: '',
      net: '',
    })
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'matched', 'unsettled'])
  })
})
