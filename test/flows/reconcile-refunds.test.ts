// Refund lines: found by their own reference or that of the payment, and compared.
import { beforeEach, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()
const { addRefund, discrepancies, listed, refunded } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
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

  test('that was told of a moment before its payment, on the day before the run, is one item beside that of its payment', async () => {
    const at = '2026-11-23T00:00:30+07:00'
    const payment = await payOrder(deps, account, { at })
    const refund = await addRefund(payment)
    await refunded(refund, { occurredAt: new Date('2026-11-22T23:59:50+07:00') })
    await listed(lineFor(payment, { at }))
    expect((await reconcile(deps, account)).classes).toEqual(['matched', 'refund_mismatch'])
  })

  test('carries no provider fee', async () => {
    const payment = await payOrder(deps, account)
    const refund = await addRefund(payment)
    await refunded(refund)
    await listed(lineFor(payment), refundLine(refund, { fee: 5, net: -50_005 }))
    expect((await reconcile(deps, account)).classes).toEqual(['fee_mismatch', 'matched'])
  })

  test('whose line stands there twice is healed by one and not by both, and two lines that differ are ambiguous', async () => {
    const twice = async (...differing: object[]) => {
      const payment = await payOrder(deps, account)
      const refund = await addRefund(payment, { status: 'pending' })
      const told = { reference: payment.merchantReference, providerReference: `REF-${refund.id}` }
      return {
        refund,
        lines: [lineFor(payment), refundLine(refund, told), refundLine(refund, { ...told, ...differing[0] })],
      }
    }
    const same = await twice()
    const other = await twice({ providerReference: 'REF-OTHER' })
    await listed(...same.lines, ...other.lines)
    const { classes } = await reconcile(deps, account)
    expect(classes).toEqual(['ambiguous', 'ambiguous', 'duplicate_line', 'matched', 'matched', 'refund_mismatch'])
    const rows =
      await db.sql`select id, status, amount_refunded from refunds where id in (${same.refund.id}, ${other.refund.id}) order by id`
    expect(rows).toMatchObject([
      { id: same.refund.id, status: 'succeeded', amountRefunded: 50_000n },
      { id: other.refund.id, status: 'pending', amountRefunded: 0n },
    ])
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
