// A refund leaves once, while the money is there to be returned; and one of which nobody knows whether it left does not hang for ever.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { decideRefund } from '../../src/flows/decide-refund.ts'
import { requestRefund } from '../../src/flows/request-refund.ts'
import { runJobs } from '../../src/flows/run-jobs.ts'
import { sendRefund } from '../../src/flows/send-refund.ts'
import { day, hour, minute, only } from '../kit/due-work.ts'
import { due, openHouse } from '../kit/house.ts'
import {
  createScript,
  notKnown,
  refundNotListed,
  refundTaken,
  scriptedProvider,
  silent,
} from '../kit/scripted-provider.ts'

const script = createScript()
let house: Awaited<ReturnType<typeof openHouse>>
beforeAll(async () => {
  const test = scriptedProvider(script, { query: true, queryRefund: true, refund: true })
  house = await openHouse({ providers: { test } })
})
beforeEach(async () => {
  Object.assign(script, createScript(), { refund: refundNotListed })
  // What other tests left behind is not looked at again.
  await house.sql`update refunds set next_query_at = null`
  await house.sql`update refunds set status = 'failed' where status = 'approved'`
})
afterAll(async () => {
  await house.deps.settled()
  await house.database.drop()
})

let keys = 0
const ask = async (orderId: string, more: { amount?: bigint; attemptId?: string } = {}) => {
  keys += 1
  const input = { orderId, amount: null, reason: 'Thu thừa', ...more }
  const maker = { clientId: 'cli_maker', agency: 'H56' }
  const answer = await requestRefund(house.deps, maker, input, { key: `k${keys}`, body: {} })
  return JSON.parse(answer.body) as { id: string; status: string; merchant_reference: string }
}
const approve = async (refundId: string) => {
  const checker = { clientId: 'cli_checker', agency: 'H56' }
  await decideRefund(house.deps, checker, { refundId, decision: 'approved' })
  await house.deps.settled()
}
const paid = async () => {
  const orderId = await house.place()
  const attempt = await house.attempt(orderId)
  await house.tell(house.captured(attempt, `P${attempt.id.slice(-10)}`))
  return { orderId, attempt }
}
const paidTwice = async () => {
  const { orderId, attempt } = await paid()
  const second = await house.attempt(orderId)
  await house.tell(house.captured(second, `P${second.id.slice(-10)}`))
  const [proposal] = (await house.read(orderId)).refunds
  if (!proposal) throw new Error('nothing was proposed')
  return { orderId, attempt, second, proposal }
}
const pass = async (seconds: number) => {
  house.deps.clock.advance(seconds)
  await runJobs(house.deps, { run: only('settle_refunds') })
  await house.deps.settled()
}
const now = async (id: string) => {
  const [row] =
    await house.sql`select status, sent_at, next_query_at, decided_by, failure_code from refunds where id = ${id}`
  return row
}

describe('an approved refund', () => {
  it('is not sent when its provider has taken the money back meanwhile, but withdrawn', async () => {
    const { orderId, attempt } = await paid()
    script.refunding = silent('unreachable')
    const { id } = await ask(orderId)
    await approve(id)
    expect(await now(id)).toMatchObject({ status: 'approved', sentAt: null })
    await house.tell(house.reversed(attempt, 'V1'))
    script.refunding = refundTaken
    script.called.length = 0
    for (let turn = 0; turn < 3; turn += 1) await pass(hour)
    expect(script.called).toEqual([])
    expect(await now(id)).toMatchObject({ status: 'withdrawn', nextQueryAt: null, sentAt: null })
    const events = await house.sql`select type from events where order_id = ${orderId} order by sequence`
    expect(events.at(-1)?.type).toBe('refund.failed')
  })

  it('is not sent when it is a surplus that its provider has taken back meanwhile', async () => {
    const { second, proposal } = await paidTwice()
    script.refunding = silent('unreachable')
    await approve(proposal.id)
    await house.tell(house.reversed(second, 'V2'))
    script.called.length = 0
    await pass(hour)
    expect(script.called).toEqual([])
    expect(await now(proposal.id)).toMatchObject({ status: 'withdrawn' })
  })

  it('is not sent when the other of two payments was taken back, and this one has to pay the order', async () => {
    const { orderId, attempt, proposal } = await paidTwice()
    script.refunding = silent('unreachable')
    await approve(proposal.id)
    await house.tell(house.reversed(attempt, 'V3'))
    script.called.length = 0
    await pass(hour)
    expect(script.called).toEqual([])
    const { order, refunds } = await house.read(orderId)
    expect([order.status, order.amountPaid, refunds.map((refund) => refund.status)]).toEqual([
      'paid',
      due,
      ['withdrawn'],
    ])
  })

  it('is withdrawn when the money goes while the provider cannot be reached with it', async () => {
    const { orderId, attempt } = await paid()
    const { id } = await ask(orderId)
    script.refunding = async () => {
      await house.tell(house.reversed(attempt, 'V4'))
      return silent('unreachable')()
    }
    await approve(id)
    expect(await now(id)).toMatchObject({ status: 'withdrawn', sentAt: null })
    await pass(hour)
    expect(script.called).toHaveLength(1)
  })

  it('stays approved while the credentials of its account cannot be used, and is sent once they can', async () => {
    const { orderId } = await paid()
    house.deps.clock.advance(minute)
    await house.sql`update merchant_account_keys set retires_at = '2020-01-01'`
    const { id, merchant_reference } = await ask(orderId)
    await approve(id)
    expect(await now(id)).toMatchObject({ status: 'approved', sentAt: null })
    await pass(hour)
    expect(script.called).toEqual([])
    await house.sql`update merchant_account_keys set retires_at = null`
    await pass(hour)
    expect(script.called).toEqual([merchant_reference])
    expect(await now(id)).toMatchObject({ status: 'pending' })
  })

  it('is sent by one of two who try at the same time', async () => {
    const { orderId } = await paid()
    const { id, merchant_reference } = await ask(orderId)
    await house.sql`update refunds set status = 'approved', decided_by = 'cli_checker' where id = ${id}`
    await Promise.all([sendRefund(house.deps, id), sendRefund(house.deps, id)])
    expect(script.called).toEqual([merchant_reference])
  })
})

