// MoMo's side: create with its rules, the payment page, IPN and redirect, query, refund, confirm, request ids.
import { describe, expect, it } from 'vitest'
import { isSigned } from '../../src/simulators/momo/messages.ts'
import { isMomoSigned, momo, momoAccount, momoRaw, openTown, type Town } from './merchant.ts'

const press = (town: Town, payUrl: string, result: string) =>
  town.app.request(payUrl, { method: 'POST', body: new URLSearchParams({ result }) })
const ipn = (town: Town, index = 0): Record<string, unknown> => JSON.parse(town.told[index]?.body ?? '{}')

describe('create', () => {
  it('answers a payment address and signs the reply', async () => {
    const town = openTown()
    const created = await momo(town, 'create')
    expect(created).toMatchObject({
      http: 200,
      resultCode: 0,
      orderId: 'DVC-1',
      amount: 50_000,
      message: 'Thành công.',
    })
    expect(created.payUrl).toMatch(/^http:\/\/127\.0\.0\.1:8787\/simulators\/momo\/v2\/gateway\/pay\?t=.+&s=.+/)
    expect(await isSigned('createResponse', created, momoAccount)).toBe(true)
  })

  it('answers in English when asked', async () => {
    expect((await momo(openTown(), 'create', { lang: 'en' })).message).toBe('Successful.')
  })

  it('names the field when the signature is wrong', async () => {
    const refused = await momo(openTown(), 'create', { signature: 'a'.repeat(64) })
    expect(refused).toMatchObject({ http: 400, resultCode: 20, subErrors: [{ field: 'signature' }] })
  })

  it.each([
    [20, { orderId: '-starts-badly' }],
    [20, { orderId: `${'a'.repeat(190)}!` }],
    [20, { orderInfo: '' }],
    [20, { requestType: 'payWithMagic' }],
    [20, { ipnUrl: 'ftp://merchant.example.vn' }],
    [20, { redirectUrl: 'javascript:alert(1)' }],
    [20, { extraData: undefined }],
    [20, { lang: 'fr' }],
    [20, { requestId: 'x'.repeat(51) }],
    [20, { items: Array.from({ length: 51 }, () => ({})) }],
    [21, { amount: 1.5 }],
    [21, { amount: -1 }],
    [21, { amount: 'lots' }],
    [22, { amount: 999 }],
    [22, { amount: 50_000_001 }],
    [22, { amount: 9_999, requestType: 'payWithATM' }],
    [22, { amount: 10_000_001, requestType: 'payWithCC' }],
    [13, { partnerCode: 'NOBODY' }],
  ])('answers %d to %o', async (code, change) => {
    const town = openTown()
    expect(await momo(town, 'create', change)).toMatchObject({ http: 400, resultCode: code })
    expect(town.sim.ledger('momo')).toEqual([])
  })

  it('answers 41 to an order id that was used, by a payment or by a refund', async () => {
    const town = openTown()
    await momo(town, 'create')
    expect((await momo(town, 'create')).resultCode).toBe(41)
    const { provider_reference } = await town.complete('momo', 'DVC-1')
    await momo(town, 'refund', { transId: Number(provider_reference) })
    expect((await momo(town, 'create', { orderId: 'RF-1' })).resultCode).toBe(41)
  })
})

