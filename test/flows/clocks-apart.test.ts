// Two processes whose clocks lie apart: what a run has read, and which run came later, is what the database says.
import { beforeEach, describe, expect, test } from 'vitest'
import { confirmedByHand } from '../../src/domain/order-facts.ts'
import { applyOutcome } from '../../src/flows/apply-outcome.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import type { TestDatabase } from '../kit/database.ts'
import { createClock, createTestDeps, type TestDeps } from '../kit/deps.ts'
import { payOrder, reconcile } from '../kit/reconciliation.ts'
import { fee, lineFor, settlementDesk } from '../kit/settlement-desk.ts'
import { bankFile, importFile, type ProviderRow, providerFile } from '../kit/statements.ts'

const desk = settlementDesk()
let db: TestDatabase
let account: string
let fast: TestDeps
let slow: TestDeps
beforeEach(() => {
  const { deps, ...now } = desk.now()
  ;({ db, account } = now)
  const at = (seconds: number) => createClock(new Date(deps.now().getTime() + seconds * 1_000).toISOString())
  fast = createTestDeps(db.database, { clock: at(40) })
  slow = createTestDeps(db.database, { clock: at(-40) })
})

const net = 150_000 - fee
const listed = (deps: TestDeps, ...rows: ProviderRow[]) => importFile(deps, account, providerFile(rows))
const paidOut = (deps: TestDeps, amount: number) =>
  importFile(deps, account, bankFile([{ amount, reference: 'FT1', text: 'TT PO-1' }]), 'bank')
const faultOf = async ({ id }: { id: string }) => (await verifyMatches(fast, { reconciliation: id })).fault
const classesOf = async (deps: TestDeps) => {
  const run = await reconcile(deps, account)
  return { ...run, payouts: run.items.filter(({ source }) => source === 'bank').map((item) => item.class) }
}

describe('a run', () => {
  test('has read a file that came before it, though that one was taken by a later clock', async () => {
    const line = lineFor(await payOrder(fast, account), { payout: 'PO-1' })
    await listed(fast, line)
    await paidOut(fast, net)
    const run = await classesOf(slow)
    expect(run.payouts).toEqual(['matched'])
    expect(await verifyMatches(fast, { reconciliation: run.id })).toMatchObject({ files: 2, payouts: 1, fault: null })
    await db.sql`update statement_lines set amount = amount + 1 where merchant_account_id = ${account} and source = 'provider'`
    expect(await faultOf(run)).toMatchObject({ problem: 'amount is stored otherwise than the file has it' })
  })

  test('has not read a file that came after it, though that one was taken by an earlier clock', async () => {
    const [first, second] = [await payOrder(fast, account), await payOrder(fast, account)]
    await listed(slow, lineFor(first, { payout: 'PO-1' }))
    await paidOut(slow, net)
    const run = await classesOf(fast)
    expect(run.payouts).toEqual(['matched'])
    await listed(slow, lineFor(second, { payout: 'PO-1' }))
    expect(await faultOf(run)).toBeNull()
    const again = await classesOf(slow)
    expect(again.payouts).toEqual(['short_settled'])
    expect(await faultOf(again)).toBeNull()
  })

  test('reads in none of its steps a file that is imported meanwhile', async () => {
    const [first, second] = [await payOrder(slow, account), await payOrder(slow, account)]
    await listed(slow, lineFor(first, { payout: 'PO-1' }))
    await paidOut(slow, net)
    const holder = await db.sql.reserve()
    await holder`begin`
    await holder`lock table money_facts in access exclusive mode`
    const running = classesOf(slow)
    // It has its own lines by then; payouts are summed up behind that.
    const waits = async () => {
      const [row] = await db.sql`
        select count(*)::int as n from pg_locks join pg_database on pg_database.oid = database
        where datname = current_database() and locktype = 'relation' and not granted`
      return row?.n
    }
    await expect.poll(waits, { timeout: 10_000 }).toBe(1)
    await listed(slow, lineFor(second, { payout: 'PO-1', at: '2026-11-28T09:00:00+07:00' }))
    await holder`commit`
    holder.release()
    const run = await running
    expect(run.payouts).toEqual(['matched'])
    expect(await faultOf(run)).toBeNull()
    expect((await classesOf(slow)).payouts).toEqual(['short_settled'])
  })
})

test('the later run is the one that read later, also by the earlier clock', async () => {
  const refund = await desk.addRefund(await payOrder(fast, account))
  await importFile(fast, account, bankFile([{ amount: -50_000, reference: 'FT9', text: 'Hoan phi' }]), 'bank')
  const first = await classesOf(fast)
  expect(first.payouts).toEqual(['unknown_debit'])
  const outcome = {
    status: 'refunded' as const,
    merchantReference: refund.merchantReference,
    providerReference: 'FT9',
    amount: refund.amount,
    occurredAt: fast.now(),
    code: confirmedByHand,
  }
  await applyOutcome(fast, { merchantAccountId: account, outcome, source: 'person' })
  const second = await classesOf(slow)
  expect(second.payouts).toEqual(['matched'])
  expect(second.id < first.id).toBe(true)
  expect((await verifyLedger(fast, {})).fault).toBeNull()
})
