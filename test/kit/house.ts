// One agency's house on a real PostgreSQL: orders, attempts, refunds and what a provider says of them, in a few words each.
import type { Attempt, Refund } from '../../src/domain/order-facts.ts'
import type { Outcome } from '../../src/domain/outcome.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { loadFacts } from '../../src/store/facts.ts'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { createTestDeps } from './deps.ts'
import { addAttempt, placeTestOrder, seedAgencies, seedMerchantAccount } from './orders.ts'

export const due = 150_000n
/** `take` is where its database comes from, and where that goes back to: a copy of its own unless given. */
export const openHouse = async (
  more: Parameters<typeof createTestDeps>[1] = {},
  take: () => Promise<TestDatabase> = () => createTestDatabase({ max: 20 }),
) => {
  const database = await take()
  const deps = createTestDeps(database.database, more)
  await seedAgencies(database.sql)
  const account = await seedMerchantAccount(deps, database.sql, { provider: 'test' })
  let count = 2_000
  const place = (extra: object = {}) => placeTestOrder(deps, { dossierCode: `H56.12.03-261122-${++count}`, ...extra })
  const tell = (outcome: Outcome) => applyOutcome(deps, { merchantAccountId: account, outcome, source: 'callback' })
  const captured = (attempt: Attempt, reference: string | null, amount = due): Outcome => ({
    status: 'captured',
    merchantReference: attempt.merchantReference,
    providerReference: reference,
    amount,
    occurredAt: deps.now(),
    code: '00',
  })
  const reversed = (attempt: Attempt, reference: string, amount = due): Outcome => ({
    status: 'reversed',
    merchantReference: attempt.merchantReference,
    providerReference: reference,
    amount,
    occurredAt: deps.now(),
    code: '04',
  })
  const refunded = (refund: { merchantReference: string }, reference: string | null, amount: bigint): Outcome => ({
    status: 'refunded',
    merchantReference: refund.merchantReference,
    providerReference: reference,
    amount,
    occurredAt: deps.now(),
    code: '00',
  })
  const quiet = (merchantReference: string, status: 'failed' | 'pending', subject: 'payment' | 'refund'): Outcome => ({
    status,
    subject,
    merchantReference,
    providerReference: null,
    occurredAt: null,
    code: '99',
  })
  const read = async (orderId: string) => {
    const facts = await loadFacts(deps.db, '*', { orderId })
    if (!facts) throw new Error('no order')
    const sums: Record<string, bigint> = {}
    for (const { account: name, amount } of facts.balances) sums[name] = (sums[name] ?? 0n) + amount
    const open = facts.discrepancies.filter((item) => item.isOpen).map((item) => [item.class, item.amount])
    return { ...facts, sums, open }
  }
  /** A refund row as a request or an approval left it. */
  const refund = async (attempt: Attempt, extra: Partial<Refund> = {}) => {
    const id = deps.newId('rfd')
    const row = {
      id,
      agencyCode: attempt.agencyCode,
      orderId: attempt.orderId,
      attemptId: attempt.id,
      merchantAccountId: attempt.merchantAccountId,
      provider: 'test',
      merchantReference: id.replace('_', ''),
      source: 'order',
      status: 'pending',
      amount: due,
      reason: 'test',
      madeBy: 'cli_maker',
      createdAt: deps.now(),
      ...extra,
    }
    await database.sql`insert into refunds ${database.sql(row as never)}`
    return row
  }
  return {
    database,
    sql: database.sql,
    deps,
    account,
    place,
    tell,
    captured,
    reversed,
    refunded,
    quiet,
    read,
    refund,
    attempt: async (orderId: string) => {
      // A receipt may still be on its way into the same order.
      await deps.settled()
      return addAttempt(deps, orderId, account)
    },
  }
}
