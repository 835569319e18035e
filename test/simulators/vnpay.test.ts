// VNPAY's side: the payment page, the IPN and its retries, querydr and refund.
import { describe, expect, it } from 'vitest'
import { isPipeSigned } from '../../src/simulators/vnpay/messages.ts'
import {
  isVnpaySigned,
  openTown,
  openVnpay,
  type Town,
  vnpayAccount,
  vnpayQuery,
  vnpayRefund,
  vnpayUrl,
} from './merchant.ts'

const press = (town: Town, url: string, result: string) =>
  town.app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
const param = (url: string | undefined, name: string) => new URL(url ?? 'http://none').searchParams.get(name)

describe('the payment page', () => {
  it('shows amount and reference in Vietnamese and says that it is simulated', async () => {
    const town = openTown()
    const response = await town.app.request(vnpayUrl())
    const html = await response.text()
    expect(response.status).toBe(200)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'none'")
    for (const words of ['<!doctype html>', 'lang="vi"', 'Trang mô phỏng', '150.000', 'HS1', 'Không đủ số dư'])
      expect(html).toContain(words)
    expect(html).not.toContain('<script')
  })

  it('takes the money on the button, tells the merchant, and sends the browser back with a signed query', async () => {
    const town = openTown()
    const response = await press(town, vnpayUrl(), 'success')
    const back = response.headers.get('location') ?? ''
    expect(response.status).toBe(303)
    expect(back.startsWith('https://merchant.example.vn/returns/vnpay/mac_1?')).toBe(true)
    expect(isVnpaySigned(back)).toBe(true)
    expect(town.told).toHaveLength(1)
    expect(town.told[0]?.url.startsWith(`${vnpayAccount.ipn_url}?`)).toBe(true)
    expect(isVnpaySigned(town.told[0]?.url ?? '')).toBe(true)
    expect(param(town.told[0]?.url, 'vnp_Amount')).toBe('15000000')
    expect(param(town.told[0]?.url, 'vnp_PayDate')).toBe('20261120100000')
  })

  it.each([
    ['insufficient', '51', '02'],
    ['cancelled', '24', '02'],
    ['wrong_otp', '13', '02'],
    ['suspicious', '07', '07'],
  ])('tells %s as code %s and status %s', async (result, code, status) => {
    const town = openTown()
    await press(town, vnpayUrl(), result)
    expect(param(town.told[0]?.url, 'vnp_ResponseCode')).toBe(code)
    expect(param(town.told[0]?.url, 'vnp_TransactionStatus')).toBe(status)
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe(status)
  })

  it('leaves a payment pending without a word, and completes it later', async () => {
    const town = openTown()
    const response = await press(town, vnpayUrl(), 'pending')
    expect(response.status).toBe(200)
    expect(town.told).toHaveLength(0)
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe('01')
    await town.complete('vnpay', 'HS1')
    expect((await vnpayQuery(town)).vnp_TransactionStatus).toBe('00')
  })

  it('ends a payment once, however often the button is pressed', async () => {
    const town = openTown()
    const [first, second] = await Promise.all([
      press(town, vnpayUrl(), 'success'),
      press(town, vnpayUrl(), 'cancelled'),
    ])
    expect([first.status, second.status].sort()).toEqual([200, 303])
    expect(town.told).toHaveLength(1)
  })

  it('keeps the query of the return address', async () => {
    const town = openTown()
    const url = vnpayUrl({ vnp_ReturnUrl: 'https://merchant.example.vn/back?lang=vi' })
    const back = (await press(town, url, 'success')).headers.get('location') ?? ''
    expect(back.startsWith('https://merchant.example.vn/back?lang=vi&vnp_Amount=')).toBe(true)
    expect(isVnpaySigned(back)).toBe(true)
  })

  it.each([
    ['a wrong key', vnpayUrl({}, 'another-secret-altogether'), '70'],
    ['a changed amount', vnpayUrl().replace('15000000', '16000000'), '70'],
    ['an unknown terminal', vnpayUrl({ vnp_TmnCode: 'NOBODY01' }), '02'],
    ['a repeated parameter', `${vnpayUrl()}&vnp_Amount=100`, '03'],
    ['a fraction of a đồng', vnpayUrl({ vnp_Amount: '15000001' }), '03'],
    ['zero', vnpayUrl({ vnp_Amount: '0' }), '03'],
    ['diacritics', vnpayUrl({ vnp_OrderInfo: 'Nộp lệ phí' }), '03'],
    ['a script as return address', vnpayUrl({ vnp_ReturnUrl: 'javascript:alert(1)' }), '03'],
    ['a day that does not exist', vnpayUrl({ vnp_CreateDate: '20260230100000' }), '03'],
    ['no expiry', vnpayUrl({ vnp_ExpireDate: '' }), '03'],
    ['an expired link', vnpayUrl({ vnp_CreateDate: '20261120090000', vnp_ExpireDate: '20261120091500' }), '11'],
    ['an endless address', `${vnpayUrl()}&x=${'x'.repeat(9000)}`, '03'],
  ])('refuses %s', async (_name, url, code) => {
    const town = openTown()
    const response = await town.app.request(url)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain(`<strong>${code}</strong>`)
    expect(town.sim.ledger('vnpay')).toEqual([])
  })

  it('refuses the reference of another request, and shows the same request again', async () => {
    const town = openTown()
    await town.app.request(vnpayUrl())
    expect((await town.app.request(vnpayUrl())).status).toBe(200)
    const other = await town.app.request(vnpayUrl({ vnp_Amount: '16000000' }))
    expect(await other.text()).toContain('<strong>01</strong>')
  })

  it('escapes what the merchant wrote', async () => {
    const town = openTown()
    const html = await (await town.app.request(vnpayUrl({ vnp_OrderInfo: '<script>alert(1)</script>' }))).text()
    expect(html).not.toContain('<script>')
  })
})

