import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkReadiness } from '../../src/flows/check-readiness.ts'
import type { Deps } from '../../src/flows/deps.ts'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { openDatabase } from '../../src/store/database.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { needPrometheus, promtool, scrapeOnce } from '../kit/prometheus.ts'

let gateway: TestApp

beforeAll(async () => {
  gateway = await startTestApp()
})
afterAll(() => gateway.close())

it('says that it is alive and ready', async () => {
  expect((await gateway.request('/healthz')).status).toBe(200)
  const ready = await gateway.request('/readyz')
  const checks = { process: 'ok', database: 'ok', writable: 'ok', schema: 'ok', reads: 'ok', keys: 'ok', jobs: 'ok' }
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ok', checks }])
})

it('is not ready when a table or column is missing', async () => {
  await gateway.sql`alter table orders rename column amount_paid to amount_paid_moved`
  const ready = await gateway.request('/readyz')
  expect([ready.status, ready.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await ready.json()).toEqual({
    status: 'unavailable',
    reason: 'migrations are not applied',
    checks: {
      process: 'ok',
      database: 'ok',
      writable: 'ok',
      schema: 'migrations are not applied',
      reads: 'not checked',
      keys: 'not checked',
      jobs: 'not checked',
    },
  })
  await gateway.sql`alter table orders rename column amount_paid_moved to amount_paid`
  expect((await gateway.request('/readyz')).status).toBe(200)
})

describe('is not ready, and says by name why not', () => {
  const checked = async (more: Partial<Deps>) => checkReadiness({ ...gateway.deps, ...more })

  it('while it is about to end', async () => {
    const ending = await startTestApp({ isEnding: () => true })
    const ready = await ending.request('/readyz')
    expect([ready.status, (await ending.request('/healthz')).status]).toEqual([503, 200])
    expect(await ready.json()).toMatchObject({
      status: 'unavailable',
      checks: { process: expect.stringContaining('draining'), database: 'ok' },
    })
    await ending.close()
  })

  it('while the database is away, or takes no writes', async () => {
    const gone = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', role: null, max: 1 })
    expect(await checked({ db: gone })).toMatchObject({
      isReady: false,
      checks: { database: 'the database cannot be reached', writable: 'not checked', jobs: 'not checked' },
    })
    await gone.close()
    const [{ name, user } = {}] = await gateway.sql`select current_database() as name, current_user as user`
    await gateway.sql.unsafe(`alter role ${user} in database ${name} set default_transaction_read_only = on`)
    const standby = openDatabase({ url: gateway.databaseUrl, role: 'lephi_app', max: 1 })
    expect(await checked({ db: standby })).toMatchObject({
      isReady: false,
      reason: 'the database takes no writes',
      checks: { database: 'ok', writable: 'the database takes no writes', schema: 'ok' },
    })
    await standby.close()
    await gateway.sql.unsafe(`set default_transaction_read_only = off`)
    await gateway.sql.unsafe(`alter role ${user} in database ${name} reset default_transaction_read_only`)
  })

  it('while its master key does not open what the database holds', async () => {
    await gateway.request('/.well-known/jwks.json')
    const box = createSealedBox([{ id: 'other', key: randomBytes(32) }])
    expect(await checked({ box })).toMatchObject({
      isReady: false,
      reason: 'the master key does not open what this database holds',
    })
  })

  it('but not while nobody does background work, which it tells from a quarter of an hour after the last turn', async () => {
    const until = gateway.deps.now()
    await gateway.sql`insert into job_leases ${gateway.sql({ name: 'catch_up_callbacks', holder: 'job_1', until })}`
    const at = (minutes: number) => checked({ now: () => new Date(until.getTime() + minutes * 60_000) })
    expect(await at(15)).toMatchObject({ isReady: true, checks: { jobs: 'ok' } })
    expect(await at(16)).toMatchObject({ isReady: true, checks: { jobs: 'nobody does background work' } })
    await gateway.sql`delete from job_leases`
  })
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

describe('as Prometheus reads them', () => {
  needPrometheus()

  it('shows metrics of both formats that please a stranger', { timeout: 60_000 }, async () => {
    const read = await scrapeOnce(async (accept) => gateway.request('/metrics', { headers: { accept } }), {
      examplesOf: 'lephi_http_request_duration_seconds_bucket',
      valuesOf: 'lephi_money_suspense_dong',
    })
    expect(read.accept).toMatch(/^application\/openmetrics-text/)
    expect([read.error, Object.values(read.values)]).toEqual(['', ['0']])
    const plain = await gateway.request('/metrics', { headers: { accept: 'text/plain' } })
    expect(plain.headers.get('content-type')).toMatch(/^text\/plain; version=0.0.4/)
    expect(promtool(['check', 'metrics'], await plain.text())).toEqual({ isContent: true, said: '' })
  })

  it('answers in the older format whatever else is asked for', async () => {
    for (const accept of ['*/*', 'image/png', '']) {
      const answer = await gateway.request('/metrics', { headers: { accept } })
      expect([answer.status, answer.headers.get('content-type')]).toEqual([
        200,
        'text/plain; version=0.0.4; charset=utf-8',
      ])
    }
  })
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
