// The proxy that is deployed, when more is asked than can be done: programs are refused in the gateway's own words, and who pays passes them.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { refuseAtOnce } from '../../src/api/admit.ts'
import { admitBy, placesFor, type Urgency, urgencyOf } from '../../src/api/urgency.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { publicUrl, readFigures, type Said, useFront } from '../kit/front.ts'
import { selfSigned } from '../kit/self-signed.ts'

const soon = { timeout: 30_000, interval: 50 }
const under = useFront()
let gateway: TestApp
beforeAll(async () => {
  gateway = await startTestApp({ publicUrl })
})
afterAll(() => gateway.close())

/** For each process (haproxy.cfg). */
const placesOfPrograms = 40
const queueOfPrograms = 100

describe('who is led where', () => {
  const backends: Record<Urgency, string> = {
    ...{ callback: 'callbacks', checkout: 'citizens', api: 'programs', bulk: 'long', upload: 'long' },
  }
  const backendOf = (method: string, path: string): string => {
    const urgency = urgencyOf(method, path)
    if (urgency) return backends[urgency]
    return path.endsWith('/events') ? 'streams' : 'citizens'
  }

  /** It counts a request when it is over, which can be after its answer has come. */
  const isLedTo = async (backend: string, path: string, method = 'GET'): Promise<boolean> => {
    const { ask, figure } = under()
    const name = `haproxy_backend_http_requests_total{proxy="${backend}"}`
    const before = await figure(name)
    await ask(path, { method })
    for (let look = 0; look < 50; look += 1) if ((await figure(name)) > before) return true
    return false
  }

  it('is the same as how urgent the gateway holds it, for each of its routes', async () => {
    const routes = gateway.app.routes.filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
    const paths = routes
      .map(({ path }) => path.replaceAll(/:\w+(\{[^}]*\})?\??/g, 'x'))
      .filter((path) => path !== '/metrics')
    const roots = paths.map((path) => `/${path.split('/')[1]}`)
    const wrong: string[] = []
    const seen = new Set<string>()
    for (const path of new Set([...paths, ...roots])) {
      const method = routes.some((route) => route.method === 'GET' && route.path === path) ? 'GET' : 'POST'
      const backend = backendOf(method, path)
      if (!(await isLedTo(backend, path, method))) wrong.push(`${path} is not led to ${backend}`)
      seen.add(backend)
    }
    expect(wrong).toEqual([])
    expect([...seen].sort()).toEqual(['callbacks', 'citizens', 'long', 'programs', 'streams'])
  })

  it.each([
    ['/%761/orders', 'programs'],
    ['/v1/%73tatements', 'long'],
    ['/pay/x%2Fevents', 'citizens'],
    ['/v1x/orders', 'citizens'],
  ])('is not to be had otherwise by another spelling: %s', async (path, backend) => {
    expect(await isLedTo(backend, path)).toBe(true)
  })
})

