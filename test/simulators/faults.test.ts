// Every fault that can be ordered, by one HTTP call, and what the merchant then sees.
import { describe, expect, it } from 'vitest'
import { faultNames } from '../../src/simulators/faults.ts'
import { magicAmounts } from '../../src/simulators/magic-amounts.ts'
import {
  isMomoSigned,
  isVnpaySigned,
  momo,
  momoRaw,
  newRequestId,
  openTown,
  openVnpay,
  type Town,
  vnpayQuery,
  vnpayQueryRaw,
  vnpayRefund,
  vnpayRefundRaw,
  vnpayUrl,
} from './merchant.ts'

const param = (town: Town, index: number, name: string) =>
  new URL(town.told[index]?.url ?? 'http://none').searchParams.get(name)
const paid = async (town: Town, ...references: string[]) => {
  await openVnpay(town, ...references)
  for (const reference of references) await town.complete('vnpay', reference)
}

describe('ordering faults', () => {
  it('lists what waits, and clears it', async () => {
    const town = openTown()
    expect(await town.fault('vnpay', { fault: 'wrong_amount', merchant_reference: 'HS1', amount: 5 })).toBe(201)
    expect(await town.fault('momo', { fault: 'callback_lost' })).toBe(201)
    const listed = await (await town.app.request('/simulators/vnpay/faults')).json()
    expect(listed.data).toMatchObject([{ fault: 'wrong_amount', merchant_reference: 'HS1', amount: 5, uses_left: 1 }])
    expect((await town.app.request('/simulators/vnpay/faults', { method: 'DELETE' })).status).toBe(204)
    await paid(town, 'HS1')
    expect(param(town, 0, 'vnp_Amount')).toBe('15000000')
    expect((await (await town.app.request('/simulators/momo/faults')).json()).data).toHaveLength(1)
  })

  it.each([
    [{ fault: 'meteorite' }],
    [{ fault: 'callback_lost', colour: 'red' }],
    [{ fault: 'callback_doubled', count: 51 }],
    [{ fault: 'callback_lost', count: -1 }],
    [{ fault: 'callback_late', delay_seconds: 1e9 }],
    [{ fault: 'wrong_amount', amount: 1.5 }],
    [{ fault: 'statement_shifted', count: 31 }],
    [[]],
    ['not json'],
  ])('refuses %o and names the field', async (body) => {
    const town = openTown()
    const response = await town.post('vnpay/faults', body)
    expect(response.status).toBe(422)
    expect((await response.json()).errors[0].pointer).toMatch(/^\//)
  })

  it('takes every name, and at most a thousand faults', async () => {
    const town = openTown()
    for (const fault of faultNames) expect(await town.fault('vnpay', { fault })).toBe(201)
    for (let index = faultNames.length; index < 1000; index += 1) await town.fault('vnpay', { fault: 'http_500' })
    expect(await town.fault('vnpay', { fault: 'http_500' })).toBe(409)
  })

  it('hits the named payment and nobody else', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_lost', merchant_reference: 'HS2' })
    await paid(town, 'HS1', 'HS2', 'HS3')
    expect(town.told.map((_one, index) => param(town, index, 'vnp_TxnRef'))).toEqual(['HS1', 'HS3'])
  })

  it('hits as many payments as count says', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_lost', count: 2 })
    await paid(town, 'HS1', 'HS2', 'HS3')
    expect(town.told.map((_one, index) => param(town, index, 'vnp_TxnRef'))).toEqual(['HS3'])
  })
})

