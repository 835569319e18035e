// Signing in to the console against a real OpenID Connect issuer, over HTTP, by everybody whom the demo knows.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDemoIssuer } from '../../../src/node/demo-issuer/open-demo-issuer.ts'
import { type DemoPerson, demoPeople } from '../../../src/node/demo-issuer/people.ts'
import { createDemoSecrets } from '../../../src/node/demo-keys.ts'
import { openOutgoingHttp } from '../../../src/node/fetch-port.ts'
import { type HttpServer, listen } from '../../../src/node/http-server.ts'
import { startTestApp, type TestApp } from '../../kit/app.ts'
import { createClock } from '../../kit/deps.ts'
import { createVisitor, sameSitePost, type Visitor } from '../../kit/visitor.ts'

let server: HttpServer
let gateway: TestApp
let url: string
let endHttp: () => Promise<void>
const logged: object[] = []

beforeAll(async () => {
  server = await listen({ host: '127.0.0.1', port: 0 })
  url = `http://127.0.0.1:${server.port}`
  const note = (fields: object) => void logged.push(fields)
  const log = { debug: note, info: note, warn: note, error: note }
  const issuer = await openDemoIssuer({ publicUrl: url, log }, createDemoSecrets({ id: 'demo', key: randomBytes(32) }))
  const http = openOutgoingHttp()
  endHttp = http.destroy
  gateway = await startTestApp({
    publicUrl: url,
    fetch: http.fetch,
    log,
    clock: createClock(new Date().toISOString()),
    config: {
      openId: issuer.settings,
      rateLimits: { read: 1_000, write: 1_000, token: 1_000, checkout: 1_000, verify: 1_000, sign_in: 1_000 },
    },
  })
  server.mount(issuer.mountPath, issuer.handle)
  server.answer((request, env) => gateway.app.fetch(request, env as Record<string, unknown>))
})
afterAll(async () => {
  await server.close(100)
  await endHttp()
  await gateway.close()
})

/** Presses "sign in" and then that person's name. */
const signIn = async (visitor: Visitor, { subject }: Pick<DemoPerson, 'subject'>, to = '/console') => {
  const page = await visitor.send(`${url}/console/sign-in`, { to })
  expect(page.url).toMatch(/\/demo-issuer\/interaction\/[\w-]+$/)
  return visitor.send(page.url, { person: subject })
}

const formToken = (html: string) => /name="form_token" value="([0-9a-f]{64})"/.exec(html)?.[1] ?? ''

test.for(demoPeople.map((person) => [person.name, person.role, person] as const))(
  '%s signs in as %s',
  async ([name, role, person]) => {
    const visitor = createVisitor(url)
    const arrived = await visitor.open(`${url}/console?from=2026-11-01`)
    expect(arrived.url).toBe(`${url}/console/sign-in?to=%2Fconsole%3Ffrom%3D2026-11-01`)
    expect(arrived.response.status).toBe(200)
    expect(arrived.html).toContain('<input type="hidden" name="to" value="/console?from=2026-11-01"/>')
    const page = await visitor.send(`${url}/console/sign-in`, { to: '/console?from=2026-11-01' })
    expect(page.html).toContain(name)
    const home = await visitor.send(page.url, { person: person.subject })
    expect([home.url, home.response.status]).toEqual([`${url}/console?from=2026-11-01`, 200])
    expect(home.html).toContain(`<b>${name}</b>`)
    expect(home.html).toContain(person.agency)
    const [row] = await gateway.sql`
      select subject, name, role, agency_code from staff_sessions where subject = ${`${url}/demo-issuer#${person.subject}`}`
    expect(row).toMatchObject({ name, role, agencyCode: person.agency })
    expect(await (await visitor.ask(`${url}/console/sign-in`)).headers.get('location')).toBe('/console')
  },
)

