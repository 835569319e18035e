/** The adapter meets the simulator: two readings of VNPAY's page that share no code, from the redirect to the refund. */
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { FetchPort, Payment } from '../../src/providers/contract.ts'
import { vnpay } from '../../src/providers/vnpay/index.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { paymentOf, type Subject } from './conformance/subject.ts'
import { kit } from './vnpay.kit.ts'

const subject: Subject = { name: 'vnpay', provider: vnpay, kit }
const host = 'http://127.0.0.1:8787'

/** One merchant, one terminal at the simulated VNPAY, and a clock that both read. */
const openTown = () => {
  const clock = { at: Date.parse('2026-11-22T10:00:00+07:00') }
  const told: string[] = []
  let ids = 0
  const world = {
    now: () => new Date(clock.at),
    newId: () => `id-${++ids}`,
  }
  const credentials = { tmn_code: 'LEPHI001', hash_secret: 'MADEUPSECRETOFTHEKIT0000000001AB' }
  const simulators = createSimulators({
    ...world,
    fetch: async (url) => {
      told.push(new URL(url).search.slice(1))
      return Response.json({ RspCode: '00', Message: 'Confirm Success' })
    },
    publicUrl: host,
    accounts: { vnpay: [{ ...credentials, ipn_url: 'https://gateway.example/callbacks/vnpay/mac_1' }], momo: [] },
  })
  const app = new Hono().route('/simulators', simulators.app)
  const fetch: FetchPort = async (url, init) => app.request(url.slice(host.length), init)
  const account = {
    ...credentials,
    payment_url: `${host}/simulators/vnpay/paymentv2/vpcpay.html`,
    api_url: `${host}/simulators/vnpay/merchant_webapi/api/transaction`,
  }
  const client = vnpay.connect(account, { ...world, fetch })
  const start = async (): Promise<{ payment: Payment; url: string }> => {
    const payment = paymentOf(subject, { providerReference: null, memo: {} })
    const { action, memo = {} } = await client.startPayment(payment)
    const url = action.type === 'redirect' ? action.url.slice(host.length) : ''
    await app.request(url)
    return { payment: { ...payment, memo }, url }
  }
  const press = (url: string, result: string) =>
    app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
  const read = (search: string) =>
    client.readCallback({ method: 'GET', search, headers: new Headers(), body: new Uint8Array() })
  /** An hour in three steps: a refund moves on with each. */
  const pass = async () => {
    for (let step = 0; step < 3; step++) {
      clock.at += 1_200_000
      await simulators.tick()
    }
  }
  return { client, clock, told, start, press, read, pass }
}

test('a payment is captured by its callback, by the query and named by the return', async () => {
  const { client, told, start, press, read } = openTown()
  const { payment, url } = await start()
  expect(await client.queryPayment?.(payment)).toMatchObject({ outcomes: [{ status: 'pending' }] })
  const back = new URL((await press(url, 'success')).headers.get('location') ?? '')
  const captured = { status: 'captured', amount: 150_000n, merchantReference: payment.merchantReference }
  expect((await read(told[0] ?? '')).outcomes).toMatchObject([captured])
  expect(await client.queryPayment?.(payment)).toMatchObject({ known: true, outcomes: [captured] })
  const returned = { method: 'GET', search: back.search.slice(1), headers: new Headers(), body: new Uint8Array() }
  expect(await client.readReturn?.(returned)).toBe(payment.merchantReference)
})

test.each([
  ['insufficient', { status: 'failed', code: '51' }],
  ['cancelled', { status: 'failed', code: '24' }],
  ['suspicious', { status: 'pending', code: '07' }],
])('a payment that ends as %s is told so', async (result, expected) => {
  const { client, told, start, press, read } = openTown()
  const { payment, url } = await start()
  await press(url, result)
  expect((await read(told[0] ?? '')).outcomes).toMatchObject([expected])
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: expected.status }])
})

test('a payment that VNPAY never saw is unknown to it', async () => {
  const { client } = openTown()
  expect(await client.queryPayment?.(paymentOf(subject))).toEqual({ known: false, outcomes: [] })
})

test('two partial refunds of one amount are told apart, and the payment stays captured', async () => {
  const { client, clock, told, start, press, read, pass } = openTown()
  const { payment: started, url } = await start()
  await press(url, 'success')
  const providerReference = (await read(told[0] ?? '')).outcomes[0]?.providerReference ?? null
  const payment = { ...started, providerReference }
  const refundOf = (merchantReference: string) => ({
    ...{ merchantReference, amount: 50_000n, isFull: false, payment, createdAt: new Date(clock.at) },
    ...{ reason: 'Hồ sơ bị từ chối', requestedBy: 'ketoan01' },
  })
  const first = refundOf('LPREFUND1')
  expect(await client.refundPayment?.(first)).toMatchObject({ status: 'pending', subject: 'refund' })
  expect(await client.refundPayment?.(first), 'the same request again').toMatchObject({ status: 'pending', code: '94' })
  await pass()
  expect((await client.queryRefund?.(first))?.outcomes).toMatchObject([{ status: 'refunded', amount: 50_000n }])
  await pass()
  const second = refundOf('LPREFUND2')
  expect((await client.queryRefund?.(second))?.outcomes, 'not asked for yet').toMatchObject([{ status: 'pending' }])
  const accepted = await client.refundPayment?.(second)
  expect(accepted).toMatchObject({ status: 'pending', code: '00' })
  await pass()
  const named = { ...second, providerReference: accepted?.providerReference ?? null }
  expect((await client.queryRefund?.(named))?.outcomes).toMatchObject([
    { status: 'refunded', merchantReference: 'LPREFUND2', amount: 50_000n },
  ])
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'captured', amount: 150_000n }])
})
