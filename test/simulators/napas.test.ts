// NAPAS's side: token, data key, the page that a posted form opens, the result by notification and by the browser.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openTown, type Town } from './merchant.ts'

const account = {
  ...{ client_id: 'NPTEST01', client_secret: 'secret-of-a-town-0001', username: 'town', password: 'password-0001' },
  callback_url: 'https://merchant.example.vn/callbacks/napas/mac_5',
}
const open = () => {
  const town = openTown({ accounts: { napas: [account] } })
  town.answer = () => Response.json({ message: 'OK' })
  return town
}
const form = (town: Town, path: string, fields: Record<string, string>) =>
  town.app.request(`/simulators/napas/${path}`, { method: 'POST', body: new URLSearchParams(fields) })
const login = async (town: Town, change: Record<string, string> = {}) => {
  const { callback_url: _, ...credentials } = account
  const response = await form(town, 'api/oauth/token', { grant_type: 'password', ...credentials, ...change })
  const { access_token = '' }: { access_token?: string } = await response.json()
  return { status: response.status, token: access_token }
}
const input = {
  ...{ apiOperation: 'DATA_KEY', order: { id: 'HS1', amount: 150_000, currency: 'VND' } },
  inputParameters: {
    ...{
      clientIP: '203.0.113.10',
      deviceId: 'HS1',
      environment: 'WebApp',
      cardScheme: 'AtmCard',
      enable3DSecure: false,
    },
  },
}
const dataKey = async (town: Town, change: object = {}, token?: string) => {
  const response = await town.app.request('/simulators/napas/api/rest/version/32/merchant/NPTEST01/datakey', {
    method: 'POST',
    headers: { authorization: `Bearer ${token ?? (await login(town)).token}` },
    body: JSON.stringify({ ...input, ...change }),
  })
  const answer: { result?: string; dataKey?: string; napasKey?: string } = await response.json()
  return { status: response.status, ...answer }
}
const begin = async (town: Town, change: Record<string, string> = {}) => {
  const { dataKey: key = '', napasKey = '' } = await dataKey(town)
  const response = await form(town, 'page', {
    ...{
      merchantId: 'NPTEST01',
      clientIP: '203.0.113.10',
      deviceId: 'HS1',
      environment: 'WebApp',
      cardScheme: 'AtmCard',
    },
    ...{ enable3DSecure: 'false', apiOperation: 'PAY', orderAmount: '150000', orderCurrency: 'VND', orderId: 'HS1' },
    ...{ orderReference: 'Lệ phí <HS1>', channel: '6014', sourceOfFundsType: 'CARD', dataKey: key, napasKey },
    returnUrl: 'https://merchant.example.vn/returns/napas/mac_5?a=1&b=2',
    ...change,
  })
  return { status: response.status, url: response.headers.get('location') ?? '' }
}
const isSealed = ({ data, checksum }: { data: string; checksum: string }) =>
  checksum ===
  createHash('sha256')
    .update(data + account.client_secret)
    .digest('hex')
    .toUpperCase()

describe('token and data key', () => {
  it('are given to the right user, and the token for an hour', async () => {
    const town = open()
    expect(await dataKey(town)).toMatchObject({
      status: 200,
      result: 'SUCCESS',
      dataKey: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    const { token } = await login(town)
    town.pass(3_601)
    expect(await dataKey(town, {}, token)).toMatchObject({ status: 401 })
    expect(town.sim.ledger('napas')).toEqual([])
  })

  it.each([
    { password: 'wrong' },
    { client_secret: 'wrong' },
    { username: 'x' },
    { client_id: 'X' },
    { grant_type: 'code' },
  ])('refuses the user of %o', async (change) => {
    expect(await login(open(), change)).toMatchObject({ status: 401, token: '' })
  })

  it.each([
    { apiOperation: 'PAY' },
    { order: { id: 'a/b', amount: 1, currency: 'VND' } },
    { order: { id: 'HS1', amount: 1.5, currency: 'VND' } },
    { order: { id: 'HS1', amount: '1', currency: 'VND' } },
    { order: { id: 'HS1', amount: 1, currency: 'USD' } },
    { inputParameters: { ...input.inputParameters, clientIP: 'none' } },
    { inputParameters: { ...input.inputParameters, cardScheme: 'CreditCard' } },
  ])('refuses the order of %o', async (change) => {
    expect(await dataKey(open(), change)).toMatchObject({ status: 400, result: 'ERROR' })
  })

  it('refuses a token that it did not make', async () => {
    for (const token of ['', 'x', '9999999999999.ff', `${'9'.repeat(400)}.ff`])
      expect((await dataKey(open(), {}, token)).status).toBe(401)
  })
})

describe('the page', () => {
  it('shows the payment that the keys were made for', async () => {
    const town = open()
    const { status, url } = await begin(town)
    expect(status).toBe(303)
    const html = await (await town.app.request(url)).text()
    expect(html).toContain('150.000')
    expect(html).toContain('Lệ phí &lt;HS1&gt;')
    expect(html).not.toContain('<script')
  })

  it.each([
    [{ orderAmount: '1000' }],
    [{ orderId: 'HS2' }],
    [{ dataKey: 'x' }],
    [{ napasKey: '' }],
    [{ merchantId: 'X' }],
    [{ returnUrl: 'javascript:alert(1)' }],
    [{ apiOperation: 'AUTHORIZE' }],
    [{ orderCurrency: 'USD' }],
  ])('refuses %o', async (change) => {
    const town = open()
    expect((await begin(town, change)).status).toBe(400)
    expect(town.sim.ledger('napas')).toEqual([])
  })
})

describe('the result', () => {
  it('is sealed over its base64, in the notification and in the form that goes home', async () => {
    const town = open()
    await begin(town)
    const { return_url } = await town.complete('napas', 'HS1')
    expect(town.told[0]?.url).toBe(account.callback_url)
    const told: { data: string; checksum: string } = JSON.parse(town.told[0]?.body ?? '{}')
    expect(isSealed(told)).toBe(true)
    expect(JSON.parse(Buffer.from(told.data, 'base64').toString('utf8'))).toMatchObject({
      paymentResult: {
        ...{ apiOperation: 'PAY', result: 'SUCCESS', order: { id: 'HS1', amount: '150000', currency: 'VND' } },
        transaction: { id: '1', amount: '150000' },
      },
    })
    const page = await (await town.app.request(return_url)).text()
    expect(page).toContain('action="https://merchant.example.vn/returns/napas/mac_5?a=1&amp;b=2"')
    const value = /name="napasResult" value="([^"]*)"/.exec(page)?.[1]?.replaceAll('&quot;', '"') ?? '{}'
    expect(isSealed(JSON.parse(value))).toBe(true)
  })

  it('does not go home before there is one, nor from an altered address', async () => {
    const town = open()
    const { url } = await begin(town)
    expect((await town.app.request(url.replace('/pay?', '/back?'))).status).toBe(400)
    const { return_url } = await town.complete('napas', 'HS1')
    expect((await town.app.request(return_url.replace('HS1', 'HS2'))).status).toBe(400)
  })

  it('comes three times at most', async () => {
    const town = open()
    town.answer = () => new Response('', { status: 500 })
    await begin(town)
    await town.complete('napas', 'HS1')
    for (let i = 0; i < 5; i++) {
      town.pass(300)
      await town.sim.tick()
    }
    expect(town.told).toHaveLength(3)
  })
})
