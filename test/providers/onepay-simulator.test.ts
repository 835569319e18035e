/** The adapter meets the simulator: two readings of OnePAY's rules that share no code, from the redirect to the query. */
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { FetchPort, Payment } from '../../src/providers/contract.ts'
import { onepay } from '../../src/providers/onepay/index.ts'
import { onepay as enrolment } from '../../src/simulators/onepay/index.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { paymentOf, type Subject } from './conformance/subject.ts'
import { kit } from './onepay.kit.ts'

const subject: Subject = { name: 'onepay', provider: onepay, kit }
const host = 'http://127.0.0.1:8787'

const openTown = () => {
  const clock = { at: Date.parse('2026-11-22T10:00:00+07:00') }
  const told: string[] = []
  let ids = 0
  const world = { now: () => new Date(clock.at), newId: () => `id-${++ids}` }
  const credentials = enrolment.credentials((name, bytes) => btoa(name.repeat(bytes)).slice(0, Math.ceil(bytes * 1.34)))
  const callbackUrl = 'https://gateway.example/callbacks/onepay/mac_1'
  const merchant = { credentials, callbackUrl, returnUrl: '', tariff: {} }
  const simulators = createSimulators({
    ...world,
    fetch: async (url) => {
      told.push(new URL(url).search.slice(1))
      return new Response('responsecode=1&desc=confirm-success')
    },
    publicUrl: host,
    accounts: { onepay: [enrolment.accountOf(merchant)] },
  })
  const app = new Hono().route('/simulators', simulators.app)
  const fetch: FetchPort = async (url, init) => app.request(url.slice(host.length), init)
  const account = { ...credentials, ...enrolment.settings(host) }
  const client = onepay.connect(account, { ...world, fetch })
  const start = async (): Promise<{ payment: Payment; url: string }> => {
    const payment = paymentOf(subject, { providerReference: null, memo: {} })
    const { action } = await client.startPayment(payment)
    const url = action.type === 'redirect' ? action.url.slice(host.length) : ''
    expect((await app.request(url)).status).toBe(200)
    return { payment, url }
  }
  const press = (url: string, result: string) =>
    app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
  const incoming = (search: string) => ({ method: 'GET', search, headers: new Headers(), body: new Uint8Array() })
  return { client, clock, account, fetch, world, told, start, press, incoming }
}

test('a payment is captured by its notice, by the query and named by the return', async () => {
  const { client, told, start, press, incoming, clock } = openTown()
  const { payment, url } = await start()
  expect(await client.queryPayment?.(payment)).toMatchObject({ outcomes: [{ status: 'pending', code: '100' }] })
  clock.at += 61_000
  const back = new URL((await press(url, 'success')).headers.get('location') ?? '')
  const captured = { status: 'captured', amount: 150_000n, merchantReference: payment.merchantReference }
  const { outcomes } = await client.readCallback(incoming(told[0] ?? ''))
  expect(outcomes).toMatchObject([{ ...captured, occurredAt: new Date(clock.at) }])
  expect(outcomes[0]?.providerReference).toMatch(/^PAY-\d+$/)
  const answer = await client.queryPayment?.(payment)
  expect(answer).toMatchObject({ known: true, outcomes: [captured] })
  expect(answer?.outcomes[0]?.providerReference).toBe(outcomes[0]?.providerReference)
  expect(await client.readReturn?.(incoming(back.search.slice(1)))).toBe(payment.merchantReference)
})

test.each([
  ['insufficient', { status: 'failed', code: '5' }],
  ['cancelled', { status: 'failed', code: '99' }],
  ['wrong_otp', { status: 'failed', code: '25' }],
  ['suspicious', { status: 'pending', code: '300' }],
])('a payment that ends as %s is told so', async (result, expected) => {
  const { client, told, start, press, incoming } = openTown()
  const { payment, url } = await start()
  await press(url, result)
  expect((await client.readCallback(incoming(told[0] ?? ''))).outcomes).toMatchObject([expected])
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([expected])
})

test('a payment that OnePAY never saw is unknown to it, and one whose page closed has failed', async () => {
  const { client, clock, start } = openTown()
  expect(await client.queryPayment?.(paymentOf(subject))).toEqual({ known: false, outcomes: [] })
  const { payment } = await start()
  clock.at += 3_600_000
  expect(await client.queryPayment?.(payment)).toMatchObject({ outcomes: [{ status: 'failed', code: '253' }] })
})

test.each(['hash_key', 'password', 'access_code'])(
  'a query with another %s is not answered with anything signed',
  async (name) => {
    const { account, fetch, world, start } = openTown()
    const { payment } = await start()
    const wrong = { ...account, [name]: name === 'hash_key' ? 'A'.repeat(32) : 'WRONG001' }
    const asked = onepay.connect(wrong, { ...world, fetch }).queryPayment?.(payment)
    await expect(asked).rejects.toMatchObject({ kind: 'unknown' })
  },
)
