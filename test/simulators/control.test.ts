// Scripted completion, snapshot and restore, limits, and garbage.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  isVnpaySigned,
  momo,
  openTown,
  openVnpay,
  vnpayAccount,
  vnpayQuery,
  vnpayRefund,
  vnpayUrl,
} from './merchant.ts'

describe('completing by script', () => {
  it('answers number, delivery and the signed return address', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    const completed = await town.complete('vnpay', 'HS1', {
      result: 'success',
      amount: 150_001,
      at: '2026-11-20T09:59:00+07:00',
    })
    expect(completed).toMatchObject({
      http: 200,
      merchant_reference: 'HS1',
      status: 'success',
      amount: 150_001,
      occurred_at: '2026-11-20T02:59:00.000Z',
      delivered: [
        { kind: 'genuine', status: 200, accepted: true, answer: '{"RspCode":"00","Message":"Confirm Success"}' },
      ],
      waiting: [],
    })
    expect(completed.provider_reference).toMatch(/^\d{11}$/)
    expect(isVnpaySigned(completed.return_url)).toBe(true)
    expect(new URL(completed.return_url).searchParams.get('vnp_PayDate')).toBe('20261120095900')
  })

  it('opens the payment first when its address is sent along', async () => {
    const town = openTown()
    expect((await town.complete('vnpay', 'HS1')).http).toBe(404)
    const pay_url = `http://127.0.0.1:8787${vnpayUrl()}`
    expect(await town.complete('vnpay', 'HS1', { result: 'success', pay_url })).toMatchObject({
      http: 200,
      status: 'success',
    })
    const forged = `http://127.0.0.1:8787${vnpayUrl({ vnp_TxnRef: 'HS2' }, 'not-the-secret')}`
    expect((await town.complete('vnpay', 'HS2', { result: 'success', pay_url: forged })).http).toBe(422)
  })

  it('lets a payment succeed after its deadline, as late money does', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    town.pass(35 * 86_400)
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe('02')
    expect(await town.complete('vnpay', 'HS1')).toMatchObject({ http: 200, status: 'success' })
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe('00')
  })

  it('refuses to complete what is final', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    expect((await town.complete('vnpay', 'HS1', { result: 'cancelled' })).http).toBe(409)
    expect(town.told).toHaveLength(1)
  })

  it.each([
    {},
    { result: 'maybe' },
    { result: 'success', amount: 0 },
    { result: 'success', at: 'noon' },
    [],
    'nonsense',
  ])('refuses %o', async (body) => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    expect((await town.post('vnpay/payments/HS1/complete', body)).status).toBe(422)
    expect(town.told).toEqual([])
  })

  it('shows a payment with its deliveries', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    const shown = await (await town.app.request('/simulators/vnpay/payments/HS1')).json()
    expect(shown).toMatchObject({ amount: 150_000, status: 'success', deliveries: [{ kind: 'genuine' }] })
    expect((await town.app.request('/simulators/vnpay/payments/HS9')).status).toBe(404)
    const { data } = await (await town.app.request('/simulators/vnpay/ledger')).json()
    expect(data).toMatchObject([{ kind: 'payment', amount: 150_000 }])
  })

  it('gives every payment its own number, also after a restart without a snapshot', async () => {
    const numbers = new Set<string>()
    for (const seconds of [0, 60]) {
      const town = openTown()
      town.pass(seconds)
      const references = Array.from({ length: 20 }, (_one, index) => `HS${index}`)
      await openVnpay(town, ...references)
      for (const reference of references) numbers.add((await town.complete('vnpay', reference)).provider_reference)
    }
    expect(numbers.size).toBe(40)
  })
})