describe('when programs have all places and all of their queue', () => {
  const full = 2 * placesOfPrograms + queueOfPrograms
  const programs = () => Array.from({ length: full }, () => under().ask('/v1/orders', { method: 'POST', body: '{}' }))

  /** What is asked while it is so; then everything that had come before is served. */
  const whileFull = async (work: () => Promise<void>) => {
    const { one, two, figure } = under()
    for (const process of [one, two]) process.does = (path) => (path.startsWith('/v1') ? 'hold' : 'answer')
    const asked = programs()
    await expect.poll(() => figure('haproxy_backend_current_queue{proxy="programs"}'), soon).toBe(queueOfPrograms)
    await expect.poll(() => [one.held(), two.held()], soon).toEqual([placesOfPrograms, placesOfPrograms])
    await work().finally(() => {
      for (const process of [one, two]) {
        process.does = () => 'answer'
        process.release()
      }
    })
    expect((await Promise.all(asked)).filter(({ status }) => status !== 200)).toEqual([])
  }

  const comparable = ({ status, headers, body }: Said) => {
    const { 'retry-after': after, 'x-request-id': id, 'content-length': _, date: __, ...rest } = headers
    const { request_id: told, ...members } = JSON.parse(body) as Record<string, unknown>
    expect([told, Number(after) >= 1, Number(after) <= 4]).toEqual([id, true, true])
    return { status, headers: rest, members }
  }

  it('the refusal is the one that the gateway makes, word by word', async () => {
    const { ask, received } = under()
    const admission = { ...admitBy(placesFor(10)), isFull: () => true }
    const refuse = refuseAtOnce(gateway.deps, admission)
    const languages = [
      undefined,
      'vi',
      'vi-VN,vi;q=0.9,en;q=0.8',
      'en',
      'en;q=0.5, vi',
      'vi;q=0.2,en',
      'fr',
      'fr, vi;q=0.1',
      '*',
    ]
    await whileFull(async () => {
      for (const language of languages) {
        const said = await ask('/v1/orders', { headers: language ? { 'accept-language': language } : {} })
        const own = refuse({ method: 'GET', path: '/v1/orders', acceptLanguage: language })
        if (!own) throw new Error('the gateway refuses nothing')
        const pairs = own.headers.flatMap((name, n) => (n % 2 === 0 ? [[name, own.headers[n + 1] ?? '']] : []))
        const headers = Object.fromEntries(pairs) as Record<string, string>
        expect(comparable(said), language).toEqual(comparable({ ...own, headers }))
      }
    })
    expect(received()).toHaveLength(full)
  })

  it('a sane id is taken over, and a hostile one is not', async () => {
    const { ask } = under()
    const idOf = async (given: string) => {
      const { headers, body } = await ask('/v1/orders', { headers: { 'x-request-id': given } })
      expect((JSON.parse(body) as { request_id: string }).request_id).toBe(headers['x-request-id'])
      return headers['x-request-id']
    }
    await whileFull(async () => {
      for (const sane of ['a', 'req_1-2.3', 'z'.repeat(100)]) expect(await idOf(sane)).toBe(sane)
      for (const hostile of ['"', 'a","code":"x', 'a\\', 'a b', 'a,b', '%[env(PATH)]', 'z'.repeat(101), 'ạ', '<b>'])
        expect(await idOf(Buffer.from(hostile).toString('latin1')), hostile).toMatch(/^req_[0-9a-f-]{36}$/)
    })
  })

  it('a callback, a page of the checkout, what is read at length and a stream are served', async () => {
    const { ask, figure } = under()
    const refused = 'haproxy_backend_http_responses_total{proxy="programs",code="5xx"}'
    const before = await figure(refused)
    await whileFull(async () => {
      expect((await ask('/v1/orders')).status).toBe(503)
      for (const path of ['/callbacks/vnpay/mca_1', '/pay/x', '/console/refunds'])
        expect((await ask(path, { method: 'POST', body: 'a=1' })).status, path).toBe(200)
      await expect.poll(() => figure(refused), soon).toBe(before + 1)
    })
  })

  it('what is told to come again is served as soon as there is room', async () => {
    await whileFull(async () => expect((await under().ask('/oauth/token')).status).toBe(503))
    expect((await under().ask('/oauth/token')).status).toBe(200)
  })
})

describe('no place is had by', () => {
  const open = async (text: string) => {
    const socket = connect({ port: under().front.ports.public, host: '127.0.0.1', ca: selfSigned.cert })
    await once(socket, 'secureConnect')
    socket.write(text)
    return socket
  }
  const head = (method: string, path: string, bytes: number) =>
    `${method} ${path} HTTP/1.1\r\nhost: fees.example.vn\r\ncontent-length: ${bytes}\r\n\r\n`

  it.each([
    ['/v1/orders', 2 * placesOfPrograms],
    ['/callbacks/vnpay/mca_1', 200],
  ])('bodies that come slowly, as large as a callback may be: %s', async (path, places) => {
    const { ask, received, figure } = under()
    const before = await figure('haproxy_frontend_http_requests_total{proxy="public"}')
    const half = head('POST', path, 64 * 1024) + 'a'.repeat(63 * 1024)
    const sockets = await Promise.all(Array.from({ length: places }, () => open(half)))
    const came = async () => (await figure('haproxy_frontend_http_requests_total{proxy="public"}')) - before
    await expect.poll(came, soon).toBe(places)
    expect((await ask(path, { method: 'POST', body: '{}' })).status).toBe(200)
    expect(received()).toMatchObject([{ body: '{}' }])
    for (const socket of sockets) socket.destroy()
  })

  it('streams of news, which are open for long', async () => {
    const { ask, received, one, two } = under()
    for (const process of [one, two]) process.does = (path) => (path.endsWith('/events') ? 'hold' : 'answer')
    const sockets = await Promise.all(Array.from({ length: 130 }, () => open(head('GET', '/pay/x/events', 0))))
    await expect.poll(() => received().length, soon).toBe(130)
    expect((await ask('/pay/x')).status).toBe(200)
    for (const socket of sockets) socket.destroy()
  })
})

it('tells every figure that is asked of it', async () => {
  const { front, ask } = under()
  await ask('/v1/orders')
  const rules = parse(readFileSync(join(packageRoot(), 'deploy', 'prometheus', 'slo.yml'), 'utf8')) as object
  const named = [...new Set(JSON.stringify(rules).match(/\bhaproxy_\w+\{[^}]*\}/g) ?? [])]
  expect(named.length).toBeGreaterThan(1)
  const figures = await readFigures(front)
  for (const name of named) expect(figures).toContain(name.slice(0, name.indexOf('{')))
})
