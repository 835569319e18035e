// What every answer of a gateway behind https says to browsers, whatever it is: page, JSON, picture, file, refusal, or nothing at this address.
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen } from '../../src/node/http-server.ts'
import { consoleScript } from '../../src/pages/console/script.ts'
import { consoleStyle } from '../../src/pages/console/style.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { type Person, signIn } from '../kit/console.ts'

const publicUrl = 'https://fees.example.vn'

let gateway: TestApp
let token: string
let person: Person
beforeAll(async () => {
  gateway = await startTestApp({ mode: 'production', publicUrl, config: { metricsToken: 'a-token-of-some-length' } })
  token = await gateway.token()
  person = await signIn(gateway, 'operator')
})
afterAll(() => gateway.close())

type Asked = { method?: string; path: string; status: number; init?: RequestInit & { token?: string } }

const asked: readonly Asked[] = [
  { path: '/', status: 200 },
  { path: '/verify', status: 200 },
  { path: '/where', status: 200 },
  { path: '/docs', status: 200 },
  { path: '/openapi.yaml', status: 200 },
  { path: '/healthz', status: 200 },
  { path: '/readyz', status: 200 },
  { path: '/.well-known/jwks.json', status: 200 },
  { path: '/favicon.ico', status: 200 },
  { path: consoleStyle.path, status: 200 },
  { path: consoleScript.path, status: 200 },
  { path: '/assets/none.js', status: 404 },
  { path: '/console/sign-in', status: 200 },
  { path: '/console', status: 303 },
  { path: '/nowhere', status: 404 },
  { path: '/metrics', status: 404 },
  { path: '/v1/orders', status: 401 },
  { path: '/pay/none', status: 404, init: { headers: { accept: 'text/html' } } },
  { path: '/v1/orders/ord_none', status: 404, init: { token: 'own' } },
  { path: '/v1/agencies', status: 200, init: { token: 'own' } },
  { path: '/oauth/token', status: 405 },
  { method: 'POST', path: '/oauth/token', status: 400, init: { body: 'a', headers: { 'content-type': 'text/xml' } } },
  { method: 'DELETE', path: '/v1/orders', status: 405 },
  { method: 'OPTIONS', path: '/v1/orders', status: 405, init: { headers: { origin: 'https://evil.example' } } },
  { path: '/callbacks/none/none', status: 404 },
  { path: '/returns/none/none', status: 303 },
]

const ask = ({ method = 'GET', path, init = {} }: Asked): Promise<Response> =>
  gateway.request(path, { ...init, method, ...(init.token ? { token } : {}) })