describe('snapshot and restore', () => {
  it('carry payments, refunds, waiting callbacks, faults and request ids over a restart', async () => {
    const before = openTown()
    before.answer = () => Response.json({ RspCode: '99' })
    await openVnpay(before, 'HS1', 'HS2')
    await before.complete('vnpay', 'HS1')
    await vnpayRefund(before, { vnp_RequestId: 'kept' })
    await momo(before, 'create', { requestId: 'kept' })
    await before.fault('vnpay', { fault: 'wrong_amount', amount: 7 })
    await before.fault('momo', { fault: 'cached_500' })
    await momo(before, 'query', { requestId: 'poisoned' }).catch(() => null)

    const after = openTown()
    after.sim.restore(before.sim.snapshot())
    expect(after.sim.snapshot()).toBe(before.sim.snapshot())
    expect(after.sim.ledger('vnpay')).toEqual(before.sim.ledger('vnpay'))
    expect((await momo(after, 'create', { requestId: 'kept' })).resultCode).toBe(0)
    expect(
      (await after.post('momo/v2/gateway/api/query', { partnerCode: 'MOMOVECT20261122', requestId: 'poisoned' }))
        .status,
    ).toBe(500)
    expect((await vnpayRefund(after, { vnp_RequestId: 'kept' })).vnp_ResponseCode).toBe('94')
    after.pass(300)
    await after.sim.tick()
    expect(after.told).toHaveLength(1)
    expect(after.sim.ledger('vnpay').find((row) => row.kind === 'refund')?.status).toBe('success')
    expect((await after.complete('vnpay', 'HS2')).amount).toBe(7)
  })

  it.each(['', '{}', 'null', '{"version":2}', '{"version":1,"payments":[{"provider":1}]}'])(
    'refuses %j and keeps what it has',
    async (json) => {
      const town = openTown()
      await openVnpay(town, 'HS1')
      expect(() => town.sim.restore(json)).toThrow()
      expect(town.sim.ledger('vnpay')).toHaveLength(1)
    },
  )
})

describe('limits', () => {
  it('forgets the oldest finished payments, and not the open ones', async () => {
    const town = openTown({ paymentCountMax: 3 })
    await openVnpay(town, 'OPEN')
    for (const reference of ['A', 'B', 'C', 'D']) {
      await openVnpay(town, reference)
      await town.complete('vnpay', reference)
    }
    expect(town.sim.ledger('vnpay').map((row) => row.merchant_reference)).toEqual(['OPEN', 'C', 'D'])
  })

  it('refuses a body above 64 KB', async () => {
    const town = openTown()
    const huge = JSON.stringify({ fault: 'callback_lost', padding: 'x'.repeat(70_000) })
    expect((await town.post('vnpay/faults', huge)).status).toBe(413)
    expect((await town.post('momo/v2/gateway/api/create', huge)).status).toBe(413)
  })

  it('cuts off a merchant that answers without end', async () => {
    let pulled = 0
    const pull = (controller: ReadableStreamDefaultController<Uint8Array>) => {
      pulled += 1
      controller.enqueue(new TextEncoder().encode('x'.repeat(1024)))
    }
    const endless = () => new Response(new ReadableStream({ pull }))
    const town = openTown({ fetch: async () => endless() })
    await openVnpay(town, 'HS1')
    const completed = await town.complete('vnpay', 'HS1')
    expect(completed.delivered[0]).toMatchObject({ status: 200, accepted: false })
    expect(completed.delivered[0].answer.length).toBe(2048)
    expect(pulled).toBeLessThan(5)
  })

  it('survives garbage on every path without an error of its own', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    const paths = [
      'vnpay/merchant_webapi/api/transaction',
      'vnpay/faults',
      'vnpay/payments/HS1/complete',
      'vnpay/payments/%E0%A4%A/complete',
      'vnpay/paymentv2/vpcpay.html?%E0%A4%A=%ZZ',
      'momo/v2/gateway/pay?t=%E0%A4%A&s=%00',
      ...['create', 'query', 'refund', 'confirm'].map((verb) => `momo/v2/gateway/api/${verb}`),
    ]
    const known = fc.constantFrom(
      ...['vnp_TmnCode', 'vnp_Command', 'vnp_RequestId', 'vnp_TxnRef', 'partnerCode', 'requestId', 'orderId', 'amount'],
      ...['fault', 'result', '__proto__', 'signature', 'transId'],
    )
    const value = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom(vnpayAccount.tmn_code, 'querydr', 'refund', 'HS1', 'MOMOVECT20261122', '\u0000', '9'.repeat(400)),
    )
    const body = fc.oneof(
      fc.string(),
      fc.jsonValue().map((one) => JSON.stringify(one)),
      fc.dictionary(known, value).map((one) => JSON.stringify(one)),
    )
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...paths), body, async (path, text) => {
        const response = await town.post(path, text)
        expect(response.status).toBeLessThan(500)
      }),
      { numRuns: 500 },
    )
  })
})
