// Money that several rooms touch: healed, held, settled, returned and decided on together. The books say of it what the statements say.
import { beforeEach, describe, expect, test } from 'vitest'
import { confirmedByHand } from '../../src/domain/order-facts.ts'
import type { DoorOutcome, MoneyOutcome } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { approveResolution, resolveDiscrepancy } from '../../src/flows/decide-discrepancy.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
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

const maker = { scope: 'H56', actor: 'cli_maker' }
const checker = { scope: 'H56', actor: 'cli_checker' }
const banked = (...rows: BankRow[]) => importFile(deps, account, bankFile(rows), 'bank')
/** What stands in each account of the ledger after the whole of it was checked; nothing is left out. */
const books = async (): Promise<Record<string, bigint>> => {
  expect((await verifyLedger(deps)).fault).toBeNull()
  const rows = await db.sql`
    select account, sum(amount)::bigint as amount from postings where merchant_account_id = ${account} group by account having sum(amount) <> 0 order by account`
  return Object.fromEntries(rows.map((row) => [String(row.account), BigInt(row.amount)]))
}
const byHand = (refund: { merchantReference: string; amount: bigint }, number: string) => {
  const { merchantReference, amount } = refund
  const outcome: DoorOutcome = {
    status: 'refunded',
    merchantReference,
    providerReference: number,
    amount,
    occurredAt: deps.now(),
    code: confirmedByHand,
  }
  return applyOutcome(deps, { merchantAccountId: account, outcome, source: 'person' })
}
const reversed = (attempt: { merchantReference: string }, amount: bigint, more: Partial<MoneyOutcome> = {}) =>
  applyOutcome(deps, {
    merchantAccountId: account,
    outcome: {
      status: 'reversed',
      merchantReference: attempt.merchantReference,
      providerReference: 'R',
      amount,
      occurredAt: deps.now(),
      code: '04',
      ...more,
    },
    source: 'callback',
  })
const only = async () => {
  const [row, ...others] = await discrepancies()
  if (!row || others.length > 0) throw new Error(`${others.length + 1} discrepancies`)
  return row
}

describe('a refund by hand', () => {
  test('leaves books that hold once its line is matched', async () => {
    const payment = await payOrder(deps, account)
    await byHand(await addRefund(payment), 'FT-REFUND')
    await listed(lineFor(payment, { payout: 'PO-1' }))
    await banked({ amount: 148_185, text: 'PO-1' }, { amount: -50_000, reference: 'FT-REFUND' })
    await reconcile(deps, account)
    expect(await books()).toEqual({ bank: 98_185n, collected: -100_000n, provider_fee: 1_815n })
  })

  test.each([
    [{ text: 'Hoan phi FT263301234 so 5' }],
    [{ text: 'hoan phi ft263301234' }],
    [{ reference: 'ft263301234', text: 'x' }],
  ])('is found in its bank line %j', async (line) => {
    const payment = await payOrder(deps, account)
    await byHand(await addRefund(payment), 'FT263301234')
    await banked({ amount: -50_000, ...line })
    const { items } = await reconcile(deps, account)
    expect(items.filter(({ source }) => source === 'bank').map((item) => item.class)).toEqual(['matched'])
  })
})

test('a payout does not owe again what another day lists twice in it', async () => {
  const [once, other] = [await payOrder(deps, account), await payOrder(deps, account)]
  await listed(lineFor(once, { payout: 'PO-1' }))
  await listed(lineFor(once, { payout: 'PO-2', at: '2026-12-20T10:00:00+07:00' }), lineFor(other, { payout: 'PO-2' }))
  await banked({ amount: 148_185, text: 'PO-1' }, { amount: 148_185, text: 'PO-2' })
  const { items } = await reconcile(deps, account, { from: '2026-11-23', to: '2026-11-24' })
  expect(items.map((item) => item.class)).toEqual(['matched', 'matched', 'matched', 'matched'])
})

