// The demo's clock: what it refuses, what it remembers, and what a whole gateway does when it is moved.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { runCommand } from '../../src/node/commands/run-command.ts'
import { clockRoutes } from '../../src/node/demo-clock/clock-routes.ts'
import { openDemoClock } from '../../src/node/demo-clock/demo-clock.ts'
import type { DueWork } from '../../src/node/demo-clock/do-due-work.ts'
import { type Gateway, startGateway } from '../../src/node/start-gateway.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'

const dayMs = 86_400_000
const machineNow = () => new Date('2026-11-30T03:00:00Z')
let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-clock-'))
  return () => rm(dataDir, { recursive: true, force: true })
})

describe('the demo’s clock', () => {
  it('goes forward, and stays ahead after a restart', async () => {
    const clock = await openDemoClock(dataDir, machineNow)
    expect(clock.now()).toEqual(machineNow())
    await clock.advance(3 * dayMs)
    expect(clock.now().toISOString()).toBe('2026-12-03T03:00:00.000Z')
    expect(clock.machineNow()).toEqual(machineNow())
    expect((await openDemoClock(dataDir, machineNow)).now()).toEqual(clock.now())
  })

  it('never goes back, nor further than 400 days', async () => {
    const clock = await openDemoClock(dataDir, machineNow)
    for (const byMs of [0, -1, 0.5, Number.NaN]) await expect(clock.advance(byMs)).rejects.toThrow(RangeError)
    await clock.advance(400 * dayMs)
    await expect(clock.advance(1)).rejects.toThrow('at most 400 days')
    expect(clock.aheadMs()).toBe(400 * dayMs)
  })

  it('starts with no memory that cannot be read', async () => {
    for (const text of ['', '{"ahead_ms":-1}', '{"ahead_ms":1e15}', '[]']) {
      await writeFile(join(dataDir, 'clock.json'), text)
      await expect(openDemoClock(dataDir, machineNow)).rejects.toThrow(/clock\.json cannot be read/)
    }
  })
})

describe('moving it over HTTP', () => {
  const idle: DueWork = { done: {}, failed: [], isComplete: true }
  const routes = async (doDueWork = async () => idle) =>
    clockRoutes({ clock: await openDemoClock(dataDir, machineNow), doDueWork })
  const post = (body: unknown): [string, RequestInit] => [
    '/advance',
    { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) },
  ]

  it.each([
    [{}, '/', 'give one of'],
    [{ seconds: 1, days: 1 }, '/', 'give one of'],
    [{ seconds: 0 }, '/seconds', ''],
    [{ seconds: 1.5 }, '/seconds', ''],
    [{ days: 401 }, '/days', ''],
    [{ days: '1' }, '/days', ''],
    [{ to: '2027-02-06' }, '/to', 'a time such as'],
    [{ to: '2026-11-30T02:59:59Z' }, '/to', 'never goes back'],
    [{ to: '2028-02-06T08:00:00+07:00' }, '/to', 'at most 400 days'],
    [{ days: 1, hours: 1 }, '/', 'hours'],
    ['nonsense', '/', ''],
    [`{"days":1${' '.repeat(2_000)}}`, '/', ''],
  ])('refuses %j and names the field', async (body, pointer, message) => {
    const app = await routes()
    const answer = await app.request(...post(body))
    expect([answer.status, answer.headers.get('content-type')]).toEqual([422, 'application/problem+json'])
    expect(await answer.json()).toMatchObject({ errors: [{ pointer, message: expect.stringContaining(message) }] })
    expect(await (await app.request('/')).json()).toMatchObject({ ahead_seconds: 0 })
  })

  it('says what it has moved to and what was done, and lets nobody move it meanwhile', async () => {
    const work = Promise.withResolvers<DueWork>()
    const app = await routes(() => work.promise)
    const first = app.request(...post({ to: '2027-02-06T08:00:00+07:00' }))
    await expect.poll(async () => (await app.request(...post({ days: 1 }))).status).toBe(409)
    work.resolve({ done: { expire_orders: 2 }, failed: ['reconcile'], isComplete: false })
    expect(await (await first).json()).toEqual({
      former: '2026-11-30T10:00:00+07:00',
      now: '2027-02-06T08:00:00+07:00',
      ahead_seconds: (Date.parse('2027-02-06T01:00:00Z') - machineNow().getTime()) / 1_000,
      done: { expire_orders: 2 },
      failed: ['reconcile'],
      is_complete: false,
    })
  })
})

