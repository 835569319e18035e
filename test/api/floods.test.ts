// What strangers can make the gateway do by asking again and again.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTown, type Town } from '../kit/town.ts'

let town: Town
beforeAll(async () => {
  town = await startTown()
})
afterAll(() => town.close())

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  town.request(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
const kept = async (account: string) => {
  const [row] = await town.sql`
    select count(*)::int as rows, coalesce(sum(octet_length(sealed)), 0)::int as bytes from callbacks where merchant_account_id = ${account}`
  return row
}

describe('a browser that comes back', () => {
  it('thirty times makes the gateway ask the provider once, and again ten seconds later', async () => {
    const id = await town.place()
    const attempt = await town.attempt(id, 'vnpay')
    await town.fault('vnpay', 'callback_lost', { merchant_reference: attempt.reference })
    await town.fault('vnpay', 'http_500', { operation: 'query', count: 1_000 })
    const told = await town.pay('vnpay', attempt)
    let asked = 0
    const { fetch } = town.deps
    town.deps.fetch = (url, init) => {
      asked += 1
      return fetch(url, init)
    }
    const comeBack = async (times: number) => {
      for (let n = 0; n < times; n += 1) {
        await town.request(String(told.return_url).replace('http://gateway.test', ''))
        await town.deps.settled()
      }
    }
    town.clock.advance(11)
    await comeBack(30)
    expect(asked).toBe(1)
    town.clock.advance(11)
    await comeBack(30)
    expect(asked).toBe(2)
    town.deps.fetch = fetch
  })

  it.each([
    '/returns/vnpay/%00',
    '/returns/vnpay/%ff%fe',
    '/returns/%00/mac_x',
    `/returns/vnpay/${'m'.repeat(2_000)}`,
    `/returns/${'p'.repeat(300)}/x`,
    '/returns/vnpay/a%2Fb?vnp_TxnRef=%00',
    '/returns/constructor/mac_x',
  ])('to %s is sent on to a page that says so', async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await town.request(path, { method })
      expect([answer.status, answer.headers.get('location')]).toEqual([303, 'http://gateway.test/pay/unknown'])
    }
  })
})

describe('a genuine callback that whoever paid sends on and on', () => {
  it('is answered each time, and kept no more than a hundred times', async () => {
    const account = String(town.accounts.vnpay)
    const id = await town.place()
    const told = await town.pay('vnpay', await town.attempt(id, 'vnpay'))
    expect((await town.order(id)).status).toBe('paid')
    const { search } = new URL(String(told.return_url))
    const before = Number((await kept(account))?.rows)
    for (let n = 0; n < 130; n += 1)
      expect(await (await town.request(`/callbacks/vnpay/${account}${search}`)).json()).toMatchObject({ RspCode: '02' })
    expect(Number((await kept(account))?.rows) - before).toBeLessThanOrEqual(100)
    expect((await town.order(id)).status).toBe('paid')
    await town.deps.settled()
  })

  it('is kept whenever none of the same was answered, however often it came', async () => {
    const account = String(town.accounts.vnpay)
    const id = await town.place()
    const attempt = await town.attempt(id, 'vnpay')
    await town.fault('vnpay', 'callback_lost', { merchant_reference: attempt.reference })
    const { search } = new URL(String((await town.pay('vnpay', attempt)).return_url))
    await town.sql`alter table money_facts add constraint broken check (false) not valid`
    for (let n = 0; n < 105; n += 1) await town.request(`/callbacks/vnpay/${account}${search}`)
    await town.sql`alter table money_facts drop constraint broken`
    const before = Number((await kept(account))?.rows)
    expect(await (await town.request(`/callbacks/vnpay/${account}${search}`)).json()).toMatchObject({ RspCode: '00' })
    expect(Number((await kept(account))?.rows)).toBe(before + 1)
    expect((await town.order(id)).status).toBe('paid')
    await town.deps.settled()
  })
})

describe('callbacks that nobody signed', () => {
  it('do not make the gateway read the keys of the account for each of them', async () => {
    let units = 0
    const { db } = town.deps
    const sql = new Proxy(db.sql, {
      get: (target, name) => {
        if (name === 'reserve') units += 1
        return Reflect.get(target, name)
      },
    })
    town.deps.db = { ...db, sql }
    const url = `/callbacks/vnpay/${town.accounts.vnpay}?vnp_TxnRef=abc&vnp_SecureHash=${'0'.repeat(128)}`
    for (let n = 0; n < 50; n += 1) expect(await (await town.request(url)).json()).toMatchObject({ RspCode: '97' })
    town.deps.db = db
    // One to find the account, one to read it anew, and one for each callback to keep it.
    expect(units).toBe(52)
  })

  it('are kept once an hour, whichever way the same bytes come', async () => {
    const body = JSON.stringify({ orderId: 'x', junk: 'j'.repeat(60_000) })
    for (let n = 0; n < 20; n += 1)
      expect((await post('/callbacks/momo/mac_nobody', body, { 'x-request-id': `r${n}` })).status).toBe(404)
    expect((await kept('mac_nobody'))?.rows).toBe(1)
    town.clock.advance(3_601)
    await post('/callbacks/momo/mac_nobody', body)
    expect((await kept('mac_nobody'))?.rows).toBe(2)
  })

  it('and name no account of ours are answered, but not all kept', async () => {
    town.clock.advance(3_600)
    const statuses = new Set<number>()
    for (let n = 0; n < 150; n += 1)
      statuses.add((await post(`/callbacks/momo/mac_flood`, `{"orderId":"x${n}"}`)).status)
    expect([...statuses]).toEqual([404])
    expect((await kept('mac_flood'))?.rows).toBe(60)
    town.clock.advance(30)
    for (let n = 0; n < 10; n += 1) await post('/callbacks/momo/mac_flood', `{"orderId":"y${n}"}`)
    expect((await kept('mac_flood'))?.rows).toBe(63)
  })

  it('do not keep a genuine one from its place, nor the evidence of it', async () => {
    const account = String(town.accounts.momo)
    for (let n = 0; n < 350; n += 1) await post(`/callbacks/momo/${account}`, `{"orderId":"z${n}"}`)
    expect(Number((await kept(account))?.rows)).toBe(300)
    const id = await town.place()
    await town.pay('momo', await town.attempt(id, 'momo'))
    expect((await town.order(id)).status).toBe('paid')
    expect(Number((await kept(account))?.rows)).toBe(301)
  })

  it('to an address with a zero byte are answered in the words of the provider', async () => {
    const answer = await town.request('/callbacks/vnpay/%00?vnp_TxnRef=1')
    expect(await answer.json()).toMatchObject({ RspCode: '01' })
  })
})
