// OnePAY's side: the payment page and what it refuses, the notice and its retries, the query.
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openTown } from './merchant.ts'

const account = {
  merchant: 'TESTGOV01',
  access_code: '6FAKE001',
  hash_key: '00112233445566778899AABBCCDDEEFF',
  user: 'opfake',
  password: 'pwFake1',
  ipn_url: 'https://merchant.example.vn/callbacks/onepay/static',
}

const hashOf = (params: Record<string, string>, key = account.hash_key): string => {
  const names = Object.keys(params).filter((name) => name.startsWith('vpc_') && params[name] !== '')
  const text = names.sort((a, b) => (a < b ? -1 : 1)).map((name) => `${name}=${params[name]}`)
  return createHmac('sha256', Buffer.from(key, 'hex')).update(text.join('&'), 'utf8').digest('hex').toUpperCase()
}
const signed = (params: Record<string, string>, key?: string) =>
  new URLSearchParams({ ...params, vpc_SecureHash: hashOf(params, key) }).toString()

const payUrl = (change: Record<string, string> = {}, key?: string): string => {
  const params = {
    ...{ vpc_Version: '2', vpc_Command: 'pay', vpc_Currency: 'VND', vpc_Locale: 'vn', vpc_Amount: '15000000' },
    ...{ vpc_Merchant: account.merchant, vpc_AccessCode: account.access_code, vpc_TicketNo: '203.0.113.10' },
    ...{ vpc_MerchTxnRef: 'HS1', vpc_OrderInfo: 'HS0001', Title: 'Nop le phi' },
    vpc_ReturnURL: 'https://merchant.example.vn/returns/onepay/mac_1',
    ...change,
  }
  return `/simulators/onepay/paygate/vpcpay.op?${signed(params, key)}`
}
const town = () => {
  const opened = openTown({ accounts: { onepay: [account] } })
  opened.answer = () => new Response('responsecode=1&desc=confirm-success')
  const press = (url: string, result: string) =>
    opened.app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
  const query = async (change: Record<string, string> = {}, key?: string) => {
    const params = {
      ...{ vpc_Command: 'queryDR', vpc_Version: '2', vpc_MerchTxnRef: 'HS1', vpc_Merchant: account.merchant },
      ...{ vpc_AccessCode: account.access_code, vpc_User: account.user, vpc_Password: account.password },
      ...change,
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const path = '/simulators/onepay/msp/api/v1/vpc/invoices/queries'
    const response = await opened.app.request(path, { method: 'POST', headers, body: signed(params, key) })
    return { http: response.status, ...Object.fromEntries(new URLSearchParams(await response.text())) }
  }
  return Object.assign(opened, { press, query })
}
const paramsOf = (url: string | undefined) => Object.fromEntries(new URL(url ?? 'http://none').searchParams)
const isSigned = ({ vpc_SecureHash, ...params }: Record<string, string>) => vpc_SecureHash === hashOf(params)

describe('the payment page', () => {
  it('shows amount and reference in Vietnamese and says that it is simulated', async () => {
    const response = await town().app.request(payUrl())
    const html = await response.text()
    expect(response.status).toBe(200)
    for (const words of ['<!doctype html>', 'lang="vi"', 'Trang mô phỏng', 'OnePAY', '150.000', 'HS1'])
      expect(html).toContain(words)
    expect(html).not.toContain('<script')
  })

  it('takes the money on the button, tells the merchant, and sends the browser back with a signed query', async () => {
    const one = town()
    const response = await one.press(payUrl({ vpc_CallbackURL: 'https://merchant.example.vn/ipn' }), 'success')
    expect(response.status).toBe(303)
    const back = response.headers.get('location') ?? ''
    expect(back.startsWith('https://merchant.example.vn/returns/onepay/mac_1?')).toBe(true)
    expect(one.told).toHaveLength(1)
    expect(one.told[0]).toMatchObject({
      method: 'GET',
      url: expect.stringMatching(/^https:\/\/merchant.example.vn\/ipn\?/),
    })
    for (const url of [back, one.told[0]?.url]) {
      expect(isSigned(paramsOf(url))).toBe(true)
      expect(paramsOf(url)).toMatchObject({
        ...{ vpc_TxnResponseCode: '0', vpc_Amount: '15000000', vpc_MerchTxnRef: 'HS1' },
        vpc_PaymentTime: '20261120T030000Z',
      })
    }
  })

  it("calls the account's own address where the request names none", async () => {
    const one = town()
    await one.press(payUrl(), 'cancelled')
    expect(one.told[0]?.url.startsWith(`${account.ipn_url}?`)).toBe(true)
    expect(paramsOf(one.told[0]?.url)).toMatchObject({ vpc_TxnResponseCode: '99' })
  })

  it.each([
    ['another key', payUrl({}, 'FF'.repeat(16))],
    ['an unknown merchant', payUrl({ vpc_Merchant: 'NOBODY' })],
    ['another access code', payUrl({ vpc_AccessCode: 'WRONG001' })],
    ['an amount with xu', payUrl({ vpc_Amount: '15000001' })],
    ['an amount of eleven digits of đồng', payUrl({ vpc_Amount: '1000000000000' })],
    ['diacritics', payUrl({ vpc_OrderInfo: 'Hồ sơ' })],
    ['a text too long', payUrl({ vpc_OrderInfo: 'x'.repeat(33) })],
    ['a slash in the text', payUrl({ vpc_OrderInfo: 'a/b' })],
    ['a reference too long', payUrl({ vpc_MerchTxnRef: 'x'.repeat(35) })],
    ['an IPv6 address', payUrl({ vpc_TicketNo: '2001:db8::7' })],
    ['a card list of small letters', payUrl({ vpc_CardList: 'domestic' })],
    ['a parameter twice', `${payUrl()}&vpc_Amount=100`],
  ])('refuses %s', async (_what, url) => {
    const one = town()
    const response = await one.app.request(url)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('Mã lỗi')
    expect(one.sim.ledger('onepay')).toEqual([])
  })

  it('knows a reference once: the same request again is the same payment, another one is refused', async () => {
    const one = town()
    expect((await one.app.request(payUrl())).status).toBe(200)
    expect((await one.app.request(payUrl())).status).toBe(200)
    expect((await one.app.request(payUrl({ vpc_Amount: '100' }))).status).toBe(400)
    expect(one.sim.ledger('onepay')).toHaveLength(1)
  })

  it('closes after a while', async () => {
    const one = town()
    await one.app.request(payUrl())
    one.pass(16 * 60)
    expect((await one.app.request(payUrl())).status).toBe(400)
    expect(await one.query()).toMatchObject({ vpc_DRExists: 'Y', vpc_TxnResponseCode: '253' })
  })
})

describe('the notice', () => {
  it('is repeated three times in all, fifty seconds apart, while the status is not 200', async () => {
    const one = town()
    one.answer = () => new Response('responsecode=0&desc=confirm-fail', { status: 500 })
    await one.press(payUrl(), 'success')
    for (let step = 0; step < 6; step += 1) {
      one.pass(50)
      await one.sim.tick()
    }
    expect(one.told).toHaveLength(3)
  })

  it('is not repeated after confirm-fail with status 200', async () => {
    const one = town()
    one.answer = () => new Response('responsecode=0&desc=confirm-fail')
    await one.press(payUrl(), 'success')
    one.pass(60)
    await one.sim.tick()
    expect(one.told).toHaveLength(1)
  })

  it('can be forged: everything is right but the key', async () => {
    const one = town()
    await one.fault('onepay', { fault: 'callback_forged' })
    await one.press(payUrl(), 'success')
    expect(one.told.map(({ url }) => isSigned(paramsOf(url)))).toEqual([false, true])
  })
})

describe('the query', () => {
  it('tells nothing yet, waiting, paid and failed, signed', async () => {
    const one = town()
    expect(await one.query()).toMatchObject({ vpc_DRExists: 'N', vpc_TxnResponseCode: '100' })
    await one.app.request(payUrl())
    expect(await one.query()).toMatchObject({ vpc_DRExists: 'Y', vpc_TxnResponseCode: '100' })
    await one.complete('onepay', 'HS1', { result: 'pending' })
    expect(await one.query()).toMatchObject({ vpc_TxnResponseCode: '300' })
    await one.complete('onepay', 'HS1')
    const { http, ...paid } = await one.query()
    expect([http, isSigned(paid), paid]).toMatchObject([
      200,
      true,
      { vpc_TxnResponseCode: '0', vpc_Amount: '15000000' },
    ])
  })

  it.each([
    ['another password', { vpc_Password: 'x' }, undefined],
    ['another user', { vpc_User: 'x' }, undefined],
    ['another key', {}, 'FF'.repeat(16)],
    ['another command', { vpc_Command: 'querydr' }, undefined],
  ])('tells nothing that is signed to one with %s', async (_what, change, key) => {
    const one = town()
    await one.press(payUrl(), 'success')
    expect(await one.query(change, key)).not.toHaveProperty('vpc_SecureHash')
  })

  it('fails and falls silent when that is ordered', async () => {
    const one = town()
    await one.fault('onepay', { fault: 'http_500', operation: 'query' })
    await one.fault('onepay', { fault: 'timeout_before', operation: 'query', delay_seconds: 0 })
    expect([(await one.query()).http, (await one.query()).http, (await one.query()).http]).toEqual([500, 504, 200])
  })
})