describe('a payout whose credits lie far apart', () => {
  test('is short until the rest comes, four months later, and no matter which of the periods runs again', async () => {
    await listed(lineFor(await payOrder(deps, account), { payout: 'PO-77' }))
    await banked({ amount: 148_000, text: 'PO-77' })
    await reconcile(deps, account)
    await banked({ amount: 185, text: 'bu PO-77', valueDate: '2027-04-06' })
    const whole = { bank: 148_185n, collected: -150_000n, provider_fee: 1_815n }
    const spring = { from: '2027-04-01', to: '2027-04-10' }
    expect((await reconcile(deps, account, spring)).only('matched')).toMatchObject({ amountHere: 185n })
    expect(await books()).toEqual(whole)
    await reconcile(deps, account)
    expect(await books()).toEqual(whole)
    await reconcile(deps, account, spring)
    expect(await books()).toEqual(whole)
    expect((await only()).status).toBe('resolved')
  })

  test('is not paid a second time by a credit that names it months later', async () => {
    await listed(lineFor(await payOrder(deps, account), { payout: 'PO-77' }))
    await banked({ amount: 148_185, text: 'PO-77' })
    await reconcile(deps, account)
    await banked({ amount: 148_185, text: 'PO-77', valueDate: '2027-04-06' })
    const spring = await reconcile(deps, account, { from: '2027-04-01', to: '2027-04-10' })
    expect(spring.classes).toEqual(['over_settled'])
    expect(await books()).toEqual({ bank: 296_370n, collected: -150_000n, provider_fee: 1_815n, suspense: -148_185n })
  })
})

describe('a row of another month', () => {
  const november = { from: '2026-11-01', to: '2026-11-30' }
  const december = { from: '2026-12-01', to: '2026-12-31' }

  test('that pays with one of this month is booked when its own month is read, whichever comes first', async () => {
    const whole = { bank: 148_185n, collected: -150_000n, provider_fee: 1_815n }
    await listed(lineFor(await payOrder(deps, account), { payout: 'PO-1' }))
    await banked({ amount: 148_000, text: 'PO-1' }, { amount: 185, text: 'bu PO-1', valueDate: '2026-12-03' })
    await reconcile(deps, account, november)
    expect(await books()).toEqual({ bank: 148_000n, collected: -150_000n, provider_receivable: 2_000n })
    await reconcile(deps, account, december)
    expect(await books()).toEqual(whole)
    await reconcile(deps, account, november)
    expect(await books()).toEqual(whole)
  })

  test.each([
    [november, december],
    [december, november],
  ])('pays no longer with one of this month when either month sees it so, in whatever order', async (first, second) => {
    await desk.setTariff({})
    await listed({ amount: 500, reference: `c1-${account}`, payout: 'QX', fee: 0 })
    await banked({ amount: 300, text: 'khong' }, { amount: 200, text: 'ten', valueDate: '2026-12-02' })
    for (const each of [first, second]) await reconcile(deps, account, each)
    expect(await books()).toEqual({ bank: 500n, suspense: -500n })
    await listed({ amount: 300, reference: `c2-${account}`, payout: 'QY', fee: 0 })
    await reconcile(deps, account, first)
    // Both rows are of nobody at once, also that of the month which has not run again.
    const [held] = await db.sql`
      select sum(posting.amount)::bigint as amount from postings as posting join journal_entries as entry on entry.id = posting.entry_id
      where posting.merchant_account_id = ${account} and posting.account = 'suspense' and entry.kind = 'settlement'`
    expect(held?.amount).toBe(-500n)
    await reconcile(deps, account, second)
    const whole = { bank: 500n, provider_receivable: 800n, suspense: -1_300n }
    expect(await books()).toEqual(whole)
    await reconcile(deps, account, first)
    expect(await books()).toEqual(whole)
  })

  test('of nobody is held no longer once this month has its payment', async () => {
    await listed({
      reference: 'LP-SHIFT-1',
      amount: 150_000,
      fee: '',
      net: '',
      at: '2026-11-30T23:59:00+07:00',
    })
    await reconcile(deps, account, november)
    expect(await books()).toEqual({ provider_receivable: 150_000n, suspense: -150_000n })
    const attempt = await startPayment(deps, account, { merchantReference: 'LP-SHIFT-1' })
    await capture(deps, attempt, {
      providerReference: 'p-LP-SHIFT-1',
      occurredAt: new Date('2026-12-01T00:01:00+07:00'),
    })
    await reconcile(deps, account, december)
    const whole = { collected: -150_000n, provider_receivable: 150_000n }
    expect(await books()).toEqual(whole)
    await reconcile(deps, account, november)
    await reconcile(deps, account, december)
    expect(await books()).toEqual(whole)
    expect((await discrepancies()).map((row) => [row.class, row.status, row.resolution])).toEqual([
      ['missing_here', 'resolved', 'class_changed'],
      ['date_shift', 'open', null],
    ])
  })
})

