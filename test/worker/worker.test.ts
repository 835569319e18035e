// The gateway in workerd, as Cloudflare runs it, over a real PostgreSQL.
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness, unstable_readConfig } from 'wrangler'
import { routeTable } from '../../src/api/routes.ts'
import { readConfig } from '../../src/config.ts'
import { importWaiting } from '../../src/flows/import-statement.ts'
import { frontRoutes } from '../../src/front-app.ts'
import { createSealedBox, type SealingKey } from '../../src/lib/sealed-box.ts'
import { businessDay } from '../../src/lib/time.ts'
import type { DemoFile } from '../../src/node/demo-file.ts'
import { createDemoSecrets } from '../../src/node/demo-keys.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { seedDemo } from '../../src/node/seed-demo.ts'
import { hasAddress } from '../../src/worker/has-address.ts'
import { countBindings } from '../../src/worker/shared-counts.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps } from '../kit/deps.ts'
import { pdfText } from '../kit/pdf-text.ts'
import { bankFile } from '../kit/statements.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'
import { buildUpload } from './kit/build-upload.ts'

const publicUrl = 'https://fees.example.vn'
const key: SealingKey = { id: 'main', key: randomBytes(32) }

type Counter = { name: string; namespace_id: string; simple: { limit: number; period: number } }

let outs: Readonly<Record<'front' | 'office', string>>
let database: TestDatabase
let demo: DemoFile
let harness: TestHarness
let token: string

const request = async (path: string, json?: object, headers: Record<string, string> = {}) => {
  const answer = await harness.fetch(path, {
    method: json ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(json ? { body: JSON.stringify(json) } : {}),
  })
  const text = await answer.text()
  return { status: answer.status, json: JSON.parse(text) as Record<string, unknown> }
}

const tokenOf = async ({ client_id, client_secret }: { client_id: string; client_secret: string }): Promise<string> => {
  const form = { grant_type: 'client_credentials', client_id, client_secret }
  const answer = await harness.fetch('/oauth/token', { method: 'POST', body: new URLSearchParams(form) })
  return String(((await answer.json()) as Record<string, unknown>).access_token)
}

const placeOrder = async (name: string) => {
  const placed = await request(
    '/v1/orders',
    {
      dossier_code: 'H56.12.03-261122-0001',
      agency_code: 'H56.12.03',
      payer: { name: 'Nguyễn Thị Lan' },
      lines: [{ kind: 'le_phi', description: `Lệ phí ${name}`, unit_amount: 50_000 }],
      return_url: 'https://portal.example.vn/',
    },
    { 'idempotency-key': name },
  )
  expect(placed.status).toBe(201)
  return String(placed.json.id)
}

beforeAll(async () => {
  process.env.CLOUDFLARE_CF_FETCH_ENABLED = 'false'
  process.env.WRANGLER_SEND_METRICS = 'false'
  outs = { front: await buildUpload('wrangler.toml'), office: await buildUpload('wrangler.office.toml') }
  database = await createTestDatabase()
  const deps = createTestDeps(database.database, { box: createSealedBox([key]), now: () => new Date(), publicUrl })
  demo = (await seedDemo(deps, createDemoSecrets(key))).demo
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = database.url
  const settings = {
    vars: {
      PUBLIC_URL: publicUrl,
      LEPHI_OIDC_ISSUER: 'https://127.0.0.1:9/nobody-is-here',
      LEPHI_OIDC_CLIENT_ID: 'lephi',
      LEPHI_OIDC_AGENCY: 'H56',
    },
    secrets: { LEPHI_MASTER_KEY: Buffer.from(key.key).toString('base64') },
  }
  harness = createTestHarness({
    root: packageRoot(),
    workers: [
      { configPath: './wrangler.toml', prebuiltWorkerDir: outs.front, ...settings },
      { configPath: './wrangler.office.toml', prebuiltWorkerDir: outs.office, ...settings },
    ],
  })
  await harness.listen()
  token = await tokenOf(demo.clients.portal)
}, 300_000)
afterAll(async () => {
  await harness?.close()
  await database?.drop()
  for (const out of Object.values(outs ?? {})) await rm(out, { recursive: true, force: true })
})

