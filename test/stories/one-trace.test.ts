// One payment is one trace: the portal's call, the provider's, the callback and the webhook, though each is another process's doing. The collector is a stranger's.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createEndpoint } from '../../src/flows/change-webhook-endpoint.ts'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import { issueReceipts } from '../../src/flows/issue-receipts.ts'
import { createLog, withTraceId } from '../../src/lib/log.ts'
import { traceIdOf } from '../../src/lib/tracing.ts'
import { openTracing } from '../../src/node/open-tracing.ts'
import type { FetchPort } from '../../src/providers/contract.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { type Collector, startCollector } from '../kit/collector.ts'
import { credulousProvider } from '../kit/credulous-provider.ts'
import { seedMerchantAccount } from '../kit/orders.ts'
import { expectOneTrace, payer, portalsSpan, portalsTrace, tracedOrder } from '../kit/traced-payment.ts'

const secret = 'a-secret-of-the-merchant'

let collector: Collector
let gateway: TestApp
let sent: { url: string; headers: Headers }[]
let lines: Record<string, unknown>[]
let tracings: ReturnType<typeof openTracing>[]

const openOne = (share = 1) => {
  const opened = openTracing({ url: collector.url, share, headers: { 'x-key': 'key-of-the-collector' } })
  tracings.push(opened)
  return opened.tracing
}
const collected = async () => {
  await Promise.all(tracings.splice(0).map(({ stop }) => stop()))
  return collector.spans
}

const start = async (share = 1) => {
  const fetch: FetchPort = async (url, init) => {
    sent.push({ url, headers: new Headers(init.headers) })
    return Response.json({ ok: true })
  }
  const tracing = openOne(share)
  const plain = createLog({ write: (line) => lines.push(JSON.parse(line)), now: () => new Date(), level: 'debug' })
  const log = withTraceId(plain, () => traceIdOf(tracing.current()))
  gateway = await startTestApp({ providers: { test: credulousProvider }, fetch, tracing, log })
}

beforeEach(async () => {
  collector = await startCollector()
  tracings = []
  sent = []
  lines = []
})
afterEach(async () => {
  await collected()
  await gateway.close()
  await collector.close()
})

const place = async (headers: Record<string, string>) => {
  const token = await gateway.token()
  const key = { 'idempotency-key': `key-${Math.random()}` }
  const placed = await gateway.request('/v1/orders', { json: tracedOrder, token, headers: { ...key, ...headers } })
  expect(placed.status).toBe(201)
  const { id } = (await placed.json()) as { id: string }
  return { id, token }
}

/** The whole way of a payment; webhooks and receipts are another process's, with a tracing of its own. */
const pay = async () => {
  const account = await seedMerchantAccount(gateway.deps, gateway.sql, {
    provider: 'test',
    credentials: { secret, url: 'https://provider.test' },
  })
  const endpoint = { url: 'https://portal.example.vn/hooks', eventTypes: ['order.paid'], agencyCode: null }
  const made = await createEndpoint(gateway.deps, { clientId: 'cli', agency: 'H56' }, endpoint, { key: null, body: {} })
  const { id, token } = await place({ traceparent: `00-${portalsTrace}-${portalsSpan}-01` })
  const started = await gateway.request(`/v1/orders/${id}/attempts`, {
    json: { provider: 'test' },
    token,
    headers: { 'idempotency-key': 'start' },
  })
  expect(started.status).toBe(201)
  await gateway.deps.settled()
  const [attempt] = await gateway.sql`select merchant_reference from attempts`
  // A stranger's trace, which whoever sends a callback could name.
  const strangers = { traceparent: `00-${'e'.repeat(32)}-${'e'.repeat(16)}-01` }
  const json = { reference: attempt?.merchantReference }
  const heard = await gateway.request(`/callbacks/test/${account}`, { json, headers: strangers })
  expect(await heard.json()).toEqual({ verdict: 'accepted' })
  await gateway.deps.settled()
  const elsewhere = { ...gateway.deps, tracing: openOne() }
  await issueReceipts(elsewhere, id)
  expect(await deliverWebhooks(elsewhere, { limit: 10 })).toBe(1)
  const { secret: webhookSecret } = JSON.parse(made.body) as { secret: string }
  return { id, account, webhookSecret, token }
}

