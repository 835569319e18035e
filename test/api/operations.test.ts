import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestApp, type TestApp } from '../kit/app.ts'

let gateway: TestApp

beforeAll(async () => {
  gateway = await startTestApp()
})
afterAll(() => gateway.close())

it('says that it is alive and ready', async () => {
  expect((await gateway.request('/healthz')).status).toBe(200)
  const ready = await gateway.request('/readyz')
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok' }])
})

it('is not ready when a table or column is missing', async () => {
  await gateway.sql`alter table orders rename column amount_paid to amount_paid_moved`
  const ready = await gateway.request('/readyz')
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await ready.json()).toEqual({ status: 'unavailable', reason: 'migrations are not applied' })
  await gateway.sql`alter table orders rename column amount_paid_moved to amount_paid`
  expect((await gateway.request('/readyz')).status).toBe(200)
})

it('gives every response a request id, and keeps a sane one', async () => {
  const own = (await gateway.request('/healthz')).headers.get('x-request-id')
  expect(own).toMatch(/^req_/)
  const kept = await gateway.request('/nowhere', { headers: { 'x-request-id': 'portal-7.a_b' } })
  expect(kept.headers.get('x-request-id')).toBe('portal-7.a_b')
  expect(await kept.json()).toMatchObject({ code: 'not_found', request_id: 'portal-7.a_b' })
  const foul = await gateway.request('/healthz', { headers: { 'x-request-id': 'a b<script>' } })
  expect(foul.headers.get('x-request-id')).toMatch(/^req_/)
})

it('publishes its document, its docs and its keys', async () => {
  const yaml = await gateway.request('/openapi.yaml')
  expect(yaml.headers.get('content-type')).toBe('application/yaml')
  expect(await yaml.text()).toContain('operationId: issueToken')
  const docs = await gateway.request('/docs')
  expect(await docs.text()).toContain('POST /oauth/token')
  const keys = (await (await gateway.request('/.well-known/jwks.json')).json()) as { keys: Record<string, string>[] }
  expect(keys.keys).toHaveLength(1)
  expect(Object.keys(keys.keys[0] ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
})

it('counts requests by route pattern, method and status', async () => {
  await gateway.request('/healthz')
  const text = await (await gateway.request('/metrics')).text()
  expect(text).toMatch(/^lephi_http_requests_total\{route="\/healthz",method="GET",status="200"\} \d+$/m)
  expect(text).toMatch(/^lephi_http_request_duration_seconds_bucket\{route="\/healthz",le="\+Inf"\} \d+$/m)
})

describe('refuses', () => {
  it('an unknown address with 404 and a wrong method with 405, both as problems', async () => {
    const missing = await gateway.request('/v1/nothing')
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json'])
    const wrong = await gateway.request('/oauth/token')
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await wrong.json()).toMatchObject({ code: 'method_not_allowed', status: 405 })
  })

  it('in Vietnamese where that is preferred', async () => {
    const answer = await gateway.request('/v1/nothing', { headers: { 'accept-language': 'fr, vi-VN;q=0.9, en;q=0.5' } })
    expect(answer.headers.get('content-language')).toBe('vi')
    expect(await answer.json()).toMatchObject({ title: 'Không tìm thấy' })
  })

  it('strangers at the metrics of a production gateway', async () => {
    const guarded = await startTestApp({ mode: 'production', config: { metricsToken: 'a-token-of-some-length' } })
    expect((await guarded.request('/metrics')).status).toBe(404)
    expect((await guarded.request('/metrics', { token: 'another-token-of-length' })).status).toBe(404)
    expect((await guarded.request('/metrics', { token: 'a-token-of-some-length' })).status).toBe(200)
    await guarded.close()
  })
})
