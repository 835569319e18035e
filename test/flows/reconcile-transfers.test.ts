// Refunds by hand on the bank's side: the transfer is matched by its number and amount, is booked once, and no provider is expected to list it.
import { beforeEach, describe, expect, test } from 'vitest'
import { confirmedByHand } from '../../src/domain/order-facts.ts'
import type { DoorOutcome } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'
import { type BankRow, bankFile, importFile } from '../kit/statements.ts'

const desk = settlementDesk()
const { addRefund, discrepancies, listed } = desk
let db: TestDatabase
let deps: TestDeps
let account: string
beforeEach(() => {
  ;({ db, deps, account } = desk.now())
})

const banked = (...rows: BankRow[]) => importFile(deps, account, bankFile(rows), 'bank')
const told = (refund: { merchantReference: string; amount: bigint }, more: Partial<DoorOutcome>) => {
  const outcome = {
    status: 'refunded',
    merchantReference: refund.merchantReference,
    providerReference: 'FT-REFUND',
    amount: refund.amount,
    occurredAt: deps.now(),
    code: confirmedByHand,
    ...more,
  } as DoorOutcome
  return applyOutcome(deps, { merchantAccountId: account, outcome, source: 'person' })
}
const bank = async () => {
  const [row] =
    await db.sql`select coalesce(sum(amount), 0)::int as amount from postings where account = 'bank' and merchant_account_id = ${account}`
  return row?.amount
}
const bankItems = async () => (await reconcile(deps, account)).items.filter(({ source }) => source === 'bank')

describe('a refund by hand', () => {
  test('is matched with its bank line, booked once, and missed at no provider', async () => {
    const payment = await payOrder(deps, account)
    const refund = await addRefund(payment)
    await told(refund, {})
    await listed(lineFor(payment))
    await banked({ amount: -50_000, reference: 'FT-REFUND', text: 'Hoan phi' })
    const { items, classes } = await reconcile(deps, account)
    expect(classes.filter((name) => name !== 'unsettled')).toEqual(['matched', 'matched'])
    const [item] = items.filter(({ source }) => source === 'bank' && items.length > 0)
    expect(item).toMatchObject({ refundId: refund.id, amountHere: -50_000n, amountThere: -50_000n })
    expect(item?.proof).toMatchObject({ rule: 'transfer+amount', transfer: 'FT-REFUND' })
    expect(await bank()).toBe(-50_000)
    expect(await discrepancies()).toEqual([])
  })

  test('that is confirmed after its line was seen takes that line out of suspense', async () => {
    const refund = await addRefund(await payOrder(deps, account))
    await banked({ amount: -50_000, reference: 'FT-REFUND', text: 'Hoan phi' })
    expect((await bankItems()).map((item) => item.class)).toEqual(['unknown_debit'])
    await told(refund, {})
    expect((await bankItems()).map((item) => item.class)).toEqual(['matched'])
    expect(await bank()).toBe(-50_000)
  })

  test('that bounced is matched both ways, and another amount is not', async () => {
    const refund = await addRefund(await payOrder(deps, account))
    await told(refund, {})
    await told(refund, { status: 'bounced', providerReference: 'CR-BACK', code: 'bounced' })
    await banked(
      { amount: -50_000, reference: 'FT-REFUND', text: 'Hoan phi' },
      { amount: 50_000, reference: 'CR-BACK', text: 'Tra lai' },
      { amount: -49_999, reference: 'FT-REFUND', text: 'Khac' },
    )
    expect((await bankItems()).map((item) => item.class).toSorted()).toEqual(['matched', 'matched', 'unknown_debit'])
    expect(await bank()).toBe(-49_999)
  })

  test('of all that a payment was, of which the provider told no number, may bounce: each match is of another side of it', async () => {
    const payment = await startPayment(deps, account)
    await capture(deps, payment, { providerReference: null })
    const refund = await addRefund(payment, { amount: payment.amount })
    await told(refund, {})
    await told(refund, { status: 'bounced', providerReference: 'CR-BACK', code: 'bounced' })
    await listed(lineFor(payment))
    await banked(
      { amount: -150_000, reference: 'FT-REFUND', text: 'Hoan phi' },
      { amount: 150_000, reference: 'CR-BACK', text: 'Tra lai' },
    )
    const { classes, id } = await reconcile(deps, account)
    expect(classes.filter((name) => name !== 'unsettled')).toEqual(['matched', 'matched', 'matched'])
    expect((await verifyMatches(deps, { reconciliation: id })).fault).toBeNull()
  })

  test('whose number a bank spells otherwise, or has in its text, is matched with its line, and that is verified', async () => {
    const refunds = [await addRefund(await payOrder(deps, account)), await addRefund(await payOrder(deps, account))]
    for (const [at, refund] of refunds.entries()) {
      const number = `FT 26-327/77${at}`
      await db.sql`update refunds set method = 'manual', status = 'pending' where id = ${refund.id}`
      await db.sql`update refunds set bank_reference = ${number}, paid_on = '2026-11-23', confirmed_by = 'cli_other' where id = ${refund.id}`
      await told(refund, { providerReference: number })
    }
    const plain = await addRefund(await payOrder(deps, account))
    await told(plain, { providerReference: 'FT26327999' })
    await banked(
      { amount: -50_000, reference: 'FT.26327-770', text: 'Hoan phi' },
      { amount: -50_000, text: 'Hoàn phí FT26327771 lan 1' },
      { amount: -50_000, text: 'Hoan phi (FT26327999)' },
    )
    const { items, id } = await reconcile(deps, account)
    const lines = items.filter(({ source }) => source === 'bank')
    expect(lines.map((item) => `${item.class} ${item.refundId}`).toSorted()).toEqual(
      [...refunds, plain].map((refund) => `matched ${refund.id}`).toSorted(),
    )
    expect((await verifyMatches(deps, { reconciliation: id })).fault).toBeNull()
  })

  test('is not taken for one that the provider lists of the same payment', async () => {
    const payment = await payOrder(deps, account)
    await told(await addRefund(payment), {})
    const other = await addRefund(payment)
    await desk.refunded(other)
    await listed(
      lineFor(payment),
      refundLine({ merchantReference: payment.merchantReference, amount: 50_000n }, { providerReference: '' }),
    )
    const { items } = await reconcile(deps, account)
    const refunds = items.filter(({ refundId }) => refundId !== null)
    expect(refunds.map(({ refundId, class: name }) => [refundId, name])).toEqual([[other.id, 'matched']])
  })
})
