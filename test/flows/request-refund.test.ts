// Which money a person may ask back, how much of it, and when a second person must agree.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { type RefundRequest, requestRefund } from '../../src/flows/request-refund.ts'
import { verifyLedger } from '../../src/flows/verify-ledger.ts'
import { due, openHouse } from '../kit/house.ts'
import { createScript, scriptedProvider } from '../kit/scripted-provider.ts'

let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(createScript(), { query: true, queryRefund: true, refund: true })
  house = await openHouse({ providers: { test } })
})
afterEach(async () => {
  await house.deps.settled()
  await house.sql`update agencies set refund_limit = 0`
})
afterAll(async () => {
  // Whatever was decided, every order is what its facts say.
  expect((await verifyLedger(house.deps)).fault).toBeNull()
  await house.database.drop()
})

type Answered = {
  id: string
  status: string
  amount: number
  attempt: string
  source: string
  merchant_reference: string
}
let keys = 0
const ask = async (orderId: string, more: Partial<RefundRequest> = {}, key = `k${++keys}`) => {
  const input = { orderId, amount: null, reason: 'Thu thừa', ...more }
  const body = { attempt: more.attemptId, amount: String(more.amount) }
  const answer = await requestRefund(house.deps, { clientId: 'cli_maker', agency: 'H56' }, input, { key, body })
  return { ...(JSON.parse(answer.body) as Answered), isReplay: answer.isReplay }
}
const decide = async (refundId: string, decision: 'approved' | 'rejected') => {
  const decided = await decideRefund(house.deps, { clientId: 'cli_checker', agency: 'H56' }, { refundId, decision })
  await house.deps.settled()
  return decided
}
const capture = async (orderId: string, amount = due): Promise<Attempt> => {
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`, amount))
  await house.deps.settled()
  return attempt
}
const goBack = (refund: { merchant_reference: string }, amount: bigint) =>
  house.tell(
    house.refunded({ merchantReference: refund.merchant_reference }, `R${refund.merchant_reference.slice(-9)}`, amount),
  )
const proposalOf = async (orderId: string) => {
  const found = (await house.read(orderId)).refunds.find((refund) => refund.status === 'proposed')
  if (!found) throw new Error('nothing is proposed')
  return found
}

describe('a refund of what paid the order', () => {
  it('wants a checker once the refunds of one payment together exceed what goes without', async () => {
    await house.sql`update agencies set refund_limit = 60000`
    const orderId = await house.place()
    await capture(orderId)
    const first = await ask(orderId, { amount: 50_000n })
    expect(first.status).toBe('approved')
    await house.deps.settled()
    await goBack(first, 50_000n)
    const second = await ask(orderId, { amount: 50_000n })
    expect(second.status).toBe('requested')
    // What was refused does not count.
    await decide(second.id, 'rejected')
    expect((await ask(orderId, { amount: 10_000n })).status).toBe('approved')
  })

  it('may be of what an earlier one left, where the provider returned less than was asked', async () => {
    const orderId = await house.place()
    await capture(orderId)
    const first = await ask(orderId, { amount: 100_000n })
    await decide(first.id, 'approved')
    await goBack(first, 60_000n)
    await expect(ask(orderId, { amount: 90_001n })).rejects.toMatchObject({ code: 'refund_exceeds_captured' })
    expect(await ask(orderId)).toMatchObject({ amount: 90_000, source: 'order' })
  })

  it('is not made smaller by a surplus of the same attempt that was returned', async () => {
    const orderId = await house.place()
    const attempt = await capture(orderId)
    await house.tell(house.captured(attempt, 'AGAIN1'))
    const proposal = await proposalOf(orderId)
    await decide(proposal.id, 'approved')
    await goBack({ merchant_reference: proposal.merchantReference }, due)
    expect(await ask(orderId)).toMatchObject({ amount: Number(due), source: 'order', attempt: attempt.id })
  })

  it('cannot be approved once less than it is left', async () => {
    const orderId = await house.place()
    const attempt = await capture(orderId)
    const { id } = await ask(orderId)
    await house.tell(house.reversed(attempt, 'V1', 50_000n))
    await expect(decide(id, 'approved')).rejects.toMatchObject({
      code: 'refund_exceeds_captured',
      message: expect.stringContaining('100000 đ'),
    })
    expect((await decide(id, 'rejected')).status).toBe('rejected')
  })

  it('makes room, when it is rejected, for the surplus that it stood in the way of', async () => {
    const orderId = await house.place()
    const attempt = await capture(orderId)
    const { id } = await ask(orderId, { amount: 50_000n })
    await house.tell(house.captured(attempt, 'AGAIN2'))
    expect((await house.read(orderId)).refunds).toHaveLength(1)
    await decide(id, 'rejected')
    expect((await house.read(orderId)).refunds.map((refund) => refund.status)).toEqual(['rejected', 'proposed'])
    const events = await house.sql`select type from events where order_id = ${orderId} order by sequence`
    expect(events.slice(-2).map(({ type }) => type)).toEqual(['refund.failed', 'refund.requested'])
  })
})

describe('a refund of what is held of an attempt', () => {
  const paidTwice = async () => {
    const orderId = await house.place()
    return { orderId, first: await capture(orderId), second: await capture(orderId) }
  }

  it('can be asked for after the provider refused the proposal, and again after that', async () => {
    const { orderId, second } = await paidTwice()
    const proposal = await proposalOf(orderId)
    await decide(proposal.id, 'approved')
    for (const reference of [proposal.merchantReference, null]) {
      if (reference) await house.tell(house.quiet(reference, 'failed', 'refund'))
      const asked = await ask(orderId, { attemptId: second.id })
      expect(asked).toMatchObject({ attempt: second.id, source: 'surplus', amount: Number(due), status: 'requested' })
      await decide(asked.id, 'approved')
      await house.tell(house.quiet(asked.merchant_reference, 'failed', 'refund'))
    }
    const last = await ask(orderId, { attemptId: second.id })
    await decide(last.id, 'approved')
    await goBack(last, due)
    const { sums, open } = await house.read(orderId)
    expect([sums, open]).toEqual([{ provider_receivable: due, collected: -due }, []])
  })

  it('can be asked for after the proposal was rejected', async () => {
    const { orderId, second } = await paidTwice()
    await decide((await proposalOf(orderId)).id, 'rejected')
    expect(await ask(orderId, { attemptId: second.id, amount: 1n })).toMatchObject({ source: 'surplus', amount: 1 })
  })

  it('can be asked for where a wrong amount came, and is never more than that', async () => {
    const orderId = await house.place()
    const wrong = await capture(orderId, 140_000n)
    await expect(ask(orderId, { attemptId: wrong.id, amount: 140_001n })).rejects.toMatchObject({
      code: 'refund_exceeds_captured',
      errors: [{ pointer: '/amount', message: 'must be at most 140000' }],
    })
    expect(await ask(orderId, { attemptId: wrong.id })).toMatchObject({ source: 'surplus', amount: 140_000 })
  })

  it('is of the money beyond the paying capture where the attempt pays the order', async () => {
    const orderId = await house.place()
    const attempt = await capture(orderId)
    await house.tell(house.captured(attempt, 'AGAIN3'))
    await decide((await proposalOf(orderId)).id, 'rejected')
    const surplus = await ask(orderId, { attemptId: attempt.id })
    expect(surplus).toMatchObject({ source: 'surplus', amount: Number(due) })
    await decide(surplus.id, 'approved')
    await goBack(surplus, due)
    expect((await house.read(orderId)).order).toMatchObject({ status: 'paid', amountPaid: due, amountRefunded: 0n })
    // Nothing is held of it any more: what is left of it is what paid.
    expect(await ask(orderId, { attemptId: attempt.id })).toMatchObject({ source: 'order', amount: Number(due) })
  })

  it('answers the same key with the first answer, and another body with a refusal', async () => {
    const { orderId, first, second } = await paidTwice()
    await decide((await proposalOf(orderId)).id, 'rejected')
    const asked = await ask(orderId, { attemptId: second.id }, 'same-key')
    expect(await ask(orderId, { attemptId: second.id }, 'same-key')).toEqual({ ...asked, isReplay: true })
    await expect(ask(orderId, { attemptId: first.id }, 'same-key')).rejects.toMatchObject({
      code: 'idempotency_key_reused',
      errors: [{ pointer: '/attempt' }],
    })
  })

  describe('refuses', () => {
    it('an attempt of another order, and one that is none', async () => {
      const { orderId } = await paidTwice()
      const other = await capture(await house.place())
      for (const attemptId of [other.id, 'att_none', '\0'])
        await expect(ask(orderId, { attemptId })).rejects.toMatchObject({ code: 'not_found' })
    })

    it('an attempt of which nothing is held', async () => {
      const { orderId } = await paidTwice()
      const idle = await house.attempt(orderId)
      await expect(ask(orderId, { attemptId: idle.id })).rejects.toMatchObject({ code: 'nothing_to_refund' })
    })

    it('while the proposal for the same money waits', async () => {
      const { orderId, second } = await paidTwice()
      await expect(ask(orderId, { attemptId: second.id })).rejects.toMatchObject({ code: 'refund_in_progress' })
    })
  })
})