describe('a decision', () => {
  test('that was proposed over another amount is not there to approve', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt, { amount: 149_000, fee: '', net: '' }))
    await reconcile(deps, account)
    const id = String((await only()).id)
    await resolveDiscrepancy(deps, maker, { id, resolution: 'written_off', note: '1.000 đ' })
    await reversed(attempt, 100_000n)
    await reconcile(deps, account)
    expect(await only()).toMatchObject({ status: 'open', amount: 99_000n, proposedBy: null, resolution: null })
    await expect(approveResolution(deps, checker, { id, note: 'n' })).rejects.toMatchObject({
      code: 'discrepancy_not_proposed',
    })
  })

  test('over one difference is not one over another that comes later', async () => {
    const attempt = await payOrder(deps, account)
    await listed(lineFor(attempt, { amount: 149_000, fee: '', net: '' }))
    await reconcile(deps, account)
    const id = String((await only()).id)
    await resolveDiscrepancy(deps, maker, { id, resolution: 'written_off', note: '1.000 đ' })
    await approveResolution(deps, checker, { id, note: 'n' })
    await reconcile(deps, account)
    expect(await only()).toMatchObject({ status: 'resolved', difference: -1_000n })
    await reversed(attempt, 100_000n)
    await reconcile(deps, account)
    expect(await only()).toMatchObject({ status: 'open', amount: 99_000n, difference: 99_000n })
    expect(await books()).toEqual({ provider_receivable: 149_000n, collected: -50_000n, suspense: -99_000n })
  })
})

describe('an attempt that was captured twice', () => {
  test('and reversed once is read as the door reads it', async () => {
    const attempt = await payOrder(deps, account)
    await capture(deps, attempt, { providerReference: 'A-second', amount: 90_000n })
    await reversed(attempt, 90_000n)
    await listed(lineFor(attempt))
    const { classes } = await reconcile(deps, account)
    expect(classes).toEqual(['matched'])
  })
})

test('a refund that went back by hand and by the provider is seen, and each is booked once', async () => {
  const payment = await payOrder(deps, account)
  const refund = await addRefund(payment)
  await byHand(refund, 'FT263301234')
  await listed(lineFor(payment, { payout: 'PO-1' }), refundLine(refund, { payout: 'PO-1' }))
  await banked({ amount: 98_185, text: 'PO-1' }, { amount: -50_000, reference: 'FT263301234' })
  for (const _ of [1, 2]) {
    const { classes, only: the } = await reconcile(deps, account)
    expect(classes).toEqual(['matched', 'matched', 'matched', 'refund_mismatch'])
    expect(the('refund_mismatch')).toMatchObject({ refundId: refund.id, amountHere: null, amountThere: 50_000n })
    expect(await books()).toEqual({ bank: 48_185n, collected: -100_000n, provider_fee: 1_815n, suspense: 50_000n })
  }
  expect(await only()).toMatchObject({ class: 'refund_mismatch', difference: -50_000n })
})

test('a payment that its own credit has brought is missed by no run of another season', async () => {
  const attempt = await payOrder(deps, account)
  await banked({ amount: 150_000, text: `nop ${attempt.merchantReference}` })
  expect((await reconcile(deps, account)).classes).toEqual(['matched'])
  const spring = { from: '2027-04-01', to: '2027-04-10' }
  expect((await reconcile(deps, account, spring)).classes).toEqual([])
  await banked({ amount: 70, text: 'x', valueDate: '2027-04-06' })
  expect((await reconcile(deps, account, spring)).classes).toEqual(['unknown_credit'])
  expect(await books()).toEqual({ bank: 150_070n, collected: -150_000n, suspense: -70n })
})

test('a payment that was credited once is not paid by another credit months later', async () => {
  const attempt = await payOrder(deps, account)
  await banked({ amount: 150_000, text: `nop ${attempt.merchantReference}` })
  expect((await reconcile(deps, account)).classes).toEqual(['matched'])
  await banked({ amount: 150_000, text: `nop ${attempt.merchantReference}`, valueDate: '2027-04-06' })
  const spring = await reconcile(deps, account, { from: '2027-04-01', to: '2027-04-10' })
  expect(spring.classes).toEqual(['unknown_credit'])
  expect(await books()).toEqual({ bank: 300_000n, collected: -150_000n, suspense: -150_000n })
})
