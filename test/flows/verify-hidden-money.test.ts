// A match of nothing with nothing is refused when money of ours was there.
import { expect, test } from 'vitest'
import { verifyMatches } from '../../src/flows/verify-matches.ts'
import { capture, payOrder, reconcile, startPayment } from '../kit/reconciliation.ts'
import { lineFor, refundLine, settlementDesk } from '../kit/settlement-desk.ts'

const desk = settlementDesk()

test('a match holds for a row without money only while no money of ours is behind it', async () => {
  const { account, deps, db } = desk.now()
  const { sql } = db
  /** As a superuser, past triggers and rights. */
  const tamper = (statement: string) =>
    sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx.unsafe(statement)
    })
  const [paid, retried, later, back] = [
    await payOrder(deps, account, { amount: 61_000n }),
    await payOrder(deps, account, { amount: 62_000n }),
    await startPayment(deps, account, { amount: 63_000n, status: 'failed' }),
    await payOrder(deps, account, { amount: 64_000n }),
  ]
  const refund = await desk.addRefund(back, { amount: 14_000n })
  await desk.refunded(refund)
  await desk.listed(
    lineFor(paid, { status: 'failed', fee: 0, providerReference: '' }),
    lineFor(retried, { status: 'failed', fee: 0, providerReference: 'first-try' }),
    lineFor(retried, { fee: 750 }),
    lineFor(later, { status: 'failed', fee: 0, providerReference: '' }),
    refundLine(refund, { status: 'failed' }),
  )
  const { id } = await reconcile(deps, account)
  await sql`update reconciliations set progress = progress || '{"matched": "2026-11-24T00:00:00Z"}' where id = ${id}`
  const faultOfRun = async () => (await verifyMatches(deps, { reconciliation: id })).fault
  await capture(deps, later)
  // Whoever was told before the run had a clock that is fast, and whoever was told after it one that is slow.
  await tamper(`update money_facts set received_at = '2026-11-24T00:00:40Z' where attempt_id <> '${later.id}'`)
  await tamper(`update money_facts set received_at = '2026-11-23T23:59:20Z' where attempt_id = '${later.id}'`)
  expect(await faultOfRun()).toBeNull()

  const unseen = (where: string, rule: string) => `
    update reconciliation_items set class = 'matched', amount_here = null, provider_fee_here = null, ${where.startsWith('refund') ? 'refund_id = null,' : ''}
      proof = jsonb_build_object('rule', '${rule}', 'hashes', jsonb_build_array(proof -> 'hashes' -> 0))
    where reconciliation_id = '${id}' and class = 'status_mismatch' and ${where}`
  const kept = await sql`select * from reconciliation_items where reconciliation_id = ${id}`
  const payment = `attempt_id = '${paid.id}'`
  for (const [change, problem] of [
    [unseen(payment, 'none'), 'neither side saw money'],
    [unseen(payment, 'reference'), 'money that the item does not have'],
    [unseen('refund_id is not null', 'none'), 'neither side saw money'],
  ] as const) {
    await tamper(change)
    expect(await faultOfRun()).toMatchObject({ problem: expect.stringContaining(problem) })
    // The row still names what the item no longer does.
    await tamper(
      `update reconciliation_items set attempt_id = null where reconciliation_id = '${id}' and proof ->> 'rule' = 'none'`,
    )
    expect(await faultOfRun()).toMatchObject({ problem: expect.stringContaining(problem) })
    await tamper(`delete from reconciliation_items where reconciliation_id = '${id}'`)
    await sql`insert into reconciliation_items ${sql(kept)}`
  }
  expect(await faultOfRun()).toBeNull()
})
