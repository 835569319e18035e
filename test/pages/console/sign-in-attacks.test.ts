// What must not open a session: tokens that an issuer never signed for us, answers that this browser never asked for, and ways out of our own site.
import { createHmac } from 'node:crypto'
import type { JWTPayload } from 'jose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { createClock } from '../../kit/deps.ts'
import { createHostileIssuer, type HostileIssuer, issuerSettings, type Mischief } from '../../kit/hostile-issuer.ts'
import { createVisitor, sameSitePost, type Visitor } from '../../kit/visitor.ts'

let gateway: TestApp
let issuer: HostileIssuer
const origin = 'https://fees.example.vn'

beforeAll(async () => {
  issuer = await createHostileIssuer()
  gateway = await startTestApp({
    publicUrl: origin,
    fetch: (url, init) => issuer.fetch(url, init),
    clock: createClock(new Date().toISOString()),
    config: {
      openId: issuerSettings,
      rateLimits: { read: 1_000, write: 1_000, token: 1_000, checkout: 1_000, verify: 1_000, sign_in: 1_000 },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => {
  issuer.state.mischief = {}
  issuer.state.tokenRequests.length = 0
})

const newVisitor = (): Visitor => createVisitor(origin, async (url, init) => gateway.app.request(url, init))

const begin = async (visitor: Visitor, to = '/console'): Promise<string> => {
  const answer = await visitor.ask('/console/sign-in', sameSitePost({ to }))
  expect(answer.status).toBe(303)
  return answer.headers.get('location') ?? ''
}

const comeBack = (visitor: Visitor, query: URLSearchParams) => visitor.ask(`/console/signed-in?${query}`)

const session = (visitor: Visitor) => visitor.cookies.get('__Host-lephi_console')

/** Signs in with that mischief and says how it ended. */
const tryWith = async (mischief: Mischief) => {
  const visitor = newVisitor()
  issuer.state.mischief = mischief
  const answer = await comeBack(visitor, issuer.agree(await begin(visitor)))
  return { status: answer.status, text: await answer.text(), isIn: session(visitor) !== undefined, visitor }
}

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const hs256 = (claims: JWTPayload, key: string, header: object = {}) => {
  const signed = `${base64url({ alg: 'HS256', kid: 'k1', ...header })}.${base64url(claims)}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}
const now = () => Math.floor(Date.now() / 1_000)

test('a genuine answer opens a session, once, with PKCE and a nonce of its own', async () => {
  const visitor = newVisitor()
  const url = new URL(await begin(visitor, '/console?from=2026-11-01'))
  const asked = Object.fromEntries(url.searchParams)
  expect(asked).toMatchObject({
    response_type: 'code',
    client_id: 'lephi',
    redirect_uri: `${origin}/console/signed-in`,
    scope: 'openid profile',
    code_challenge_method: 'S256',
  })
  const waiting = [...visitor.cookies].find(([name]) => name.startsWith('__Host-lephi_sign_in_'))?.[1]
  expect(waiting?.flags).toBe('Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax')
  for (const secret of [asked.state, asked.nonce]) expect(waiting?.value).not.toContain(secret)
  const answer = await comeBack(visitor, issuer.agree(url.href))
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/console?from=2026-11-01'])
  expect(session(visitor)?.flags).toBe('Max-Age=36000; Path=/; HttpOnly; Secure; SameSite=Lax')
  expect(session(visitor)?.value).toMatch(/^[\w-]{43}$/)
  expect([...visitor.cookies.keys()]).toEqual(['__Host-lephi_console'])
  const [sent] = issuer.state.tokenRequests
  expect(sent?.headers.get('authorization')).toMatch(/^Basic /)
  const rows = await gateway.sql`select token_hash, subject, name, role, agency_code from staff_sessions`
  expect(rows).toEqual([
    {
      tokenHash: expect.not.stringContaining(session(visitor)?.value ?? ''),
      subject: `${issuerSettings.issuer}#lan`,
      name: 'Nguyễn Thị Lan',
      role: 'accountant',
      agencyCode: 'H56.12',
    },
  ])
  const again = new URL(await begin(newVisitor())).searchParams
  for (const name of ['state', 'nonce', 'code_challenge']) expect(again.get(name)).not.toBe(asked[name])
})

