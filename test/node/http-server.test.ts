// The port before there is a gateway behind it, and when there will soon be none.
import { afterEach, expect, test } from 'vitest'
import { type HttpServer, listen } from '../../src/node/http-server.ts'

let server: HttpServer
afterEach(() => server.close(0))

test('is alive and not ready while the gateway starts', async () => {
  server = await listen({ host: '127.0.0.1', port: 0 })
  const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`)
  expect((await get('/healthz')).status).toBe(200)
  const ready = await get('/readyz')
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '1'])
  expect(await ready.json()).toMatchObject({
    status: 'unavailable',
    checks: { process: expect.stringContaining('starting') },
  })
  expect((await get('/v1/orders')).status).toBe(503)
  server.answer(() => new Response('here'))
  expect(await (await get('/readyz')).text()).toBe('here')
})

test('asks whoever is connected to come again over another connection, before it closes', async () => {
  server = await listen({ host: '127.0.0.1', port: 0 })
  server.answer(() => new Response('here'))
  const get = () => fetch(`http://127.0.0.1:${server.port}/`)
  expect((await get()).headers.get('connection')).toBe('keep-alive')
  server.retire()
  const last = await get()
  expect([last.headers.get('connection'), await last.text()]).toEqual(['close', 'here'])
})
