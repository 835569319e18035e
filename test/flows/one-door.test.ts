// The one door on a real PostgreSQL: what an outcome does to order, ledger, discrepancies, events and webhooks, together.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recheck } from '../../src/domain/apply.ts'
import type { MoneyOutcome, Outcome } from '../../src/domain/outcome.ts'
import { parseStamp, parseStatementTime } from '../../src/lib/time.ts'
import { inScope } from '../../src/store/database.ts'
import { loadFacts } from '../../src/store/facts.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { applyOutcome } from '../kit/door.ts'
import { addAttempt, placeTestOrder, seedAgencies, seedMerchantAccount } from '../kit/orders.ts'

let database: TestDatabase
let deps: TestDeps
let account: string
let other: string

beforeAll(async () => {
  database = await createTestDatabase({ max: 20 })
  deps = createTestDeps(database.database)
  await seedAgencies(database.sql)
  account = await seedMerchantAccount(deps, database.sql, { provider: 'first' })
  other = await seedMerchantAccount(deps, database.sql, { provider: 'second' })
})
afterAll(() => database.drop())

const captured = (merchantReference: string, more: Partial<MoneyOutcome> = {}): Outcome => ({
  status: 'captured',
  merchantReference,
  providerReference: `P${merchantReference.slice(-8)}`,
  amount: 150_000n,
  occurredAt: new Date('2026-11-23T02:02:00Z'),
  code: '00',
  ...more,
})

const read = async (orderId: string) => {
  const facts = await loadFacts(deps.db, '*', { orderId })
  if (!facts) throw new Error('no order')
  const sums = Object.fromEntries(
    facts.balances.map((balance) => [
      `${balance.account}:${balance.merchantAccountId === account ? 1 : 2}`,
      balance.amount,
    ]),
  )
  return { ...facts, sums }
}

