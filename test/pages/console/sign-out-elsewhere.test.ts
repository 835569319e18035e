// The issuer takes somebody's session away (OpenID Connect Back-Channel Logout 1.0).
import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { signIn } from '../../kit/console.ts'
import { createClock } from '../../kit/deps.ts'
import { createHostileIssuer, type HostileIssuer, issuerSettings } from '../../kit/hostile-issuer.ts'

let gateway: TestApp
let issuer: HostileIssuer

beforeAll(async () => {
  issuer = await createHostileIssuer()
  gateway = await startTestApp({
    publicUrl: 'https://fees.example.vn',
    fetch: (url, init) => issuer.fetch(url, init),
    clock: createClock(new Date().toISOString()),
    config: { openId: issuerSettings },
  })
})
afterAll(() => gateway.close())

const now = () => Math.floor(gateway.clock.now().getTime() / 1_000)
const logout = (more: JWTPayload = {}): JWTPayload => ({
  iss: issuerSettings.issuer,
  aud: issuerSettings.clientId,
  sub: 'lan',
  iat: now(),
  exp: now() + 120,
  jti: 'j1',
  events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
  ...more,
})
const tell = (token: string, headers: Record<string, string> = {}) =>
  gateway.request('/console/signed-out-elsewhere', {
    method: 'POST',
    body: new URLSearchParams({ logout_token: token }),
    headers,
  })
const person = (sub: string) =>
  signIn(gateway, 'accountant', { subject: `${issuerSettings.issuer}#${sub}`, agency: 'H56.12' })

describe('a logout token', () => {
  test('ends every session of that person at once, of nobody else, and is on record', async () => {
    const [desk, laptop, hong] = [await person('lan'), await person('lan'), await person('hong')]
    for (const each of [desk, laptop, hong]) expect((await each.open('')).status).toBe(200)
    const answer = await tell(await issuer.sign(logout(), issuer.own.privateKey, { typ: 'logout+jwt' }))
    expect([answer.status, answer.headers.get('cache-control'), await answer.text()]).toEqual([200, 'no-store', ''])
    for (const each of [desk, laptop]) expect((await each.open('')).location).toContain('/console/sign-in')
    expect((await hong.open('')).status).toBe(200)
    const noted = await gateway.sql`select actor, agency_code, query from audit_log where action = 'session.ended'`
    const row = { actor: `${issuerSettings.issuer}#lan`, agencyCode: 'H56.12', query: { by: 'issuer' } }
    expect(noted).toEqual([row, row])
    // Nobody is signed in any more, which is no fault.
    expect((await tell(await issuer.sign(logout({ jti: 'j2' })))).status).toBe(200)
  })

  const made: [string, () => string | Promise<string>][] = [
    ['signed by another key', () => issuer.sign(logout(), issuer.other.privateKey)],
    [
      'without a signature',
      () => `${btoa('{"alg":"none"}').replaceAll('=', '')}.${btoa(JSON.stringify(logout())).replaceAll('=', '')}.`,
    ],
    ['of another issuer', () => issuer.sign(logout({ iss: 'https://evil.example' }))],
    ['for another client', () => issuer.sign(logout({ aud: 'another' }))],
    ['of an hour ago', () => issuer.sign(logout({ iat: now() - 3_600 }))],
    ['of tomorrow', () => issuer.sign(logout({ iat: now() + 86_400, exp: now() + 86_500 }))],
    ['that has ended', () => issuer.sign(logout({ exp: now() - 60 }))],
    ['that is an ID token', () => issuer.sign(logout({ nonce: 'n' }))],
    ['that is about no logout', () => issuer.sign(logout({ events: { 'https://other.example': {} } as never }))],
    ['that names nobody', () => issuer.sign(logout({ sub: undefined, sid: 's1' } as never))],
    ['without a number', () => issuer.sign(logout({ jti: undefined } as never))],
    ['that is none', () => 'x'],
    ['that is not there', () => ''],
  ]
  test.for(made)('%s ends no session', async ([, make]) => {
    const lan = await person('lan')
    const answer = await tell(await make())
    expect([answer.status, await answer.json()]).toEqual([400, { error: 'invalid_request' }])
    expect((await lan.open('')).status).toBe(200)
  })

  const noKeys: [string, () => Promise<Response>][] = [
    ['there is no network', () => Promise.reject(new TypeError('no network'))],
    ['the issuer is overloaded', async () => new Response('try later', { status: 503 })],
    ['what comes are no keys', async () => Response.json({ error: 'maintenance' })],
    ['what comes is a page', async () => new Response('<h1>Maintenance</h1>')],
  ]
  test.for(noKeys)('is asked for again where %s', async ([, answerKeys]) => {
    const away = await startTestApp({
      publicUrl: 'https://fees.example.vn',
      fetch: (url, init) => (url.endsWith('/jwks') ? answerKeys() : issuer.fetch(url, init)),
      clock: gateway.clock,
      config: { openId: issuerSettings },
    })
    const body = new URLSearchParams({ logout_token: await issuer.sign(logout()) })
    const answer = await away.request('/console/signed-out-elsewhere', { method: 'POST', body })
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '30'])
    await away.close()
  })

  test('is nobody’s where no issuer is set up', async () => {
    const body = new URLSearchParams({ logout_token: await issuer.sign(logout()) })
    const bare = await startTestApp({
      publicUrl: 'https://fees.example.vn',
      mode: 'production',
      config: { openId: null },
    })
    expect((await bare.request('/console/signed-out-elsewhere', { method: 'POST', body })).status).toBe(400)
    await bare.close()
  })
})
