import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createLimiter, type LimitClass } from '../../src/api/limits.ts'
import { type SharedCount, withSharedCount } from '../../src/api/shared-count.ts'
import { tellFull } from '../../src/api/tell-limits.ts'
import { describeFlowMetrics } from '../../src/flows/metric-names.ts'
import { createMetrics } from '../../src/lib/metrics.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp

beforeAll(async () => {
  gateway = await startTestApp({
    config: { rateLimits: { read: 3, write: 2, token: 2, checkout: 2, verify: 2, sign_in: 2 }, trustedProxies: 1 },
    extras: { remoteAddress: () => '10.0.0.1' },
  })
})
afterAll(() => gateway.close())

const from = (address: string) => ({ headers: { 'x-forwarded-for': `6.6.6.6, ${address}` } })

it('publishes what is left, refuses what is too much, and says when to come back', async () => {
  const token = await gateway.token(['admin'])
  const read = () => gateway.request('/v1/agencies', { token })
  const first = await read()
  expect(first.headers.get('ratelimit-policy')).toBe('"read";q=3;w=60')
  expect(first.headers.get('ratelimit')).toBe('"read";r=2;t=0')
  await read()
  await read()
  const refused = await read()
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '20'])
  expect(refused.headers.get('ratelimit')).toBe('"read";r=0;t=20')
  expect(await refused.json()).toMatchObject({ code: 'too_many_requests' })
  gateway.clock.advance(20)
  expect((await read()).status).toBe(200)
})

it('counts each client and each class by itself', async () => {
  const [one, other] = [await gateway.token(['admin']), await gateway.token(['admin'])]
  const read = (token: string) => gateway.request('/v1/agencies', { token })
  for (const _ of [1, 2, 3]) await read(one)
  expect((await read(one)).status).toBe(429)
  expect((await read(other)).status).toBe(200)
  const write = await gateway.request('/v1/agencies', { token: one, json: { agency_code: 'H56.61', name: 'x' } })
  expect([write.status, write.headers.get('ratelimit-policy')]).toEqual([201, '"write";q=2;w=60'])
})

it('counts who has no token by the address that our own proxy saw, not by the one that they claim', async () => {
  const ask = (address: string) => gateway.request('/oauth/token', { method: 'POST', ...from(address) })
  expect((await ask('203.0.113.7')).status).toBe(400)
  expect((await ask('203.0.113.7')).status).toBe(400)
  const refused = await ask('203.0.113.7')
  expect([refused.status, refused.headers.get('content-type')]).toEqual([429, 'application/problem+json'])
  expect((await ask('203.0.113.8')).status).toBe(400)
  for (const _ of [1, 2, 3]) {
    expect((await gateway.request('/v1/agencies', from('203.0.113.9'))).status).toBe(401)
  }
  expect((await gateway.request('/v1/agencies', from('203.0.113.9'))).status).toBe(429)
})

it('never limits the operations', async () => {
  for (const _ of [1, 2, 3, 4, 5, 6]) expect((await gateway.request('/healthz', from('203.0.113.10'))).status).toBe(200)
})

it('believes no address that a stranger writes into a header: behind no proxy, behind more than there are, and in no other header', async () => {
  const limits = { read: 100, write: 100, token: 2, checkout: 100, verify: 100, sign_in: 100 }
  for (const trustedProxies of [0, 2]) {
    const behind = await startTestApp({
      config: { rateLimits: limits, trustedProxies },
      extras: { remoteAddress: () => '10.0.0.1' },
    })
    const statuses: number[] = []
    for (let n = 0; n < 4; n += 1) {
      const headers = {
        'x-forwarded-for': `203.0.113.${n}`,
        ...{
          forwarded: `for=203.0.113.${n}`,
          'x-real-ip': `203.0.113.${n}`,
          'cf-connecting-ip': `203.0.113.${n}`,
          'true-client-ip': `203.0.113.${n}`,
        },
      }
      statuses.push((await behind.request('/oauth/token', { method: 'POST', headers })).status)
    }
    expect([trustedProxies, statuses]).toEqual([trustedProxies, [400, 400, 429, 429]])
    await behind.close()
  }
})

