// One payment is one trace on Workers too: the front hears the portal and the provider, the office sends the webhook, and a stranger's collector is told the same as by Node.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { scopes } from '../../src/domain/access.ts'
import { createEndpoint } from '../../src/flows/change-webhook-endpoint.ts'
import { issueToken } from '../../src/flows/issue-token.ts'
import { sha256Hex } from '../../src/lib/hmac.ts'
import { type Collector, startCollector } from '../kit/collector.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps, type TestDeps } from '../kit/deps.ts'
import { seedAgencies, seedMerchantAccount } from '../kit/orders.ts'
import { expectOneTrace, payer, portalsSpan, portalsTrace, tracedOrder } from '../kit/traced-payment.ts'
import { openWorkers, type Workerd } from './kit/open-workerd.ts'

const secret = 'a-secret-of-the-merchant'
const collectorsKey = 'key-of-the-collector, 100 %'
const inside = 'test/worker/inside/traced-workers.ts'

let database: TestDatabase
let deps: TestDeps
let collector: Collector
let others: { url: string; called: IncomingMessage[]; close: () => Promise<unknown> }
let workerd: Workerd
let token: string
let account: string

/** Provider and portal alike: takes whatever comes. */
const startOthers = async () => {
  const called: IncomingMessage[] = []
  const server = createServer((request, response) => {
    called.push(request)
    request.resume().on('end', () => response.setHeader('content-type', 'application/json').end('{"ok":true}'))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    called,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

const bearer = async (): Promise<string> => {
  const [clientId, clientSecret] = [deps.newId('cli'), deps.newToken(32)]
  const row = { id: clientId, agencyCode: 'H56', name: 'test', scopes: [...scopes], createdAt: deps.now() }
  await database.sql`insert into clients ${database.sql({ ...row, secretHash: sha256Hex(clientSecret) })}`
  const proof = { kind: 'secret' as const, clientId, secret: clientSecret }
  return (await issueToken(deps, { proof, scope: null })).access_token
}

beforeAll(async () => {
  database = await createTestDatabase()
  await seedAgencies(database.sql)
  deps = createTestDeps(database.database, { now: () => new Date() })
  collector = await startCollector()
  others = await startOthers()
  const vars = {
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url.replace('/v1/traces', ''),
    LEPHI_LOG_LEVEL: 'debug',
  }
  const secrets = { OTEL_EXPORTER_OTLP_HEADERS: `x-key=${encodeURIComponent(collectorsKey)},x-tenant=lephi` }
  const entry = { path: inside, databaseUrl: database.url, secrets }
  const silent = { ...vars, OTEL_TRACES_SAMPLER_ARG: '0' }
  workerd = await openWorkers({
    front: { ...entry, name: 'tracedFront', vars },
    office: { ...entry, name: 'tracedOffice', vars },
    silent: { ...entry, name: 'tracedFront', vars: silent },
  })
  token = await bearer()
  const credentials = { secret, url: others.url }
  account = await seedMerchantAccount(deps, database.sql, { provider: 'test', credentials })
  const endpoint = { url: `${others.url}/hooks`, eventTypes: ['order.paid'], agencyCode: null }
  await createEndpoint(deps, { clientId: 'cli', agency: 'H56' }, endpoint, { key: null, body: {} })
}, 300_000)
afterAll(async () => {
  await workerd?.close()
  await Promise.all([collector?.close(), others?.close()])
  await database?.drop()
})

const send = async (worker: string, path: string, json: object, headers: Record<string, string> = {}) => {
  const answer = await workerd.worker(worker).fetch(`http://gateway.test${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, ...headers },
    body: JSON.stringify(json),
  })
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }
}

let keys = 0
const place = async (worker: string, traceId = portalsTrace): Promise<string> => {
  keys += 1
  const traceparent = `00-${traceId}-${portalsSpan}-01`
  const placed = await send(worker, '/v1/orders', tracedOrder, { traceparent, 'idempotency-key': `key-${keys}` })
  expect(placed.status).toBe(201)
  return String(placed.json.id)
}

const named = (name: string) => collector.spans.filter((span) => span.name === name)
const arrives = (traceId: string) =>
  expect.poll(() => collector.spans.some((span) => span.traceId === traceId), { timeout: 20_000 }).toBe(true)

describe('a payment on Workers', { timeout: 90_000 }, () => {
  test('is one trace from the portal’s call over the provider’s and the callback to the office’s webhook', async () => {
    const order = await place('front')
    const started = await send(
      'front',
      `/v1/orders/${order}/attempts`,
      { provider: 'test' },
      { 'idempotency-key': 's' },
    )
    expect(started.status).toBe(201)
    // A stranger's trace, which whoever sends a callback could name.
    const strangers = { traceparent: `00-${'e'.repeat(32)}-${'e'.repeat(16)}-01` }
    const reference = { reference: started.json.merchant_reference }
    expect((await send('front', `/callbacks/test/${account}`, reference, strangers)).json).toEqual({
      verdict: 'accepted',
    })
    const round = { cron: '* * * * *', scheduledTime: new Date() }
    expect(await workerd.worker('office').scheduled(round)).toMatchObject({ outcome: 'ok' })
    await expect.poll(() => named('webhook delivery').length, { timeout: 30_000 }).toBe(1)
    await expect.poll(() => named('POST /callbacks/{provider}/{merchant_account}').length, { timeout: 30_000 }).toBe(1)
    expectOneTrace(collector.spans, order)
    const [delivery] = named('webhook delivery')
    const headersOf = (path: string) =>
      others.called.filter(({ url }) => url?.startsWith(path)).map(({ headers }) => headers)
    expect(headersOf('/hooks').map(({ traceparent }) => traceparent)).toEqual([
      `00-${portalsTrace}-${delivery?.spanId}-01`,
    ])
    expect(headersOf('/start').map(({ traceparent }) => traceparent)).toEqual([undefined])
  })

  test('has its trace in the lines of the log', () => {
    const lines = JSON.stringify(workerd.logs())
    expect(lines).toMatch(new RegExp(`provider called[^}]*trace_id[^}]*${portalsTrace}`))
    expect(lines).toMatch(new RegExp(`webhook signed[^}]*trace_id[^}]*${portalsTrace}`))
  })

  test('shows the collector its key, and leaves no name and no secret in spans or log', () => {
    for (const headers of collector.headers)
      expect(headers).toMatchObject({ 'x-key': collectorsKey, 'x-tenant': 'lephi', 'content-type': 'application/json' })
    const all = collector.bodies.join('\n').replace(/"\w*UnixNano":"?\d+"?/g, '')
    expect(all).toContain('provider start')
    for (const text of [...Object.values(payer), secret, token, '150000', collectorsKey])
      expect(all).not.toContain(text)
    expect(all).not.toMatch(/Nguy|Lan\b|dossier|H56\.12\.03-261122/)
    const logged = JSON.stringify(workerd.logs())
    for (const text of [collectorsKey, encodeURIComponent(collectorsKey), 'key-of-the-collector'])
      expect(logged).not.toContain(text)
  })

  test('sends nothing of a trace that is not in the share', async () => {
    const [quiet, heard] = ['a'.repeat(32), 'b'.repeat(32)]
    const order = await place('silent', quiet)
    const [kept] = await database.sql`select trace_parent from orders where id = ${order}`
    expect(String(kept?.traceParent)).toMatch(new RegExp(`^00-${quiet}-[0-9a-f]{16}-00$`))
    await place('front', heard)
    await arrives(heard)
    expect(collector.spans.filter(({ traceId }) => traceId === quiet)).toEqual([])
  })

  test('waits for no collector: one that hangs is left after some seconds, one that is away at once', async () => {
    const lost = () => JSON.stringify(workerd.logs()).match(/spans are lost/g)?.length ?? 0
    expect(lost()).toBe(0)
    const kept = collector.hang()
    await place('front', 'c'.repeat(32))
    // The portal had its answer while the collector was still being waited for.
    expect(lost()).toBe(0)
    await expect.poll(lost, { timeout: 30_000 }).toBe(1)
    expect(kept.waiting).toBe(1)
    await collector.close()
    await place('front', 'd'.repeat(32))
    await expect.poll(lost, { timeout: 30_000 }).toBe(2)
  })
})
