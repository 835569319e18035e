// A dispute locks the refunds of its payment, in the flows and in the database, and moves no money itself.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { isDisputed } from '../../src/domain/dispute.ts'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { closeDispute, type DisputeInput, openDispute } from '../../src/flows/dispute-payment.ts'
import { decideRelease, requestRelease } from '../../src/flows/release-dispute.ts'
import { requestRefund } from '../../src/flows/request-refund.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { only } from '../kit/due-work.ts'
import { due, openHouse } from '../kit/house.ts'
import { createScript, scriptedProvider, silent } from '../kit/scripted-provider.ts'

const script = createScript()
let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(script, { query: true, queryRefund: true, refund: true })
  house = await openHouse({ providers: { test } })
})
afterEach(async () => {
  await house.deps.settled()
  Object.assign(script, createScript())
})
afterAll(async () => {
  expect((await verifyLedger(house.deps)).fault).toBeNull()
  await house.database.drop()
})

const paid = async (): Promise<{ orderId: string; attempt: Attempt }> => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  await house.deps.settled()
  return { orderId, attempt }
}
let keys = 0
const ask = async (
  orderId: string,
  amount: bigint | null = null,
): Promise<{ id: string; merchant_reference: string }> => {
  const input = { orderId, amount, reason: 'Thu thừa' }
  const answer = await requestRefund(house.deps, { clientId: 'cli_maker', agency: 'H56' }, input, {
    key: `k${++keys}`,
    body: {},
  })
  return JSON.parse(answer.body)
}
const decide = async (refundId: string, decision: 'approved' | 'rejected' = 'approved') => {
  const decided = await decideRefund(house.deps, { clientId: 'cli_checker', agency: 'H56' }, { refundId, decision })
  await house.deps.settled()
  return decided
}
const dispute = async (orderId: string, more: Partial<DisputeInput> = {}) => {
  const rest = {
    attemptId: null,
    kind: 'chargeback' as const,
    reason: 'Khách khiếu nại',
    amount: null,
    reference: 'CB-1',
  }
  const input = { orderId, ...rest, respondBy: '2026-12-31', ...more }
  return (await openDispute(house.deps, { clientId: 'cli_maker', agency: 'H56' }, input)).dispute
}
const close = (id: string, outcome: 'won' | 'lost' | 'withdrawn', clientId = 'cli_checker') =>
  closeDispute(house.deps, { clientId, agency: 'H56' }, { id, outcome, note: 'Kết quả' })
const status = async (id: string) => (await house.sql`select status from refunds where id = ${id}`)[0]?.status

describe('while a dispute is open', () => {
  it('no refund of its payment is asked for or approved, and one may be rejected', async () => {
    const { orderId, attempt } = await paid()
    const waiting = await ask(orderId, 10_000n)
    const { id } = await dispute(orderId)
    await expect(ask(orderId)).rejects.toMatchObject({ code: 'disputed' })
    await expect(decide(waiting.id)).rejects.toMatchObject({ code: 'disputed' })
    expect((await decide(waiting.id, 'rejected')).status).toBe('rejected')
    await expect(dispute(orderId, { attemptId: attempt.id })).rejects.toMatchObject({ code: 'already_exists' })
    await close(id, 'won')
    expect(await ask(orderId)).toMatchObject({ amount: Number(due) })
  })

  it('an approved refund is not sent, and goes once the dispute was won', async () => {
    const { orderId } = await paid()
    script.refunding = silent('unreachable')
    const refund = await ask(orderId)
    await decide(refund.id)
    expect(await status(refund.id)).toBe('approved')
    const called = script.called.length
    script.refunding = createScript().refunding
    const { id } = await dispute(orderId)
    house.deps.clock.advance(3_600)
    await runJobs(house.deps, { run: only('settle_refunds') })
    expect([await status(refund.id), script.called.length]).toEqual(['approved', called])
    await close(id, 'won')
    house.deps.clock.advance(3_600)
    await runJobs(house.deps, { run: only('settle_refunds') })
    expect([await status(refund.id), script.called.length]).toEqual(['pending', called + 1])
  })

  it('names a refund that had been sent already', async () => {
    const { orderId } = await paid()
    const refund = await ask(orderId)
    await decide(refund.id)
    expect((await dispute(orderId)).sentRefunds).toEqual([refund.id])
    // What its provider says of it still counts.
    await house.tell(house.refunded({ merchantReference: refund.merchant_reference }, 'R-SENT', due))
    expect(await status(refund.id)).toBe('succeeded')
  })

  it('the database refuses what a flow would let through', async () => {
    const { orderId, attempt } = await paid()
    const refund = await ask(orderId, 10_000n)
    await dispute(orderId)
    for (const to of ['approved', 'sending'])
      await expect(
        house.sql`update refunds set status = ${to}, decided_by = 'b' where id = ${refund.id}`,
      ).rejects.toMatchObject({ constraint_name: 'refunds_disputed' })
    await decide(refund.id, 'rejected')
    await expect(house.refund(attempt, { status: 'requested', amount: 1n })).rejects.toMatchObject({
      constraint_name: 'refunds_disputed',
    })
  })

  it('a refund and a dispute at once end with one that gives way', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const { orderId } = await paid()
      const [asked, opened] = await Promise.allSettled([ask(orderId), dispute(orderId)])
      expect(opened.status).toBe('fulfilled')
      const [refund] = (await house.read(orderId)).refunds
      if (asked.status === 'rejected') expect(asked.reason).toMatchObject({ code: 'disputed' })
      else await expect(decide(refund?.id ?? '')).rejects.toMatchObject({ code: 'disputed' })
    }
  })
})

