// A small crash test in the suite, and what it would say if a đồng were lost.

import type { TransactionSql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareMoney } from './compare-money.ts'
import { drawStrikes } from './kill-schedule.ts'
import { exitCodeOf, problemsOf, reportLines } from './report.ts'
import { type CrashResult, runCrashTest } from './run-crash-test.ts'
import { type CrashTown, openCrashTown } from './town.ts'

describe('the schedule of kills', () => {
  const plan = { seed: 7, kills: 500, databaseKills: 50, gateways: 2, paceMs: 2_000 }

  test('is the same for the same seed, and another one for another', () => {
    expect(drawStrikes(plan)).toEqual(drawStrikes(plan))
    expect(drawStrikes(plan)).not.toEqual(drawStrikes({ ...plan, seed: 8 }))
  })

  test('kills as many gateways and databases as were ordered, at every moment that there is', () => {
    const strikes = drawStrikes(plan)
    const count = (target: string) => strikes.filter((strike) => strike.target === target).length
    expect(count('gateway') + 2 * count('machine')).toBe(500)
    expect(count('database') + count('machine')).toBe(50)
    expect(count('machine')).toBeGreaterThan(0)
    expect(new Set(strikes.map(({ on }) => on)).size).toBe(13)
  })

  test('kills a start only of a gateway that was killed just before', () => {
    const strikes = drawStrikes(plan)
    for (const [index, { on, gateway }] of strikes.entries()) {
      if (on !== 'start') continue
      const before = strikes[index - 1]
      expect(before?.target === 'machine' || (before?.target === 'gateway' && before.gateway === gateway)).toBe(true)
    }
  })
})

describe('the comparison of money', () => {
  const row = (more: object) => ({
    ...{
      kind: 'payment' as const,
      provider: 'one',
      account: 'a',
      merchantAccountId: 'mac_1',
      merchant_reference: 'r1',
    },
    ...{
      provider_reference: 'p',
      payment_reference: 'r1',
      amount: 100n,
      status: 'success' as const,
      code: '',
      occurred_at: null,
    },
    ...more,
  })
  const payment = { attempt: 'att', order: 'ord', status: 'captured', captured: 100n, held: 0n, source: 'callback' }
  const books = (
    payments: [string, object][],
    receivable: bigint,
    refunds: [string, { id: string; amount: bigint; payment: string }][] = [],
  ) => ({
    payments: new Map(payments.map(([name, more]) => [name, { ...payment, ...more }])),
    refunds: new Map(refunds),
    ledger: new Map([['mac_1 provider_receivable', receivable]]),
  })

  test('finds nothing where both say the same', () => {
    expect(compareMoney([row({})], books([['mac_1 r1', {}]], 100n))).toMatchObject({
      dong: 100n,
      difference: 0n,
      findings: [],
    })
  })
  test('counts what is in suspense behind a discrepancy of its payment, and says how much', () => {
    const here = books([['mac_1 r1', { status: 'failed', captured: 0n, held: 100n }]], 100n)
    expect(compareMoney([row({})], here)).toMatchObject({ difference: 0n, held: { payments: 1, dong: 100n } })
    const notInLedger = books([['mac_1 r1', { captured: 0n, held: 100n }]], 0n)
    expect(compareMoney([row({})], notInLedger).difference).toBe(100n)
  })
  test('finds the refund of a provider that names no refund but its payment, once', () => {
    const there = [row({}), row({ kind: 'refund', amount: 100n })]
    const refund = { id: 'rfd_1', amount: 100n, payment: 'mac_1 r1' }
    expect(compareMoney(there, books([['mac_1 r1', {}]], 0n, [['mac_1 f1', refund]])).findings).toEqual([])
    const twice: [string, typeof refund][] = [
      ['mac_1 f1', refund],
      ['mac_1 f2', refund],
    ]
    expect(compareMoney(there, books([['mac_1 r1', {}]], -100n, twice)).difference).toBe(100n)
  })
  test.for([
    ['is booked nowhere', [row({})], books([], 0n), 100n],
    ['is booked by its attempt and not in the ledger', [row({})], books([['mac_1 r1', {}]], 0n), 100n],
    ['is booked with 1 đ less', [row({})], books([['mac_1 r1', { captured: 99n }]], 99n), 1n],
    ['is booked although nobody captured it', [], books([['mac_1 r1', {}]], 100n), 100n],
    [
      'is paid back there only',
      [row({}), row({ kind: 'refund', merchant_reference: 'f1', amount: 30n })],
      books([['mac_1 r1', {}]], 100n),
      30n,
    ],
    [
      'is too much by 1 đ where another is too little by 1 đ',
      [row({}), row({ merchant_reference: 'r2' })],
      books(
        [
          ['mac_1 r1', { captured: 101n }],
          ['mac_1 r2', { captured: 99n }],
        ],
        200n,
      ),
      2n,
    ],
  ] as const)('finds a payment that %s', ([, there, here, difference]) => {
    const compared = compareMoney(there, here)
    expect(compared.difference).toBe(difference)
    expect(compared.findings.length).toBeGreaterThan(0)
  })
})