it('counts a network of IPv6 as one wherever nobody says who calls, and an IPv4 address as itself however it is written', async () => {
  const ask = async (address: string) =>
    (await gateway.request('/oauth/token', { method: 'POST', ...from(address) })).status
  const asked = async (...addresses: string[]) => {
    const statuses: number[] = []
    for (const address of addresses) statuses.push(await ask(address))
    return statuses
  }
  expect(await asked('2001:db8:7:1::1', '2001:db8:7:1::2', '2001:DB8:7:1:ffff::3', '2001:db8:7:2::1')).toEqual([
    400, 400, 429, 400,
  ])
  expect(await asked('203.0.113.21', '::ffff:203.0.113.21', '203.0.113.21', '::ffff:203.0.113.22')).toEqual([
    400, 400, 429, 400,
  ])
})

it('counts a citizen’s presses and looks into our records, and not the reading of a page', async () => {
  const press = async (path: string, address: string) => {
    const init = { method: 'POST', body: new URLSearchParams({ code: 'x' }) }
    const headers = { ...from(address).headers, accept: 'text/html', 'sec-fetch-site': 'same-origin' }
    const answer = await gateway.request(path, { ...init, headers })
    return { status: answer.status, wait: answer.headers.get('retry-after') }
  }
  const token = 'a'.repeat(32)
  for (const [n, path] of [`/pay/${token}`, `/pay/${token}/check`, `/pay/${token}/extend`, '/verify'].entries()) {
    const address = `203.0.113.${40 + n}`
    const [first, second, third] = [await press(path, address), await press(path, address), await press(path, address)]
    expect([path, first.status === 429, second.status === 429]).toEqual([path, false, false])
    expect([path, third]).toEqual([path, { status: 429, wait: '30' }])
    expect((await press(path, `203.0.113.${50 + n}`)).status).not.toBe(429)
    const page = await gateway.request(path === '/verify' ? path : `/pay/${token}`, {
      headers: { ...from(address).headers, accept: 'text/html' },
    })
    expect(page.status).not.toBe(429)
  }
})

it('never keeps news of money waiting: callbacks and returns are in no class', async () => {
  const answers: number[] = []
  for (let n = 0; n < 20; n += 1)
    for (const path of ['/callbacks/vnpay/mac_none', '/returns/vnpay/mac_none'])
      answers.push((await gateway.request(path, from('203.0.113.60'))).status)
  expect(answers).not.toContain(429)
})