describe('a closed dispute', () => {
  it('moves no money; when it was lost, refunds wait for the reversal', async () => {
    const { orderId, attempt } = await paid()
    const { id } = await dispute(orderId, { amount: 50_000n })
    await close(id, 'lost')
    expect((await house.read(orderId)).sums).toEqual({ provider_receivable: due, collected: -due })
    await expect(ask(orderId)).rejects.toMatchObject({ code: 'disputed' })
    await house.tell(house.reversed(attempt, `V${attempt.id.slice(-9)}`, 50_000n))
    expect(await ask(orderId)).toMatchObject({ amount: 100_000 })
  })

  it('waits for what is reversed after it was opened, and not for what came before', async () => {
    const { orderId, attempt } = await paid()
    await house.tell(house.reversed(attempt, `V${attempt.id.slice(-9)}`, 50_000n))
    const { id } = await dispute(orderId, { amount: 50_000n })
    await close(id, 'lost')
    expect(isDisputed(await house.read(orderId), attempt.id)).toBe(true)
    await expect(ask(orderId)).rejects.toMatchObject({ code: 'disputed' })
    await expect(house.refund(attempt, { status: 'requested', amount: 1n })).rejects.toMatchObject({
      constraint_name: 'refunds_disputed',
    })
    await house.tell(house.reversed(attempt, `W${attempt.id.slice(-9)}`, 50_000n))
    expect(await ask(orderId)).toMatchObject({ amount: 50_000 })
  })

  it('was lost as a complaint or a tracing: the bank takes nothing, and nothing waits', async () => {
    const { orderId } = await paid()
    for (const kind of ['complaint', 'tracing'] as const) {
      const { id } = await dispute(orderId, { kind })
      await close(id, 'lost')
    }
    expect(await ask(orderId)).toMatchObject({ amount: Number(due) })
  })

  it('waits for no more than is left of the payment', async () => {
    const { orderId, attempt } = await paid()
    const second = await house.attempt(orderId)
    await house.tell(house.captured(second, `P${second.id.slice(-10)}`))
    for (let turn = 0; turn < 2; turn += 1) await close((await dispute(orderId)).id, 'lost')
    await house.tell(house.reversed(attempt, `V${attempt.id.slice(-9)}`))
    // The other payment pays the order now, and nothing of the first one is left to wait for.
    expect(isDisputed(await house.read(orderId), attempt.id)).toBe(false)
    expect(await ask(orderId)).toMatchObject({ amount: Number(due), attempt: second.id })
    await expect(house.refund(attempt, { status: 'requested', amount: 1n })).rejects.toMatchObject({
      constraint_name: 'refunds_cap',
    })
  })

  it('is released by two people when the bank takes nothing after all, once', async () => {
    const { orderId, attempt } = await paid()
    await close((await dispute(orderId, { amount: 50_000n })).id, 'lost')
    // The same sum lost a second time, by mistake.
    const again = await dispute(orderId, { amount: 50_000n })
    await close(again.id, 'lost')
    await house.tell(house.reversed(attempt, `V${attempt.id.slice(-9)}`, 50_000n))
    await expect(ask(orderId)).rejects.toMatchObject({ code: 'disputed' })
    const by = (clientId: string) => ({ clientId, agency: 'H56' })
    const agree = (clientId: string, decision: 'approved' | 'rejected' = 'approved') =>
      decideRelease(house.deps, by(clientId), { id: again.id, decision })
    const request = () => requestRelease(house.deps, by('cli_maker'), { id: again.id, note: 'Ngân hàng không thu' })
    await expect(agree('cli_checker')).rejects.toMatchObject({ code: 'dispute_not_waiting' })
    await request()
    await expect(request()).rejects.toMatchObject({ code: 'already_exists' })
    await agree('cli_checker', 'rejected')
    await request()
    await expect(agree('cli_maker')).rejects.toMatchObject({ code: 'maker_cannot_approve' })
    await expect(
      house.sql`update disputes set released_by = 'cli_maker', released_at = now(), released_amount = 1 where id = ${again.id}`,
    ).rejects.toMatchObject({ constraint_name: 'disputes_release_four_eyes' })
    expect((await agree('cli_checker')).dispute).toMatchObject({ releasedBy: 'cli_checker', releasedAmount: 50_000n })
    expect(await ask(orderId)).toMatchObject({ amount: 100_000 })
    await expect(request()).rejects.toMatchObject({ code: 'dispute_not_waiting' })
    await expect(house.sql`update disputes set released_amount = 1 where id = ${again.id}`).rejects.toMatchObject({
      constraint_name: 'dispute_not_waiting',
    })
    const told =
      await house.sql`select type, data::text as data from events where order_id = ${orderId} order by sequence`
    expect(told.filter(({ type }) => String(type).startsWith('dispute.release')).map(({ type }) => type)).toEqual([
      'dispute.release_requested',
      'dispute.release_rejected',
      'dispute.release_requested',
      'dispute.released',
    ])
    expect(told.map(({ data }) => data).join()).not.toContain('không thu')
  })

  it('that was won or withdrawn, or is open, has nothing to release', async () => {
    const { orderId } = await paid()
    const { id } = await dispute(orderId)
    const request = () => requestRelease(house.deps, { clientId: 'm', agency: 'H56' }, { id, note: 'x' })
    await expect(request()).rejects.toMatchObject({ code: 'dispute_not_waiting' })
    await close(id, 'won')
    await expect(request()).rejects.toMatchObject({ code: 'dispute_not_waiting' })
    await expect(
      house.sql`update disputes set release_asked_by = 'm', release_asked_at = now(), release_note = 'x' where id = ${id}`,
    ).rejects.toMatchObject({ constraint_name: 'dispute_not_waiting' })
  })

  it('is told with the timeline, without what people wrote', async () => {
    const { orderId } = await paid()
    const { id } = await dispute(orderId)
    await close(id, 'withdrawn')
    const events =
      await house.sql`select type, data::text as data from events where order_id = ${orderId} order by sequence`
    const told = events.filter(({ type }) => String(type).startsWith('dispute.'))
    expect(told.map(({ type }) => type)).toEqual(['dispute.opened', 'dispute.closed'])
    expect(JSON.parse(String(told[1]?.data))).toMatchObject({
      id,
      status: 'closed',
      outcome: 'withdrawn',
      reference: 'CB-1',
    })
    expect(told.map(({ data }) => data).join()).not.toMatch(/Khách|Kết quả/)
  })

  it('was closed by somebody else than who opened it, once', async () => {
    const { orderId } = await paid()
    const { id } = await dispute(orderId)
    await expect(close(id, 'won', 'cli_maker')).rejects.toMatchObject({ code: 'maker_cannot_approve' })
    const closed = await Promise.allSettled([close(id, 'won'), close(id, 'lost', 'cli_other')])
    expect(closed.map((each) => each.status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await expect(house.sql`update disputes set outcome = 'lost' where id = ${id}`).rejects.toMatchObject({
      constraint_name: 'dispute_closed',
    })
  })
})

describe('refuses a dispute', () => {
  it('over more than the payment has, about an attempt of another order, or about nothing', async () => {
    const { orderId } = await paid()
    await expect(dispute(orderId, { amount: due + 1n })).rejects.toMatchObject({ errors: [{ pointer: '/amount' }] })
    await expect(dispute(orderId, { attemptId: (await paid()).attempt.id })).rejects.toMatchObject({
      code: 'not_found',
    })
    await expect(dispute(await house.place())).rejects.toMatchObject({ errors: [{ pointer: '/attempt' }] })
  })
})