describe('faults of callbacks', () => {
  it('callback_lost: nothing comes, ever, and a query tells the truth', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_lost' })
    await paid(town, 'HS1')
    town.pass(24 * 3600)
    await town.sim.tick()
    expect(town.told).toEqual([])
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe('00')
  })

  it('callback_doubled: fifty equal copies at the same moment', async () => {
    const town = openTown()
    let under = 0
    let most = 0
    const held: (() => void)[] = []
    const sim = openTown({
      fetch: async () => {
        under += 1
        most = Math.max(most, under)
        await new Promise<void>((resolve) => {
          held.push(resolve)
          if (held.length === 50) for (const release of held) release()
        })
        under -= 1
        return Response.json({ RspCode: '00' })
      },
    })
    await sim.fault('vnpay', { fault: 'callback_doubled', count: 50 })
    await openVnpay(sim, 'HS1')
    expect((await sim.complete('vnpay', 'HS1')).delivered).toHaveLength(50)
    expect(most).toBe(50)
    await town.fault('vnpay', { fault: 'callback_doubled' })
    await paid(town, 'HS1')
    expect(town.told).toHaveLength(2)
    expect(town.told[0]).toEqual(town.told[1])
  })

  it('callback_doubled with a delay: the copy is replayed later', async () => {
    const town = openTown()
    await momo(town, 'create')
    await town.fault('momo', { fault: 'callback_doubled', delay_seconds: 86_400 })
    await town.complete('momo', 'DVC-1')
    expect(town.told).toHaveLength(1)
    town.pass(86_400)
    await town.sim.tick()
    expect(town.told).toHaveLength(2)
    expect(town.told[0]).toEqual(town.told[1])
  })

  it('callback_late: comes with the tick after the delay, 35 days if need be', async () => {
    const town = openTown()
    const delay = 35 * 86_400
    await town.fault('vnpay', { fault: 'callback_late', delay_seconds: delay })
    await openVnpay(town, 'HS1')
    expect(await town.complete('vnpay', 'HS1')).toMatchObject({
      delivered: [],
      waiting: [{ kind: 'genuine', tries: 0 }],
    })
    town.pass(delay - 1)
    await town.sim.tick()
    expect(town.told).toEqual([])
    town.pass(1)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
    expect(isVnpaySigned(town.told[0]?.url ?? '')).toBe(true)
  })

  it('callback_reordered: waits until the next payment was told', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_reordered' })
    await openVnpay(town, 'HS1', 'HS2')
    await town.complete('vnpay', 'HS1')
    await town.sim.tick()
    expect(town.told).toEqual([])
    await town.complete('vnpay', 'HS2')
    expect(town.told.map((_one, index) => param(town, index, 'vnp_TxnRef'))).toEqual(['HS2', 'HS1'])
  })

  it('callback_reordered: comes after an hour when no other payment does', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_reordered' })
    await paid(town, 'HS1')
    town.pass(3600)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
  })

  it('callback_forged: a copy under a wrong key comes first', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_forged' })
    await paid(town, 'HS1')
    expect(town.told.map((one) => isVnpaySigned(one.url))).toEqual([false, true])
    await momo(town, 'create')
    await town.fault('momo', { fault: 'callback_forged' })
    await town.complete('momo', 'DVC-1')
    expect(town.told.slice(2).map((one) => isMomoSigned(JSON.parse(one.body)))).toEqual([false, true])
  })

  it('callback_forged with callback_lost: the forgery is all that comes', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_forged' })
    await town.fault('vnpay', { fault: 'callback_lost' })
    await paid(town, 'HS1')
    expect(town.told.map((one) => isVnpaySigned(one.url))).toEqual([false])
  })

  it('callback_corrupted: one byte differs, and the repeat is whole', async () => {
    const town = openTown()
    town.answer = (request) => Response.json({ RspCode: isVnpaySigned(request.url) ? '00' : '97' })
    await town.fault('vnpay', { fault: 'callback_corrupted' })
    await openVnpay(town, 'HS1')
    expect((await town.complete('vnpay', 'HS1')).delivered).toMatchObject([{ kind: 'corrupted', accepted: false }])
    town.pass(300)
    await town.sim.tick()
    const [first = '', second = ''] = town.told.map((one) => one.url)
    expect(first.length).toBe(second.length)
    expect([...first].filter((letter, index) => letter !== second[index])).toHaveLength(1)
    expect([isVnpaySigned(first), isVnpaySigned(second)]).toEqual([false, true])
  })

  it('callback_corrupted: a body is damaged as well, and MoMo does not repeat it', async () => {
    const town = openTown()
    await town.fault('momo', { fault: 'callback_corrupted' })
    await momo(town, 'create')
    await town.complete('momo', 'DVC-1')
    expect(town.told).toHaveLength(1)
    expect(JSON.parse(town.told[0]?.body ?? '')).toMatchObject({ amount: 60_000 })
    expect(isMomoSigned(JSON.parse(town.told[0]?.body ?? ''))).toBe(false)
  })

  it('wrong_amount: another amount is taken, signed, and told by every way', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'wrong_amount', amount: 149_999 })
    await paid(town, 'HS1')
    expect(param(town, 0, 'vnp_Amount')).toBe('14999900')
    expect(isVnpaySigned(town.told[0]?.url ?? '')).toBe(true)
    expect((await vnpayQuery(town)).vnp_Amount).toBe('14999900')
    expect(town.sim.ledger('vnpay')[0]?.amount).toBe(149_999n)
  })

  it('callback_failed_then_captured: a failure first, then the truth', async () => {
    const town = openTown()
    await town.fault('vnpay', { fault: 'callback_failed_then_captured' })
    await paid(town, 'HS1')
    expect([0, 1].map((index) => param(town, index, 'vnp_ResponseCode'))).toEqual(['51', '00'])
    expect(town.told.every((one) => isVnpaySigned(one.url))).toBe(true)
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe('00')
  })

  it('captured_then_failed: the truth first, then a failure, and the money stays taken', async () => {
    const town = openTown()
    await momo(town, 'create')
    await town.fault('momo', { fault: 'captured_then_failed', delay_seconds: 60 })
    await town.complete('momo', 'DVC-1')
    town.pass(60)
    await town.sim.tick()
    expect(town.told.map((one) => JSON.parse(one.body).resultCode)).toEqual([0, 1001])
    expect((await momo(town, 'query')).resultCode).toBe(0)
  })

  it('once_only: no retry, whatever the answer', async () => {
    const town = openTown()
    town.answer = () => Response.json({ RspCode: '99' })
    await town.fault('vnpay', { fault: 'once_only' })
    await paid(town, 'HS1')
    town.pass(3600)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
  })
})

