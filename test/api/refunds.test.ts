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

describe('a refund by hand and a dispute, over the API', () => {
  const payee = { number: '19034567890123', bank_bin: '970407', holder: 'NGUYEN THI LAN' }
  const paidAtVietqr = async () => {
    const order = await town.place()
    await town.pay('vietqr', await town.attempt(order, 'vietqr'))
    return order
  }

  it('goes from the request to the confirmed transfer where the provider returns no money itself', async () => {
    const order = await paidAtVietqr()
    const json = { reason: 'Rút hồ sơ', payee_account: payee, lines: [{ line: 1, amount: 50_000 }] }
    const asked = await town.api(`/v1/orders/${order}/refunds`, json, { token: maker })
    expect(asked).toMatchObject({
      status: 202,
      body: {
        method: 'manual',
        amount: 50_000,
        payee_account: { number: '••••0123' },
        lines: [{ line: 1, amount: 50_000 }],
      },
    })
    const path = `/v1/refunds/${asked.body.id}`
    expect((await town.api(`${path}/payee_account`, undefined, { token: checker })).body).toEqual(payee)
    const approveWith = (json: object) => town.api(`${path}/approve`, json, { token: checker })
    expect((await approveWith({ payee_version: 1 })).body).toMatchObject({ status: 409, code: 'refund_payee_changed' })
    expect((await approveWith({ payee: 0 })).body).toMatchObject({ errors: [{ pointer: '/payee' }] })
    expect((await approveWith({ payee_version: 0 })).body).toMatchObject({ status: 'approved', payee_version: 0 })
    await town.deps.settled()
    const found = await town.api('/v1/refunds?status=pending&method=manual', undefined, { token: checker })
    expect(rowsOf(found.body.data).map((row) => row.id)).toContain(asked.body.id)
    expect(rowsOf((await town.api('/v1/refunds?overdue=true')).body.data)).toEqual([])
    const looked = { outcome: 'succeeded', provider_reference: 'X', note }
    expect((await settle(String(asked.body.id), looked)).body).toMatchObject({ status: 409, code: 'refund_by_hand' })
    const transfer = { bank_reference: 'FT26327000123', paid_on: '2026-11-23', evidence: 'Ủy nhiệm chi 15' }
    const confirmed = await town.api(`${path}/confirm`, transfer, { token: checker })
    expect(confirmed).toMatchObject({
      status: 200,
      body: { status: 'succeeded', bank_reference: 'FT26327000123', amount_refunded: 50_000 },
    })
    for (const [wrong, pointer] of [
      [{ ...transfer, paid_on: '23/11/2026' }, '/paid_on'],
      [{ ...transfer, bank_reference: ' ' }, '/bank_reference'],
      [{ ...transfer, extra: 1 }, '/extra'],
    ] as const)
      expect((await town.api(`${path}/confirm`, wrong, { token: checker })).body).toMatchObject({
        code: 'invalid_input',
        errors: [{ pointer }],
      })
    const bounce = { bank_reference: 'CR26328', returned_on: '2026-11-23', note: 'Sai số tài khoản' }
    expect((await town.api(`${path}/bounce`, bounce, { token: checker })).body).toMatchObject({ status: 'failed' })
    expect((await town.order(order)).amount_refunded).toBe(0)
  })

  it('is refused while a dispute is open, which is a case with its evidence', async () => {
    const order = await paidAtVietqr()
    const opened = await town.api(
      `/v1/orders/${order}/disputes`,
      { kind: 'tracing', reason: 'Ngân hàng tra soát', reference: 'TS-7', respond_by: '2026-11-24' },
      { token: maker },
    )
    expect(opened).toMatchObject({ status: 201, body: { status: 'open', kind: 'tracing', amount: 150_000 } })
    const path = `/v1/disputes/${opened.body.id}`
    expect((await town.api(`/v1/orders/${order}/refunds`, { reason: 'x' }, { token: maker })).body).toMatchObject({
      status: 409,
      code: 'disputed',
    })
    expect((await town.api(path, undefined, { token: checker })).body).toMatchObject({
      evidence: { attempt: { status: 'captured' }, money: [{ kind: 'captured', amount: 150_000 }] },
    })
    const listed = await town.api('/v1/disputes?status=open', undefined, { token: maker })
    expect(rowsOf(listed.body.data).map((row) => row.id)).toContain(opened.body.id)
    expect((await town.api(`${path}/close`, { outcome: 'won', note: 'x' }, { token: checker })).body).toMatchObject({
      status: 'closed',
      outcome: 'won',
    })
    expect((await town.api(`${path}/close`, { outcome: 'lost', note: 'x' }, { token: checker })).body.code).toBe(
      'dispute_not_open',
    )
    expect((await town.api(`/v1/orders/${order}/refunds`, { reason: 'x' }, { token: maker })).status).toBe(202)
  })
})
