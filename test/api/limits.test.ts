import { afterAll, beforeAll, expect, it } from 'vitest'
import { createLimiter } from '../../src/api/limits.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp

beforeAll(async () => {
  gateway = await startTestApp({
    config: { rateLimits: { read: 3, write: 2, token: 2, sign_in: 2 }, trustedProxies: 1 },
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

it('remembers a bounded number of callers', () => {
  const limiter = createLimiter({ read: 1, write: 1, token: 1, sign_in: 1 })
  const now = new Date('2026-11-23T02:00:00Z')
  expect(limiter('read', 'first', now).allowed).toBe(true)
  expect(limiter('read', 'first', now).allowed).toBe(false)
  for (let index = 0; index < 50_000; index++) limiter('read', `caller ${index}`, now)
  expect(limiter('read', 'first', now).allowed).toBe(true)
})

it('lets nobody further sign in while it cannot count more, and forgets nobody whom it counts', () => {
  const limiter = createLimiter({ read: 1, write: 1, token: 1, sign_in: 1 })
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
  const limiter = createLimiter({ read: 1, write: 1, token: 1, sign_in: 1 })
  const now = new Date('2026-11-23T02:00:00Z')
  const allowed = (address: string) => limiter('sign_in', address, now).allowed
  expect(allowed('2001:db8:0:1::7')).toBe(true)
  for (const same of ['2001:DB8:0:1:ffff:1:2:3', '2001:0db8::1:0:0:0:9', '2001:db8:0:1::'])
    expect(allowed(same)).toBe(false)
  for (const other of ['2001:db8:0:2::7', '2001:db8::7', '::1', '192.0.2.1', '192.0.2.2'])
    expect(allowed(other)).toBe(true)
})