describe('a payment', () => {
  it('is one trace from the portal’s call over the provider’s and the callback to the webhook', async () => {
    await start()
    const { id } = await pay()
    const spans = await collected()
    expectOneTrace(spans, id)
  })

  it('is told of to the portal under its trace, and to the provider under none', async () => {
    await start()
    await pay()
    const spans = await collected()
    const delivery = spans.find(({ name }) => name === 'webhook delivery')
    const hooks = sent.filter(({ url }) => url.startsWith('https://portal.'))
    expect(hooks.map(({ headers }) => headers.get('traceparent'))).toEqual([
      `00-${portalsTrace}-${delivery?.spanId}-01`,
    ])
    const asked = sent.filter(({ url }) => url.startsWith('https://provider.'))
    expect(asked).toHaveLength(1)
    expect(asked[0]?.headers.has('traceparent')).toBe(false)
    expect(lines.filter(({ message }) => message === 'provider called')).toEqual([
      expect.objectContaining({ trace_id: portalsTrace }),
    ])
  })

  it('shows the collector its key', async () => {
    await start()
    await pay()
    await collected()
    expect(collector.headers.map((headers) => headers['x-key'])).toContain('key-of-the-collector')
    expect(collector.bodies.join('') + JSON.stringify(lines)).not.toContain('key-of-the-collector')
  })

  it('leaves nothing in its spans of who pays, nor of what opens doors', async () => {
    await start()
    const { webhookSecret, token } = await pay()
    const [order] = await gateway.sql`select checkout_token from orders`
    // One that fails as well: its message names the payer.
    const account = (await gateway.sql`select id from merchant_accounts`)[0]?.id
    await gateway.request(`/callbacks/test/${account}`, { json: { of: payer.name } })
    await collected()
    // Without instants, whose nanoseconds hold any sum now and then.
    const all = collector.bodies.join('\n').replace(/"\w*UnixNano":"?\d+"?/g, '')
    expect(all).toContain('provider start')
    const kept = [...Object.values(payer), secret, webhookSecret, token, String(order?.checkoutToken), '150000']
    for (const text of kept) expect(all).not.toContain(text)
    expect(all).not.toMatch(/Nguy|Lan\b|dossier|H56\.12\.03-261122/)
  })

  it('shows its trace beside the times that it took', async () => {
    await start()
    await pay()
    const accept = 'application/openmetrics-text'
    const text = await (await gateway.request('/metrics', { headers: { accept } })).text()
    for (const name of ['http_request_duration', 'provider_call_duration', 'webhook_first_try'])
      expect(text).toMatch(new RegExp(`^lephi_${name}_seconds_bucket.* # \\{trace_id="${portalsTrace}"\\}`, 'm'))
  })
})

describe('a portal’s traceparent', () => {
  it('counts as none where it is not one', async () => {
    await start()
    const hostile = [
      `00-${'0'.repeat(32)}-${portalsSpan}-01`,
      `00-${portalsTrace}-${'0'.repeat(16)}-01`,
      `ff-${portalsTrace}-${portalsSpan}-01`,
      `00-${portalsTrace.toUpperCase()}-${portalsSpan}-01`,
      `00-${portalsTrace}-${portalsSpan}-01-${'a'.repeat(2_000)}`,
      `'; drop table orders; -- ${'x'.repeat(4_000)}`,
    ]
    for (const traceparent of hostile) {
      const { id } = await place({ traceparent })
      const [order] = await gateway.sql`select trace_parent from orders where id = ${id}`
      const kept = String(order?.traceParent)
      expect(kept).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
      expect(kept).not.toContain(portalsTrace)
    }
  })

  it('does not decide whether its trace is collected', async () => {
    await start(0)
    const { id } = await place({ traceparent: `00-${portalsTrace}-${portalsSpan}-01` })
    const [order] = await gateway.sql`select trace_parent from orders where id = ${id}`
    expect(String(order?.traceParent)).toMatch(new RegExp(`^00-${portalsTrace}-[0-9a-f]{16}-00$`))
    expect(await collected()).toEqual([])
    const text = await (
      await gateway.request('/metrics', { headers: { accept: 'application/openmetrics-text' } })
    ).text()
    expect(text).not.toContain('trace_id')
  })
})

// The exporter tries again for ten seconds, which the end of a process does not wait for (node/shutdown.ts).
it('works on while nobody takes its spans, and ends', { timeout: 90_000 }, async () => {
  await start()
  await collector.close()
  await pay()
  expect(await collected()).toEqual([])
  collector = await startCollector()
})
