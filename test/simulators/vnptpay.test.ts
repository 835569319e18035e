// VNPT Pay's side: INIT with its checks, the page, the IPN, the query by reference and create date. Vectors first: the simulator's signer is its own.
import { describe, expect, it } from 'vitest'
import { pipedHash } from '../../src/simulators/piped-terms.ts'
import { terms } from '../../src/simulators/vnptpay/terms.ts'
import vectorFile from '../vectors/vnptpay.json' with { type: 'json' }
import { openTown, sha256, type Town } from './merchant.ts'

const account = {
  ...{ id: '900100', secret_key: 'secret-of-a-town-000001', bearer: 'api-key-of-a-town' },
  callback_url: 'https://merchant.example.vn/callbacks/vnptpay/mac_5',
  return_url: 'https://merchant.example.vn/returns/vnptpay/mac_5',
}
const open = () => {
  const town = openTown({ accounts: { vnptpay: [account] } })
  town.answer = () => Response.json({ RESPONSE_CODE: '00' })
  return town
}
const initNames =
  'ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT AMOUNT_DETAIL SERVICE_ID DEVICE LOCALE CURRENCY_CODE PAYMENT_METHOD DESCRIPTION CREATE_DATE CLIENT_IP'
const queryNames = 'ACTION VERSION MERCHANT_SERVICE_ID MERCHANT_ORDER_ID CREATE_DATE'
const ipnNames =
  'ACTION RESPONSE_CODE MERCHANT_SERVICE_ID MERCHANT_ORDER_ID AMOUNT CURRENCY_CODE VNPTPAY_TRANSACTION_ID PAYMENT_METHOD PAY_DATE ADDITIONAL_INFO'
const hash = (names: string, fields: Record<string, unknown>) =>
  sha256([...names.split(' ').map((name) => String(fields[name] ?? '')), account.secret_key].join('|'))

type Answer = { http: number; REDIRECT_URL?: string; [name: string]: unknown }