it('says so, in the log once a minute and in the metrics each time, when it can count no more: open for payments, closed for sign-in', () => {
  const metrics = createMetrics()
  describeFlowMetrics(metrics)
  const logged: unknown[] = []
  const log = {
    debug: () => undefined,
    info: () => undefined,
    error: () => undefined,
    warn: (told: unknown) => logged.push(told),
  }
  const limits = { read: 1, write: 1, token: 1, checkout: 1, verify: 1, sign_in: 1 }
  const limiter = createLimiter(limits, tellFull({ log, metrics }))
  const at = new Date('2026-11-23T02:00:00Z')
  const allowed = (limitClass: LimitClass, n: number, when = at) =>
    limiter(limitClass, `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, when).allowed
  for (let n = 0; n < 50_003; n += 1) allowed('checkout', n)
  // Whoever was forgotten passes again: a payment does not wait for the limiter.
  expect(allowed('checkout', 0)).toBe(true)
  for (let n = 0; n < 50_000; n += 1) allowed('sign_in', n)
  expect([allowed('sign_in', 50_001), allowed('sign_in', 0)]).toEqual([false, false])
  expect(logged).toEqual([
    { class: 'checkout', way: 'open' },
    { class: 'sign_in', way: 'closed' },
  ])
  expect(metrics.text()).toContain('lephi_limiter_full_total{class="checkout",way="open"} 4')
  expect(metrics.text()).toContain('lephi_limiter_full_total{class="sign_in",way="closed"} 1')
  // A minute later nobody is being counted any more, and forgetting lets nobody pass.
  const later = new Date(at.getTime() + 60_000)
  for (let n = 0; n < 50_000; n += 1) allowed('checkout', n, later)
  expect(metrics.text()).toContain('lephi_limiter_full_total{class="checkout",way="open"} 4')
})

it('remembers a bounded number of callers', () => {
  const limiter = createLimiter({ read: 1, write: 1, token: 1, checkout: 1, verify: 1, sign_in: 1 })
  const now = new Date('2026-11-23T02:00:00Z')
  expect(limiter('read', 'first', now).allowed).toBe(true)
  expect(limiter('read', 'first', now).allowed).toBe(false)
  for (let index = 0; index < 50_000; index++) limiter('read', `caller ${index}`, now)
  expect(limiter('read', 'first', now).allowed).toBe(true)
})

it('lets nobody further sign in while it cannot count more, and forgets nobody whom it counts', () => {
  const limiter = createLimiter({ read: 1, write: 1, token: 1, checkout: 1, verify: 1, sign_in: 1 })
  const at = (seconds: number) => new Date(Date.UTC(2026, 10, 23, 2, 0, seconds))
  expect(limiter('sign_in', 'first', at(0)).allowed).toBe(true)
  for (let index = 1; index < 50_000; index++) limiter('sign_in', `caller ${index}`, at(1))
  expect(limiter('sign_in', 'first', at(2)).allowed).toBe(false)
  const late = limiter('sign_in', 'one more', at(2))
  expect([late.allowed, late.retryAfterSeconds]).toEqual([false, 60])
  expect(limiter('token', 'one more', at(2)).allowed).toBe(true)
  // A minute after their last try the others need no place any more.
  expect(limiter('sign_in', 'one more', at(61)).allowed).toBe(true)
  expect(limiter('sign_in', 'one more', at(62)).allowed).toBe(false)
})

it('counts a network of IPv6 as one when people sign in', () => {
  const limiter = createLimiter({ read: 1, write: 1, token: 1, checkout: 1, verify: 1, sign_in: 1 })
  const now = new Date('2026-11-23T02:00:00Z')
  const allowed = (address: string) => limiter('sign_in', address, now).allowed
  expect(allowed('2001:db8:0:1::7')).toBe(true)
  for (const same of ['2001:DB8:0:1:ffff:1:2:3', '2001:0db8::1:0:0:0:9', '2001:db8:0:1::'])
    expect(allowed(same)).toBe(false)
  for (const other of ['2001:db8:0:2::7', '2001:db8::7', '::1', '192.0.2.1', '192.0.2.2'])
    expect(allowed(other)).toBe(true)
})

describe('a count that processes share', () => {
  const limits = { read: 2, write: 100, token: 100, checkout: 100, verify: 100, sign_in: 100 }
  const now = new Date('2026-11-23T02:00:00Z')
  const behind = (count: SharedCount) => {
    const told: string[] = []
    const asked: string[] = []
    const limiter = withSharedCount(
      createLimiter(limits),
      (limitClass, caller) => {
        asked.push(`${limitClass} ${caller}`)
        return count(limitClass, caller)
      },
      (way, limitClass) => told.push(`${limitClass} ${way}`),
    )
    return { told, asked, allowed: async (limitClass: LimitClass) => (await limiter(limitClass, 'a', now)).allowed }
  }

  it('refuses what this process would still let through, and says when to come back', async () => {
    const { told, allowed } = behind(async () => false)
    expect([await allowed('token'), await allowed('checkout'), await allowed('sign_in')]).toEqual([false, false, false])
    expect(told).toEqual([])
    const limiter = withSharedCount(
      createLimiter(limits),
      async () => false,
      () => undefined,
    )
    expect(await limiter('verify', 'a', now)).toMatchObject({
      retryAfterSeconds: 60,
      headers: { ratelimit: '"verify";r=0;t=60', 'ratelimit-policy': '"verify";q=100;w=60' },
    })
  })

  it('is not asked about what this process refuses already', async () => {
    const { asked, allowed } = behind(async () => true)
    expect([await allowed('read'), await allowed('read'), await allowed('read')]).toEqual([true, true, false])
    expect(asked).toEqual(['read a', 'read a'])
  })

  it('lets everything through but sign-in when it is absent or broken, and says so', async () => {
    const broken = async () => {
      throw new Error('no counter')
    }
    for (const count of [async () => null, broken]) {
      const { told, allowed } = behind(count)
      expect([await allowed('token'), await allowed('checkout'), await allowed('verify')]).toEqual([true, true, true])
      expect(await allowed('sign_in')).toBe(false)
      expect(told).toEqual(['token open', 'checkout open', 'verify open', 'sign_in closed'])
    }
  })
})
