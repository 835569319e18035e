// How an issuer that is away, wrong or strange is met: by pages that say what to do.
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
  gateway = await startTestApp(freshGateway())
})
afterAll(() => gateway.close())
beforeEach(() => {
  issuer.state.mischief = {}
})

const newVisitor = (): Visitor => createVisitor(origin, async (url, init) => gateway.app.request(url, init))

const begin = async (visitor: Visitor): Promise<string> => {
  const answer = await visitor.ask('/console/sign-in', sameSitePost({}))
  expect(answer.status).toBe(303)
  return answer.headers.get('location') ?? ''
}

const comeBack = (visitor: Visitor, query: URLSearchParams) => visitor.ask(`/console/signed-in?${query}`)

const session = (visitor: Visitor) => visitor.cookies.get('__Host-lephi_console')

describe('survives an issuer', () => {
  const outcomes: Record<string, [Mischief, number, string]> = {
    'that refuses the person': [{}, 403, 'từ chối hoặc đã hủy'],
    'that is away for the code': [{ answer: failing('/token') }, 503, 'chưa trả lời'],
    'that is away for its keys': [{ answer: answering('/jwks', 503) }, 503, 'chưa trả lời'],
    'that does not know us': [
      { answer: answering('/token', 401, { error: 'invalid_client' }) },
      500,
      'chưa được khai báo khớp',
    ],
    'that answers with a page': [{ answer: answering('/token', 200, 'no JSON') }, 400, 'Không xác minh được'],
    'that answers without end': [{ answer: answering('/token', 200, 'x'.repeat(300_000)) }, 400, 'Không xác minh được'],
    'that sends us elsewhere': [{ answer: answering('/token', 302) }, 400, 'Không xác minh được'],
  }
  test.for(Object.keys(outcomes))('%s', async (name) => {
    const [mischief, status, says] = outcomes[name] ?? [{}, 0, '']
    const visitor = newVisitor()
    const query = issuer.agree(await begin(visitor))
    issuer.state.mischief = mischief
    if (status === 403) {
      query.delete('code')
      query.set('error', 'access_denied')
    }
    // Keys that were read lately are not read again.
    const fresh = name.includes('keys') ? await startTestApp(freshGateway()) : null
    const other = fresh ? createVisitor(origin, async (url, init) => fresh.app.request(url, init)) : visitor
    const answer = await comeBack(other, fresh ? issuer.agree(await begin(other)) : query)
    expect([answer.status, session(other)]).toEqual([status, undefined])
    expect(await answer.text()).toContain(says)
    await fresh?.close()
  })
  test('whose description is not its own, not safe, or not there', async () => {
    const cases: [Mischief, number][] = [
      [{ metadata: { issuer: 'https://evil.example' } }, 500],
      [{ metadata: { issuer: `${issuerSettings.issuer}/` } }, 500],
      // The same address, but not the same text, under which subjects are kept.
      [{ metadata: { issuer: issuerSettings.issuer.replace('id.', 'ID.') } }, 500],
      [{ metadata: { padding: 'x'.repeat(300_000) } }, 500],
      [{ metadata: { authorization_endpoint: 'http://id.example.vn/auth' } }, 500],
      [{ metadata: { authorization_endpoint: 'javascript:alert(1)' } }, 500],
      [{ answer: answering('/.well-known/openid-configuration', 404) }, 500],
      [{ answer: answering('/.well-known/openid-configuration', 502) }, 503],
      [{ answer: failing('/.well-known/openid-configuration') }, 503],
    ]
    const fresh = await startTestApp(freshGateway())
    for (const [mischief, status] of cases) {
      issuer.state.mischief = mischief
      // A failure is remembered for two seconds, so that nobody waits for it in vain.
      fresh.clock.advance(3)
      const answer = await fresh.app.request('/console/sign-in', sameSitePost({}))
      const name = JSON.stringify(mischief).slice(0, 100)
      expect([name, answer.status]).toEqual([name, status])
      expect(await answer.text()).toContain('Đăng nhập lại')
    }
    issuer.state.mischief = {}
    const asked = issuer.state.asked.length
    expect((await fresh.app.request('/console/sign-in', sameSitePost({}))).status).toBe(503)
    expect(issuer.state.asked).toHaveLength(asked)
    fresh.clock.advance(3)
    expect((await fresh.app.request('/console/sign-in', sameSitePost({}))).status).toBe(303)
    // What is known for an hour serves for a day while the issuer is away.
    issuer.state.mischief = { answer: failing('/.well-known/openid-configuration') }
    fresh.clock.advance(2 * 3_600)
    expect((await fresh.app.request('/console/sign-in', sameSitePost({}))).status).toBe(303)
    fresh.clock.advance(24 * 3_600)
    expect((await fresh.app.request('/console/sign-in', sameSitePost({}))).status).toBe(503)
    await fresh.close()
  })
})

