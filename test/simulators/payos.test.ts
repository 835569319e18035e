// payOS's side: create with its rules, the payment page, the webhook of each transfer, read, cancel, confirm, faults.
import { describe, expect, it } from 'vitest'
import { vietQr } from '../providers/payos.qr.ts'
import { hmac, openTown, type Told, type Town } from './merchant.ts'

const account = {
  client_id: 'sim-client-0001',
  api_key: 'sim-api-key-0001',
  checksum_key: 'sim-checksum-key-of-payos-0000001',
  webhook_url: 'https://merchant.example.vn/callbacks/payos/mac_3',
}
const open = () => {
  const town = openTown({ accounts: { payos: [account] } })
  town.answer = () => Response.json({ success: true })
  return town
}
const keys = { 'x-client-id': account.client_id, 'x-api-key': account.api_key }

type Members = Record<string, unknown>
interface Answer {
  http: number
  code: string
  data: Members
  signature: string
}

const call = async (
  town: Town,
  path: string,
  body?: object,
  headers: Record<string, string> = keys,
): Promise<Answer> => {
  const response = await town.app.request(`/simulators/payos${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { ...headers, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { http: response.status, ...(await response.json()) }
}

const order = {
  orderCode: 598_765_432_100_001,
  amount: 50_000,
  description: 'LP2100001',
  cancelUrl: 'https://merchant.example.vn/returns/payos/mac_3?cancelled=1',
  returnUrl: 'https://merchant.example.vn/returns/payos/mac_3',
}
const reference = String(order.orderCode)

/** A signed create call; a `signature` in `change` replaces the true one. */
const create = (town: Town, change: Members = {}, headers = keys): Promise<Answer> => {
  const body: Members = { ...order, ...change }
  const names = ['amount', 'cancelUrl', 'description', 'orderCode', 'returnUrl']
  const text = names.map((name) => `${name}=${body[name]}`).join('&')
  return call(town, '/v2/payment-requests', { signature: hmac('sha256', account.checksum_key, text), ...body }, headers)
}
const get = (town: Town, id: string) => call(town, `/v2/payment-requests/${id}`)

const isSigned = (data: Members, signature: unknown): boolean => {
  const text = Object.keys(data)
    .toSorted()
    .map((name) => {
      const value = data[name]
      if (!Array.isArray(value)) return `${name}=${value ?? ''}`
      const items: object[] = value
      const sorted = items.map((item) =>
        Object.fromEntries(Object.entries(item).toSorted(([a], [b]) => (a < b ? -1 : 1))),
      )
      return `${name}=${JSON.stringify(sorted)}`
    })
  return signature === hmac('sha256', account.checksum_key, text.join('&'))
}
const told = (town: Town, index = 0): { data: Members; signature: string } & Members =>
  JSON.parse(town.told[index]?.body ?? '{}')
const press = (town: Town, url: unknown, result: string) =>
  town.app.request(String(url), { method: 'POST', body: new URLSearchParams({ result }) })
const transfer = async (town: Town, amount: number) => {
  const response = await town.post(`payos/payments/${reference}/transfers`, { amount })
  return { http: response.status, ...(await response.json()) }
}

describe('create', () => {
  it('answers a signed link with its page and a QR to the account that it names', async () => {
    const town = open()
    const { http, code, data, signature } = await create(town, { expiredAt: town.clock.at / 1000 + 900 })
    expect([http, code]).toEqual([200, '00'])
    expect(data).toMatchObject({ orderCode: order.orderCode, amount: 50_000, currency: 'VND', status: 'PENDING' })
    expect(data.paymentLinkId).toMatch(/^[0-9a-f]{32}$/)
    expect(data.checkoutUrl).toBe(`http://127.0.0.1:8787/simulators/payos/web/${data.paymentLinkId}`)
    expect(data.description).toBe('CSLP2100001')
    const [bin, to] = [String(data.bin), String(data.accountNumber)]
    expect(data.qrCode).toBe(vietQr({ bin, account: to, amount: '50000', text: 'CSLP2100001' }))
    expect(isSigned(data, signature)).toBe(true)
  })

  it.each([
    [400, '20', { orderCode: 0 }],
    [400, '20', { orderCode: '5' }],
    [400, '20', { orderCode: 1.5 }],
    [400, '20', { orderCode: 9_007_199_254_740_992 }],
    [400, '20', { amount: 0 }],
    [400, '20', { amount: '50000' }],
    [400, '20', { description: 'LP21000012' }],
    [400, '20', { description: 'Lệ phí' }],
    [400, '20', { description: '' }],
    [400, '20', { returnUrl: 'javascript:alert(1)' }],
    [400, '20', { cancelUrl: undefined }],
    [400, '20', { expiredAt: 1_795_309_200_000 }],
    [400, '20', { signature: '' }],
    [400, '201', { signature: 'a'.repeat(64) }],
  ])('answers %d and %s to %o', async (status, code, change) => {
    const town = open()
    expect(await create(town, change)).toMatchObject({ http: status, code, data: null })
    expect(town.sim.ledger('payos')).toEqual([])
  })

  it('knows its caller by both headers', async () => {
    for (const headers of [
      { ...keys, 'x-api-key': 'x' },
      { ...keys, 'x-client-id': 'x' },
      { ...keys, 'x-api-key': '' },
    ]) {
      expect(await create(open(), {}, headers)).toMatchObject({ http: 401, code: '401', data: null })
    }
  })

  it('answers 231, with 200, to an order code that was used, also by two calls at once', async () => {
    const town = open()
    const codes = (await Promise.all([create(town), create(town)])).map(({ code }) => code)
    expect(codes.toSorted()).toEqual(['00', '231'])
    expect(await create(town, { amount: 1 })).toMatchObject({ http: 200, code: '231', data: null })
  })
})

