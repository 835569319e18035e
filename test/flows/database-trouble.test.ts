// PostgreSQL hangs, is away, is full, is a standby, or has lost its own: nobody is told anything that is not so, and all is well when it is back.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createSealedBox } from '../../src/lib/sealed-box.ts'
import { databaseError } from '../../src/store/database.ts'
import { type Json, rowsOf, startTown, type Town } from '../kit/town.ts'
import { startTroubledServer, type TroubledServer } from '../kit/troubled-server.ts'

/** It calls again until it is heard. */
const provider = 'vnpay'
const silenceMs = 2_500
/** The longest answer: the silence, the hope of one more question behind it, and a machine that others use. */
const answerMs = 12_000

let server: TroubledServer
let town: Town
let token: string
beforeAll(async () => {
  server = await startTroubledServer()
  town = await startTown('2026-11-23T02:00:00Z', {
    database: server.open({ silenceMs }),
    box: createSealedBox([{ id: 'troubled', key: randomBytes(32) }]),
  })
}, 120_000)
beforeEach(async () => {
  token = await town.token()
})
afterAll(async () => {
  server.line.heal()
  await town.close()
  await server.stop()
})

const endBackends = () =>
  server.command(
    `select pg_terminate_backend(pid) from pg_stat_activity where client_port = any('{${server.line.ports()}}')`,
  )
const setting = async (text: string) => {
  await server.command(text)
  await server.command('select pg_reload_conf()')
}
const readOnly = (is: 'on' | 'off') => server.command(`alter database lephi set default_transaction_read_only = ${is}`)

/** Each brings the server into trouble, and answers how it gets out of it. */
const troubles: Record<string, () => Promise<() => unknown>> = {
  'that hangs': async () => {
    server.line.hang()
    return server.line.heal
  },
  'that is away': async () => {
    server.line.cut()
    return server.line.heal
  },
  'that ends every connection and is away': async () => {
    await endBackends()
    server.line.cut()
    return server.line.heal
  },
  'that is full': async () => {
    server.line.cut()
    const { refusal, leave } = await server.fill()
    expect(databaseError(refusal)?.code).toBe('53300')
    server.line.heal()
    return leave
  },
  'that takes no writes any more': async () => {
    await readOnly('on')
    server.line.cut()
    server.line.heal()
    return () => readOnly('off')
  },
  'whose only standby is away': async () => {
    await setting(`alter system set synchronous_standby_names = 'nobody'`)
    return () => setting(`alter system reset synchronous_standby_names`)
  },
}

const order = (name: string) => ({
  dossier_code: `H56.12.03-261123-${name}`,
  agency_code: 'H56.12.03',
  payer: { name: 'Nguyễn Thị Lan' },
  lines: [{ kind: 'le_phi', description: 'Lệ phí', unit_amount: 150_000 }],
  return_url: 'https://portal.example.vn/dossiers/7',
  metadata: { name },
})
const orders = (name: string) => town.sql`select id, status from orders where metadata ->> 'name' = ${name}`
const place = (name: string) =>
  town.request('/v1/orders', { json: order(name), token, headers: { 'idempotency-key': name } })
const deliveries = async (reference: string): Promise<readonly Json[]> =>
  rowsOf(((await (await town.simulators.app.request(`/${provider}/payments/${reference}`)).json()) as Json).deliveries)

describe.for(Object.keys(troubles))('a database %s', (name) => {
  const key = name.replaceAll(' ', '-').slice(0, 30)

  test('refuses clearly and soon, and when it is well nothing is lost or there twice', async () => {
    const paid = await town.place()
    const attempt = await town.attempt(paid, provider)
    await town.deps.settled()
    const getOut = (await troubles[name]?.()) ?? (() => undefined)
    const begun = performance.now()
    const [first, page] = await Promise.all([
      place(key),
      town.request('/where?code=H56.12.03-261123-none', { headers: { accept: 'text/html' } }),
    ])
    // The provider calls: what it is answered is no acknowledgement.
    await town.pay(provider, attempt)
    const tookMs = performance.now() - begun
    const told = (await deliveries(attempt.reference)).map(({ accepted }) => accepted)
    await getOut()

    expect([first.status, (await first.json()).code]).toEqual([503, 'service_unavailable'])
    expect(Number(first.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(page.status === 503 ? Number(page.headers.get('retry-after')) : page.status).toBeGreaterThan(0)
    expect(page.status).not.toBe(500)
    expect(tookMs).toBeLessThan(answerMs)
    expect(told).toEqual([false])

    await expect.poll(async () => (await place(key)).status, { timeout: 20_000 }).toBe(201)
    const [again, kept] = [await (await place(key)).json(), await orders(key)]
    expect(kept).toEqual([{ id: again.id, status: 'open' }])
    await expect
      .poll(
        async () => {
          await town.pass(600)
          return (await deliveries(attempt.reference)).at(-1)?.accepted
        },
        { timeout: 20_000 },
      )
      .toBe(true)
    expect((await town.order(paid)).status).toBe('paid')
    expect(await town.ledger()).toMatchObject({ provider_receivable: town.held() })
  }, 60_000)
})