describe('every answer', () => {
  it.for(asked.map((one) => [`${one.method ?? 'GET'} ${one.path} ${one.status}`, one] as const))(
    'says to browsers what they must not do: %s',
    async ([, one]) => {
      const { status, headers } = await ask(one)
      expect(status).toBe(one.status)
      expect(headers.get('strict-transport-security')).toBe('max-age=31536000; includeSubDomains')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
      expect(headers.get('referrer-policy')).toMatch(/^(no-referrer|same-origin)$/)
      const policy = headers.get('content-security-policy') ?? ''
      expect(policy).toMatch(/^default-src 'none';/)
      expect(policy).toContain("base-uri 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/object-src|script-src[^;]*(unsafe|\*|data:)/)
      // No page of another origin reads anything of ours.
      expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
      expect(headers.get('server') ?? headers.get('x-powered-by')).toBeNull()
    },
  )

  it.for(asked.map((one) => [`${one.method ?? 'GET'} ${one.path}`, one] as const))(
    'says what it is, and in which letters where it is text: %s',
    async ([, one]) => {
      const answer = await ask(one)
      const body = await answer.text()
      const type = answer.headers.get('content-type') ?? ''
      expect(body === '' || type !== '').toBe(true)
      if (/^text\/|\+xml\b|\/xml\b/.test(type)) expect(type.toLowerCase()).toContain('charset=utf-8')
      // RFC 8259, section 8.1: JSON is UTF-8 and has no such parameter.
      if (type.startsWith('application/json') || type.startsWith('application/problem+json')) JSON.parse(body)
    },
  )

  it('is kept by nobody unless it is the same for everybody', async () => {
    const forAll = [
      '/docs',
      '/openapi.yaml',
      '/.well-known/jwks.json',
      '/favicon.ico',
      consoleStyle.path,
      consoleScript.path,
    ]
    for (const one of asked) {
      const said = (await ask(one)).headers.get('cache-control') ?? ''
      if (forAll.includes(one.path)) expect(said, one.path).toMatch(/^public, max-age=\d+/)
      else expect(said, one.path).toContain('no-store')
    }
  })
})

describe('a server', () => {
  // No client of the platform sends TRACE, so it is written by hand.
  it('repeats no request to who sends TRACE, and names neither itself nor what it is made of', async () => {
    const server = await listen({ host: '127.0.0.1', port: 0 })
    server.answer((request, env) => gateway.app.fetch(request, env as Record<string, unknown>))
    for (const path of ['/v1/orders', '/nowhere', '/console']) {
      const answer = await say(
        server.port,
        `TRACE ${path} HTTP/1.1\r\nHost: fees.example.vn\r\nX-Secret: seen-only-here\r\nConnection: close\r\n\r\n`,
      )
      expect(answer, path).toMatch(/^HTTP\/1\.1 40[45] /)
      expect(answer).not.toContain('seen-only-here')
      expect(answer).not.toMatch(/^(server|x-powered-by):/im)
      expect(answer).toMatch(/^strict-transport-security: max-age=31536000; includeSubDomains\r$/im)
    }
    await server.close(100)
  })

  it('takes no request whose end could be read in two ways', async () => {
    const server = await listen({ host: '127.0.0.1', port: 0 })
    let reached = 0
    server.answer((request, env) => {
      reached += 1
      return gateway.app.fetch(request, env as Record<string, unknown>)
    })
    const start = 'POST /oauth/token HTTP/1.1\r\nHost: fees.example.vn\r\n'
    const hidden = 'GET /healthz HTTP/1.1\r\nHost: fees.example.vn\r\n\r\n'
    for (const ambiguous of [
      `${start}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${hidden}`,
      `${start}Content-Length: 0\r\nContent-Length: ${hidden.length}\r\n\r\n${hidden}`,
      `${start}Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${hidden}`,
      `${start}Content-Length : 5\r\n\r\n${hidden}`,
      `${start}X-Folded: a\r\n b: c\r\nContent-Length: +5\r\n\r\n${hidden}`,
    ]) {
      expect(await say(server.port, ambiguous)).toMatch(/^HTTP\/1\.1 400 /)
    }
    expect(reached).toBe(0)
    await server.close(100)
  })
})

/** What a server answers to these bytes until it closes the connection. */
const say = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect({ host: '127.0.0.1', port }, () => socket.write(bytes))
    socket.setEncoding('latin1')
    socket.on('data', (part) => {
      heard += part
    })
    socket.on('close', () => resolve(heard))
    socket.on('error', reject)
  })

describe('the console', () => {
  it('keeps its cookies for this host alone, and out of the reach of scripts', async () => {
    const [cookie = '', ...others] = (await person.open('?lang=en')).response.headers.getSetCookie()
    expect(others).toEqual([])
    expect(cookie).toMatch(/^__Host-lephi_lang=en; Max-Age=\d+; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
  })

  it('has the browser forget what it kept when a person signs out', async () => {
    const leaving = await signIn(gateway, 'auditor')
    const { response } = await leaving.send('/sign-out', {})
    expect(response.headers.get('clear-site-data')).toBe('"cache", "storage"')
    expect(response.headers.getSetCookie().join()).toMatch(/^__Host-lephi_console=;.*Max-Age=0/)
  })
})