describe('payment, webhook and return', () => {
  it('takes the money on the button, posts a signed webhook, and sends the browser back unsigned', async () => {
    const town = open()
    const { data: link } = await create(town)
    const page = await (await town.app.request(String(link.checkoutUrl))).text()
    expect(page).toContain('Trang mô phỏng')
    const back = new URL((await press(town, link.checkoutUrl, 'success')).headers.get('location') ?? '')
    expect(Object.fromEntries(back.searchParams)).toEqual({
      ...{ code: '00', id: link.paymentLinkId, cancel: 'false', status: 'PAID', orderCode: reference },
    })
    expect(town.told).toHaveLength(1)
    expect(town.told[0]).toMatchObject({ method: 'POST', url: account.webhook_url })
    const { data, signature, ...outer } = told(town)
    expect(outer).toEqual({ code: '00', desc: 'success', success: true })
    expect(data).toMatchObject({ orderCode: order.orderCode, amount: 50_000, code: '00', currency: 'VND' })
    expect(data).toMatchObject({ paymentLinkId: link.paymentLinkId, transactionDateTime: '2026-11-20 10:00:00' })
    expect(data.reference).toMatch(/^FT[0-9]+$/)
    expect(isSigned(data, signature)).toBe(true)
  })

  it('lists the same transfer when the link is read, by order code or by id', async () => {
    const town = open()
    const { data: link } = await create(town)
    expect((await get(town, reference)).data).toMatchObject({ status: 'PENDING', amountPaid: 0, transactions: [] })
    await town.complete('payos', reference)
    for (const id of [reference, String(link.paymentLinkId)]) {
      const { data, signature } = await get(town, id)
      expect(data).toMatchObject({ id: link.paymentLinkId, status: 'PAID', amountPaid: 50_000, amountRemaining: 0 })
      expect(data.transactions).toMatchObject([{ reference: told(town).data.reference, amount: 50_000 }])
      expect(isSigned(data, signature)).toBe(true)
    }
    for (const id of ['1', 'f'.repeat(32), String(link.paymentLinkId).replace(/.$/, '-')]) {
      expect(await get(town, id)).toMatchObject({ http: 404, code: '101', data: null })
    }
  })

  it('leaves the link open when a bank refuses, ends it when the payer cancels, and tells neither', async () => {
    const town = open()
    const { data: link } = await create(town)
    for (const result of ['insufficient', 'wrong_otp']) {
      expect((await press(town, link.checkoutUrl, result)).status).toBe(200)
      expect((await get(town, reference)).data).toMatchObject({ status: 'PENDING' })
    }
    const back = new URL((await press(town, link.checkoutUrl, 'cancelled')).headers.get('location') ?? '')
    expect(Object.fromEntries(back.searchParams)).toMatchObject({ cancelled: '1', cancel: 'true', status: 'CANCELLED' })
    expect((await get(town, reference)).data).toMatchObject({ status: 'CANCELLED', amountPaid: 0 })
    expect(town.told).toEqual([])
  })

  it('waits for a bank: PROCESSING, no webhook, and money later', async () => {
    const town = open()
    await create(town)
    const { return_url } = await town.complete('payos', reference, { result: 'pending' })
    expect(new URL(return_url).searchParams.get('status')).toBe('PROCESSING')
    expect((await get(town, reference)).data).toMatchObject({ status: 'PROCESSING' })
    expect(town.told).toEqual([])
    await town.complete('payos', reference)
    expect((await get(town, reference)).data).toMatchObject({ status: 'PAID' })
  })

  it('keeps a part of the money as UNDERPAID, and takes the rest as a transfer of its own', async () => {
    const town = open()
    await create(town)
    const part = await town.complete('payos', reference, { result: 'success', amount: 20_000 })
    expect(part).toMatchObject({ status: 'success', code: 'UNDERPAID', return_url: null })
    expect((await get(town, reference)).data).toMatchObject({
      status: 'UNDERPAID',
      amountPaid: 20_000,
      amountRemaining: 30_000,
    })
    expect(await transfer(town, 30_000)).toMatchObject({ http: 200, state: 'PAID', amount: 50_000 })
    const { data, signature } = await get(town, reference)
    expect(data).toMatchObject({
      status: 'PAID',
      amountPaid: 50_000,
      transactions: [{ amount: 20_000 }, { amount: 30_000 }],
    })
    expect(isSigned(data, signature)).toBe(true)
    expect([told(town, 0).data.amount, told(town, 1).data.amount]).toEqual([20_000, 30_000])
    expect(told(town, 0).data.reference).not.toBe(told(town, 1).data.reference)
    // Scanned once more.
    expect(await transfer(town, 50_000)).toMatchObject({ state: 'PAID', amount: 100_000 })
    expect((await get(town, reference)).data).toMatchObject({ amountPaid: 100_000, amountRemaining: 0 })
    expect(town.sim.ledger('payos')).toMatchObject([{ amount: 100_000n, status: 'success' }])
    const restored = open()
    restored.sim.restore(town.sim.snapshot())
    expect(await get(restored, reference)).toEqual(await get(town, reference))
  })

  it('takes no second transfer before the first, nor one that is no money', async () => {
    const town = open()
    await create(town)
    expect((await transfer(town, 1)).http).toBe(404)
    await town.complete('payos', reference)
    expect((await transfer(town, 0)).http).toBe(422)
    expect((await transfer(town, 1.5)).http).toBe(422)
  })

  it('expires at the second that was asked for, or never', async () => {
    const town = open()
    const { data: link } = await create(town, { expiredAt: town.clock.at / 1000 + 60 })
    const { data: endless } = await create(town, { orderCode: 7 })
    town.pass(61)
    expect((await town.app.request(String(link.checkoutUrl))).status).toBe(400)
    expect((await get(town, reference)).data).toMatchObject({ status: 'EXPIRED', amountPaid: 0 })
    town.pass(365 * 86_400)
    expect((await town.app.request(String(endless.checkoutUrl))).status).toBe(200)
    expect((await get(town, '7')).data).toMatchObject({ status: 'PENDING' })
  })

  it('has no page under an address that it did not make', async () => {
    const town = open()
    const { data: link } = await create(town)
    const id = String(link.paymentLinkId)
    for (const other of [`${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`, reference, 'x', `${id}0`]) {
      expect((await town.app.request(`/simulators/payos/web/${other}`)).status).toBe(400)
    }
  })
})

