// Each failure story of docs/sandbox.md by its amount and by its name, at one started demo over HTTP, in one run of the clock.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addDays } from '../../src/lib/time.ts'
import { magicNameOf, magicStories } from '../../src/simulators/magic-stories.ts'
import { createTestDatabase, type TestDatabase } from '../kit/database.ts'
import { type StartedGateway, startGatewayProcess } from '../kit/started-gateway.ts'
import { type Json, rowsOf } from '../kit/town.ts'

let database: TestDatabase
let gateway: StartedGateway
let folder: string
beforeAll(async () => {
  database = await createTestDatabase()
  // The server's own clock, as a demo has it; other tests stop it.
  await database.sql.unsafe(
    'create or replace function lephi_clock() returns timestamptz language sql volatile as $$ select clock_timestamp() $$',
  )
  folder = await mkdtemp(join(tmpdir(), 'lephi-demo-'))
  gateway = await startGatewayProcess({
    DATABASE_URL: database.url,
    LEPHI_MODE: 'demo',
    LEPHI_DATA_DIR: folder,
  })
}, 120_000)
afterAll(async () => {
  await gateway?.end('SIGTERM')
  await database.drop()
  await rm(folder, { recursive: true, force: true })
})

let keys = 0
const call = async (client: string, path: string, json?: object): Promise<Json> => {
  keys += 1
  const headers = { 'idempotency-key': `demo-${keys}` }
  const answer = await gateway.call(client, path, json, headers)
  if (answer.status >= 300) throw new Error(`${path}: ${answer.status} ${JSON.stringify(answer.json)}`)
  return JSON.parse(JSON.stringify(answer.json))
}
const advance = async (by: object) => {
  const moved = await call('portal', '/simulators/clock/advance', by)
  expect(moved).toMatchObject({ failed: [], is_complete: true })
  return String(moved.now)
}
const now = async () => String((await call('portal', '/simulators/clock')).now)

type Played = { id: string; attempt: string; amount: number; reference: string; told: Json }

const place = async (name: string, amount: number): Promise<string> => {
  const order = {
    dossier_code: `H56.12.03-261130-9${String(keys).padStart(3, '0')}`,
    agency_code: 'H56.12.03',
    payer: { name },
    lines: [{ kind: 'le_phi', description: 'Lệ phí đăng ký khai sinh', unit_amount: amount }],
    return_url: 'https://portal.example.vn/dossiers/9',
    // Longer than it is to any midnight, and shorter than what the clock is moved by.
    expires_at: new Date(Date.parse(await now()) + 30 * 3_600_000).toISOString(),
  }
  return String((await call('portal', '/v1/orders', order)).id)
}

const play = async (name: string, amount: number): Promise<Played> => {
  const id = await place(name, amount)
  const {
    id: attempt,
    merchant_reference: reference,
    action,
  } = await call('portal', `/v1/orders/${id}/attempts`, {
    provider: 'vnpay',
  })
  const pay = { result: 'success', pay_url: String(action?.url) }
  const told = await call('portal', `/simulators/vnpay/payments/${reference}/complete`, pay)
  return { id, attempt: String(attempt), amount, reference: String(reference), told }
}

const orderOf = ({ id }: Played) => call('portal', `/v1/orders/${id}`)
const statusOf = async (played: Played) => String((await orderOf(played)).status)
const becomes = (status: string, ...all: Played[]) =>
  expect.poll(() => Promise.all(all.map(statusOf)), { timeout: 30_000 }).toEqual(all.map(() => status))
const typesOf = async ({ id }: Played) =>
  rowsOf((await call('portal', `/v1/orders/${id}/events`)).data).map(({ type }) => String(type))
const discrepanciesOf = async ({ id }: Played) =>
  rowsOf((await call('accountant', '/v1/discrepancies?limit=200')).data)
    .filter(({ order, status }) => String(order) === id && String(status) !== 'resolved')
    .map((row) => String(row.class))
/** How the provider's calls were answered, as its own books have it. */
const deliveriesOf = async ({ reference }: Played) =>
  rowsOf((await call('portal', `/simulators/vnpay/payments/${reference}`)).deliveries).map(
    ({ kind, accepted }) => `${kind} ${accepted ? 'accepted' : 'refused'}`,
  )

const refundAll = async ({ id }: Played): Promise<string> => {
  const asked = await call('portal', `/v1/orders/${id}/refunds`, { reason: 'Thu thừa' })
  await call('checker', `/v1/refunds/${asked.id}/approve`, {})
  return String(asked.id)
}

