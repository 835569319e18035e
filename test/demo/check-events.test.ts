// The reference consumer against the real feed and real webhooks, and then against everything that can happen to them on their way.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  eventsOf,
  type FeedEvent,
  type Finding,
  missingWebhooks,
  nothingKept,
  type ReceivedWebhook,
  takeEvent,
  takeWebhook,
} from '../../demo/consumer/check-events.ts'
import { cancelOrder } from '../../src/flows/cancel-order.ts'
import { deliverWebhooks } from '../../src/flows/deliver-webhooks.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { startTestApp, type TestApp } from '../kit/app.ts'
import { createClock } from '../kit/deps.ts'
import { placeTestOrder } from '../kit/orders.ts'
import { serveApp } from '../kit/served-app.ts'

let gateway: TestApp
let feed: FeedEvent[]
let secret: string
const webhooks: ReceivedWebhook[] = []

beforeAll(async () => {
  gateway = await startTestApp({
    // The library of receivers compares a webhook's time with the clock of the machine.
    clock: createClock(new Date().toISOString()),
    fetch: async (_url, init) => {
      webhooks.push({ headers: Object.fromEntries(new Headers(init.headers)), body: String(init.body) })
      return new Response(null, { status: 204 })
    },
  })
  const token = await gateway.token()
  const json = { url: 'https://portal.example.vn/hook' }
  const endpoint = await gateway.request('/v1/webhook_endpoints', { token, json })
  secret = ((await endpoint.json()) as { secret: string }).secret
  // Members whose names are numbers, and signs that mean something in JSON: whoever parses and writes them again gets other bytes.
  const metadata = { '10': 'a]}"', '2': 'b\\",{[' }
  const place = (n: number) => placeTestOrder(gateway.deps, { dossierCode: `H56.12.03-261122-${7_000 + n}`, metadata })
  const orders: string[] = []
  for (let n = 0; n < 4; n += 1) orders.push(await place(n))
  // An event of a subject whose events are not linked, between those of orders.
  await gateway.sql`insert into events (id, agency_code, type, subject_id, sequence, data, created_at)
    values (${gateway.deps.newId('evt')}, 'H56.12', 'reconciliation.completed', 'rec_1', 1, '{"id" : "rec_1"}', ${gateway.deps.now()})`
  for (const orderId of orders.toReversed()) {
    gateway.clock.advance(1.25)
    await cancelOrder(gateway.deps, { scope: 'H56', orderId, reason: 'Rút hồ sơ' })
  }
  await deliverWebhooks(gateway.deps, { limit: 100 })
  feed = await readAll(token)
})
afterAll(() => gateway.close())

const readAll = async (token: string): Promise<FeedEvent[]> => {
  const events: FeedEvent[] = []
  for (;;) {
    const answer = await gateway.request(`/v1/events?limit=3&after=${events.at(-1)?.id ?? ''}`, { token })
    const page = eventsOf(await answer.text())
    if (page.length === 0) return events
    events.push(...page)
  }
}

/** What the consumer finds in these events. */
const check = (events: readonly FeedEvent[]): Finding[] => {
  const kept = nothingKept()
  return events.flatMap((event) => takeEvent(kept, event))
}
const named = (findings: readonly Finding[], kind: Finding['kind']) =>
  findings.filter((finding) => finding.kind === kind).map(({ event }) => event)
const each = (alter: (event: FeedEvent, index: number) => void) => feed.forEach(alter)
const withAt = (index: number, ...instead: FeedEvent[]) => feed.toSpliced(index, 1, ...instead)

const redigested = (event: FeedEvent): FeedEvent => {
  const { former_event, subject, order, id, type, sequence, created_at, hash, data } = event
  const parts = [former_event, subject, order, id, type, sequence, created_at, hash, data].map((part) => part ?? '')
  return { ...event, digest: createHash('sha256').update(parts.join('\n')).digest('hex') }
}

describe('the feed as it is', () => {
  it('has nothing to find in it, and neither have its webhooks, which tell every event', () => {
    expect(feed).toHaveLength(9)
    expect(feed.filter(({ hash }) => hash === null)).toHaveLength(1)
    const kept = nothingKept()
    expect(feed.flatMap((event) => takeEvent(kept, event))).toEqual([])
    // Deliveries are repeated until they are answered.
    expect([...webhooks, ...webhooks].flatMap((webhook) => takeWebhook(kept, webhook, secret))).toEqual([])
    expect(missingWebhooks(kept, new Date(Date.now() + 3_600_000))).toEqual([])
  })

  it('can be gone on with from what was kept', () => {
    const kept = nothingKept()
    expect(feed.slice(0, 5).flatMap((event) => takeEvent(kept, event))).toEqual([])
    const again = structuredClone(kept)
    expect(feed.slice(5).flatMap((event) => takeEvent(again, event))).toEqual([])
  })
})