describe('cancel and confirm', () => {
  it('cancels an open link with a reason, and leaves a paid one paid', async () => {
    const town = open()
    await create(town)
    const cancelled = await call(town, `/v2/payment-requests/${reference}/cancel`, { cancellationReason: 'Nộp nhầm' })
    expect(cancelled.data).toMatchObject({ status: 'CANCELLED', cancellationReason: 'Nộp nhầm' })
    expect(cancelled.data.canceledAt).toBe('2026-11-20T10:00:00+07:00')
    expect(isSigned(cancelled.data, cancelled.signature)).toBe(true)
    await create(town, { orderCode: 8 })
    await town.complete('payos', '8')
    expect((await call(town, '/v2/payment-requests/8/cancel', {})).data).toMatchObject({ status: 'PAID' })
    expect(await call(town, '/v2/payment-requests/9/cancel', {})).toMatchObject({ http: 404, code: '101' })
    expect(await call(town, '/v2/payment-requests/8/cancel', {}, {})).toMatchObject({ http: 401 })
  })

  it('confirms an address that takes the sample, and calls there from then on', async () => {
    const town = open()
    const webhookUrl = 'https://new.example.vn/hook'
    expect(await call(town, '/confirm-webhook', { webhookUrl })).toMatchObject({ http: 200, data: { webhookUrl } })
    expect(told(town).data).toMatchObject({ orderCode: 123, description: 'VQRIO123' })
    expect(isSigned(told(town).data, told(town).signature)).toBe(true)
    await create(town)
    await town.complete('payos', reference)
    expect(town.told.map(({ url }) => url)).toEqual([webhookUrl, webhookUrl])
  })

  it('keeps the old address where the new one refuses, is none, or is silent', async () => {
    const town = open()
    town.answer = ({ url }: Told) => new Response(null, { status: url.includes('refuses') ? 404 : 200 })
    expect(await call(town, '/confirm-webhook', { webhookUrl: 'https://refuses.example.vn/' })).toMatchObject({
      code: '20',
    })
    expect(await call(town, '/confirm-webhook', { webhookUrl: 'ftp://x' })).toMatchObject({ code: '20' })
    town.answer = () => {
      throw new TypeError('no network')
    }
    expect(await call(town, '/confirm-webhook', { webhookUrl: 'https://silent.example.vn/' })).toMatchObject({
      code: '20',
    })
    town.answer = () => new Response(null)
    await create(town)
    await town.complete('payos', reference)
    expect(town.told.at(-1)?.url).toBe(account.webhook_url)
  })
})

