import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { isAlive, readPostmaster } from '../../src/node/postmaster.ts'
import { simulatedProviders } from '../../src/simulators/register.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'
import { createVisitor } from '../kit/visitor.ts'

let dataDir: string
const started: StartedGateway[] = []

const start = async (env: Record<string, string> = {}) => {
  const gateway = await startGatewayProcess({ LEPHI_DATA_DIR: dataDir, ...env })
  started.push(gateway)
  return gateway
}

const postgresOf = async () => {
  const folder = join(dataDir, 'postgres')
  const home = (await readdir(folder)).includes('elsewhere') ? join(folder, 'elsewhere') : folder
  const found = await readPostmaster(join(home, 'cluster'))
  return found && isAlive(found.pid) ? found : undefined
}

const orderInput = {
  dossier_code: 'H56.12.03-261122-0042',
  agency_code: 'H56.12.03',
  payer: { name: 'Nguyễn Thị Lan' },
  lines: [{ fee_code: 'PHI-LLTP', kind: 'phi', description: 'Phí cấp phiếu lý lịch tư pháp', unit_amount: 200_000 }],
  return_url: 'https://portal.example.vn/dossiers/42',
}

const placeOrder = async (gateway: StartedGateway, key: string) => {
  const { status, json } = await gateway.call('portal', '/v1/orders', orderInput, { 'idempotency-key': key })
  expect(status).toBe(201)
  return String(json.id)
}

/** Starts an attempt and has the payer press "pay" at the simulated provider. */
const pay = async (gateway: StartedGateway, orderId: string, provider: string) => {
  const { json } = await gateway.call('portal', `/v1/orders/${orderId}/attempts`, { provider })
  const answer = await fetch(`${gateway.url}/simulators/${provider}/payments/${json.merchant_reference}/complete`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ result: 'success', pay_url: (json.action as { url: string }).url }),
  })
  expect(answer.status).toBe(200)
  return String(json.merchant_reference)
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lephi-start-'))
  // As root the database runs under another account, which must be able to pass.
  await chmod(dataDir, 0o711)
})
afterEach(async () => {
  for (const gateway of started.splice(0)) if (gateway.process.exitCode === null) await gateway.end('SIGKILL')
})
afterAll(async () => {
  const left = await postgresOf().catch(() => undefined)
  if (left) process.kill(left.pid, 'SIGQUIT')
  await vi.waitFor(() => expect(left && isAlive(left.pid)).not.toBe(true), { timeout: 20_000 })
  await rm(dataDir, { recursive: true, force: true })
})

/** Signs in to the console as somebody of the demo, at the demo's own issuer. */
const signInAs = async ({ url, demo }: StartedGateway, name: string) => {
  const visitor = createVisitor(url)
  const page = await visitor.send(`${url}/console/sign-in`, {})
  const person = (await demo()).console_users?.find((each) => each.name === name)
  const home = await visitor.send(page.url, { person: person?.subject ?? '' })
  expect([home.url, home.html.includes(`<b>${name}</b>`)]).toEqual([`${url}/console`, true])
}