describe('a demo whose clock is moved', { timeout: 120_000 }, () => {
  let database: TestDatabase
  let gateway: Gateway
  let home: string
  const errors: unknown[] = []
  let keys = 0
  const env = () => ({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: home,
    PORT: '0',
    LEPHI_DATABASE_CONNECTIONS: '6',
  })
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'lephi-clock-home-'))
    database = await createTestDatabase()
    // The server's own clock, as a demo has it; other tests stop it.
    await database.sql.unsafe(
      'create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() $$',
    )
    const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined }
    gateway = await startGateway(readConfig(env()), { ...quiet, error: (...said: unknown[]) => void errors.push(said) })
  }, 120_000)
  afterAll(async () => {
    await gateway?.stop()
    await database?.drop()
    await rm(home, { recursive: true, force: true })
  })

  const call = async (path: string, json?: object) => {
    keys += 1
    const portal = gateway.demo?.contents.clients.portal ?? {}
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...portal })
    const { access_token } = await (await fetch(`${gateway.url}/oauth/token`, { method: 'POST', body: form })).json()
    const answer = await fetch(`${gateway.url}${path}`, {
      method: json ? 'POST' : 'GET',
      headers: {
        authorization: `Bearer ${access_token}`,
        'content-type': 'application/json',
        'idempotency-key': `key-${keys}`,
      },
      ...(json ? { body: JSON.stringify(json) } : {}),
    })
    const body = await answer.json()
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${JSON.stringify(body)}`)
    return body
  }
  const place = (number: number, unit_amount: number) =>
    call('/v1/orders', {
      dossier_code: `H56.12.03-261122-${number}`,
      agency_code: 'H56.12.03',
      payer: { name: 'Nguyễn Thị Lan' },
      lines: [{ kind: 'le_phi', description: 'Lệ phí hộ tịch', unit_amount }],
      return_url: 'https://portal.example.vn/dossiers/7',
    })
  const advance = (by: object) => call('/simulators/clock/advance', by)

  it('asks about what was lost, expires what is over, seals and erases nothing ahead of the machine, and its books hold', async () => {
    const [lost, unpaid] = [await place(8101, 901_001), await place(8102, 20_000)]
    const attempt = await call(`/v1/orders/${lost.id}/attempts`, { provider: 'vnpay' })
    await call(`/simulators/vnpay/payments/${attempt.merchant_reference}/complete`, {
      result: 'success',
      pay_url: attempt.action.url,
    })
    const soon = await advance({ seconds: 60 })
    expect(soon).toMatchObject({ failed: [], is_complete: true })
    await expect.poll(async () => (await call(`/v1/orders/${lost.id}`)).status, { timeout: 30_000 }).toBe('paid')
    expect((await call(`/v1/orders/${unpaid.id}`)).status).toBe('open')
    const later = await advance({ days: 150 })
    expect(Date.parse(later.now) - Date.parse(soon.now)).toBeGreaterThanOrEqual(150 * dayMs)
    expect(later.failed).toEqual([])
    await expect.poll(async () => (await call(`/v1/orders/${unpaid.id}`)).status, { timeout: 30_000 }).toBe('expired')
    expect((await place(8103, 20_000)).created_at.slice(0, 7)).toBe(later.now.slice(0, 7))
    expect(JSON.parse(await readFile(join(home, 'clock.json'), 'utf8'))).toEqual({ ahead_ms: 150 * dayMs + 60_000 })
    expect(await database.sql`select day from ledger_seals where day > now()::date`).toEqual([])
    // Whatever erases is due once a day at least: the turn that was taken is of the machine's day.
    expect(
      await database.sql`select name from job_leases where name in ('enforce_retention', 'keep_months', 'forget_provider_calls') and until < now() + interval '2 days' order by 1`,
    ).toEqual([{ name: 'enforce_retention' }, { name: 'forget_provider_calls' }, { name: 'keep_months' }])
    expect(errors).toEqual([])
    const said: string[] = []
    const code = await runCommand(['verify-ledger'], env(), {
      out: (line) => said.push(line),
      error: (line) => said.push(line),
    })
    expect([code, said.join('\n')]).toEqual([0, expect.any(String)])
  })
})