const send = async (town: Town, path: string, body: object, key = account.bearer): Promise<Answer> => {
  const response = await town.app.request(`/simulators/vnptpay/rest/payment/v1.0.5/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  })
  return { http: response.status, ...(await response.json()) }
}
const init = (town: Town, change: Record<string, unknown> = {}, key?: string) => {
  const body: Record<string, unknown> = {
    ...{ ACTION: 'INIT', VERSION: '1.0.5', MERCHANT_SERVICE_ID: '900100', MERCHANT_ORDER_ID: 'HS1', AMOUNT: 150_000 },
    ...{ AMOUNT_DETAIL: '150000', SERVICE_ID: '1', DEVICE: 1, LOCALE: 'vi-VN', CURRENCY_CODE: 'VND' },
    ...{ PAYMENT_METHOD: 'VNPTPAY', DESCRIPTION: 'Le phi ho so HS1', CREATE_DATE: '20261120100000' },
    ...{ CLIENT_IP: '203.0.113.7', ...change },
  }
  return send(town, 'init', { SECURE_CODE: hash(initNames, body), ...body }, key)
}
const query = (town: Town, change: Record<string, unknown> = {}) => {
  const body: Record<string, unknown> = {
    ...{ ACTION: 'QUERY', VERSION: '1.0.5', MERCHANT_SERVICE_ID: '900100', MERCHANT_ORDER_ID: 'HS1' },
    ...{ CREATE_DATE: '20261120100000', ...change },
  }
  return send(town, 'query_transaction', { SECURE_CODE: hash(queryNames, body), ...body })
}

describe('the signer', () => {
  const orders: Record<string, readonly string[]> = {
    ...{ INIT_1_0_5: terms.orders.init, QUERY: terms.orders.query, IPN: terms.orders.notice },
  }
  it.each(vectorFile.vectors.filter(({ kind }) => kind in orders))('$kind $name', async (vector) => {
    const made = await pipedHash(orders[vector.kind] ?? [], vector.params, vector.secrets.secretKey)
    expect(made === vector.signature.toLowerCase()).toBe(vector.valid)
  })
})

describe('INIT', () => {
  it('answers an address that shows the payment, once per order id', async () => {
    const town = open()
    const created = await init(town)
    expect(created).toMatchObject({
      RESPONSE_CODE: '00',
      REDIRECT_URL: expect.stringMatching(/\/simulators\/vnptpay\/pay\?/),
    })
    expect(await (await town.app.request(created.REDIRECT_URL ?? '')).text()).toContain('150.000')
    expect(await init(town)).toMatchObject({ RESPONSE_CODE: '99' })
    expect(town.sim.ledger('vnptpay')).toHaveLength(1)
  })

  it.each([
    ['97', { SECURE_CODE: 'f'.repeat(64) }],
    ['99', { MERCHANT_SERVICE_ID: '900101' }],
    ['99', { VERSION: '1.0.6' }],
    ['99', { AMOUNT: 0 }],
    ['99', { AMOUNT: 1.5 }],
    ['99', { AMOUNT: '0150000' }],
    ['99', { AMOUNT_DETAIL: '150001' }],
    ['99', { MERCHANT_ORDER_ID: 'a|b' }],
    ['99', { CURRENCY_CODE: 'USD' }],
    ['99', { CREATE_DATE: '2026-11-20' }],
    ['99', { CLIENT_IP: '' }],
    ['99', { DESCRIPTION: '' }],
  ])('answers %s to %o', async (code, change) => {
    const town = open()
    expect(await init(town, change)).toMatchObject({ http: 200, RESPONSE_CODE: code })
    expect(town.sim.ledger('vnptpay')).toEqual([])
  })

  it('lets nobody in without the API key', async () => {
    expect(await init(open(), {}, 'another')).toMatchObject({ http: 401 })
  })

  it('refuses an altered and an expired address', async () => {
    const town = open()
    const { REDIRECT_URL = '' } = await init(town)
    expect((await town.app.request(`${REDIRECT_URL.slice(0, -1)}x`)).status).toBe(400)
    town.pass(15 * 60 + 1)
    expect((await town.app.request(REDIRECT_URL)).status).toBe(400)
    expect(await query(town)).toMatchObject({ RESPONSE_CODE: '00', TRANSACTION_STATUS: '4' })
  })
})

describe('IPN and query', () => {
  it('tells what was taken, signed, to the address in the register', async () => {
    const town = open()
    await init(town)
    const { delivered } = await town.complete('vnptpay', 'HS1', { result: 'success', amount: 140_000 })
    expect(delivered).toMatchObject([{ accepted: true }])
    expect(town.told[0]).toMatchObject({ method: 'POST', url: account.callback_url })
    const told: Record<string, unknown> = JSON.parse(town.told[0]?.body ?? '{}')
    expect(told).toMatchObject({ ACTION: 'CONFIRM', RESPONSE_CODE: '00', AMOUNT: 140_000, PAY_DATE: '20261120100000' })
    expect(told.SECURE_CODE).toBe(hash(ipnNames, told))
    expect(await query(town)).toMatchObject({ TRANSACTION_STATUS: '1', AMOUNT: 140_000, PAY_DATE: '20261120100000' })
  })

  it('names a payment by order id and create date together', async () => {
    const town = open()
    await init(town)
    expect(await query(town)).toMatchObject({
      RESPONSE_CODE: '00',
      TRANSACTION_STATUS: '3',
      VNPTPAY_TRANSACTION_ID: '',
    })
    expect(await query(town, { CREATE_DATE: '20261120100001' })).toMatchObject({ RESPONSE_CODE: '01' })
    expect(await query(town, { MERCHANT_ORDER_ID: 'HS2' })).toMatchObject({ RESPONSE_CODE: '01' })
    expect(await query(town, { SECURE_CODE: 'f'.repeat(64) })).toMatchObject({ RESPONSE_CODE: '97' })
  })

  it.each([
    ['insufficient', '99', '4'],
    ['cancelled', '99', '4'],
    ['suspicious', '99', '3'],
  ])('tells %s as %s, and as state %s when it is asked', async (result, code, state) => {
    const town = open()
    await init(town)
    const { return_url } = await town.complete('vnptpay', 'HS1', { result })
    expect(JSON.parse(town.told[0]?.body ?? '{}')).toMatchObject({ RESPONSE_CODE: code })
    expect(new URL(return_url).searchParams.get('data')).toBe('HS1')
    expect(await query(town)).toMatchObject({ TRANSACTION_STATUS: state })
  })

  it('takes 00 for an answer and nothing else, and calls once, as no rule of repeats is published', async () => {
    for (const [answer, accepted] of [
      [Response.json({ RESPONSE_CODE: '00' }), true],
      [Response.json({ RESPONSE_CODE: '97' }), false],
      [new Response('ok'), false],
      [new Response('', { status: 500 }), false],
    ] as const) {
      const town = open()
      town.answer = () => answer
      await init(town)
      expect((await town.complete('vnptpay', 'HS1')).delivered).toMatchObject([{ accepted }])
      town.pass(86_400)
      await town.sim.tick()
      expect(town.told).toHaveLength(1)
    }
  })
})