describe('the IPN', () => {
  it.each(['00', '02'])('is not repeated after RspCode %s', async (RspCode) => {
    const town = openTown()
    town.answer = () => Response.json({ RspCode, Message: '' })
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    town.pass(3600)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
  })

  it.each([
    ['01', () => Response.json({ RspCode: '01' })],
    ['97', () => Response.json({ RspCode: '97' })],
    ['99', () => Response.json({ RspCode: '99' })],
    ['a page', () => new Response('<html>')],
    ['an outage', () => new Response('', { status: 503 })],
  ])('is repeated five minutes apart, ten times in all, after %s', async (_name, answer) => {
    const town = openTown()
    town.answer = answer
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    town.pass(299)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
    for (let round = 0; round < 20; round += 1) {
      town.pass(300)
      await town.sim.tick()
    }
    expect(town.told).toHaveLength(10)
    expect(new Set(town.told.map((one) => one.url)).size).toBe(1)
  })

  it('survives a merchant that cannot be reached', async () => {
    const town = openTown()
    town.answer = () => {
      throw new Error('connection refused')
    }
    await openVnpay(town, 'HS1')
    const completed = await town.complete('vnpay', 'HS1')
    expect(completed).toMatchObject({ http: 200, status: 'success', delivered: [{ status: 0, accepted: false }] })
  })

  it('is sent once when two ticks run at the same time', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    await town.fault('vnpay', { fault: 'callback_late', delay_seconds: 5 })
    await town.complete('vnpay', 'HS1')
    town.pass(5)
    await Promise.all([town.sim.tick(), town.sim.tick()])
    expect(town.told).toHaveLength(1)
  })
})

describe('querydr', () => {
  it('tells an open payment as not finished and a late one as failed', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    expect(await vnpayQuery(town)).toMatchObject({ vnp_ResponseCode: '00', vnp_TransactionStatus: '01' })
    town.pass(16 * 60)
    expect(await vnpayQuery(town)).toMatchObject({ vnp_ResponseCode: '00', vnp_TransactionStatus: '02' })
  })

  it.each([
    ['91', { vnp_TxnRef: 'NOBODY' }],
    ['91', { vnp_TransactionDate: '20261120100001' }],
    ['97', { vnp_SecureHash: 'a'.repeat(128) }],
    ['02', { vnp_TmnCode: 'NOBODY01' }],
    ['03', { vnp_RequestId: '0190d0b2-6d8b-7c3e-9d53-0f1d2c3b4a51' }],
    ['03', { vnp_Version: '2.0.0' }],
    ['03', { vnp_OrderInfo: 'a|b' }],
    ['03', { vnp_TransactionDate: '20261320100000' }],
  ])('answers %s to %o', async (code, change) => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    const answer = await vnpayQuery(town, change)
    expect(answer.vnp_ResponseCode).toBe(code)
    expect(await isPipeSigned(vnpayAccount.hash_secret, 'querydr_response', answer)).toBe(code !== '02')
  })

  it('answers 94 to a request id of the same day, and takes it again the next day', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    expect((await vnpayQuery(town, { vnp_RequestId: 'same' })).vnp_ResponseCode).toBe('00')
    expect((await vnpayQuery(town, { vnp_RequestId: 'same' })).vnp_ResponseCode).toBe('94')
    town.pass(24 * 3600)
    expect((await vnpayQuery(town, { vnp_RequestId: 'same' })).vnp_ResponseCode).toBe('00')
  })
})