describe('npm start', { timeout: 120_000 }, () => {
  test('serves a demo with nothing configured, and finds its data at the next start', async () => {
    const first = await start()
    const ready = await fetch(`${first.url}/readyz`)
    expect([ready.status, await ready.json()]).toEqual([200, expect.objectContaining({ status: 'ok' })])
    const links = [...first.printed().matchAll(/^ {2}\S.* (http\S+)$/gm)].map(([, url]) => String(url))
    expect(links).toEqual([
      `${first.url}/`,
      `${first.url}/docs`,
      expect.stringContaining('/pay/'),
      `${first.url}/demo-portal`,
      `${first.url}/console`,
      `${first.url}/simulators`,
    ])
    for (const link of links) expect((await fetch(link)).status, link).toBe(200)
    expect((await stat(join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(dataDir, 'master-key'))).mode & 0o777).toBe(0o600)
    const demo = await first.demo()
    expect(demo).toMatchObject({ base_url: first.url, agency_code: 'H56' })
    expect(Object.keys(demo).toSorted()).toEqual([
      'agency_code',
      'base_url',
      'clients',
      'console_users',
      'merchant_accounts',
    ])
    expect(Object.keys(demo.clients).toSorted()).toEqual(['accountant', 'admin', 'auditor', 'checker', 'portal'])
    const named = Object.entries(demo.merchant_accounts).map(([name, { credentials }]) => [
      name,
      Object.keys(credentials),
    ])
    expect(Object.keys(demo.merchant_accounts).toSorted()).toEqual(Object.keys(simulatedProviders).toSorted())
    expect(Object.fromEntries(named)).toMatchObject({
      vnpay: ['tmn_code', 'hash_secret'],
      momo: ['partner_code', 'access_key', 'secret_key'],
      zalopay: ['app_id', 'key1', 'key2'],
      vnptpay: ['merchant_service_id', 'secret_key', 'api_key'],
      paygov: ['partner_code', 'secret_key'],
      megapay: ['mer_id', 'encode_key', 'refund_password'],
    })
    await signInAs(first, demo.console_users?.[0]?.name ?? '')
    const order = await placeOrder(first, 'start-1')
    await pay(first, order, 'vnpay')
    expect((await first.call('portal', `/v1/orders/${order}`)).json).toMatchObject({ status: 'paid', warnings: [] })
    const reference = await pay(first, await placeOrder(first, 'start-2'), 'momo')
    const server = await postgresOf()
    expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null })
    expect(isAlive(server?.pid ?? 0)).toBe(false)

    // Another port than the first time: addresses in the merchant accounts have to follow.
    const second = await start()
    expect((await second.demo()).clients).toEqual(demo.clients)
    expect((await second.demo()).merchant_accounts).toEqual(demo.merchant_accounts)
    expect((await second.call('portal', `/v1/orders/${order}`)).json).toMatchObject({ status: 'paid' })
    await signInAs(second, demo.console_users?.[2]?.name ?? '')
    const known = await fetch(`${second.url}/simulators/momo/payments/${reference}`)
    expect(await known.json()).toMatchObject({ merchant_reference: reference, status: 'success' })
    for (const provider of ['vnpay', 'momo']) {
      const later = await placeOrder(second, `later-${provider}`)
      await pay(second, later, provider)
      expect((await second.call('portal', `/v1/orders/${later}`)).json).toMatchObject({ status: 'paid' })
    }
    expect(await second.end('SIGINT')).toEqual({ code: 0, signal: null })
    expect(await postgresOf()).toBe(undefined)
  })

  test('starts again after it was killed', async () => {
    const first = await start()
    const order = await placeOrder(first, 'killed')
    await first.end('SIGKILL')
    const second = await start()
    expect((await second.call('portal', `/v1/orders/${order}`)).json).toMatchObject({ status: 'open' })
    expect((await second.end('SIGTERM')).code).toBe(0)
    expect(await postgresOf()).toBe(undefined)
  })

  test('ends in time with a call to a provider that never answers under way', async () => {
    const gateway = await start()
    await fetch(`${gateway.url}/simulators/momo/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ fault: 'timeout_before', operation: 'create', delay_seconds: 300 }),
    })
    const order = await placeOrder(gateway, 'silent')
    const starting = gateway.call('portal', `/v1/orders/${order}/attempts`, { provider: 'momo' }).catch(() => 'broken')
    await expect
      .poll(
        async () => ((await (await fetch(`${gateway.url}/simulators/momo/faults`)).json()) as { data: [] }).data.length,
        { timeout: 10_000 },
      )
      .toBe(0)
    const begun = performance.now()
    expect((await gateway.end('SIGTERM')).code).toBe(0)
    // What a supervisor gives a process at least before it kills it; the provider would be silent for ten times as long.
    expect(performance.now() - begun).toBeLessThan(30_000)
    await starting
  }, 60_000)

  test('says what to do when its port is in use, and leaves no database behind', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    await expect(start({ PORT: port })).rejects.toThrow(`Port ${port} on 127.0.0.1 is in use. Stop the other program`)
    expect(await postgresOf()).toBe(undefined)
    other.close()
  })

  test('refuses a master key that does not open its database', async () => {
    const path = join(dataDir, 'master-key')
    const right = await readFile(path, 'utf8')
    await writeFile(path, Buffer.alloc(32, 1).toString('base64'))
    await expect(start()).rejects.toThrow('sealed with another key')
    await writeFile(path, right)
    expect(await postgresOf()).toBe(undefined)
  })

  test('refuses production without a database, an https address and a key of its own', async () => {
    await expect(start({ LEPHI_MODE: 'production' })).rejects.toThrow(
      /ended with 2:.*DATABASE_URL: .*PUBLIC_URL: .*LEPHI_MASTER_KEY: /s,
    )
  })
})