describe('finds and names', () => {
  it('each event that is dropped, once another one follows', () =>
    each((event, index) => {
      const found = named(check(withAt(index)), 'dropped')
      expect(found, event.type).toEqual(index < feed.length - 1 ? [event.id] : [])
    }))

  it('the last event, when it is dropped, by its webhook and by the next reading', () => {
    const kept = nothingKept()
    for (const event of feed.slice(0, -1)) takeEvent(kept, event)
    const findings = webhooks.flatMap((webhook) => takeWebhook(kept, webhook, secret))
    expect(findings.map(({ kind, event }) => [kind, event])).toEqual([['webhook_unknown', feed.at(-1)?.id]])
    expect(kept.last).toBe(feed.at(-2)?.id)
  })

  it('that several in a row are dropped', () =>
    expect(named(check(feed.toSpliced(2, 3)), 'dropped')).toEqual([feed[4]?.id]))

  it('each event that is doubled, at once and at the end', () =>
    each((event, index) => {
      const { kind, event: about } = check(withAt(index, event, event))[0] ?? {}
      expect([kind, about]).toEqual(['doubled', event.id])
      expect(named(check([...feed, event]), 'doubled')).toEqual([event.id])
    }))

  it('each event of which anything is changed', () => {
    const changes: Partial<FeedEvent>[] = [
      { type: 'order.paid' },
      { subject: 'ord_other' },
      { order: 'ord_other' },
      { created_at: '2026-11-23T09:00:00.001+07:00' },
      { hash: 'f'.repeat(64) },
      { digest: '0'.repeat(64) },
    ]
    each((event, index) => {
      const data = event.data.replace('1', '9')
      for (const change of [...changes, { data }, { sequence: event.sequence + 1 }])
        expect(named(check(withAt(index, { ...event, ...change })), 'changed'), JSON.stringify(change)).toContain(
          event.id,
        )
    })
  })

  it('each event of an order that is changed by somebody who makes its digest anew', () =>
    each((event, index) => {
      if (event.hash === null) return
      const forged = redigested({ ...event, data: event.data.replace('150000', '100000') })
      expect(forged.data).not.toBe(event.data)
      expect(named(check(withAt(index, forged)), 'changed')).toContain(event.id)
    }))

  it('by the order’s next event, one that was changed with digest and hash', () => {
    const [first] = feed
    if (!first) throw new Error('no event')
    const data = first.data.replace('150000', '100000')
    const parts = ['', first.subject, first.id, first.type, 1, new Date(first.created_at).toISOString(), data]
    const forged = redigested({ ...first, data, hash: createHash('sha256').update(parts.join('\n')).digest('hex') })
    const next = feed.find(({ subject, sequence }) => subject === first.subject && sequence === 2)
    expect(named(check(withAt(0, forged)), 'changed')).toEqual([next?.id])
  })

  it('each two that have changed places', () =>
    each((event, index) => {
      const next = feed[index + 1]
      if (!next) return
      const found = check(feed.toSpliced(index, 2, next, event))
      expect(named(found, index === 0 ? 'dropped' : 'reordered')).toContain(event.id)
    }))
})

describe('holds webhooks against the feed and finds', () => {
  const keptAll = () => {
    const kept = nothingKept()
    for (const event of feed) takeEvent(kept, event)
    return kept
  }

  it('one that another key has signed, or that was altered', () =>
    webhooks.forEach((webhook) => {
      const altered = { ...webhook, body: webhook.body.replace('150000', '150001').replace('rec_1', 'rec_2') }
      const forgeries = [
        takeWebhook(keptAll(), altered, secret),
        takeWebhook(keptAll(), webhook, `whsec_${'A'.repeat(44)}`),
      ]
      for (const findings of forgeries)
        expect(findings).toMatchObject([{ kind: 'webhook_forged', event: webhook.headers['webhook-id'] }])
    }))

  it('one that says another thing than the feed', () => {
    const kept = keptAll()
    const [event] = feed
    const known = kept.events.get(event?.id ?? '')
    if (known) known.webhook = known.webhook.replace('150000', '100000')
    expect(webhooks.flatMap((webhook) => takeWebhook(kept, webhook, secret))).toMatchObject([
      { kind: 'changed', event: event?.id },
    ])
  })

  it('one that never came, once it is old enough', () => {
    const kept = keptAll()
    for (const webhook of webhooks.slice(1)) takeWebhook(kept, webhook, secret)
    const missing = missingWebhooks(kept, new Date(Date.now() + 3_600_000))
    expect(missing).toMatchObject([{ kind: 'webhook_missing', event: webhooks[0]?.headers['webhook-id'] }])
    expect(missingWebhooks(kept, new Date(Date.now() - 3_600_000))).toEqual([])
  })
})

describe('the program around it', () => {
  const program = join(packageRoot(), 'demo', 'consumer', 'read-feed.ts')
  const run = (...args: string[]) =>
    new Promise<{ code: unknown; said: string }>((resolve) => {
      execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
        resolve({ code: error ? error.code : 0, said: `${stdout}${stderr}` }),
      )
    })

  it('reads the whole feed as a client, and ends with what it found', { timeout: 120_000 }, async () => {
    const { clientId, secret: password } = await gateway.client(['orders:read'])
    const dropped = feed[3]
    const [honest, other] = [
      await serveApp(gateway),
      await serveApp(gateway, (text) => withoutEvent(text, dropped?.id ?? '')),
    ]
    try {
      const good = await run(honest.url, clientId, password)
      expect(good).toMatchObject({
        code: 0,
        said: `9 events of 5 subjects, 0 findings, the last event is ${feed.at(-1)?.id}\n`,
      })
      const bad = await run(other.url, clientId, password)
      expect(bad.code).toBe(1)
      expect(bad.said).toContain(`dropped ${dropped?.id}: `)
    } finally {
      honest.close()
      other.close()
    }
    expect(await run()).toMatchObject({ code: 2, said: expect.stringContaining('usage: ') })
  })
})

const withoutEvent = (answer: string, id: string): string => {
  const page = JSON.parse(answer) as { data?: { id: string }[] }
  if (!page.data?.some((event) => event.id === id)) return answer
  return JSON.stringify({ ...page, data: page.data.filter((event) => event.id !== id) })
}
