// Every provider's callback and return address, and everything that a stranger could send there: the provider's own refusal or 4xx, never 5xx, and nothing moves.
import { existsSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Attempt } from '../../src/domain/order-facts.ts'
import { registry } from '../../src/providers/registry.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { createClock } from '../kit/deps.ts'
import { type Garbage, shapedGarbage, strangersGarbage } from '../kit/garbage.ts'
import { addAttempt, placeTestOrder, seedMerchantAccount } from '../kit/orders.ts'
import { now } from '../providers/conformance/subject.ts'
import type { ProviderKit } from '../providers/kit.ts'

const kits: [string, ProviderKit][] = []
for (const name of Object.keys(registry)) {
  if (!existsSync(new URL(`../providers/${name}.kit.ts`, import.meta.url))) continue
  const { kit }: { kit: ProviderKit } = await import(`../providers/${name}.kit.ts`)
  kits.push([name, kit])
}

let gateway: TestApp
beforeAll(async () => {
  // The kits' clock, by which they sign.
  gateway = await startTestApp({ clock: createClock(now.toISOString()) })
})
afterAll(() => gateway.close())

/** Everything that money could have moved. */
const state = async () => {
  await gateway.deps.settled()
  const [row] = await gateway.sql`
    select (select jsonb_agg(to_jsonb(o) order by id) from orders o) as orders, (select jsonb_agg(to_jsonb(a) order by id) from attempts a) as attempts,
      (select count(*)::int from money_facts) as facts, (select count(*)::int from journal_entries) as entries,
      (select count(*)::int from discrepancies) as discrepancies, (select count(*)::int from quarantine) as quarantine,
      (select count(*)::int from refunds) as refunds, (select count(*)::int from events) as events,
      (select count(*)::int from callbacks where reading = 'genuine') as believed`
  return row
}

const send = async (path: string, { method, search, headers, body }: Garbage): Promise<number> => {
  const url = `http://gateway.test${path}${search ? `?${search}` : ''}`
  const stream = body instanceof ReadableStream ? { duplex: 'half' as const } : {}
  const request = new Request(url, {
    method,
    headers: headers ?? {},
    ...(body === undefined ? {} : { body }),
    ...stream,
  })
  const answer = await gateway.app.request(request)
  await answer.arrayBuffer()
  return answer.status
}

it('every provider has a kit', () => {
  expect(kits.map(([name]) => name)).toEqual(Object.keys(registry))
})

describe.each(kits)('%s', (name, kit) => {
  let account: string
  let attempt: Attempt
  beforeAll(async () => {
    account = await seedMerchantAccount(gateway.deps, gateway.sql, { provider: name, credentials: kit.account })
    const order = await placeTestOrder(gateway.deps)
    attempt = await addAttempt(gateway.deps, order, account, {
      provider: name,
      status: 'pending',
      ...(kit.reference ? { merchantReference: kit.reference(7) } : {}),
    })
  })

  const expectNothing = async (path: string, all: readonly Garbage[]) => {
    const before = await state()
    const wrong: string[] = []
    for (const garbage of all) {
      const status = await send(path, garbage)
      const isRefused = ['GET', 'POST'].includes(garbage.method) ? status < 500 : status >= 400 && status < 500
      if (!isRefused) wrong.push(`${garbage.name}: ${status}`)
    }
    expect(wrong).toEqual([])
    expect(await state()).toEqual(before)
  }
  const spec = () => ({
    says: 'captured' as const,
    merchantReference: attempt.merchantReference,
    amount: attempt.amount,
    occurredAt: gateway.deps.now(),
    providerReference: '14226112',
  })

  it('takes no garbage for a callback', () => expectNothing(`/callbacks/${name}/${account}`, strangersGarbage()))
  it('takes no garbage for a return', () => expectNothing(`/returns/${name}/${account}`, strangersGarbage()))
  it('takes no callback of the right shape for a genuine one', () =>
    expectNothing(`/callbacks/${name}/${account}`, shapedGarbage(kit, kit.callback, spec())))
  it('takes no return of the right shape for news', () =>
    expectNothing(`/returns/${name}/${account}`, shapedGarbage(kit, kit.returning ?? kit.callback, spec())))
  it('is believed at that same address once it is signed by its provider', async () => {
    const before = (await state())?.believed
    const { method, search, headers, body } = kit.callback.send(
      kit.callback.sign(kit.callback.fields(spec()), kit.account),
    )
    const sent = { name: 'genuine', method, search, headers: Object.fromEntries(headers) }
    await send(`/callbacks/${name}/${account}`, method === 'GET' ? sent : { ...sent, body: new Uint8Array(body) })
    expect((await state())?.believed).toBe(before + 1)
  })
  it('answers at addresses that name nothing', async () => {
    for (const path of [`/callbacks/${name}/mac_01kb1m5x2fefarv7w2m3k1q0ab`, `/callbacks/${name}/${'x'.repeat(60)}`])
      await expectNothing(path, [
        ...strangersGarbage().slice(0, 12),
        ...shapedGarbage(kit, kit.callback, spec()).slice(0, 12),
      ])
  })
})