describe('faults of calls', () => {
  it('http_500: as often as said, and the call did nothing', async () => {
    const town = openTown()
    await town.fault('momo', { fault: 'http_500', count: 2 })
    const statuses: number[] = []
    for (let round = 0; round < 3; round += 1) statuses.push((await momoRaw(town, 'create')).status)
    expect(statuses).toEqual([500, 500, 200])
    expect(town.sim.ledger('momo')).toHaveLength(1)
  })

  it('cached_500: every repeat of the request id fails, a new one is served', async () => {
    const town = openTown()
    await paid(town, 'HS1')
    await town.fault('vnpay', { fault: 'cached_500', operation: 'refund' })
    expect((await vnpayQueryRaw(town)).status).toBe(200)
    for (let round = 0; round < 3; round += 1)
      expect((await vnpayRefundRaw(town, { vnp_RequestId: 'cached' })).status).toBe(500)
    expect((await vnpayRefund(town)).vnp_ResponseCode).toBe('00')
    expect(town.sim.ledger('vnpay').filter((row) => row.kind === 'refund')).toHaveLength(1)
  })

  it('timeout_before: no useful answer, and nothing was done', async () => {
    const town = openTown()
    await town.fault('momo', { fault: 'timeout_before', delay_seconds: 0, merchant_reference: 'DVC-1' })
    expect((await momoRaw(town, 'create', { orderId: 'DVC-2' })).status).toBe(200)
    const response = await momoRaw(town, 'create')
    expect([response.status, await response.text()]).toEqual([504, ''])
    expect((await momo(town, 'query')).resultCode).toBe(42)
  })

  it('timeout_before: holds the line until the caller hangs up', async () => {
    const town = openTown()
    await town.fault('momo', { fault: 'timeout_before' })
    const leaving = new AbortController()
    const request = new Request('http://127.0.0.1/simulators/momo/v2/gateway/api/query', {
      method: 'POST',
      body: '{}',
      signal: leaving.signal,
    })
    const call = Promise.resolve(town.app.request(request))
    const other = Promise.resolve(town.app.request('/simulators/momo/faults'))
    const first = await Promise.race([call.then(() => 'answered'), other.then(() => 'silent')])
    expect(first).toBe('silent')
    leaving.abort()
    expect((await call).status).toBe(504)
  })

  it('timeout_after: no useful answer, but it was done; the same request id then tells', async () => {
    const town = openTown()
    await momo(town, 'create')
    const { provider_reference } = await town.complete('momo', 'DVC-1')
    await town.fault('momo', {
      fault: 'timeout_after',
      delay_seconds: 0,
      operation: 'refund',
      merchant_reference: 'DVC-1',
    })
    const refund = { transId: Number(provider_reference), requestId: newRequestId() }
    expect((await momoRaw(town, 'refund', refund)).status).toBe(504)
    expect(await momo(town, 'query')).toMatchObject({ refundTrans: [{ orderId: 'RF-1', resultCode: 0 }] })
    expect((await momo(town, 'refund', refund)).resultCode).toBe(0)
    expect(town.sim.ledger('momo').filter((row) => row.kind === 'refund')).toHaveLength(1)
  })
})

