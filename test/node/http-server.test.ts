// The port before there is a gateway behind it, and when there will soon be none.
import { afterEach, expect, test } from 'vitest'
import { refuseAtOnce } from '../../src/api/admit.ts'
import { admitBy, placesFor } from '../../src/api/urgency.ts'
import { type HttpServer, listen } from '../../src/node/http-server.ts'
import type { Database } from '../../src/store/database.ts'
import { createTestDeps } from '../kit/deps.ts'

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

test('sends a refusal before anything of the body was read, and serves the next over the same connection', async () => {
  server = await listen({ host: '127.0.0.1', port: 0 })
  const deps = createTestDeps({} as Database)
  const places = placesFor(5)
  places.api = { together: 0, waiting: 0, waitMs: 0 }
  server.refuse(refuseAtOnce(deps, admitBy(places)))
  server.answer(() => new Response('here'))
  const url = `http://127.0.0.1:${server.port}`
  const headers = { 'accept-language': 'vi' }
  const refused = await fetch(`${url}/v1/orders`, { method: 'POST', body: 'x'.repeat(100_000), headers })
  expect([refused.status, refused.headers.get('content-type')]).toEqual([503, 'application/problem+json'])
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(refused.headers.get('x-content-type-options')).toBe('nosniff')
  const requestId = refused.headers.get('x-request-id')
  expect(await refused.json()).toMatchObject({ code: 'overloaded', status: 503, request_id: requestId })
  // Callbacks have their own line, and pages are for the pipeline to word.
  for (const path of ['/callbacks/momo/mac_1', '/healthz', '/pay/x'])
    expect((await fetch(`${url}${path}`)).status).toBe(200)
  expect(deps.metrics.text()).toContain('lephi_requests_shed_total{urgency="api",reason="full"} 1')
})