describe('the Worker', { timeout: 60_000 }, () => {
  test('is alive and ready', async () => {
    expect((await harness.fetch('/healthz')).status).toBe(200)
    expect((await harness.fetch('/readyz')).status).toBe(200)
    const front = await harness.fetch('/', { headers: { accept: 'text/html' } })
    expect([front.status, front.headers.get('content-type')]).toEqual([200, 'text/html; charset=UTF-8'])
    const font = await harness.fetch('/assets/be-vietnam-pro-5.3.0-vietnamese-400.woff2')
    expect([font.status, (await font.arrayBuffer()).byteLength > 10_000]).toEqual([200, true])
    // The providers' own side exists in demos on Node only.
    for (const path of ['/simulators', '/demo-portal']) expect((await harness.fetch(path)).status).toBe(404)
  })

  test('shows the way into the console, and says so when its issuer does not answer', async () => {
    const page = await harness.fetch('/console')
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('Đăng nhập qua 127.0.0.1:9')])
    const pressed = await harness.fetch('/console/sign-in', { method: 'POST', body: new URLSearchParams({ to: '' }) })
    expect([pressed.status, (await pressed.text()).includes('chưa trả lời')]).toEqual([503, true])
  })

  test('takes an order from placing to paid by a signed callback, once', async () => {
    const order = await placeOrder('worker-1')
    const attempt = await request(`/v1/orders/${order}/attempts`, { provider: 'vnpay' })
    expect(attempt).toMatchObject({ status: 201, json: { amount: 50_000, action: { type: 'redirect' } } })
    const account = demo.merchant_accounts.vnpay ?? { id: '', credentials: {} }
    const callback = signedVnpayCallback(account, String(attempt.json.merchant_reference), 50_000)
    const forged = await harness.fetch(callback.replace('vnp_Amount=5', 'vnp_Amount=6'))
    expect(await forged.json()).toMatchObject({ RspCode: '97' })
    expect((await request(`/v1/orders/${order}`)).json.status).toBe('open')
    const answers = await Promise.all(Array.from({ length: 5 }, () => harness.fetch(callback)))
    const codes = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { RspCode: string }).RspCode),
    )
    expect(codes.toSorted()).toEqual(['00', '02', '02', '02', '02'])
    expect((await request(`/v1/orders/${order}`)).json).toMatchObject({
      status: 'paid',
      amount_paid: 50_000,
      paid_by: { provider: 'vnpay', provider_reference: '14226112' },
    })
  })

  test('tells an open page at once that its order has changed', async () => {
    const order = await placeOrder('worker-live')
    const { checkout_url: url } = (await request(`/v1/orders/${order}`)).json
    const page = await harness.fetch(new URL(String(url)).pathname, { headers: { accept: 'text/html' } })
    const [, events = ''] = /data-live="([^"]*)"/.exec(await page.text()) ?? []
    const stream = await harness.fetch(events)
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const heard = stream.text()
    expect((await request(`/v1/orders/${order}/cancel`, {})).status).toBe(200)
    expect(await heard).toMatch(/event: changed/)
  })

  test('answers many requests at once, each over its own connections', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => request('/v1/orders?limit=1')))
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200))
    const open = () =>
      database.sql`select count(*)::int as count from pg_stat_activity where datname = current_database() and application_name = 'lephi' and pid <> pg_backend_pid()`
    // The pools of the requests close; those of the test itself stay.
    await expect.poll(async () => Number((await open())[0]?.count), { timeout: 20_000 }).toBeLessThanOrEqual(9)
  })

  test('runs the jobs when the cron trigger fires', async () => {
    const order = await placeOrder('worker-2')
    const past = new Date(Date.now() - 60_000)
    await database.sql`update orders set expires_at = ${past}, next_expiry_at = ${past} where id = ${order}`
    const result = await harness.getWorker('lephi-office').scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    expect(result).toMatchObject({ outcome: 'ok' })
    await expect
      .poll(async () => (await request(`/v1/orders/${order}`)).json.status, { timeout: 30_000 })
      .toBe('expired')
  })

  test('imports a small statement itself, and leaves a large one whole to a process on Node', {
    timeout: 240_000,
  }, async () => {
    const accountant = await tokenOf(demo.clients.accountant)
    const [agency] = await database.sql`select id from merchant_accounts order by id limit 1`
    const upload = async (rows: number) => {
      const form = new FormData()
      form.set('source', 'bank')
      form.set('merchant_account', String(agency?.id))
      const lines = Array.from({ length: rows }, (_, n) => ({
        amount: 1_000 + n,
        reference: `R${n}`,
        text: 'x'.repeat(1_500),
      }))
      form.set('file', new Blob([bankFile(lines)], { type: 'text/csv' }), 'bank.csv')
      const encoded = new Response(form)
      const answer = await harness.fetch('/v1/statements', {
        method: 'POST',
        headers: {
          authorization: `Bearer ${accountant}`,
          'content-type': encoded.headers.get('content-type') ?? '',
        },
        body: await encoded.arrayBuffer(),
      })
      expect(answer.status).toBe(202)
      return ((await answer.json()) as { id: string }).id
    }
    const seen = async (id: string) =>
      (await (
        await harness.fetch(`/v1/statements/${id}`, { headers: { authorization: `Bearer ${accountant}` } })
      ).json()) as Record<string, unknown>
    const large = await upload(12_000)
    const small = await upload(10)
    await expect.poll(async () => (await seen(small)).status, { timeout: 90_000 }).toBe('imported')
    await harness.getWorker('lephi-office').scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    expect(await seen(large)).toMatchObject({ status: 'queued', waits_for: 'larger_process', lines: 0 })
    const [stored] = await database.sql`
      select (select count(*)::int from statement_lines where statement_id = ${large}) as lines, tries from statements where id = ${large}`
    expect(stored).toMatchObject({ lines: 0, tries: 0 })
    await importWaiting(createTestDeps(database.database, { box: createSealedBox([key]), now: () => new Date() }), 10)
    expect(await seen(large)).toMatchObject({ status: 'imported', waits_for: null, accepted: 12_000 })
  })

  test('prints a report with the typeface of its bundle', async () => {
    const access_token = await tokenOf(demo.clients.accountant)
    const day = businessDay(new Date())
    const answer = await harness.fetch(`/v1/reports/collections?from=${day}&to=${day}`, {
      headers: { authorization: `Bearer ${access_token}`, accept: 'application/pdf' },
    })
    expect(answer.status).toBe(200)
    expect(await pdfText(new Uint8Array(await answer.arrayBuffer()))).toContain('BẢNG KÊ THU PHÍ, LỆ PHÍ')
  })

  test('has a counter for whatever strangers can flood, of the limits that the gateway has by itself', async () => {
    const countersOf = (file: string): readonly Counter[] =>
      unstable_readConfig({ config: join(packageRoot(), file) }).ratelimits
    const ratelimits = countersOf('wrangler.toml')
    expect(countersOf('wrangler.office.toml')).toEqual(ratelimits)
    const { rateLimits } = readConfig({})
    const counted = Object.fromEntries(ratelimits.map(({ name, simple }) => [name, simple]))
    expect(counted).toEqual(
      Object.fromEntries(
        Object.entries(countBindings).map(([limitClass, name]) => [
          name,
          { limit: rateLimits[limitClass as keyof typeof countBindings], period: 60 },
        ]),
      ),
    )
    expect(new Set(ratelimits.map(({ namespace_id }) => namespace_id)).size).toBe(ratelimits.length)
  })

  test('hands to the office whatever is not the front’s own, and never the other way round', () => {
    const isFronts = hasAddress({
      routes: frontRoutes.map(({ path }) => ({ path: path.replaceAll(/\{(\w+)\}/g, ':$1') })),
    })
    const own = new Set(frontRoutes)
    const taken = routeTable.filter((route) => !own.has(route) && isFronts(route.path.replaceAll(/[{}]/g, '')))
    expect(taken).toEqual([])
    expect(frontRoutes.filter(({ path }) => !isFronts(path.replaceAll(/[{}]/g, '')))).toEqual([])
    expect(frontRoutes.length).toBeGreaterThan(15)
  })

  test('serves nobody with a login that may change what was booked', async () => {
    await database.sql`grant update on postings to lephi_app`
    try {
      await harness.reset()
      const refused = await harness.fetch('/v1/orders')
      expect(refused.status).toBe(503)
    } finally {
      await database.sql`revoke update on postings from lephi_app`
    }
    expect((await harness.fetch('/readyz')).status).toBe(200)
  })
})