describe('the one door', () => {
  it('pays an order, books it, tells the portal and closes the query schedule in one commit', async () => {
    const endpoint = deps.newId('whe')
    await database.sql`insert into webhook_endpoints ${database.sql({ id: endpoint, agencyCode: 'H56', url: 'https://portal.example.vn/hook', sealed: new Uint8Array([1]), createdAt: deps.now() })}`
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0100' })
    const attempt = await addAttempt(deps, orderId, account)
    const answer = await applyOutcome(deps, {
      merchantAccountId: account,
      outcome: captured(attempt.merchantReference),
      source: 'callback',
    })
    expect(answer.verdict).toBe('accepted')
    const { order, attempts, sums } = await read(orderId)
    expect(order).toMatchObject({ status: 'paid', amountPaid: 150_000n, paidBy: attempt.id })
    expect(attempts[0]).toMatchObject({ status: 'captured', paysOrder: true, amountCaptured: 150_000n })
    expect(sums).toEqual({ 'provider_receivable:1': 150_000n, 'collected:1': -150_000n })
    // The receipt follows in a commit of its own, at its own pace.
    const events =
      await database.sql`select id, type, sequence from events where order_id = ${orderId} and type <> 'receipt.issued' order by sequence`
    expect(events.map((event) => [event.sequence, event.type])).toEqual([
      [1, 'order.created'],
      [2, 'attempt.captured'],
      [3, 'order.paid'],
    ])
    const owed =
      await database.sql`select event_type from webhook_deliveries where webhook_endpoint_id = ${endpoint} and event_id in ${database.sql(events.map((event) => event.id))}`
    expect(owed.map((row) => row.eventType).toSorted()).toEqual(['attempt.captured', 'order.created', 'order.paid'])
  })

  it('books fifty simultaneous copies once and answers each of them', async () => {
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0101' })
    const attempt = await addAttempt(deps, orderId, account)
    const copies = Array.from({ length: 50 }, () =>
      applyOutcome(deps, {
        merchantAccountId: account,
        outcome: captured(attempt.merchantReference),
        source: 'callback',
      }),
    )
    const verdicts = (await Promise.all(copies)).map((answer) => answer.verdict)
    expect(verdicts.filter((verdict) => verdict === 'accepted')).toHaveLength(1)
    expect(verdicts.filter((verdict) => verdict === 'already_confirmed')).toHaveLength(49)
    expect((await read(orderId)).sums).toEqual({ 'provider_receivable:1': 150_000n, 'collected:1': -150_000n })
  })

  it('puts a wrong amount into suspense, leaves the order open and opens one discrepancy', async () => {
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0102' })
    const attempt = await addAttempt(deps, orderId, account)
    for (const _ of [1, 2]) {
      const answer = await applyOutcome(deps, {
        merchantAccountId: account,
        outcome: captured(attempt.merchantReference, { amount: 149_999n }),
        source: 'callback',
      })
      expect(answer.verdict).toBe('amount_mismatch')
    }
    const { order, sums, discrepancies } = await read(orderId)
    expect(order.status).toBe('open')
    expect(sums).toEqual({ 'provider_receivable:1': 149_999n, 'suspense:1': -149_999n })
    expect(discrepancies.map((item) => [item.class, item.amount, item.isOpen])).toEqual([
      ['amount_mismatch', 149_999n, true],
    ])
  })

  it('keeps the second of two captures in suspense and proposes to return it', async () => {
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0103' })
    const first = await addAttempt(deps, orderId, account)
    const second = await addAttempt(deps, orderId, other)
    await Promise.all([
      applyOutcome(deps, {
        merchantAccountId: account,
        outcome: captured(first.merchantReference),
        source: 'callback',
      }),
      applyOutcome(deps, { merchantAccountId: other, outcome: captured(second.merchantReference), source: 'query' }),
    ])
    const { order, attempts, refunds, discrepancies, balances } = await read(orderId)
    expect(order).toMatchObject({ status: 'paid', amountPaid: 150_000n })
    expect(attempts.filter((attempt) => attempt.paysOrder)).toHaveLength(1)
    expect(
      refunds.map((refund) => [refund.status, refund.source, refund.amount, refund.attemptId === order.paidBy]),
    ).toEqual([['proposed', 'surplus', 150_000n, false]])
    expect(discrepancies.map((item) => item.class)).toEqual(['paid_twice'])
    expect(balances.reduce((total, balance) => total + balance.amount, 0n)).toBe(0n)
    expect(balances.filter((balance) => balance.account === 'suspense').map((balance) => balance.amount)).toEqual([
      -150_000n,
    ])
  })

  it('closes the discrepancy and withdraws the proposal when the paying capture is reversed', async () => {
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0104' })
    const first = await addAttempt(deps, orderId, account)
    const second = await addAttempt(deps, orderId, other)
    await applyOutcome(deps, {
      merchantAccountId: account,
      outcome: captured(first.merchantReference),
      source: 'callback',
    })
    await applyOutcome(deps, {
      merchantAccountId: other,
      outcome: captured(second.merchantReference),
      source: 'callback',
    })
    await applyOutcome(deps, {
      merchantAccountId: account,
      outcome: captured(first.merchantReference, { status: 'reversed' }),
      source: 'query',
    })
    const { order, refunds, discrepancies, sums } = await read(orderId)
    expect(order).toMatchObject({ status: 'paid', paidBy: second.id, amountPaid: 150_000n })
    expect(refunds.map((refund) => refund.status)).toEqual(['withdrawn'])
    expect(discrepancies.filter((item) => item.isOpen)).toEqual([])
    expect(sums).toEqual({ 'provider_receivable:2': 150_000n, 'collected:2': -150_000n })
  })

  it('books a payment whose provider writes the empty date of SQL Server, 1900-01-01', async () => {
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0150' })
    const { merchantReference } = await addAttempt(deps, orderId, account)
    for (const occurredAt of [parseStamp('19000101000000'), parseStatementTime('01/01/1900 00:00:00')]) {
      const outcome = captured(merchantReference, { occurredAt })
      await applyOutcome(deps, { merchantAccountId: account, outcome, source: 'callback' })
    }
    expect((await read(orderId)).order).toMatchObject({ status: 'paid', paidAt: deps.now() })
  })

  it('answers unknown_order for a reference of another merchant account', async () => {
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0105' })
    const attempt = await addAttempt(deps, orderId, account)
    const answer = await applyOutcome(deps, {
      merchantAccountId: other,
      outcome: captured(attempt.merchantReference),
      source: 'callback',
    })
    expect(answer).toMatchObject({ verdict: 'unknown_order', orderId: null })
    expect((await read(orderId)).order.status).toBe('open')
  })

  it('lets late money pay only one of two orders of the same dossier line', async () => {
    const dossierCode = 'H56.12.03-261122-0106'
    const ids = [await placeTestOrder(deps, { dossierCode }), await placeTestOrder(deps, { dossierCode })]
    const attempts = await Promise.all(ids.map((id) => addAttempt(deps, id, account)))
    await database.sql`update orders set status = 'expired' where id in ${database.sql(ids)}`
    await Promise.all(
      attempts.map((attempt) =>
        applyOutcome(deps, {
          merchantAccountId: account,
          outcome: captured(attempt.merchantReference),
          source: 'callback',
        }),
      ),
    )
    const after = await Promise.all(ids.map(read))
    expect(after.map(({ order }) => order.status).toSorted()).toEqual(['expired', 'paid'])
    const late = after.find(({ order }) => order.status === 'expired')
    expect(late?.discrepancies.map((item) => item.class)).toEqual(['late_payment'])
    expect(late?.refunds.map((refund) => refund.status)).toEqual(['proposed'])
    expect(late?.sums).toEqual({ 'provider_receivable:1': 150_000n, 'suspense:1': -150_000n })
  })

  it('never takes late money that an agency refused, when it takes late money by now, whatever was told first', async () => {
    const ways = [
      ['captured', 'reversed'],
      ['reversed', 'captured'],
      ['captured without a number', 'captured', 'reversed'],
    ] as const
    for (const [index, told] of ways.entries()) {
      const orderId = await placeTestOrder(deps, { dossierCode: `H56.12.03-261122-02${index}0` })
      const { merchantReference } = await addAttempt(deps, orderId, account)
      const outcomes = {
        captured: captured(merchantReference, { providerReference: `L${index}` }),
        'captured without a number': captured(merchantReference, { providerReference: null }),
        reversed: captured(merchantReference, { status: 'reversed', providerReference: `LR${index}` }),
      }
      const tell = (what: keyof typeof outcomes) =>
        applyOutcome(deps, { merchantAccountId: account, outcome: outcomes[what], source: 'callback' })
      const agencyTakesLate = (takes: boolean) =>
        database.sql`update agencies set accepts_late_money = ${takes} where agency_code = (select agency_code from orders where id = ${orderId})`
      await database.sql`update orders set status = 'cancelled' where id = ${orderId}`
      await agencyTakesLate(false)
      await tell(told[0])
      if (index < 2) await tell(told[1])
      await agencyTakesLate(true)
      for (const again of told) await tell(again)
      const { order, discrepancies, balances } = await read(orderId)
      expect(order).toMatchObject({ status: 'cancelled', paidBy: null })
      expect(balances).toEqual([])
      expect(discrepancies.map((item) => [item.class, item.amount, item.isOpen])).toEqual(
        told.flatMap((what) => (what === 'reversed' ? [] : [['late_payment', 150_000n, false]])),
      )
      const types = (await database.sql`select type from events where order_id = ${orderId} order by sequence`).map(
        ({ type }) => type,
      )
      expect(types.filter((type) => type === 'discrepancy.opened').length).toBe(discrepancies.length)
      expect(types.filter((type) => type === 'discrepancy.resolved').length).toBe(discrepancies.length)
      const facts = await loadFacts(deps.db, '*', { orderId })
      expect(facts && recheck(facts)).toBeNull()
    }
  })

  it('writes nothing when the commit fails at its last statement', async () => {
    const orderId = await placeTestOrder(deps, { dossierCode: 'H56.12.03-261122-0107' })
    const attempt = await addAttempt(deps, orderId, account)
    const broken = applyOutcome(deps, {
      merchantAccountId: account,
      outcome: captured(attempt.merchantReference),
      source: 'callback',
      isCutShort: true,
    })
    await expect(broken).rejects.toThrow('division by zero')
    const { order, money, balances } = await read(orderId)
    expect(order).toMatchObject({ status: 'open', version: 2 })
    expect([money, balances]).toEqual([[], []])
  })
})