test('two tabs sign in at once, and the last one is who one is', async () => {
  const visitor = createVisitor(url)
  const [one, two] = [
    await visitor.send(`${url}/console/sign-in`, {}),
    await visitor.send(`${url}/console/sign-in`, { to: '/console?tab=2' }),
  ]
  expect((await visitor.send(one.url, { person: 'lan' })).html).toContain('<b>Nguyễn Thị Lan</b>')
  const second = await visitor.send(two.url, { person: 'hong' })
  expect(second.url).toBe(`${url}/console?tab=2`)
  expect(second.html).toContain('<b>Lê Thị Hồng</b>')
})

test('the issuer’s page says no when asked to, and whoever says no is not signed in', async () => {
  const visitor = createVisitor(url)
  const answer = await signIn(visitor, { subject: '' })
  expect(answer.response.status).toBe(403)
  expect(answer.html).toContain('từ chối hoặc đã hủy')
  expect([...visitor.cookies.keys()].filter((name) => name.startsWith('lephi'))).toEqual([])
})

test('a session that was there before, planted or used, does not survive signing in', async () => {
  const victim = createVisitor(url)
  const attacker = createVisitor(url)
  await signIn(attacker, { subject: 'tuan' })
  const planted = attacker.cookies.get('lephi_console')
  if (!planted) throw new Error('no session')
  victim.cookies.set('lephi_console', planted)
  // The form to sign in again is only shown to people without a session, but nothing keeps one from posting it.
  const home = await signIn(victim, { subject: 'lan' })
  expect(home.html).toContain('<b>Nguyễn Thị Lan</b>')
  expect(victim.cookies.get('lephi_console')?.value).not.toBe(planted.value)
  expect((await attacker.open(`${url}/console`)).url).toContain('/console/sign-in')
  const told = await gateway.sql`
    select action from audit_log where actor = ${`${url}/demo-issuer#tuan`} order by at desc, id desc limit 1`
  expect(told).toEqual([{ action: 'session.ended' }])
})

test('signing out ends the session in every window and at the issuer', async () => {
  const visitor = createVisitor(url)
  const home = await signIn(visitor, { subject: 'hong' })
  const other = createVisitor(url)
  for (const [name, cookie] of visitor.cookies) other.cookies.set(name, cookie)
  const foreign = await visitor.ask(`${url}/console/sign-out`, {
    ...sameSitePost({ form_token: formToken(home.html) }),
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  const unsigned = await visitor.ask(`${url}/console/sign-out`, sameSitePost({ form_token: '' }))
  expect([foreign.status, unsigned.status]).toEqual([403, 403])
  expect((await other.open(`${url}/console`)).response.status).toBe(200)
  const out = await visitor.send(`${url}/console/sign-out`, { form_token: formToken(home.html) })
  expect(out.url).toBe(`${url}/console/signed-out`)
  expect(out.html).toContain('Đã đăng xuất')
  expect(visitor.cookies.has('lephi_console')).toBe(false)
  expect((await other.open(`${url}/console`)).url).toContain('/console/sign-in')
  // From there the browser is led on to the issuer, which asks once and sends back.
  const [, there = ''] = /^0;url=(.+)$/.exec(out.response.headers.get('refresh') ?? '') ?? []
  const asked = await visitor.open(there)
  expect(asked.html).toContain('Đăng xuất khỏi dịch vụ đăng nhập mô phỏng?')
  const [, action = ''] = /action="([^"]+)"/.exec(asked.html) ?? []
  const [, xsrf = ''] = /name="xsrf" value="([^"]+)"/.exec(asked.html) ?? []
  expect((await visitor.send(action, { xsrf, logout: 'yes' })).url).toBe(`${url}/console/sign-in`)
  expect(visitor.cookies.has('demo_issuer_session /demo-issuer')).toBe(false)
})

test('a session ends after half an hour without use, and after ten hours with it', async () => {
  const idle = createVisitor(url)
  await signIn(idle, { subject: 'lan' })
  const busy = createVisitor(url)
  await signIn(busy, { subject: 'bao' })
  const isIn = async (visitor: Visitor) => (await visitor.ask(`${url}/console`)).status === 200
  const began = gateway.clock.now()
  gateway.clock.advance(29 * 60)
  expect([await isIn(idle), await isIn(busy)]).toEqual([true, true])
  for (let hours = 0; hours < 19; hours += 1) {
    gateway.clock.advance(29 * 60)
    expect(await isIn(busy)).toBe(true)
  }
  gateway.clock.advance(30 * 60)
  expect([await isIn(idle), await isIn(busy)]).toEqual([false, false])
  gateway.clock.set(began)
})

