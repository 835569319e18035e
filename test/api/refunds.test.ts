// Refunds as a portal and its checkers see them: whose money is asked back, and who may say what became of it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rowsOf, startTown, type Town } from '../kit/town.ts'

let town: Town
let maker: string
let checker: string
beforeAll(async () => {
  town = await startTown()
  maker = await town.token(['refunds:write', 'refunds:approve', 'orders:read'])
  checker = await town.token(['refunds:approve', 'orders:read'])
})
afterAll(() => town.close())

/** A refund that was approved and sent, and of which the provider's answer was lost. */
const lost = async (amount = 60_000) => {
  const order = await town.place()
  await town.pay('momo', await town.attempt(order, 'momo'))
  await town.fault('momo', 'timeout_before', { operation: 'refund', delay_seconds: 0 })
  const asked = await town.api(`/v1/orders/${order}/refunds`, { amount, reason: 'Thu thừa' }, { token: maker })
  await town.api(`/v1/refunds/${asked.body.id}/approve`, undefined, { method: 'POST', token: checker })
  await town.deps.settled()
  const id = String(asked.body.id)
  expect((await town.api(`/v1/refunds/${id}`)).body.status).toBe('unknown')
  return { id, order }
}
const settle = (id: string, json: object, token = checker) => town.api(`/v1/refunds/${id}/settle`, json, { token })
const note = 'Tra cứu trên cổng của đơn vị thanh toán'

describe('a refund of which nobody was told the end', () => {
  it('is settled as succeeded by somebody who looked it up, and booked through the one door', async () => {
    const { id, order } = await lost()
    const settled = await settle(id, { outcome: 'succeeded', provider_reference: '144518121', note })
    expect(settled).toMatchObject({
      status: 200,
      body: { status: 'succeeded', amount_refunded: 60_000, provider_reference: '144518121' },
    })
    expect(await town.order(order)).toMatchObject({ status: 'paid', amount_refunded: 60_000 })
    const [fact] = await town.sql`select source, code, amount from money_facts where refund_id = ${id}`
    expect(fact).toEqual({ source: 'person', code: 'settled_by_person', amount: 60_000n })
    const events = rowsOf((await town.api(`/v1/orders/${order}/events`)).body.data)
    const told = events.find((event) => String(event.type) === 'refund.succeeded')
    expect(told?.data).toMatchObject({ id, note, settled_by: expect.stringMatching(/^cli_/) })
    // Said twice it is the same; said otherwise it is refused.
    expect((await settle(id, { outcome: 'succeeded', note })).status).toBe(200)
    expect((await settle(id, { outcome: 'failed', note })).body).toMatchObject({
      status: 409,
      code: 'refund_not_under_way',
    })
    const [count] = await town.sql`select count(*)::int as n from money_facts where refund_id = ${id}`
    expect(count?.n).toBe(1)
  })

  it('is settled as failed, and may be asked for again', async () => {
    const { id, order } = await lost()
    expect((await settle(id, { outcome: 'failed', note })).body).toMatchObject({
      status: 'failed',
      failure_code: 'settled_by_person',
      amount_refunded: 0,
    })
    const again = await town.api(`/v1/orders/${order}/refunds`, { reason: 'Lần nữa' }, { token: maker })
    expect(again).toMatchObject({ status: 202, body: { amount: 150_000 } })
  })

  it('opens a discrepancy where less went back than was asked', async () => {
    const { id, order } = await lost()
    expect((await settle(id, { outcome: 'succeeded', amount: 50_000, note })).body.amount_refunded).toBe(50_000)
    const open = await town.sql`select class from discrepancies where order_id = ${order} and status = 'open'`
    expect(open.map((row) => row.class)).toEqual(['refund_mismatch'])
  })

  describe('is not settled', () => {
    it('by who asked for it, nor without the scope', async () => {
      const { id } = await lost()
      expect((await settle(id, { outcome: 'failed', note }, maker)).body).toMatchObject({
        status: 403,
        code: 'maker_cannot_approve',
      })
      const writer = await town.token(['refunds:write'])
      expect((await settle(id, { outcome: 'failed', note }, writer)).status).toBe(403)
    })

    it('over more than was asked, or with an amount where nothing went back, or without a word how one knows', async () => {
      const { id } = await lost()
      for (const [json, pointer] of [
        [{ outcome: 'succeeded', amount: 60_001, note }, '/amount'],
        [{ outcome: 'failed', amount: 1, note }, '/amount'],
        [{ outcome: 'succeeded', amount: 0, note }, '/amount'],
        [{ outcome: 'succeeded' }, '/note'],
        [{ outcome: 'succeeded', note: ' ' }, '/note'],
        [{ outcome: 'pending', note }, '/outcome'],
      ] as const)
        expect((await settle(id, json)).body).toMatchObject({ code: 'invalid_input', errors: [{ pointer }] })
      expect((await town.api(`/v1/refunds/${id}`)).body.status).toBe('unknown')
    })

    it('before it was sent', async () => {
      const order = await town.place()
      await town.pay('momo', await town.attempt(order, 'momo'))
      const { body } = await town.api(`/v1/orders/${order}/refunds`, { reason: 'x' }, { token: maker })
      expect((await settle(String(body.id), { outcome: 'succeeded', note })).body.code).toBe('refund_not_under_way')
    })
  })
})

it('asks back the surplus of a named attempt, once its proposal was rejected', async () => {
  const order = await town.place()
  const [first, second] = [await town.attempt(order, 'vnpay'), await town.attempt(order, 'momo')]
  await town.pay('vnpay', first)
  await town.pay('momo', second)
  const [proposal] = rowsOf((await town.api(`/v1/orders/${order}/refunds`)).body.data)
  await town.api(`/v1/refunds/${proposal?.id}/reject`, undefined, { method: 'POST', token: checker })
  const asked = await town.api(
    `/v1/orders/${order}/refunds`,
    { attempt: second.id, amount: null, reason: 'Nộp trùng' },
    { token: maker },
  )
  expect(asked).toMatchObject({ status: 202, body: { source: 'surplus', attempt: second.id, amount: 150_000 } })
  const stranger = await town.api(
    `/v1/orders/${await town.place()}/refunds`,
    { attempt: second.id, reason: 'x' },
    { token: maker },
  )
  expect(stranger).toMatchObject({ status: 404, body: { errors: [{ pointer: '/attempt' }] } })
})
