// Two gateway processes over one PostgreSQL, by way of one PgBouncer in transaction mode: whichever of them comes first does a piece of background work, and the other does not.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { usePgBouncer } from '../kit/pgbouncer.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'

/** Long enough for a busy machine. */
const soon = { timeout: 30_000 }
const ordersEach = 4

const bouncer = usePgBouncer({ poolSize: 3 })
let database: TestDatabase
let folder: string
let gateways: StartedGateway[]
let portal: Server
/** How often each message has come. */
const heard = new Map<string, number>()

beforeAll(async () => {
  database = await createTestDatabase()
  folder = await mkdtemp(join(tmpdir(), 'lephi-processes-'))
  portal = createServer((request, response) => {
    const id = String(request.headers['webhook-id'])
    heard.set(id, (heard.get(id) ?? 0) + 1)
    request.resume()
    response.end()
  }).listen(0, '127.0.0.1')
  await once(portal, 'listening')
  const key = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')
  const settings = {
    DATABASE_URL: bouncer().through(database.url),
    LEPHI_DATABASE_POOLER: 'transaction',
    DATABASE_MIGRATIONS_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_MASTER_KEY: key,
  }
  // At the same moment, as a machine that comes up does.
  gateways = await Promise.all(
    ['one', 'two'].map((name) => startGatewayProcess({ ...settings, LEPHI_DATA_DIR: join(folder, name) })),
  )
}, 120_000)
afterAll(async () => {
  await Promise.all((gateways ?? []).map((gateway) => gateway.end('SIGTERM')))
  portal?.close()
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

/** What a process counts of itself. */
const counted = async ({ url }: StartedGateway, name: string): Promise<number> => {
  const text = await (await fetch(`${url}/metrics`)).text()
  return [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\d+)`, 'gm'))].reduce(
    (sum, [, value]) => sum + Number(value),
    0,
  )
}

const headers = () => ({ 'idempotency-key': crypto.randomUUID() })

/** Somebody pays an order of a portal's, all of it by way of this process. */
const payAt = async (gateway: StartedGateway, number: number): Promise<void> => {
  const order = await gateway.call(
    'portal',
    '/v1/orders',
    {
      dossier_code: `H56.12.03-261122-${String(1_000 + number)}`,
      agency_code: 'H56.12.03',
      payer: { name: 'Nguyễn Thị Lan' },
      lines: [{ fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí', unit_amount: 200_000 }],
      return_url: 'https://portal.example.vn/dossiers/42',
    },
    headers(),
  )
  const { status, json } = await gateway.call(
    'portal',
    `/v1/orders/${order.json.id}/attempts`,
    { provider: 'vnpay' },
    headers(),
  )
  expect([order.status, status]).toEqual([201, 201])
  // The simulated providers are in each process; the page says in which one this payment is.
  const page = new URL((json.action as { url: string }).url)
  await (await fetch(page)).text()
  const paid = await fetch(`${page.origin}/simulators/vnpay/payments/${json.merchant_reference}/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ result: 'success' }),
  })
  expect(paid.status).toBe(200)
}

test('what came to either is told once, receipted once, and booked once', async () => {
  const { port } = portal.address() as AddressInfo
  const hook = { url: `http://127.0.0.1:${port}/`, event_types: ['order.created', 'order.paid'] }
  const [first] = gateways
  expect((await first?.call('admin', '/v1/webhook_endpoints', hook, headers()))?.status).toBe(201)
  await Promise.all(
    gateways.flatMap((gateway, at) => Array.from({ length: ordersEach }, (_, n) => payAt(gateway, 100 * at + n))),
  )
  const paid = ordersEach * gateways.length
  const count = async (table: string) =>
    (await database.sql`select count(*)::int as rows from ${database.sql(table)}`)[0]?.rows
  await expect.poll(() => count('receipts'), soon).toBe(paid)
  await expect.poll(() => heard.size, soon).toBe(2 * paid)
  const waiting = () => database.sql`select id from webhook_deliveries where status <> 'delivered'`
  await expect.poll(waiting, soon).toEqual([])
  expect([...heard.values()].filter((times) => times !== 1)).toEqual([])
  const sent = await Promise.all(gateways.map((gateway) => counted(gateway, 'lephi_webhook_signatures_total')))
  expect(sent.reduce((sum, each) => sum + each, 0)).toBe(2 * paid)
  expect(await count('receipts')).toBe(paid)
  const [books] = await database.sql`select sum(-amount)::int as collected from postings where account = 'collected'`
  expect(books).toEqual({ collected: 200_000 * paid })
}, 120_000)
