// The proxy that is deployed, as strangers and the gateway's processes meet it: TLS, who is led where, and what becomes of a request when a process is lost.
import { once } from 'node:events'
import { connect } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { problems } from '../../src/api/problem.ts'
import { freePort } from '../../src/node/postgres-server.ts'
import { newAgent, publicUrl, useFront } from '../kit/front.ts'
import { startFront } from '../kit/haproxy.ts'
import { serveNames } from '../kit/names.ts'
import { selfSigned } from '../kit/self-signed.ts'
import { startStubGateway } from '../kit/stub-gateway.ts'

const soon = { timeout: 30_000, interval: 50 }
const under = useFront()
const post = (headers: Record<string, string> = {}) => ({ method: 'POST' as const, headers, body: '{"a":1}' })

describe('a stranger', () => {
  it('is brought TLS of today, and led to it from plain HTTP with what he asked for', async () => {
    const { front, ask, received } = under()
    expect(await ask('/pay/x?lang=vi')).toMatchObject({ status: 200, body: 'served' })
    expect(received()).toMatchObject([{ method: 'GET', path: '/pay/x?lang=vi' }])
    const socket = connect({
      port: front.ports.public,
      host: '127.0.0.1',
      ca: selfSigned.cert,
      ALPNProtocols: ['h2', 'http/1.1'],
    })
    await once(socket, 'secureConnect')
    expect([socket.getProtocol(), socket.alpnProtocol]).toEqual(['TLSv1.3', 'http/1.1'])
    socket.destroy()
    const plain = await fetch(`http://127.0.0.1:${front.ports.plain}/pay/x?lang=vi`, { redirect: 'manual' })
    expect([plain.status, plain.headers.get('location')]).toEqual([308, `${publicUrl}/pay/x?lang=vi`])
    expect(received()).toHaveLength(1)
  })

  it('is known by his own address, whichever he says that he has', async () => {
    const { ask, received } = under()
    await ask('/v1/orders', { headers: { 'x-forwarded-for': '203.0.113.9, 203.0.113.10' } })
    await ask('/callbacks/vnpay/mca_1', post({ 'x-forwarded-for': '' }))
    for (const { headers } of received())
      expect(String(headers['x-forwarded-for']).split(',').at(-1)?.trim()).toBe('127.0.0.1')
    expect(String(received()[0]?.headers['x-forwarded-for'])).toContain('203.0.113.9')
  })

  it.each(['/metrics', '/metrics?a', '/%6detrics', '/metric%73'])('finds no figures at %s', async (path) => {
    const { ask, received } = under()
    expect(await ask(path)).toMatchObject({ status: 404, body: '' })
    expect(received()).toEqual([])
  })
})

/** Clients of the usual kind write such a path anew before they send it. */
const sayRaw = async (head: string): Promise<string> => {
  const socket = connect({ port: under().front.ports.public, host: '127.0.0.1', ca: selfSigned.cert })
  let said = ''
  socket.on('data', (bytes: Buffer) => {
    said += String(bytes)
  })
  socket.write(head)
  await once(socket, 'close')
  return said
}

describe('a path that the gateway would read as another one is refused', () => {
  it.each([
    '/x/../metrics',
    '/x/%2e%2E/metrics',
    '/./metrics',
    '/metrics#x',
    'http://fees.example.vn/x/../metrics',
    '/callbacks/../v1/orders',
    '/pay/x/..',
  ])('%s', async (path) => {
    const said = await sayRaw(`GET ${path} HTTP/1.1\r\nhost: fees.example.vn\r\nconnection: close\r\n\r\n`)
    expect(said).toMatch(/^HTTP\/1\.[01] 400 /)
    expect(under().received()).toEqual([])
  })

  it('but not one that only looks like it', async () => {
    for (const path of ['/verify/a..b', '/pay/..x', '/.well-known/jwks.json', '/pay/x?to=/../%23'])
      expect((await under().ask(path)).status, path).toBe(200)
  })
})