describe('faults', () => {
  it('a webhook comes once, whatever the merchant answers', async () => {
    const town = open()
    town.answer = () => new Response(null, { status: 500 })
    await create(town)
    await town.complete('payos', reference)
    town.pass(24 * 3600)
    await town.sim.tick()
    expect(town.told).toHaveLength(1)
  })

  it('a webhook comes again where a fault orders it, until the merchant takes it', async () => {
    const town = open()
    town.answer = () => new Response(null, { status: town.told.length < 3 ? 500 : 200 })
    await create(town)
    await town.fault('payos', { fault: 'callback_retried', count: 5, delay_seconds: 30 })
    await town.complete('payos', reference)
    for (const calls of [1, 2, 3, 3]) {
      expect(town.told).toHaveLength(calls)
      town.pass(30)
      await town.sim.tick()
    }
    expect(new Set(town.told.map(({ body }) => body)).size).toBe(1)
  })

  it('wait for money: a bank that refuses uses none of them up', async () => {
    const town = open()
    await create(town)
    await town.fault('payos', { fault: 'callback_forged', merchant_reference: reference })
    await town.complete('payos', reference, { result: 'insufficient' })
    expect(town.told).toEqual([])
    await town.complete('payos', reference)
    const signed = [told(town, 0), told(town, 1)].map(({ data, signature }) => isSigned(data, signature))
    expect(signed).toEqual([false, true])
  })

  it('no webhook contradicts another, for payOS tells of money only', async () => {
    const town = open()
    await create(town)
    await town.fault('payos', { fault: 'captured_then_failed' })
    await town.complete('payos', reference)
    expect(town.told).toHaveLength(1)
  })

  it('another amount is taken, told and listed', async () => {
    const town = open()
    await create(town)
    await town.fault('payos', { fault: 'wrong_amount', amount: 5_000_000 })
    await town.complete('payos', reference)
    expect(told(town).data.amount).toBe(5_000_000)
    expect((await get(town, reference)).data).toMatchObject({ status: 'PAID', amountPaid: 5_000_000 })
  })

  it('a damaged webhook does not verify', async () => {
    const town = open()
    await create(town)
    await town.fault('payos', { fault: 'callback_corrupted' })
    await town.complete('payos', reference)
    expect(isSigned(told(town).data, told(town).signature)).toBe(false)
  })

  it.each([
    ['timeout_before', null],
    ['timeout_after', 'PENDING'],
  ])('%s at create leaves %s behind', async (fault, state) => {
    const town = open()
    await town.fault('payos', { fault, operation: 'create', delay_seconds: 0 })
    const response = await town.app.request('/simulators/payos/v2/payment-requests', {
      method: 'POST',
      headers: keys,
      body: JSON.stringify({ ...order, signature: hmac('sha256', account.checksum_key, createText()) }),
    })
    expect(response.status).toBe(504)
    expect((await get(town, reference)).data?.status ?? null).toBe(state)
  })

  it('an outage hits the call that it names', async () => {
    const town = open()
    await create(town)
    for (const fault of ['http_500', 'cached_500']) {
      await town.fault('payos', { fault, operation: 'query', merchant_reference: reference })
      const failed = await town.app.request(`/simulators/payos/v2/payment-requests/${reference}`, { headers: keys })
      expect([fault, failed.status]).toEqual([fault, 500])
      expect((await get(town, reference)).http).toBe(200)
    }
  })
})

const createText = (): string =>
  `amount=${order.amount}&cancelUrl=${order.cancelUrl}&description=${order.description}&orderCode=${order.orderCode}&returnUrl=${order.returnUrl}`