test('a public client, and one that an issuer wants to send its secret in the form', async () => {
  for (const [settings, metadata, form, basic] of [
    [{ clientSecret: null }, {}, { client_id: 'lephi', client_secret: null }, false],
    [{ clientAuth: 'post' as const }, {}, { client_secret: issuerSettings.clientSecret }, false],
    [{}, { token_endpoint_auth_methods_supported: ['client_secret_post'] }, { client_id: 'lephi' }, false],
    [{}, { token_endpoint_auth_methods_supported: ['private_key_jwt', 'client_secret_basic'] }, {}, true],
  ] as const) {
    issuer.state.mischief = { metadata }
    issuer.state.tokenRequests.length = 0
    const config = { openId: { ...issuerSettings, ...settings, scope: 'roles' } }
    const fresh = await startTestApp({ ...freshGateway(), config })
    const visitor = createVisitor(origin, async (url, init) => fresh.app.request(url, init))
    const url = await begin(visitor)
    expect(new URL(url).searchParams.get('scope')).toBe('openid profile roles')
    expect((await comeBack(visitor, issuer.agree(url))).status).toBe(303)
    const [sent] = issuer.state.tokenRequests
    const given = new URLSearchParams(await sent?.text())
    for (const [name, value] of Object.entries(form)) expect(given.get(name)).toBe(value)
    expect(sent?.headers.has('authorization')).toBe(basic)
    await fresh.close()
  }
})

test('without an issuer the console says calmly that sign-in is not set up, and nothing else', async () => {
  const bare = await startTestApp({ publicUrl: origin, mode: 'production', config: { openId: null } })
  const visitor = createVisitor(origin, async (url, init) => bare.app.request(url, init))
  const pages = [
    await visitor.open('/console'),
    await visitor.send('/console/sign-in', {}),
    await visitor.open('/console/signed-in?code=x&state=y'),
    await visitor.open('/console/sign-in?lang=en'),
  ]
  for (const { response, html } of pages) {
    expect(response.status).toBe(200)
    expect(html).toMatch(/Chưa thiết lập đăng nhập|Sign-in is not set up/)
    expect(html).not.toContain('<form')
  }
  expect([...visitor.cookies.keys()].filter((name) => /lephi_(console|sign_in)/.test(name))).toEqual([])
  await bare.close()
})

test('too many sign-ins from one address wait, and those of others do not', async () => {
  const few = await startTestApp({
    ...freshGateway(),
    config: {
      openId: issuerSettings,
      trustedProxies: 1,
      rateLimits: { read: 1_000, write: 1_000, token: 1_000, checkout: 1_000, verify: 1_000, sign_in: 2 },
    },
  })
  const press = (address: string) => {
    const init = sameSitePost({})
    return few.app.request('/console/sign-in', {
      ...init,
      headers: { 'sec-fetch-site': 'same-origin', 'x-forwarded-for': address },
    })
  }
  // Two addresses of one /64 are one household.
  expect((await press('2001:db8:0:1::7')).status).toBe(303)
  expect((await press('2001:db8:0:1:ffff::8')).status).toBe(303)
  const refused = await press('2001:db8::1:0:0:0:9')
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '30'])
  expect(await refused.text()).toContain('Chờ 30 giây')
  expect((await press('2001:db8:0:2::7')).status).toBe(303)
  const back = await few.app.request('/console/signed-in?state=x', {
    headers: { 'x-forwarded-for': '2001:db8:0:1::7' },
  })
  expect(back.status).toBe(429)
  await few.close()
})

const freshGateway = () => ({
  publicUrl: origin,
  fetch: (url: string, init: RequestInit) => issuer.fetch(url, init),
  clock: createClock(new Date().toISOString()),
  config: { openId: issuerSettings },
})

function answering(path: string, status: number, body: object | string = ''): (asked: string) => Response | undefined {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const headers = { 'content-type': 'application/json', location: 'https://evil.example/' }
  return (asked) => (asked === path ? new Response(text, { status, headers }) : undefined)
}

function failing(path: string): (asked: string) => undefined {
  return (asked) => {
    if (asked === path) throw Object.assign(new TypeError('fetch failed'), { cause: { code: 'ECONNREFUSED' } })
  }
}
