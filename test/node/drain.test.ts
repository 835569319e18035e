// A gateway that is told to end under load: it says so first, answers everything that it took, and goes. Whoever sends requests does what a load balancer does.
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { startGatewayProcess } from '../kit/started-gateway.ts'

/** Long enough for a busy machine. */
const soon = { timeout: 30_000 }

let database: TestDatabase
let dataDir: string
beforeAll(async () => {
  database = await createTestDatabase()
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-drain-'))
})
afterAll(async () => {
  await database.drop()
  await rm(dataDir, { recursive: true, force: true })
})

test('answers what it took, without a reset or a 5xx, and leaves with exit code 0', async () => {
  const gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: dataDir,
    LEPHI_DRAIN_SECONDS: '5',
  })
  const token = await gateway.token('portal')
  const agent = new Agent({ connections: 8, pipelining: 1 })
  const answers: { status: number; placed: boolean }[] = []
  const failures: string[] = []
  let isSeen = false
  let keys = 0
  const sender = async () => {
    while (!isSeen) {
      keys += 1
      const body = JSON.stringify({
        dossier_code: 'H56.12.03-261122-0042',
        agency_code: 'H56.12.03',
        payer: { name: 'Nguyễn Thị Lan' },
        lines: [{ fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí', unit_amount: 200_000 }],
        return_url: 'https://portal.example.vn/dossiers/42',
      })
      const headers = {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'idempotency-key': `drain-${keys}`,
      }
      try {
        const answer = await request(`${gateway.url}/v1/orders`, { method: 'POST', headers, body, dispatcher: agent })
        const text = await answer.body.text()
        answers.push({ status: answer.statusCode, placed: text.includes('"ord_') })
      } catch (error) {
        failures.push(String(error))
      }
    }
  }
  const senders = Array.from({ length: 8 }, sender)
  await expect.poll(() => answers.length, soon).toBeGreaterThan(20)
  expect(await (await fetch(`${gateway.url}/readyz`)).json()).toMatchObject({ status: 'ok' })
  const ended = gateway.end('SIGTERM')

  const asked = async () => {
    const answer = await fetch(`${gateway.url}/readyz`)
    return { status: answer.status, ...((await answer.json()) as object) }
  }
  await expect
    .poll(asked, soon)
    .toMatchObject({ status: 'unavailable', checks: { process: expect.stringContaining('draining'), database: 'ok' } })
  expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200)
  const answeredBefore = answers.length
  await expect.poll(() => answers.length, soon).toBeGreaterThan(answeredBefore + 5)
  isSeen = true
  await Promise.all(senders)
  expect(failures).toEqual([])
  expect(answers.every(({ status, placed }) => status === 201 && placed)).toBe(true)
  expect(await ended).toEqual({ code: 0, signal: null })
  await agent.close()
  const [row] = await database.sql`select count(*)::int as count from idempotency_keys where key like 'drain-%'`
  expect(row?.count).toBe(answers.length)
}, 120_000)

test('gives back what it was asking a provider about, so that the next process asks at once', async () => {
  const asked = Promise.withResolvers<void>()
  // A provider that takes every question and answers none.
  const provider = createServer(() => asked.resolve())
  provider.listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const { port } = provider.address() as AddressInfo
  const gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: dataDir,
    LEPHI_DRAIN_SECONDS: '0',
  })
  const { merchant_accounts: accounts } = await gateway.demo()
  const settings = { api_url: `http://127.0.0.1:${port}/` }
  await database.sql`
    update merchant_accounts set settings = settings || ${database.sql.json(settings)} where id = ${accounts.vnpay?.id ?? ''}`
  const headers = () => ({ 'idempotency-key': crypto.randomUUID() })
  const order = await gateway.call(
    'portal',
    '/v1/orders',
    {
      dossier_code: 'H56.12.03-261122-0043',
      agency_code: 'H56.12.03',
      payer: { name: 'Nguyễn Thị Lan' },
      lines: [{ fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí', unit_amount: 200_000 }],
      return_url: 'https://portal.example.vn/dossiers/43',
    },
    headers(),
  )
  const attempt = await gateway.call('portal', `/v1/orders/${order.json.id}/attempts`, { provider: 'vnpay' }, headers())
  expect(attempt.status).toBe(201)
  // So old that the schedule asks once a day; and due.
  await database.sql`
    update attempts set created_at = now() - interval '5 days', next_query_at = now() where id = ${String(attempt.json.id)}`
  await asked.promise
  const before = new Date()
  expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null })
  const [row] = await database.sql`select next_query_at, status from attempts where id = ${String(attempt.json.id)}`
  expect(row?.status).toBe('pending')
  expect(Number(row?.nextQueryAt)).toBeGreaterThanOrEqual(before.getTime())
  expect(Number(row?.nextQueryAt)).toBeLessThanOrEqual(Date.now())
  provider.closeAllConnections()
  provider.close()
}, 120_000)

test('a second signal ends it at once', async () => {
  const gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: dataDir,
    LEPHI_DRAIN_SECONDS: '300',
  })
  const ended = gateway.end('SIGTERM')
  await expect.poll(async () => (await fetch(`${gateway.url}/readyz`)).status, soon).toBe(503)
  // Two presses within a second are one press that npm hands on as well, so it is pressed until it goes.
  const presses = setInterval(() => gateway.process.kill('SIGTERM'), 100)
  expect(await ended).toEqual({ code: 130, signal: null })
  clearInterval(presses)
}, 120_000)