describe('the ledger in the database', () => {
  it('refuses an entry that does not balance, and any change of what was written', async () => {
    const { sql } = database
    const entry = {
      id: 'jrn_bad',
      agencyCode: 'H56',
      kind: 'capture',
      businessDay: '2026-11-23',
      occurredAt: deps.now(),
      postedAt: deps.now(),
    }
    const posting = {
      entryId: 'jrn_bad',
      lineNo: 1,
      agencyCode: 'H56',
      account: 'suspense',
      merchantAccountId: account,
      amount: 5n,
      businessDay: '2026-11-23',
    }
    const lopsided = sql.begin(async (tx) => {
      await tx`insert into journal_entries ${tx(entry)}`
      await tx`insert into postings ${tx(posting)}`
    })
    await expect(lopsided).rejects.toThrow('does not balance')
    await expect(sql`insert into journal_entries ${sql(entry)}`).rejects.toThrow('does not balance')
    for (const table of ['journal_entries', 'postings', 'money_facts']) {
      await expect(sql.unsafe(`update ${table} set agency_code = 'x'`)).rejects.toThrow('append-only')
      await expect(sql.unsafe(`delete from ${table}`)).rejects.toThrow('append-only')
      await expect(sql.unsafe(`truncate ${table} cascade`)).rejects.toThrow('append-only')
    }
  })

  it("gives the application's role no way to change it or to see another agency", async () => {
    await expect(inScope(deps.db, '*', (sql) => [sql`delete from postings`])).rejects.toThrow('permission denied')
    await expect(inScope(deps.db, '*', (sql) => [sql`update money_facts set amount = 1`])).rejects.toThrow(
      'permission denied',
    )
    const [rows] = await inScope(deps.db, 'H56.14', (sql) => [sql`select count(*) as n from orders`])
    expect(rows?.[0]?.n).toBe(0n)
    const [unscoped] = await inScope(deps.db, '', (sql) => [sql`select count(*) as n from orders`])
    expect(unscoped?.[0]?.n).toBe(0n)
  })
})