describe('refund', () => {
  const paidTown = async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1')
    return town
  }

  it('goes from 05 to 06 to 00, and a query without a number sees it', async () => {
    const town = await paidTown()
    const accepted = await vnpayRefund(town)
    expect(accepted).toMatchObject({
      vnp_ResponseCode: '00',
      vnp_TransactionType: '02',
      vnp_TransactionStatus: '05',
      vnp_Amount: '15000000',
    })
    expect(await isPipeSigned(vnpayAccount.hash_secret, 'refund_response', accepted)).toBe(true)
    const seen: (string | undefined)[] = []
    for (let round = 0; round < 3; round += 1) {
      await town.sim.tick()
      const { vnp_TransactionType, vnp_TransactionStatus } = await vnpayQuery(town)
      expect(vnp_TransactionType).toBe('02')
      seen.push(vnp_TransactionStatus)
      town.pass(60)
    }
    expect(seen).toEqual(['05', '06', '00'])
  })

  it('is told apart from its payment by the number that is asked for', async () => {
    const town = await paidTown()
    const payment = (await vnpayQuery(town)).vnp_TransactionNo ?? ''
    const own = (await vnpayRefund(town)).vnp_TransactionNo ?? ''
    expect(own).not.toBe(payment)
    expect(await vnpayQuery(town, { vnp_TransactionNo: payment })).toMatchObject({
      vnp_TransactionType: '01',
      vnp_TransactionStatus: '00',
    })
    expect(await vnpayQuery(town, { vnp_TransactionNo: own })).toMatchObject({ vnp_TransactionType: '02' })
  })

  it('answers 94 while one is under way, and never pays back more than was taken', async () => {
    const town = await paidTown()
    const part = { vnp_TransactionType: '03', vnp_Amount: '9000000' }
    expect((await vnpayRefund(town, part)).vnp_ResponseCode).toBe('00')
    expect((await vnpayRefund(town, part)).vnp_ResponseCode).toBe('94')
    town.pass(120)
    await town.sim.tick()
    expect((await vnpayRefund(town, part)).vnp_ResponseCode).toBe('93')
    expect((await vnpayRefund(town, { ...part, vnp_Amount: '6000100' })).vnp_ResponseCode).toBe('93')
    expect((await vnpayRefund(town, { ...part, vnp_Amount: '6000000' })).vnp_ResponseCode).toBe('00')
  })

  it.each([
    ['91', { vnp_TxnRef: 'NOBODY' }],
    ['91', { vnp_TransactionNo: '123' }],
    ['93', { vnp_Amount: '15000100' }],
    ['93', { vnp_Amount: '14000000' }],
    ['97', { vnp_SecureHash: 'b'.repeat(128) }],
    ['03', { vnp_Amount: '-100' }],
    ['03', { vnp_TransactionType: '01' }],
    ['03', { vnp_CreateBy: 'a|b' }],
  ])('answers %s to %o', async (code, change) => {
    const town = await paidTown()
    expect((await vnpayRefund(town, change)).vnp_ResponseCode).toBe(code)
    expect(town.sim.ledger('vnpay').filter((row) => row.kind === 'refund')).toEqual([])
  })

  it('answers 95 when the payment did not succeed', async () => {
    const town = openTown()
    await openVnpay(town, 'HS1')
    await town.complete('vnpay', 'HS1', { result: 'cancelled' })
    expect((await vnpayRefund(town)).vnp_ResponseCode).toBe('95')
  })
})
