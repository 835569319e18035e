// Payoo's side, paynow version 2: the order with its checks, the payment page, the notice that is tried again, the return.
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { openTown, type Town } from './merchant.ts'

const account = {
  ...{
    business_username: 'town_BizAPI',
    shop_id: '900',
    shop_title: 'town',
    shop_domain: 'https://merchant.example.vn',
  },
  checksum_key: 'key-of-a-town-0000000001',
}
const sha512 = (text: string) => createHash('sha512').update(text, 'utf8').digest('hex')
const open = () => {
  const town = openTown({ accounts: { payoo: [account] } })
  town.answer = () => new Response('NOTIFY_RECEIVED')
  return town
}
const members: Record<string, string> = {
  ...{ session: 'HS1', username: 'town_BizAPI', shop_id: '900', shop_title: 'town' },
  ...{ shop_domain: account.shop_domain, shop_back_url: 'https://merchant.example.vn/r?a=1', order_no: 'HS1' },
  ...{ order_cash_amount: '150000', order_ship_date: '20/11/2026', order_ship_days: '0' },
  order_description:
    'Thanh+to%C3%A1n+ph%C3%AD+h%E1%BB%93+s%C6%A1+%C4%91%E1%BA%A5t+%C4%91ai+t%E1%BA%A1i+huy%E1%BB%87n+Th%E1%BB%8D+Xu%C3%A2n%2C+t%E1%BB%89nh+Thanh+H%C3%B3a',
  ...{ validity_time: '20261120101500', notify_url: 'https://merchant.example.vn/n' },
}
const create = async (town: Town, change: Record<string, string> = {}, more: Record<string, unknown> = {}) => {
  const values = Object.entries({ ...members, ...change }).map(([name, value]) => `<${name}>${value}</${name}>`)
  const data = `<shops><shop>${values.join('')}<customer><name>A</name></customer></shop></shops>`
  const body = { data, checksum: sha512(account.checksum_key + data), refer: account.shop_domain, ...more }
  const answer: { result?: string; order?: { payment_url: string } } = await (
    await town.post('payoo/v2/paynow/order/create', body)
  ).json()
  return answer
}
/** The parts of a notice, read by a few lines of this test's own. */
const readNotice = (town: Town, index = 0) => {
  const outer = new URLSearchParams(town.told[index]?.body ?? '').get('NotifyData') ?? ''
  const tag = (xml: string, name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1] ?? ''
  const inner = Buffer.from(tag(outer, 'Data'), 'base64').toString('utf8')
  return { inner: (name: string) => tag(inner, name), outer: (name: string) => tag(outer, name) }
}

describe('an order', () => {
  it('is given an address that shows it, once', async () => {
    const town = open()
    const { order, result } = await create(town)
    expect(result).toBe('success')
    const page = await (await town.app.request(order?.payment_url ?? '')).text()
    expect(page).toContain('150.000')
    expect(page).toContain('Thanh toán phí hồ sơ đất đai')
    expect(await create(town)).toMatchObject({ result: 'fail', message: 'Duplicate order_no' })
  })

  it.each([
    [{ order_description: 'short' }, {}],
    [{ order_description: 'not encoded, and longer than the fifty characters that it needs' }, {}],
    [{ order_cash_amount: '0' }, {}],
    [{ order_cash_amount: '150000.0' }, {}],
    [{ validity_time: '20261320101500' }, {}],
    [{ validity_time: '20261120095959' }, {}],
    [{ order_ship_date: '2026-11-20' }, {}],
    [{ notify_url: 'ftp://merchant.example.vn' }, {}],
    [{ shop_domain: 'https://other.example.vn' }, {}],
    [{ shop_id: '901' }, {}],
    [{}, { refer: 'https://other.example.vn' }],
    [{}, { checksum: 'f'.repeat(128) }],
    [{}, { data: '<!DOCTYPE a><shops/>' }],
    [{}, { data: 7 }],
  ])('is refused: %o %o', async (change, more) => {
    const town = open()
    const refused = await create(town, change, more)
    expect(refused).toMatchObject({ result: 'fail' })
    expect(refused).not.toHaveProperty('order')
    expect(town.sim.ledger('payoo')).toEqual([])
  })
})

describe('notice and return', () => {
  it('signs the values of its key fields, the description decoded', async () => {
    const town = open()
    await create(town)
    await town.complete('payoo', 'HS1', { result: 'success', amount: 140_000 })
    const { inner, outer } = readNotice(town)
    expect(inner('State')).toBe('PAYMENT_RECEIVED')
    expect(inner('order_description')).toBe(members.order_description)
    const decoded = decodeURIComponent((members.order_description ?? '').replaceAll('+', ' '))
    const values = ['E_WALLET', 'PAYMENT_RECEIVED', 'HS1', 'town_BizAPI', '900', 'town', account.shop_domain]
    values.push('https://merchant.example.vn/r?a=1', 'HS1', '140000', '20/11/2026', '0', decoded)
    values.push('https://merchant.example.vn/n', '20261120101500')
    expect(outer('Signature')).toBe(sha512([account.checksum_key, ...values].join('|')).toUpperCase())
    expect(outer('KeyFields').split('|')).toHaveLength(values.length)
  })

  it('comes again until the merchant has received it', async () => {
    const town = open()
    town.answer = () => new Response('OK')
    await create(town)
    await town.complete('payoo', 'HS1')
    town.pass(360)
    await town.sim.tick()
    town.answer = () => new Response('NOTIFY_RECEIVED')
    for (let i = 0; i < 5; i++) {
      town.pass(360)
      await town.sim.tick()
    }
    expect(town.told).toHaveLength(3)
  })

  it.each([
    ['success', '1', 1],
    ['insufficient', '0', 0],
    ['cancelled', '-1', 0],
  ])('sends the browser back from %s with %s, signed, and %d notices', async (result, status, notices) => {
    const town = open()
    await create(town)
    const { return_url } = await town.complete('payoo', 'HS1', { result })
    const query = new URL(return_url).searchParams
    expect(Object.fromEntries(query)).toMatchObject({ a: '1', session: 'HS1', order_no: 'HS1', status })
    expect(query.get('checksum')).toBe(sha512(`${account.checksum_key}HS1.HS1.${status}`))
    expect(town.told).toHaveLength(notices)
  })

  it('sends no contradicting and no forged notice of what it says nothing about', async () => {
    const town = open()
    await create(town)
    await town.fault('payoo', { fault: 'callback_forged' })
    await town.complete('payoo', 'HS1', { result: 'cancelled' })
    expect(town.told).toEqual([])
    await create(town, { order_no: 'HS2', session: 'HS2' })
    await town.fault('payoo', { fault: 'captured_then_failed' })
    await town.complete('payoo', 'HS2')
    expect(town.told.map(({ body }) => new URLSearchParams(body).has('NotifyData'))).toEqual([true, true])
  })
})