test('leads nowhere but into the console', async () => {
  const visitor = createVisitor(url)
  for (const to of ['https://evil.example/', '//evil.example', '/\\evil.example', '/console/../pay/x', '/v1/orders']) {
    const page = await visitor.open(`${url}/console/sign-in?${new URLSearchParams({ to })}`)
    expect(page.html).toContain('<input type="hidden" name="to" value="/console"/>')
    expect((await signIn(visitor, { subject: 'lan' }, to)).url).toBe(`${url}/console`)
    visitor.cookies.clear()
  }
})

test('who comes by another name of the demo is led to the one that the issuer knows', async () => {
  const elsewhere = url.replace('127.0.0.1', 'localhost')
  const page = await createVisitor(elsewhere).open(`${elsewhere}/console`)
  expect(page.url).toBe(`${url}/console/sign-in?to=%2Fconsole&here=`)
  expect(page.response.status).toBe(200)
})

test('another site cannot make a visitor sign in', async () => {
  const visitor = createVisitor(url)
  const answer = await visitor.ask(`${url}/console/sign-in`, {
    ...sameSitePost({}),
    headers: { 'sec-fetch-site': 'cross-site' },
  })
  expect([answer.status, visitor.cookies.size]).toEqual([403, 0])
})

test('the demo’s issuer serves its own address only, its client only, and nobody without PKCE', async () => {
  const document = await fetch(`${url}/demo-issuer/.well-known/openid-configuration`, {
    headers: { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' },
  })
  expect(await document.json()).toMatchObject({
    issuer: `${url}/demo-issuer`,
    token_endpoint: `${url}/demo-issuer/token`,
    id_token_signing_alg_values_supported: ['ES256'],
  })
  const ask = (query: Record<string, string>) =>
    createVisitor(url).ask(`${url}/demo-issuer/auth?${new URLSearchParams(query)}`)
  const client = { client_id: 'lephi-console', response_type: 'code', scope: 'openid' }
  const back = `${url}/console/signed-in`
  const bare = await ask({ ...client, redirect_uri: back })
  expect(new URL(bare.headers.get('location') ?? '').searchParams.get('error')).toBe('invalid_request')
  expect((await ask({ ...client, redirect_uri: 'https://evil.example/' })).status).toBe(400)
  expect((await ask({ ...client, client_id: 'other', redirect_uri: back })).status).toBe(400)
  const page = await createVisitor(url).open(`${url}/demo-issuer/interaction/nothing-here`)
  expect([page.response.status, page.html.includes('Không thể đăng nhập')]).toEqual([400, true])
})

test('who came in and who left is on record for auditors', async () => {
  const before = (await gateway.sql`select id from audit_log`).map(({ id }) => String(id))
  const visitor = createVisitor(url)
  const home = await signIn(visitor, { subject: 'lan' })
  await visitor.send(`${url}/console/sign-out`, { form_token: formToken(home.html) })
  const rows = await gateway.sql`
    select action, agency_code, object from audit_log where actor = ${`${url}/demo-issuer#lan`} and not id = any(${before}) order by action`
  const agencyCode = demoPeople.find(({ subject }) => subject === 'lan')?.agency
  expect(rows).toEqual([
    { action: 'session.ended', agencyCode, object: null },
    { action: 'session.opened', agencyCode, object: null },
  ])
})

test('what is logged and counted names nobody and no secret', () => {
  const text = JSON.stringify(logged)
  expect(text).toContain('"problem":"denied"')
  expect(text).not.toMatch(/eyJ|code=|state=|client_secret|#lan|Nguyễn/)
  expect(gateway.deps.metrics.text()).toMatch(/lephi_sign_in_total\{result="signed_in"\} \d+/)
  expect(gateway.deps.metrics.text()).toContain('lephi_sign_in_total{result="denied"} 1')
})
