import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isPrivateAddressError } from '../../src/domain/private-address.ts'
import { type OutgoingHttp, openOutgoingHttp } from '../../src/node/fetch-port.ts'
import { callProvider } from '../../src/providers/call.ts'

let server: Server
let url: string
let http: OutgoingHttp
let received: { method?: string | undefined; headers: Record<string, unknown>; body: string }

beforeEach(async () => {
  http = openOutgoingHttp()
  server = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    received = { method: request.method, headers: request.headers, body }
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' }).end()
    else if (request.url === '/nothing') response.writeHead(204).end()
    else if (request.url === '/silence') return
    else response.writeHead(200, { 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] }).end('vâng')
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
})
afterEach(async () => {
  await http.destroy()
  server.closeAllConnections()
  server.close()
})

describe('calls to addresses that strangers choose', () => {
  test('reach no private network, neither by number nor by name', async () => {
    const { port } = new URL(url)
    let connections = 0
    server.on('connection', () => {
      connections += 1
    })
    const targets = [
      `http://127.0.0.1:${port}/`,
      `http://localhost:${port}/`,
      `http://[::ffff:127.0.0.1]:${port}/`,
      `http://2130706433:${port}/`,
    ]
    for (const target of [...targets, 'http://10.0.0.1/', 'http://[::1]/', 'http://169.254.169.254/']) {
      const error = await http.fetchPublic(target, {}).catch((reason: unknown) => reason)
      expect([target, isPrivateAddressError(error)]).toEqual([target, true])
    }
    expect(connections).toBe(0)
    expect((await http.fetch(`http://localhost:${port}/`, {})).status).toBe(200)
  })

  test('fail otherwise as other calls do', async () => {
    const error = await http.fetchPublic('http://nowhere.invalid/', {}).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(TypeError)
    expect(isPrivateAddressError(error)).toBe(false)
  })
})

describe('outgoing calls', () => {
  test('carry method, headers and body, and bring back status, headers and text', async () => {
    const answer = await http.fetch(`${url}/`, { method: 'POST', headers: { 'x-a': '1' }, body: 'tiền' })
    expect(received).toMatchObject({ method: 'POST', headers: { 'x-a': '1' }, body: 'tiền' })
    expect(answer).toBeInstanceOf(Response)
    expect([answer.status, await answer.text(), answer.headers.getSetCookie()]).toEqual([200, 'vâng', ['a=1', 'b=2']])
    expect((await http.fetch(`${url}/nothing`, {})).status).toBe(204)
  })

  test('follow no redirect', async () => {
    const answer = await http.fetch(`${url}/moved`, { redirect: 'follow' })
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/elsewhere'])
  })

  test('say whether anything can have been sent, so that a refund is never sent twice', async () => {
    await expect(callProvider(http.fetch, `${url}/silence`, { timeoutMs: 100 })).rejects.toMatchObject({
      kind: 'unknown',
    })
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    await expect(callProvider(http.fetch, `${url}/`)).rejects.toMatchObject({ kind: 'unreachable' })
  })

  test('break when the gateway ends', async () => {
    const waiting = http.fetch(`${url}/silence`, {})
    await expect.poll(() => received?.method).toBe('GET')
    await http.destroy()
    await expect(waiting).rejects.toThrow()
  })
})