describe('gateways that are killed under load', { timeout: 300_000 }, () => {
  let town: CrashTown
  let result: CrashResult
  beforeAll(async () => {
    town = await openCrashTown()
    const options = { seed: 20261129, kills: 6, databaseKills: 2, citizens: 4, stormSeconds: 8, restSeconds: 2 }
    result = await runCrashTest(town, options, () => undefined)
  }, 600_000)
  afterAll(() => town?.close({ keep: false }))

  test('lose no đồng, no order and no webhook', () => {
    expect(problemsOf(result), reportLines(result, town).join('\n')).toEqual([])
    expect(exitCodeOf(result)).toBe(0)
    expect([town.gateways.tally.kills, town.database.kills()]).toEqual([6, 2])
    expect(result.money.payments).toBeGreaterThan(20)
    expect(result.checks.map(({ command }) => command)).toEqual(['replay-callbacks', 'verify-ledger', 'verify-matches'])
    expect(reportLines(result, town).at(-1)).toContain('difference 0 ₫')
  })

  /** As somebody who passes by every guard of the database. */
  const tamper = (work: (sql: TransactionSql<{ bigint: bigint }>) => Promise<unknown>) =>
    town.sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`
      await work(sql)
    })
  const again = async () => ({ ...result, ...(await result.compare()) })

  test('and it would be seen if one posting were 1 đ less', async () => {
    await tamper(
      (sql) => sql`
      update postings set amount = amount - 1 where (entry_id, line_no) = (
        select entry_id, line_no from postings where account = 'provider_receivable' and amount > 1 limit 1)`,
    )
    const seen = await again()
    expect(seen.money.difference).toBe(1n)
    expect(seen.broken.join('\n')).toContain('does not sum to zero')
    expect(exitCodeOf(seen)).toBe(1)
  })

  test('or if the commit of a payment were gone, whole and without a trace', async () => {
    const [lost] =
      await town.sql`select attempt_id, order_id, amount from money_facts where kind = 'captured' and not exists (select from refunds where refunds.order_id = money_facts.order_id) limit 1`
    await tamper(async (sql) => {
      await sql`delete from postings where order_id = ${lost?.order_id}`
      await sql`delete from journal_entries where order_id = ${lost?.order_id}`
      await sql`delete from money_facts where order_id = ${lost?.order_id}`
      await sql`update attempts set status = 'pending', pays_order = false, amount_captured = 0 where order_id = ${lost?.order_id}`
      await sql`update orders set status = 'open', paid_by = null, amount_paid = 0 where id = ${lost?.order_id}`
    })
    const seen = await again()
    expect(seen.money.difference).toBeGreaterThanOrEqual(lost?.amount)
    expect(seen.money.findings.join('\n')).toContain('0 đ here')
    expect(exitCodeOf(seen)).toBe(1)
  })

  test('or if an order were gone of which the portal was told, or a webhook had not come', async () => {
    await tamper((sql) => sql`delete from orders where id = (select id from orders where metadata ? 'key' limit 1)`)
    await tamper(
      (sql) =>
        sql`insert into events select 'evt_of_no_webhook', agency_code, type, subject_id, order_id, 999999, data, hash, created_at, 999999999 from events limit 1`,
    )
    const seen = await again()
    expect(seen.promises.join('\n')).toContain('there are 0')
    expect(seen.webhooks).toContain('evt_of_no_webhook: no webhook came')
  })
})