describe('refuses an ID token', () => {
  const cases: Record<string, () => Mischief> = {
    'without a signature': () => ({ idToken: (claims) => `${base64url({ alg: 'none' })}.${base64url(claims)}.` }),
    'signed with the client secret': () => ({ idToken: (claims) => hs256(claims, issuerSettings.clientSecret ?? '') }),
    'signed with the public key as a secret': () => ({
      idToken: (claims) => hs256(claims, JSON.stringify(issuer.publicJwk)),
    }),
    'signed by a key that the issuer does not publish': () => ({
      idToken: (claims) => issuer.sign(claims, issuer.other.privateKey),
    }),
    'of a key id that the issuer does not publish': () => ({
      idToken: (claims) => issuer.sign(claims, issuer.own.privateKey, { kid: 'k2' }),
    }),
    'that was altered': () => ({
      idToken: async (claims) => {
        const [header, , signature] = (await issuer.sign(claims)).split('.')
        return `${header}.${base64url({ ...claims, lephi_role: 'operator' })}.${signature}`
      },
    }),
    'with a critical extension that nobody knows': () => ({
      idToken: (claims) => issuer.sign(claims, issuer.own.privateKey, { crit: ['b64'], b64: true }),
    }),
    'for another client': () => ({ claims: (claims) => ({ ...claims, aud: 'another' }) }),
    'for several clients, handed out to another': () => ({
      claims: (claims) => ({ ...claims, aud: ['lephi', 'another'], azp: 'another' }),
    }),
    'of another issuer': () => ({ claims: (claims) => ({ ...claims, iss: 'https://evil.example' }) }),
    'of another sign-in': () => ({ claims: (claims) => ({ ...claims, nonce: 'n'.repeat(43) }) }),
    'without a nonce': () => ({ claims: ({ nonce: _nonce, ...claims }) => claims }),
    'without an end': () => ({ claims: ({ exp: _exp, ...claims }) => claims }),
    'without a subject': () => ({ claims: ({ sub: _sub, ...claims }) => claims }),
    'that is not there': () => ({ idToken: () => undefined }),
    'that is no token': () => ({ idToken: () => 'lan' }),
    'completed by a UserInfo answer about somebody else': () => ({
      claims: ({ lephi_role: _role, ...claims }) => claims,
      userinfo: { sub: 'hong', lephi_role: 'checker' },
    }),
  }
  test.for(Object.keys(cases))('%s', async (name) => {
    const tried = await tryWith(cases[name]?.() ?? {})
    expect([tried.status, tried.isIn]).toEqual([400, false])
    expect(tried.text).toContain('Không xác minh được người đăng nhập')
  })
  test.for([
    ['that ended a minute ago', (claims: JWTPayload) => ({ ...claims, exp: now() - 60 })],
    ['that begins in a minute', (claims: JWTPayload) => ({ ...claims, nbf: now() + 60 })],
  ] as const)('%s, and says that clocks disagree', async ([, claims]) => {
    const tried = await tryWith({ claims })
    expect([tried.status, tried.isIn]).toEqual([400, false])
    expect(tried.text).toContain('Đồng hồ hai máy lệch nhau')
  })
})

test('a clock that is a few seconds off keeps nobody out', async () => {
  const tried = await tryWith({ claims: (claims) => ({ ...claims, exp: now() - 10, nbf: now() + 10 }) })
  expect([tried.status, tried.isIn]).toEqual([303, true])
})