describe('a refund whose call was never answered', () => {
  const stuck = async (status: 'sending' | 'unknown' | 'pending') => {
    const { orderId, attempt } = await paid()
    const { id, merchantReference } = await house.refund(attempt, { status, sentAt: house.deps.now() })
    await house.sql`update refunds set next_query_at = ${house.deps.now()} where id = ${id}`
    return { id, orderId, attempt, merchantReference }
  }

  it.each([
    ['sending', 'its list does not have it', refundNotListed],
    ['sending', 'it says that it has no such refund', notKnown],
    ['unknown', 'its list does not have it', refundNotListed],
    ['unknown', 'it says that it has no such refund', notKnown],
  ] as const)('and is %s is sent again after an hour, under its own reference, when %s', async (status, _, says) => {
    script.refund = says
    const { id, merchantReference } = await stuck(status)
    await pass(hour - 1)
    expect(script.called).toEqual([])
    expect((await now(id))?.status).toBe(status)
    await pass(5 * minute)
    expect(script.called).toEqual([merchantReference])
    // Now it was answered, and is only asked about.
    expect(await now(id)).toMatchObject({ status: 'pending' })
    script.refund = refundNotListed
    for (let turn = 0; turn < 10; turn += 1) await pass(day)
    expect(script.called).toEqual([merchantReference])
  })

  it('is not sent again while its provider does not answer the question', async () => {
    script.refund = silent('unknown')
    const { id } = await stuck('sending')
    for (let turn = 0; turn < 40; turn += 1) await pass(day)
    expect(script.called).toEqual([])
    expect((await now(id))?.status).toBe('sending')
  })

  it('is never sent again to a provider whose protocol does not promise to carry out one reference once', async () => {
    script.refund = refundNotListed
    const { capabilities } = house.deps.providers.test ?? {}
    if (!capabilities) throw new Error('no provider')
    capabilities.idempotentRefund = false
    const { id } = await stuck('unknown')
    for (let turn = 0; turn < 10; turn += 1) await pass(day)
    capabilities.idempotentRefund = true
    expect(script.called).toEqual([])
    expect((await now(id))?.status).toBe('unknown')
  })

  it('is not sent again when its provider lists it as under way', async () => {
    script.refund = (reference) => ({
      known: true,
      outcomes: [{ ...refundTaken(reference), providerReference: 'R77' }],
    })
    const { id } = await stuck('unknown')
    for (let turn = 0; turn < 5; turn += 1) await pass(day)
    expect(script.called).toEqual([])
    expect((await now(id))?.status).toBe('pending')
  })

  it('is sent again for a week at most, and is never due more often than the schedule says', async () => {
    script.refunding = silent('unknown')
    const { id } = await stuck('sending')
    for (let turn = 0; turn < 40; turn += 1) {
      await pass(day)
      await pass(minute)
    }
    expect(script.called.length).toBeGreaterThan(3)
    expect(script.called.length).toBeLessThan(8)
    expect(await now(id)).toMatchObject({ status: 'unknown', nextQueryAt: null })
  })

  it('does not fail because the provider refuses to take it twice', async () => {
    script.refunding = silent('rejected')
    const { id } = await stuck('unknown')
    await pass(2 * hour)
    expect(script.called).toHaveLength(1)
    expect((await now(id))?.status).toBe('unknown')
  })

  it('is not sent again once the money was taken back, and not withdrawn either, for it may have arrived', async () => {
    const { id, attempt } = await stuck('sending')
    await house.tell(house.reversed(attempt, 'V5'))
    for (let turn = 0; turn < 5; turn += 1) await pass(day)
    expect(script.called).toEqual([])
    expect((await now(id))?.status).toBe('sending')
  })

  it('is left alone where its call was answered', async () => {
    const { id } = await stuck('pending')
    for (let turn = 0; turn < 40; turn += 1) await pass(day)
    expect(script.called).toEqual([])
    expect((await now(id))?.status).toBe('pending')
  })
})