describe('over a socket', () => {
  let server: Server
  beforeAll(async () => {
    server = createServer(getRequestListener(gateway.app.fetch))
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  })
  afterAll(() => new Promise((done) => server.close(done)))

  /** What the server answers to these bytes: its first line; empty where it hung up. */
  const speak = (bytes: string): Promise<string> =>
    new Promise((done, fail) => {
      const { port } = server.address() as AddressInfo
      let heard = ''
      const socket = connect(port, '127.0.0.1', () => socket.end(bytes))
      socket.setEncoding('latin1')
      socket.on('data', (piece) => {
        heard += String(piece)
      })
      socket.on('close', () => done(heard.split('\r\n')[0] ?? ''))
      socket.on('error', (error) => ('code' in error && error.code === 'ECONNRESET' ? done('') : fail(error)))
    })
  const head = (path: string, ...lines: string[]) => [`POST ${path} HTTP/1.1`, 'host: x', ...lines, '', ''].join('\r\n')
  const chunked = 'transfer-encoding: chunked'

  it.each<[string, (path: string) => string]>([
    ['huge headers', (path) => head(path, `x-signature: ${'s'.repeat(100_000)}`)],
    ['a chunk of no size', (path) => `${head(path, chunked)}zz\r\nabc\r\n0\r\n\r\n`],
    ['a chunk that ends early', (path) => `${head(path, chunked)}ff\r\nabc`],
    ['a chunk of endless size', (path) => `${head(path, chunked)}ffffffffffffffff\r\nabc`],
    ['chunks and a length', (path) => `${head(path, chunked, 'content-length: 5')}0\r\n\r\n`],
    ['a body shorter than its length', (path) => `${head(path, 'content-length: 100')}{"a":1}`],
    [
      'chunks of more than is taken',
      (path) => `${head(path, chunked)}${`1000\r\n${'x'.repeat(4_096)}\r\n`.repeat(20)}0\r\n\r\n`,
    ],
    ['a header with nul', (path) => head(path, 'x-signature: a\0b', 'content-length: 0')],
    ['no protocol at all', () => '\0\0\0\xff\xfe GET GET GET\r\n\r\n'],
  ])('%s are refused, and nothing moves', async (_, bytes) => {
    const before = await state()
    for (const [name] of kits) {
      const answered = await speak(bytes(`/callbacks/${name}/mac_01kb1m5x2fefarv7w2m3k1q0ab`))
      expect(answered, name).not.toMatch(/^HTTP\/1\.1 5/)
    }
    expect(await state()).toEqual(before)
    expect(await speak(`${head('/healthz', 'connection: close').replace('POST', 'GET')}`)).toMatch(/ 200 /)
  })
})