describe('refuses an answer', () => {
  const over = 'Lần đăng nhập này đã kết thúc'
  const saysOver = async (answer: Response, visitor: Visitor) => {
    expect([answer.status, (await answer.text()).includes(over), session(visitor)]).toEqual([400, true, undefined])
  }
  test('that another browser asked for', async () => {
    const query = issuer.agree(await begin(newVisitor()))
    const victim = newVisitor()
    await saysOver(await comeBack(victim, query), victim)
    await begin(victim)
    await saysOver(await comeBack(victim, query), victim)
    expect(issuer.state.tokenRequests).toHaveLength(0)
  })
  test('whose code belongs to another sign-in (PKCE)', async () => {
    const stolen = issuer.agree(await begin(newVisitor()))
    const attacker = newVisitor()
    const own = issuer.agree(await begin(attacker))
    own.set('code', stolen.get('code') ?? '')
    await saysOver(await comeBack(attacker, own), attacker)
    expect(issuer.state.tokenRequests).toHaveLength(1)
  })
  test('whose cookie belongs to another sign-in', async () => {
    const visitor = newVisitor()
    const first = issuer.agree(await begin(visitor))
    const [name = '', kept] = [...visitor.cookies][0] ?? []
    visitor.cookies.delete(name)
    await begin(visitor)
    const [, other] = [...visitor.cookies][0] ?? []
    if (!kept || !other) throw new Error('no cookies')
    visitor.cookies.set(name, { ...kept, value: other.value })
    await saysOver(await comeBack(visitor, first), visitor)
  })
  test('whose cookie was altered', async () => {
    const visitor = newVisitor()
    const query = issuer.agree(await begin(visitor))
    for (const [name, cookie] of visitor.cookies)
      visitor.cookies.set(name, { ...cookie, value: `${cookie.value.slice(0, -2)}AA` })
    await saysOver(await comeBack(visitor, query), visitor)
  })
  test('that comes after ten minutes', async () => {
    const visitor = newVisitor()
    const query = issuer.agree(await begin(visitor))
    gateway.clock.advance(600)
    await saysOver(await comeBack(visitor, query), visitor)
  })
  test('that comes twice, even with the cookie of the first time', async () => {
    const visitor = newVisitor()
    const query = issuer.agree(await begin(visitor))
    const kept = new Map(visitor.cookies)
    expect((await comeBack(visitor, query)).status).toBe(303)
    const twice = newVisitor()
    await saysOver(await comeBack(twice, query), twice)
    for (const [name, cookie] of kept) twice.cookies.set(name, cookie)
    await saysOver(await comeBack(twice, query), twice)
  })
  test('of a tab that was left behind by many others', async () => {
    const visitor = newVisitor()
    const first = issuer.agree(await begin(visitor))
    for (let tabs = 0; tabs < 6; tabs += 1) await begin(visitor)
    expect([...visitor.cookies.keys()]).toHaveLength(1)
    await saysOver(await comeBack(visitor, first), visitor)
  })
  test.for([
    ['without the issuer that it promised to name', (query: URLSearchParams) => query.delete('iss')],
    ['that names another issuer', (query: URLSearchParams) => query.set('iss', 'https://evil.example')],
    ['with two codes', (query: URLSearchParams) => query.append('code', 'x')],
    ['without a code', (query: URLSearchParams) => query.delete('code')],
  ] as const)('%s', async ([, alter]) => {
    const visitor = newVisitor()
    const query = issuer.agree(await begin(visitor))
    alter(query)
    expect((await comeBack(visitor, query)).status).toBe(400)
    expect(session(visitor)).toBeUndefined()
    expect(issuer.state.tokenRequests).toHaveLength(0)
  })
})

describe('keeps out', () => {
  test.for([
    ['nobody’s role', { lephi_role: undefined }, 'lephi_role'],
    ['a role that does not exist', { lephi_role: 'admin' }, 'lephi_role'],
    ['two roles at once', { lephi_role: ['accountant', 'checker'] }, 'Một người chỉ giữ một vai trò'],
    ['an empty list of roles', { lephi_role: [] }, 'lephi_role'],
    ['nobody’s agency', { lephi_agency: undefined }, 'lephi_agency'],
    ['a neighbour’s agency', { lephi_agency: 'H57' }, 'phải là H56'],
    ['an agency that only begins alike', { lephi_agency: 'H561' }, 'phải là H56'],
    ['the whole system', { lephi_agency: '*' }, 'phải là H56'],
    ['a list of agencies', { lephi_agency: ['H56'] }, 'lephi_agency'],
    ['a subject that would be cut short', { sub: 's'.repeat(180) }, 'Mã người dùng'],
    ['a subject with a line break', { sub: 'lan\nhong' }, 'Mã người dùng'],
  ] as const)('%s, and says what is missing', async ([, claims, says]) => {
    const tried = await tryWith({ claims: (genuine) => ({ ...genuine, ...claims }) })
    expect([tried.status, tried.isIn]).toEqual([403, false])
    expect(tried.text).toContain(says)
    const [noted] =
      await gateway.sql`select action, actor, agency_code, query from audit_log order by at desc, id desc limit 1`
    expect(noted).toEqual({
      action: 'session.refused',
      agencyCode: 'H56',
      actor: expect.stringMatching(/^https:\/\/id\.example\.vn\/realms\/h56#(lan|s{100,}|lan\?hong)$/),
      query: { problem: expect.stringMatching(/^(role|agency|subject)_/) },
    })
  })
  test('nobody whom UserInfo completes', async () => {
    const tried = await tryWith({
      claims: ({ lephi_role: _role, ...genuine }) => genuine,
      userinfo: { sub: 'lan', lephi_role: ['uma', 'auditor'], lephi_agency: 'H57' },
    })
    expect([tried.status, tried.isIn]).toEqual([303, true])
    const { html } = await tried.visitor.open('/console')
    expect(html).toContain('H56.12')
  })
})