describe('a process', () => {
  it('that is not ready is sent nothing, and everything goes on at the other', async () => {
    const { ask, one, two, counts, front } = under()
    one.isReady = false
    await counts(1)
    for (let n = 0; n < 20; n += 1) expect((await ask(n % 2 ? '/pay/x' : '/v1/orders')).status).toBe(200)
    expect([one.received.length, two.received.length]).toEqual([0, 20])
    expect((await fetch(`http://127.0.0.1:${front.ports.figures}/readyz`)).status).toBe(200)
  })

  it('that is busy, and says after a second and a half that it is ready, is counted on', async () => {
    const { one, two, counts, figure } = under()
    const failed = await figure('haproxy_server_check_failures_total{proxy="programs",server="one"}')
    for (const process of [one, two]) process.saysReadyAfterMs = 1_500
    // Two answers that came too late would have taken it out.
    await expect.poll(() => Math.min(one.timesAsked, two.timesAsked), soon).toBeGreaterThan(3)
    await counts(2)
    expect(await figure('haproxy_server_check_failures_total{proxy="programs",server="one"}')).toBe(failed)
  })

  it('that does not listen any more costs nobody an answer, also before that is noticed', async () => {
    const { ask, one, two, figure } = under()
    // Connections that are kept are there when it dies.
    await Promise.all(Array.from({ length: 8 }, () => ask('/v1/orders', post())))
    await one.die()
    two.received.length = 0
    const paths = ['/v1/orders', '/callbacks/vnpay/mca_1', '/pay/x', '/v1/reports/day', '/pay/x/events']
    const posts = paths.slice(0, 4).flatMap((path) => [path, path, path])
    const answers = await Promise.all(posts.map((path) => ask(path, post())))
    expect(answers.map(({ status }) => status)).toEqual(posts.map(() => 200))
    expect(two.received.map(({ method, path, body }) => `${method} ${path} ${body}`).sort()).toEqual(
      posts.map((path) => `POST ${path} {"a":1}`).sort(),
    )
    // Some of them had been meant for the other.
    const tried = ['programs', 'callbacks', 'citizens', 'long'].map((name) =>
      figure(`haproxy_backend_redispatch_warnings_total{proxy="${name}"}`),
    )
    expect((await Promise.all(tried)).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  })

  describe('that breaks off is not asked the same twice, nor is the other', () => {
    const paths = ['/v1/orders', '/callbacks/vnpay/mca_1', '/v1/statements']

    it.each(paths)('and who asked is told that he may ask again: POST %s', async (path) => {
      const { ask, one, two, received } = under()
      // The proxy has kept connections to both.
      await Promise.all(Array.from({ length: 4 }, () => ask(path, post())))
      for (const process of [one, two]) Object.assign(process, { received: [], does: () => 'breakOff' })
      const over = newAgent()
      const headers = { 'accept-language': 'vi', 'x-request-id': 'mine-1' }
      const said = await ask(path, { ...post(headers), over }).finally(() => over.destroy())
      expect(received()).toMatchObject([{ method: 'POST', path, body: '{"a":1}' }])
      expect(said).toMatchObject({ status: 502, headers: { 'retry-after': '2' } })
      const { titleVi: title } = problems.service_unavailable
      const type = `${publicUrl}/docs#service_unavailable`
      const problem = { type, code: 'service_unavailable', title, status: 502, request_id: 'mine-1' }
      expect(JSON.parse(said.body)).toEqual(problem)
    })

    it.each(paths)('and a connection that had served before ends, without a word: POST %s', async (path) => {
      const { front, one, two, received } = under()
      const socket = connect({ port: front.ports.public, host: '127.0.0.1', ca: selfSigned.cert })
      const text = `POST ${path} HTTP/1.1\r\nhost: fees.example.vn\r\ncontent-length: 7\r\n\r\n{"a":1}`
      socket.write(text)
      const [first] = (await once(socket, 'data')) as [Buffer]
      expect(String(first)).toMatch(/^HTTP\/1\.1 200 /)
      for (const process of [one, two]) Object.assign(process, { received: [], does: () => 'breakOff' })
      const said: Buffer[] = []
      socket.on('data', (bytes: Buffer) => void said.push(bytes))
      socket.write(text)
      await once(socket, 'close')
      expect(said).toEqual([])
      expect(received()).toMatchObject([{ method: 'POST', path, body: '{"a":1}' }])
    })
  })

  it('that comes again under another address is found there by its name', async () => {
    const first = await startStubGateway()
    const second = await startStubGateway({ host: '127.0.0.2', port: first.port })
    const names = await serveNames('127.0.0.1')
    const gateways = [`gateway-one:${first.port}`, `127.0.0.1:${await freePort()}`] as const
    const front = await startFront({ gateways, publicUrl, certificate: null, namesAt: names.port })
    const ask = async () => (await fetch(`http://127.0.0.1:${front.ports.public}/v1/orders`)).status
    try {
      await expect.poll(ask, soon).toBe(200)
      expect(second.received).toEqual([])
      await first.die()
      names.address = '127.0.0.2'
      await expect.poll(ask, soon).toBe(200)
      expect(second.received).toHaveLength(1)
    } finally {
      await front.stop()
      names.close()
      await first.die()
      await second.die()
    }
  })
})

describe('when no process is ready', () => {
  it('programs are told so by a problem, citizens by a page, and both when to come again', async () => {
    const { ask, one, two, counts, received, front } = under()
    one.isReady = false
    two.isReady = false
    await counts(0)
    for (const [language, title] of [
      ['vi-VN,vi;q=0.9,en;q=0.8', problems.service_unavailable.titleVi],
      ['en', problems.service_unavailable.title],
    ] as const) {
      const headers = { 'accept-language': language, 'x-request-id': 'mine-2' }
      for (const path of ['/v1/orders', '/oauth/token', '/callbacks/vnpay/mca_1', '/v1/ledger']) {
        const said = await ask(path, post(headers))
        expect(said).toMatchObject({ status: 503, headers: { 'retry-after': '2', 'x-request-id': 'mine-2' } })
        expect(said.headers['content-type']).toBe('application/problem+json')
        expect(said.headers['content-language']).toBe(language.slice(0, 2))
        const type = `${publicUrl}/docs#service_unavailable`
        expect(JSON.parse(said.body)).toEqual({
          ...{ type, code: 'service_unavailable', title, status: 503, request_id: 'mine-2' },
        })
      }
    }
    const page = await ask('/pay/x')
    expect(page).toMatchObject({ status: 503, headers: { 'retry-after': '2', 'cache-control': 'no-store' } })
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).toMatch(/^<!doctype html><html lang="vi">.*xin đừng thanh toán lại.*<p lang="en">.*<\/html>$/)
    expect(received()).toEqual([])
    expect((await fetch(`http://127.0.0.1:${front.ports.figures}/readyz`)).status).toBe(503)
  })
})
