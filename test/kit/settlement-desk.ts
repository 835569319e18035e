// A merchant account with a tariff, its payments and refunds, and the lines that its provider lists: what every test of reconciliation begins with.
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import type { MoneyOutcome } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createTestDeps, type TestDeps } from './deps.ts'
import { doubled } from './misplaced.ts'
import { seedAgencies, seedMerchantAccount } from './orders.ts'
import { importFile, type ProviderRow, providerFile } from './statements.ts'

/** 1.1 % of 150,000 đ, with 10 % VAT. */
export const fee = 1_815

type RefundName = { merchantReference: string; amount: bigint }

/** The line of a capture as a provider lists it; the default agrees with a payment of 150,000 đ made at the start of the test clock. */
export const lineFor = (attempt: Attempt, more: Partial<ProviderRow> = {}): ProviderRow => ({
  reference: attempt.merchantReference,
  providerReference: `p-${attempt.merchantReference}`,
  amount: attempt.amount,
  fee,
  at: '2026-11-23T09:00:00+07:00',
  ...more,
})

export const refundLine = (refund: RefundName, more: Partial<ProviderRow> = {}): ProviderRow => ({
  type: 'refund',
  reference: refund.merchantReference,
  providerReference: `pr-${refund.merchantReference}`,
  amount: refund.amount,
  at: '2026-11-23T09:00:00+07:00',
  ...more,
})

/** One database per file, one merchant account per test. */
export const settlementDesk = () => {
  let db: TestDatabase
  let deps: TestDeps
  let account: string
  beforeAll(async () => {
    db = await createTestDatabase()
    deps = createTestDeps(db.database)
    await seedAgencies(db.sql)
  })
  afterAll(async () => {
    // The account is the province's, and the orders are a commune's.
    const twice = await doubled(db.sql)
    await db.drop()
    expect(twice).toEqual([])
  })
  beforeEach(async () => {
    account = await seedMerchantAccount(deps, db.sql, { provider: 'test' })
    await setTariff({ basis_points: 110, fixed: 0, vat_basis_points: 1000, netted: true })
  })
  const setTariff = (tariff: object) =>
    db.sql`update merchant_accounts set provider_fee = ${db.sql.json(tariff as never)} where id = ${account}`
  return {
    now: () => ({ db, deps, account }),
    setTariff,
    /** Uploads and imports a file of these lines. */
    listed: (...rows: ProviderRow[]) => importFile(deps, account, providerFile(rows)),
    discrepancies: () =>
      db.sql`select * from discrepancies where merchant_account_id = ${account} and source = 'reconciliation' order by id`,
    /** The order's status, what it was paid, and the attempt's status. */
    stateOf: async ({ orderId, id }: Attempt) => {
      const [row] = await db.sql`
        select o.status, o.amount_paid, a.status as attempt from orders as o join attempts as a on a.order_id = o.id
        where o.id = ${orderId} and a.id = ${id}`
      return [row?.status, row?.amountPaid, row?.attempt]
    },
    addRefund: async (attempt: Attempt, { amount = 50_000n, status = 'pending' } = {}) => {
      const id = deps.newId('rfd')
      const merchantReference = id.replace('_', '')
      const whose = { agencyCode: attempt.agencyCode, orderId: attempt.orderId, attemptId: attempt.id }
      const decided = { madeBy: 'a', decidedBy: 'b', createdAt: deps.now() }
      await db.sql`insert into refunds ${db.sql({ ...whose, ...decided, id, merchantAccountId: account, provider: 'test', merchantReference, source: 'order', status, amount, reason: 'r' })}`
      return { id, merchantReference, amount }
    },
    /** The provider says that a refund was paid back. */
    refunded: (refund: RefundName, more: Partial<MoneyOutcome> = {}) =>
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
      }),
  }
}
