// Payments, refunds, payouts and bank lines, told and run over in any order and any periods: the books come to what was told, to the đồng, and stay there.
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { type Attempt, confirmedByHand } from '../../src/domain/order-facts.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import type { TestDatabase } from '../kit/database.ts'
import type { TestDeps } from '../kit/deps.ts'
import { payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'
import { type BankRow, bankFile, importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

const desk = settlementDesk()
let db: TestDatabase
let deps: TestDeps
beforeEach(() => {
  ;({ db, deps } = desk.now())
})

/** 1.1 % and 10 % VAT on it, each half up. */
const feeOf = (amount: bigint): bigint => (((2n * amount * 110n + 10_000n) / 20_000n) * 22_000n + 10_000n) / 20_000n
const returned = 1_000n
const payouts = ['PO-71', 'PO-72'] as const
const periods = [
  { from: '2026-11-20', to: '2026-12-05' },
  { from: '2026-11-23', to: '2026-11-23' },
  { from: '2026-11-30', to: '2026-12-01' },
  { from: '2027-04-01', to: '2027-04-10' },
]
const payment = fc.record({
  amount: fc.integer({ min: 10_000, max: 900_000 }).map(BigInt),
  day: fc.constantFrom('2026-11-23', '2026-11-30'),
  /** `own`: the bank itself is the provider, and the credit the payment. */
  way: fc.constantFrom(...payouts, 'own' as const),
  isTold: fc.boolean(),
  refund: fc.constantFrom('none', 'provider', 'hand'),
})
const paid = fc.constantFrom('whole', 'parts', 'short', 'not yet')
const story = fc.record({
  payments: fc.array(payment, { minLength: 2, maxLength: 4 }),
  paid: fc.tuple(paid, paid),
  isNetted: fc.boolean(),
  order: fc.infiniteStream(fc.nat(1_000)),
})
type Story = typeof story extends fc.Arbitrary<infer Value> ? Value : never
type Told = { provider: ProviderRow[][]; bank: BankRow[]; expected: Record<string, bigint> }

const addRefund = async ({ agencyCode, orderId, id: attemptId, merchantAccountId }: Attempt) => {
  const id = deps.newId('rfd')
  const refund = { merchantReference: id.replace('_', ''), amount: returned }
  const decided = { madeBy: 'a', decidedBy: 'b', createdAt: deps.now(), status: 'pending', reason: 'r' }
  await db.sql`insert into refunds ${db.sql({ ...refund, ...decided, id, agencyCode, orderId, attemptId, merchantAccountId, provider: 'test', source: 'order' })}`
  return refund
}

/** Tells the gateway of the payments and refunds, and says what is to be listed and what the books must come to. */
const tell = async (account: string, { payments, paid: how, isNetted }: Story): Promise<Told> => {
  const bank: BankRow[] = []
  const expected = { bank: 0n, provider_receivable: 0n, collected: 0n, provider_fee: 0n, suspense: 0n }
  const sums = new Map(payouts.map((name) => [name, { rows: [] as ProviderRow[], gross: 0n, fees: 0n }]))
  for (const [at, { amount, day, way, isTold, refund: asked }] of payments.entries()) {
    const at9 = `${day}T09:00:00+07:00`
    const attempt = isTold
      ? await payOrder(deps, account, { amount, at: at9 })
      : await startPayment(deps, account, { amount, status: 'unknown' })
    expected.collected -= amount
    const payout = way === 'own' ? undefined : sums.get(way)
    const kept = isNetted ? feeOf(amount) : 0n
    if (payout && way !== 'own') {
      payout.rows.push(lineFor(attempt, { payout: way, fee: feeOf(amount), net: amount - kept, at: at9 }))
      payout.gross += amount
      payout.fees += feeOf(amount)
    } else bank.push({ amount, valueDate: day, text: `nop ${attempt.merchantReference}`, reference: `OWN${at}00` })
    if (!isTold || asked === 'none' || (asked === 'provider' && !payout)) continue
    const refund = await addRefund(attempt)
    const outcome = {
      status: 'refunded' as const,
      merchantReference: refund.merchantReference,
      amount: returned,
      occurredAt: new Date(at9),
    }
    expected.collected += returned
    if (asked === 'provider' && payout && way !== 'own') {
      const providerReference = `pr-${refund.merchantReference}`
      await applyOutcome(deps, {
        merchantAccountId: account,
        source: 'query',
        outcome: { ...outcome, providerReference, code: '00' },
      })
      payout.rows.push(refundLine(refund, { payout: way, at: at9 }))
      payout.gross -= returned
    } else {
      const providerReference = `FT2633${at}77`
      await applyOutcome(deps, {
        merchantAccountId: account,
        source: 'person',
        outcome: { ...outcome, providerReference, code: confirmedByHand },
      })
      bank.push({ amount: -returned, valueDate: day, text: `hoan ${providerReference}` })
    }
  }
  for (const [at, [name, { gross, fees }]] of [...sums].entries()) {
    if (gross === 0n) continue
    const net = gross - (isNetted ? fees : 0n)
    if (how[at] === 'not yet') {
      expected.provider_receivable += gross
      continue
    }
    const first = how[at] === 'whole' ? net : net - 7n
    bank.push({ amount: first, valueDate: '2026-12-01', text: `${name} chuyen`, reference: `C${at}1` })
    if (how[at] === 'parts') bank.push({ amount: 7, valueDate: '2027-04-06', text: `bu ${name}`, reference: `C${at}2` })
    if (how[at] === 'short') expected.suspense += 7n
    if (!isNetted) bank.push({ amount: -fees, valueDate: '2026-12-01', text: `phi ${name}`, reference: `C${at}3` })
    expected.provider_fee += fees
  }
  expected.bank = bank.reduce((sum, row) => sum + BigInt(row.amount), 0n)
  return { provider: [...sums.values()].map(({ rows }) => rows).filter((rows) => rows.length > 0), bank, expected }
}

test('bank is the statement, nothing is owed of what was settled, and suspense is what is open, whatever came first', async () => {
  await fc.assert(
    fc.asyncProperty(story, async (told) => {
      await desk.setTariff({ basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: told.isNetted })
      const [made] = await db.sql`
        insert into merchant_accounts (id, agency_code, provider, title, settings, payee_account, provider_fee)
        select ${deps.newId('mac')}, agency_code, provider, title, settings, payee_account, provider_fee from merchant_accounts where id = ${desk.now().account} returning id`
      const account = String(made?.id)
      const { provider, bank, expected } = await tell(account, told)
      const pick = told.order[Symbol.iterator]()
      const next = () => Number(pick.next().value)
      const run = (at: number) => reconcile(deps, account, periods[at % periods.length])
      const steps = [
        ...provider.map((rows) => () => importFile(deps, account, providerFile(rows))),
        ...bank.map((row) => () => importFile(deps, account, bankFile([row]), 'bank')),
        () => run(next()),
        () => run(next()),
      ].map((step) => ({ step, key: next() }))
      for (const { step } of steps.toSorted((a, b) => a.key - b.key)) await step()
      const everywhere = async () => {
        for (const { at } of periods.map((_, place) => ({ at: place, key: next() })).toSorted((a, b) => a.key - b.key))
          await run(at)
      }
      for (const _ of [1, 2]) await everywhere()
      expect((await verifyLedger(deps)).fault).toBeNull()
      const stands = async () => {
        const rows = await db.sql`
          select account, sum(amount)::bigint as amount, count(*)::int as count from postings where merchant_account_id = ${account}
          group by account order by account`
        const sums = Object.fromEntries(rows.map((row) => [String(row.account), BigInt(row.amount)]))
        return { sums: { ...Object.fromEntries(Object.keys(expected).map((name) => [name, 0n])), ...sums }, rows }
      }
      const before = await stands()
      expect(before.sums).toEqual(expected)
      const open = await db.sql`
        select class from discrepancies where merchant_account_id = ${account} and source = 'reconciliation' and status <> 'resolved'`
      for (const row of open) expect(['short_settled', 'unsettled']).toContain(row.class)
      await run(next())
      expect((await stands()).rows).toEqual(before.rows)
    }),
    { numRuns: 3, endOnFailure: true },
  )
}, 300_000)
