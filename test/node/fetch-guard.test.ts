// Outgoing calls against whoever is called: names that resolve elsewhere, answers without end, connections that are not what they were.
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { isPrivateAddressError } from '../../src/domain/private-address.ts'
import { readLimited } from '../../src/lib/body.ts'
import { type OutgoingHttp, type OutgoingOptions, openOutgoingHttp } from '../../src/node/fetch-port.ts'
import { callProvider } from '../../src/providers/call.ts'
import { selfSigned } from '../kit/self-signed.ts'

const opened: { https: OutgoingHttp[]; servers: Server[] } = { https: [], servers: [] }
afterEach(async () => {
  await Promise.all(opened.https.splice(0).map((http) => http.destroy()))
  for (const server of opened.servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const open = (options: OutgoingOptions = {}): OutgoingHttp => {
  const http = openOutgoingHttp(options)
  opened.https.push(http)
  return http
}

/** A server on loopback, how often it was connected to, and the hosts that were asked for. */
const serve = async (answer: RequestListener, server: Server = createServer(answer)) => {
  const seen = { port: 0, connections: 0, hosts: [] as (string | undefined)[] }
  server.on('connection', () => {
    seen.connections += 1
  })
  server.on('request', ({ headers }) => seen.hosts.push(headers.host))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  opened.servers.push(server)
  const address = server.address()
  seen.port = typeof address === 'object' ? (address?.port ?? 0) : 0
  return seen
}

const fine: RequestListener = (_request, response) => response.end('vâng')
const failureOf = (call: Promise<unknown>) => call.then(() => null).catch((error: unknown) => error)
const at = (...addresses: string[]) => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))

describe('a name', () => {
  test.for([
    [['127.0.0.1']],
    [['93.184.216.34', '127.0.0.1']],
    [['127.0.0.1', '93.184.216.34']],
    [['2606:4700::1111', '::1']],
    [['::ffff:127.0.0.1']],
    [['64:ff9b::7f00:1']],
    [['fe80::1%lo']],
    [['169.254.169.254']],
    [['fd00:ec2::254']],
  ])('that resolves to %j is not connected to', async ([addresses = []]) => {
    const server = await serve(fine)
    const http = open({ resolve: (_name, done) => done(null, at(...addresses)) })
    const error = await failureOf(http.fetchPublic(`http://portal.example.vn:${server.port}/`, {}))
    expect([isPrivateAddressError(error), server.connections]).toEqual([true, 0])
  })

  test('that changes its address between the look and the connection is connected to where it was looked at', async () => {
    const server = await serve(fine)
    const answers = [at('127.0.0.2'), at('127.0.0.1')]
    let asked = 0
    const http = open({
      privateHosts: ['portal.example.vn'],
      resolve: (_name, done) => done(null, answers[asked++] ?? at('127.0.0.1')),
    })
    // Nobody listens at the first address; whoever resolved again would reach the second one.
    const error = await failureOf(http.fetchPublic(`http://portal.example.vn:${server.port}/`, {}))
    expect(error).toBeInstanceOf(TypeError)
    expect([asked, server.connections]).toEqual([1, 0])
  })

  test('of a private network is called where the operator let it in, and its neighbours are not', async () => {
    const server = await serve(fine)
    const http = open({
      privateHosts: ['*.bank.vn', '127.0.0.1'],
      resolve: (_name, done) => done(null, at('127.0.0.1')),
    })
    const get = (host: string) => http.fetchPublic(`http://${host}:${server.port}/`, {})
    for (const host of ['pay.bank.vn', 'PAY.bank.vn.', '127.0.0.1']) expect((await get(host)).status).toBe(200)
    for (const host of ['bank.vn', 'paybank.vn', 'pay.bank.vn.evil.vn', '127.0.0.2'])
      expect([host, isPrivateAddressError(await failureOf(get(host)))]).toEqual([host, true])
  })

  test('shares no connection with another one at the same address', async () => {
    const server = await serve(fine)
    const http = open({ privateHosts: ['*.bank.vn'], resolve: (_name, done) => done(null, at('127.0.0.1')) })
    for (const host of ['a.bank.vn', 'b.bank.vn', 'a.bank.vn'])
      await (await http.fetchPublic(`http://${host}:${server.port}/`, {})).text()
    expect(server.connections).toBe(2)
    expect(server.hosts.map((host) => host?.split(':')[0])).toEqual(['a.bank.vn', 'b.bank.vn', 'a.bank.vn'])
  })

  test('that was refused was sent nothing, so that the call may be made again', async () => {
    const http = open({ resolve: (_name, done) => done(null, at('10.0.0.1')) })
    for (const url of ['https://portal.example.vn/', 'https://10.0.0.1/'])
      await expect(callProvider(http.fetchPublic, url)).rejects.toMatchObject({ kind: 'unreachable' })
  })
})

test.for([
  'http://127.0.0.1/',
  'http://0x7f.1/',
  'http://①②⑦.0.0.1/',
  'http://[::ffff:7f00:1]/',
  'http://[2001:470::5efe:7f00:1]/',
])('a number is refused in every spelling: %s', async (url) =>
  expect(isPrivateAddressError(await failureOf(open().fetchPublic(url, {})))).toBe(true),
)

describe('an answer', () => {
  const endless: RequestListener = (_request, response) => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    const write = () => {
      while (!response.destroyed && response.write(piece));
      if (!response.destroyed) response.once('drain', write)
    }
    write()
  }

  test('without end is cut off after a mebibyte, whoever reads it', async () => {
    const server = await serve(endless)
    const answer = await open().fetch(`http://127.0.0.1:${server.port}/`, {})
    const reader = answer.body?.getReader()
    let bytes = 0
    const error = await failureOf(
      (async () => {
        for (let part = await reader?.read(); part && !part.done; part = await reader?.read())
          bytes += part.value.length
      })(),
    )
    expect(error).toMatchObject({ cause: { code: 'UND_ERR_RES_EXCEEDED_MAX_SIZE' } })
    expect(bytes).toBeLessThanOrEqual(1024 * 1024)
  })

  test('without end costs a provider call 256 KB at most, and is no answer', async () => {
    const server = await serve(endless)
    await expect(callProvider(open().fetch, `http://127.0.0.1:${server.port}/`)).rejects.toMatchObject({
      kind: 'malformed',
    })
  })

  test('that is compressed though nobody asked for it is not unpacked without end', async () => {
    let asked: unknown
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    const server = await serve(({ headers }, response) => {
      asked = headers['accept-encoding']
      response.setHeader('content-encoding', 'gzip').end(bomb)
    })
    const answer = await open().fetch(`http://127.0.0.1:${server.port}/`, { headers: { 'accept-encoding': 'gzip' } })
    await expect(readLimited(answer, 256 * 1024)).rejects.toThrow('longer than')
    expect(asked).toBe('identity')
  })

  test('with headers above 16 KiB is none', async () => {
    const server = await serve((_request, response) => response.setHeader('x-long', 'x'.repeat(20 * 1024)).end())
    expect(await failureOf(open().fetch(`http://127.0.0.1:${server.port}/`, {}))).toMatchObject({
      cause: { code: 'UND_ERR_HEADERS_OVERFLOW' },
    })
  })

  test('that trickles ends with the deadline of the call', async () => {
    const server = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    })
    const answer = open().fetch(`http://127.0.0.1:${server.port}/`, { signal: AbortSignal.timeout(200) })
    await expect(answer.then((each) => readLimited(each, 4_096))).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('a certificate that nobody vouches for', () => {
  test.for(['0', undefined])('is refused, also where the environment switches that off (%s)', async (setting) => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED
    if (setting === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
    else process.env.NODE_TLS_REJECT_UNAUTHORIZED = setting
    try {
      const server = await serve(fine, createTlsServer(selfSigned, fine))
      const http = open({ privateHosts: ['127.0.0.1'] })
      for (const fetch of [http.fetch, http.fetchPublic])
        expect(await failureOf(fetch(`https://127.0.0.1:${server.port}/`, {}))).toMatchObject({
          cause: { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
        })
      expect(server.hosts).toEqual([])
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before
    }
  })
})