/** The accountant's work: the provider's statement of these days comes in and is reconciled. */
const reconcile = async (from: string, to: string) => {
  const account = String((await gateway.demo()).merchant_accounts.vnpay?.id)
  const file = await (await fetch(`${gateway.url}/simulators/vnpay/settlements.csv?from=${from}&to=${to}`)).text()
  const body = new FormData()
  body.set('source', 'provider')
  body.set('merchant_account', account)
  body.set('file', new Blob([file], { type: 'text/csv' }), 'vnpay.csv')
  const headers = { authorization: `Bearer ${await gateway.token('accountant')}` }
  const uploaded = await fetch(`${gateway.url}/v1/statements`, { method: 'POST', headers, body })
  const { id: statement } = (await uploaded.json()) as { id: string }
  const isDone = (path: string) =>
    expect.poll(async () => String((await call('accountant', path)).status), { timeout: 60_000 })
  await isDone(`/v1/statements/${statement}`).toBe('imported')
  const run = await call('accountant', '/v1/reconciliations', { merchant_account: account, from, to })
  await isDone(`/v1/reconciliations/${run.id}`).toBe('completed')
}

describe('a started demo', () => {
  it('tells every story of the sandbox’s table', { timeout: 240_000 }, async () => {
    // Far from midnight, whatever the machine's clock says.
    const tomorrow = addDays((await now()).slice(0, 10), 1)
    const day = (await advance({ to: `${tomorrow}T10:00:00+07:00` })).slice(0, 10)
    const played: Record<string, Played[]> = {}
    for (const { story, amount } of magicStories)
      played[story] = [await play('Nguyễn Thị Lan', Number(amount)), await play(magicNameOf(story), 150_000)]
    const of = (...stories: string[]) => stories.flatMap((story) => played[story] ?? [])
    await becomes('paid', ...of('C2', 'C3', 'C12', 'C13', 'C14', 'C15'))
    await becomes('open', ...of('C1', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10'))
    for (const each of of('C2'))
      expect((await deliveriesOf(each)).sort()).toEqual([...Array(49).fill('copy accepted'), 'genuine accepted'])
    for (const each of of('C3')) expect(await deliveriesOf(each)).toEqual(['forged refused', 'genuine accepted'])

    // Both have come to be told of within minutes, by a call or by an answer.
    await advance({ seconds: 60 })
    await advance({ seconds: 600 })
    await becomes('paid', ...of('C1', 'C6', 'C7', 'C9', 'C10'))
    for (const each of of('C1', 'C6', 'C7')) expect(await deliveriesOf(each)).toEqual([])
    for (const each of of('C9')) expect(await deliveriesOf(each)).toEqual(['corrupted refused', 'genuine accepted'])
    for (const each of of('C10')) expect(await deliveriesOf(each)).toEqual(['next_key refused', 'genuine accepted'])
    const refunds = await Promise.all(of('C15').map(refundAll))

    await advance({ seconds: 86_400 })
    await becomes('paid', ...of('C8'))
    for (const each of of('C8')) expect((await orderOf(each)).paid_at).toMatch(/T23:59:59\+07:00$/)
    for (const each of of('C12')) expect(await deliveriesOf(each)).toEqual(['genuine accepted', 'copy accepted'])
    await advance({ days: 4 })
    await becomes('expired', ...of('C5'))
    for (const refund of refunds)
      await expect
        .poll(async () => String((await call('portal', `/v1/refunds/${refund}`)).status), { timeout: 30_000 })
        .toBe('failed')
    await reconcile(day, (await now()).slice(0, 10))
    for (const each of of('C4')) expect(await discrepanciesOf(each)).toEqual(['amount_mismatch'])
    for (const each of of('C13')) expect(await discrepanciesOf(each)).toEqual(['date_shift'])
    for (const each of of('C14')) expect(await discrepanciesOf(each)).toEqual(['fee_mismatch'])
    for (const each of of('C8')) expect(await discrepanciesOf(each)).toEqual([])

    await advance({ days: 34 })
    await becomes('paid', ...of('C5'))
    for (const [story, both] of Object.entries(played)) {
      for (const each of both) {
        const types = (await typesOf(each)).filter((type) => /^order\.(paid|expired)$/.test(type))
        const wanted = story === 'C4' ? [] : story === 'C5' ? ['order.expired', 'order.paid'] : ['order.paid']
        expect([story, types.filter((type) => story !== 'C4' || type === 'order.paid')]).toEqual([story, wanted])
        expect([story, (await orderOf(each)).amount_paid]).toEqual([story, story === 'C4' ? 0 : each.amount])
      }
    }
  })
})