describe('faults of refunds', () => {
  it('refund_refused: accepted at first, refused with 09 after; the amount is free again', async () => {
    const town = openTown()
    await paid(town, 'HS1')
    await town.fault('vnpay', { fault: 'refund_refused' })
    expect((await vnpayRefund(town)).vnp_TransactionStatus).toBe('05')
    town.pass(60)
    await town.sim.tick()
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe('09')
    expect((await vnpayRefund(town)).vnp_ResponseCode).toBe('00')
  })

  it('refund_refused: MoMo says 1081 at once', async () => {
    const town = openTown()
    await momo(town, 'create')
    const { provider_reference } = await town.complete('momo', 'DVC-1')
    await town.fault('momo', { fault: 'refund_refused', merchant_reference: 'DVC-1' })
    expect((await momo(town, 'refund', { transId: Number(provider_reference) })).resultCode).toBe(1081)
    expect(await momo(town, 'query')).toMatchObject({ refundTrans: [{ resultCode: 1081 }] })
  })

  it('refund_pending: stays under way for as long as said', async () => {
    const town = openTown()
    await momo(town, 'create')
    const { provider_reference } = await town.complete('momo', 'DVC-1')
    await town.fault('momo', { fault: 'refund_pending', delay_seconds: 600 })
    expect((await momo(town, 'refund', { transId: Number(provider_reference) })).resultCode).toBe(7002)
    town.pass(599)
    await town.sim.tick()
    expect(await momo(town, 'query')).toMatchObject({ refundTrans: [{ resultCode: 7002 }] })
    town.pass(1)
    await town.sim.tick()
    expect(await momo(town, 'query')).toMatchObject({ refundTrans: [{ resultCode: 0 }] })
  })

  it('refund_immediate: VNPAY pays back on the spot', async () => {
    const town = openTown()
    await paid(town, 'HS1')
    await town.fault('vnpay', { fault: 'refund_immediate' })
    expect((await vnpayRefund(town)).vnp_TransactionStatus).toBe('00')
  })
})

describe('magic amounts', () => {
  it('bring their faults when they are switched on', async () => {
    const town = openTown({ magicAmounts: true })
    await town.app.request(vnpayUrl({ vnp_Amount: '90100100' }))
    await town.complete('vnpay', 'HS1')
    expect(town.told).toEqual([])
    expect(town.sim.ledger('vnpay')[0]).toMatchObject({ status: 'success', amount: 901_001n })
  })

  it('are amounts like any other when they are not', async () => {
    const town = openTown()
    await town.app.request(vnpayUrl({ vnp_Amount: '90100100' }))
    await town.complete('vnpay', 'HS1')
    expect(town.told).toHaveLength(1)
  })

  it.each(Object.keys(magicAmounts))('%s orders faults for its own payment only', async (amount) => {
    const town = openTown({ magicAmounts: true })
    await momo(town, 'create', { amount: Number(amount) })
    const { data } = await (await town.app.request('/simulators/momo/faults')).json()
    expect(data.length).toBeGreaterThan(0)
    for (const fault of data) expect(fault.merchant_reference).toBe('DVC-1')
  })
})
