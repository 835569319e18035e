/** The adapter meets the simulator: two readings of payOS's page that share no code, from the link to the second transfer. */
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { FetchPort, Payment } from '../../src/providers/contract.ts'
import { payos } from '../../src/providers/payos/index.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { paymentOf, refusalOf } from './conformance/subject.ts'
import { posted, subject } from './payos.server.ts'

const host = 'http://127.0.0.1:8787'

/** One channel at the simulated payOS, and a clock that both read. */
const openTown = () => {
  const clock = { at: Date.parse('2026-11-22T10:00:00+07:00') }
  const told: string[] = []
  let ids = 0
  const world = { now: () => new Date(clock.at), newId: () => `id-${++ids}` }
  const credentials = {
    client_id: 'made-up-client-0003',
    api_key: 'made-up-api-key-0003',
    checksum_key: 'madeUpChecksumKeyOfTheTown0000003',
  }
  const simulators = createSimulators({
    ...world,
    fetch: async (_, init) => {
      told.push(String(init.body))
      return Response.json({ success: true })
    },
    publicUrl: host,
    accounts: { payos: [{ ...credentials, webhook_url: 'https://gateway.example/callbacks/payos/mac_1' }] },
  })
  const app = new Hono().route('/simulators', simulators.app)
  const fetch: FetchPort = async (url, init) => app.request(url.slice(host.length), init)
  const account = { ...credentials, api_url: `${host}/simulators/payos`, checkout_host: '127.0.0.1:8787' }
  const client = payos.connect(account, { ...world, fetch })
  const start = async (changes: Partial<Payment> = {}): Promise<{ payment: Payment; url: string }> => {
    const payment = paymentOf(subject, { providerReference: null, memo: {}, ...changes })
    const { action, memo = {}, providerReference } = await client.startPayment(payment)
    const url = action.type === 'redirect' ? action.url.slice(host.length) : ''
    return { payment: { ...payment, memo, providerReference }, url }
  }
  const press = (url: string, result: string) =>
    app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
  const control = (path: string, json: object) =>
    app.request(`/simulators/payos/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(json),
    })
  const read = (index: number) => client.readCallback(posted(told[index] ?? ''))
  const keys = { 'x-client-id': credentials.client_id, 'x-api-key': credentials.api_key }
  return { app, keys, client, clock, told, start, press, control, read }
}

test('a payment is captured by its webhook, by the query under the same reference, and named by the return', async () => {
  const { client, told, start, press, read } = openTown()
  const { payment, url } = await start()
  expect(payment.providerReference).toBe(payment.memo.payment_link_id)
  expect(await client.queryPayment?.(payment)).toMatchObject({ known: true, outcomes: [{ status: 'pending' }] })
  const back = new URL((await press(url, 'success')).headers.get('location') ?? '')
  const { outcomes } = await read(0)
  const [captured] = outcomes
  const { merchantReference } = payment
  expect(outcomes).toMatchObject([{ status: 'captured', amount: 150_000n, merchantReference }])
  expect(captured?.occurredAt).toEqual(new Date('2026-11-22T10:00:00+07:00'))
  expect(await client.queryPayment?.(payment)).toEqual({ known: true, outcomes: [{ ...captured, code: 'PAID' }] })
  const returned = { method: 'GET', search: back.search.slice(1), headers: new Headers(), body: new Uint8Array() }
  const findPayment = async (reference: string) => (reference === merchantReference ? payment : null)
  expect(await client.readReturn?.(returned, { findPayment })).toBe(merchantReference)
  const answered = await client.answerCallback('accepted', posted(told[0] ?? ''))
  expect(await answered.json()).toEqual({ success: true })
})

test('two transfers of one link are two, told by webhook and by query alike', async () => {
  const { client, start, control, read } = openTown()
  const { payment } = await start()
  await control(`payments/${payment.merchantReference}/complete`, { result: 'success', amount: 50_000 })
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'captured', amount: 50_000n }])
  await control(`payments/${payment.merchantReference}/transfers`, { amount: 100_000 })
  const told = [...(await read(0)).outcomes, ...(await read(1)).outcomes]
  expect(told).toMatchObject([{ amount: 50_000n }, { amount: 100_000n }])
  expect(new Set(told.map(({ providerReference }) => providerReference)).size).toBe(2)
  const asked = await client.queryPayment?.(payment)
  expect(asked?.outcomes).toEqual(told.map((outcome) => ({ ...outcome, code: 'PAID' })))
})

test('a payer who cancels, and a link that nobody paid in time, are found by asking', async () => {
  const { client, clock, told, start, press } = openTown()
  const { payment, url } = await start()
  await press(url, 'insufficient')
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'pending' }])
  await press(url, 'cancelled')
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'failed', code: 'CANCELLED' }])
  const late = await start({ merchantReference: '598765432100009' })
  clock.at += 16 * 60_000
  expect((await client.queryPayment?.(late.payment))?.outcomes).toMatchObject([{ status: 'failed', code: 'EXPIRED' }])
  expect(told).toEqual([])
})

test('a link whose answer was lost is found by its order code, and a second call never makes another', async () => {
  const { client, start, control } = openTown()
  await control('faults', { fault: 'timeout_after', operation: 'create', delay_seconds: 0 })
  await refusalOf(() => start(), ['unknown'])
  const payment = paymentOf(subject, { memo: {}, providerReference: null })
  expect(await client.queryPayment?.(payment)).toMatchObject({ known: true, outcomes: [{ status: 'pending' }] })
  expect((await refusalOf(() => start(), ['unknown'])).code).toBe('231')
})

test('a payment that payOS never saw is unknown to it', async () => {
  const { client, start, control } = openTown()
  await control('faults', { fault: 'timeout_before', operation: 'create', delay_seconds: 0 })
  await refusalOf(() => start(), ['unknown'])
  expect(await client.queryPayment?.(paymentOf(subject, { memo: {} }))).toEqual({ known: false, outcomes: [] })
})

test('forged and damaged webhooks are told from the genuine one', async () => {
  const { start, press, control, told, read } = openTown()
  for (const fault of ['callback_forged', 'callback_corrupted']) {
    const n = told.length
    const { payment, url } = await start({ merchantReference: `5987654321000${n + 10}` })
    await control('faults', { fault, merchant_reference: payment.merchantReference })
    await press(url, 'success')
    await refusalOf(() => read(n), ['forged'], fault)
  }
  expect((await read(1)).outcomes).toMatchObject([{ status: 'captured' }])
})

test('the sample that confirms a webhook address is genuine and no money', async () => {
  const { app, keys, read } = openTown()
  const webhookUrl = 'https://gateway.example/callbacks/payos/mac_1'
  const confirmed = await app.request('/simulators/payos/confirm-webhook', {
    method: 'POST',
    headers: keys,
    body: JSON.stringify({ webhookUrl }),
  })
  expect(await confirmed.json()).toMatchObject({ code: '00', data: { webhookUrl } })
  expect(await read(0)).toEqual({ merchantReference: '123', outcomes: [] })
})