describe('request ids', () => {
  it('give the first answer again after a final code', async () => {
    const town = openTown()
    const first = await momoRaw(town, 'create', { requestId: 'same' })
    town.pass(5)
    const again = await momoRaw(town, 'create', { requestId: 'same' })
    expect(await again.text()).toBe(await first.text())
    expect(town.sim.ledger('momo')).toHaveLength(1)
  })

  it('refuse another body, and a repeat after a code that is not final', async () => {
    const town = openTown()
    await momo(town, 'create', { requestId: 'same' })
    expect((await momo(town, 'create', { requestId: 'same', amount: 60_000 })).resultCode).toBe(40)
    await momo(town, 'query', { requestId: 'ask', orderId: 'DVC-1' })
    expect((await momo(town, 'query', { requestId: 'ask', orderId: 'DVC-1' })).resultCode).toBe(40)
  })

  it('are not spent by a stranger who cannot sign', async () => {
    const town = openTown()
    await momo(town, 'create', { requestId: 'same', signature: 'f'.repeat(64) })
    expect((await momo(town, 'create', { requestId: 'same' })).resultCode).toBe(0)
  })

  it('answer 7000 while the first call is under way', async () => {
    const town = openTown()
    await town.fault('momo', { fault: 'timeout_after', delay_seconds: 60 })
    const leaving = new AbortController()
    const body = await bodyOf(town, { requestId: 'slow' })
    const slow = town.app.request('/simulators/momo/v2/gateway/api/create', {
      method: 'POST',
      body,
      signal: leaving.signal,
    })
    const second = await town.app.request('/simulators/momo/v2/gateway/api/create', { method: 'POST', body })
    expect([second.status, (await second.json()).resultCode]).toEqual([422, 7000])
    leaving.abort()
    expect((await slow).status).toBe(504)
    const third = await town.app.request('/simulators/momo/v2/gateway/api/create', { method: 'POST', body })
    expect((await third.json()).resultCode).toBe(0)
  })
})

/** The body that `momoRaw` would send, caught on its way. */
const bodyOf = async (town: Town, change: object): Promise<string> => {
  let caught = ''
  await momoRaw(
    {
      ...town,
      post: async (_path, body) => {
        caught = JSON.stringify(body)
        return new Response()
      },
    },
    'create',
    change,
  )
  return caught
}

describe('payment, IPN and redirect', () => {
  it('takes the money on the button, posts a signed IPN, and sends the browser back', async () => {
    const town = openTown()
    const { payUrl } = await momo(town, 'create', { extraData: 'eyJhIjoiKyJ9+/=' })
    expect(await (await town.app.request(payUrl)).text()).toContain('Trang mô phỏng')
    const back = (await press(town, payUrl, 'success')).headers.get('location') ?? ''
    expect(town.told[0]).toMatchObject({ method: 'POST', url: 'https://merchant.example.vn/callbacks/momo/mac_2' })
    expect(ipn(town)).toMatchObject({
      resultCode: 0,
      amount: 50_000,
      orderType: 'momo_wallet',
      extraData: 'eyJhIjoiKyJ9+/=',
    })
    expect(isMomoSigned(ipn(town))).toBe(true)
    const query = Object.fromEntries(new URL(back).searchParams)
    expect(query).toMatchObject({ resultCode: '0', orderId: 'DVC-1' })
    expect(query).not.toHaveProperty('accessKey')
    expect(isMomoSigned(query)).toBe(true)
  })

  it.each([
    ['insufficient', 1001],
    ['cancelled', 1006],
    ['wrong_otp', 4100],
  ])('tells %s as %d, with a time stamp for a number and no pay type', async (result, code) => {
    const town = openTown()
    await momo(town, 'create')
    const { return_url } = await town.complete('momo', 'DVC-1', { result })
    expect(ipn(town)).toMatchObject({ resultCode: code, payType: '', transId: town.clock.at })
    expect(isMomoSigned(Object.fromEntries(new URL(return_url).searchParams))).toBe(true)
    expect((await momo(town, 'query')).resultCode).toBe(code)
  })

  it('leaves a payment pending: 7002 in redirect and query, and no IPN', async () => {
    const town = openTown()
    await momo(town, 'create')
    expect((await momo(town, 'query')).resultCode).toBe(1000)
    const { return_url } = await town.complete('momo', 'DVC-1', { result: 'pending' })
    expect(new URL(return_url).searchParams.get('resultCode')).toBe('7002')
    expect(town.told).toEqual([])
    expect((await momo(town, 'query')).resultCode).toBe(7002)
  })

  it('calls once only, whatever the merchant answers', async () => {
    const town = openTown()
    town.answer = () => new Response('', { status: 500 })
    await momo(town, 'create')
    await town.complete('momo', 'DVC-1')
    town.pass(24 * 3600)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
  })

  it('refuses a forged and an expired payment address', async () => {
    const town = openTown()
    const { payUrl } = await momo(town, 'create')
    expect((await town.app.request(`${payUrl.slice(0, -1)}x`)).status).toBe(400)
    expect((await town.app.request('/simulators/momo/v2/gateway/pay?t=%&s=')).status).toBe(400)
    town.pass(15 * 60 + 1)
    expect(await (await town.app.request(payUrl)).text()).toContain('1005')
    expect((await momo(town, 'query')).resultCode).toBe(1005)
  })
})

describe('query', () => {
  it('answers 42 to an unknown order and 13 to a wrong signature', async () => {
    const town = openTown()
    expect((await momo(town, 'query')).resultCode).toBe(42)
    expect((await momo(town, 'query', { signature: 'x' })).resultCode).toBe(13)
  })
})

describe('refund', () => {
  const paid = async () => {
    const town = openTown()
    await momo(town, 'create')
    const { provider_reference } = await town.complete('momo', 'DVC-1')
    return { town, transId: Number(provider_reference) }
  }

  it('pays back in parts up to the amount, each with its own number, and lists them in the query', async () => {
    const { town, transId } = await paid()
    const first = await momo(town, 'refund', { transId, orderId: 'RF-1', amount: 20_000 })
    expect(first).toMatchObject({ resultCode: 0, amount: 20_000 })
    expect(first.transId).not.toBe(transId)
    expect((await momo(town, 'refund', { transId, orderId: 'RF-2', amount: 30_001 })).resultCode).toBe(1081)
    expect((await momo(town, 'refund', { transId, orderId: 'RF-3', amount: 30_000 })).resultCode).toBe(0)
    expect(await momo(town, 'query')).toMatchObject({
      resultCode: 0,
      transId,
      refundTrans: [
        { orderId: 'RF-1', amount: 20_000, resultCode: 0, transId: first.transId },
        { orderId: 'RF-3', amount: 30_000, resultCode: 0 },
      ],
    })
  })

  it('refunds once for one request id, however often it is sent', async () => {
    const { town, transId } = await paid()
    const first = await momo(town, 'refund', { transId, requestId: 'once' })
    expect(await momo(town, 'refund', { transId, requestId: 'once' })).toEqual(first)
    expect(town.sim.ledger('momo').filter((row) => row.kind === 'refund')).toHaveLength(1)
  })

  it.each([
    [41, { orderId: 'DVC-1' }],
    [42, { transId: 1 }],
    [22, { amount: 999 }],
    [13, { signature: 'x' }],
    [20, { description: undefined }],
  ])('answers %d to %o', async (code, change) => {
    const { town, transId } = await paid()
    expect((await momo(town, 'refund', { transId, ...change })).resultCode).toBe(code)
  })
})

describe('confirm', () => {
  const held = async () => {
    const town = openTown()
    await momo(town, 'create', { autoCapture: false })
    await town.complete('momo', 'DVC-1')
    return town
  }

  it('captures a hold', async () => {
    const town = await held()
    expect(ipn(town).resultCode).toBe(9000)
    expect((await momo(town, 'query')).resultCode).toBe(9000)
    expect((await momo(town, 'confirm', { amount: 40_000 })).resultCode).toBe(22)
    expect((await momo(town, 'confirm')).resultCode).toBe(0)
    expect((await momo(town, 'query')).resultCode).toBe(0)
  })

  it('cancels a hold, which queries then tell as 1003', async () => {
    const town = await held()
    expect((await momo(town, 'confirm', { requestType: 'cancel' })).resultCode).toBe(0)
    expect((await momo(town, 'query')).resultCode).toBe(1003)
  })
})
