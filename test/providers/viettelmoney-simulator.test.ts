/** The adapter meets the simulator: two readings of Viettel's sample pack that share no code, from the order check to the refund. */
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { FetchPort, IncomingRequest, Payment, Verdict } from '../../src/providers/contract.ts'
import { viettelmoney } from '../../src/providers/viettelmoney/index.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { viettelmoney as enrolment } from '../../src/simulators/viettelmoney/index.ts'
import { paymentOf, type Subject } from './conformance/subject.ts'
import { kit } from './viettelmoney.kit.ts'

const subject: Subject = { name: 'viettelmoney', provider: viettelmoney, kit }
const host = 'http://127.0.0.1:8787'

/** A gateway of one payment, which answers every question with `verdict`. */
const openTown = () => {
  const clock = { at: Date.parse('2026-11-22T10:00:00+07:00') }
  const gateway: { verdict: Verdict; heard: IncomingRequest[] } = { verdict: 'accepted', heard: [] }
  let ids = 0
  const world = { now: () => new Date(clock.at), newId: () => `id-${++ids}` }
  const payment = paymentOf(subject, { providerReference: null, memo: {} })
  const stored = {
    findPayment: async (reference: string) => (reference === payment.merchantReference ? payment : null),
  }
  const credentials = enrolment.credentials((name, bytes) => `${name}-of-the-simulator-test`.slice(0, bytes + 8))
  const callbackUrl = 'https://gateway.example/callbacks/viettelmoney/mac_1'
  const simulators = createSimulators({
    ...world,
    fetch: async (_url, init) => {
      const { method = 'GET', headers, body } = init
      const bytes = new TextEncoder().encode(typeof body === 'string' ? body : '')
      const request = { method, search: '', headers: new Headers(headers), body: bytes }
      gateway.heard.push(request)
      const reading = await client.readCallback(request, stored)
      return client.answerCallback(reading.question ? gateway.verdict : 'accepted', request, stored)
    },
    publicUrl: host,
    accounts: { viettelmoney: [enrolment.accountOf({ credentials, callbackUrl, returnUrl: '', tariff: {} })] },
  })
  const app = new Hono().route('/simulators', simulators.app)
  const fetch: FetchPort = async (url, init) => app.request(url.slice(host.length), init)
  const account = { ...credentials, ...enrolment.settings(host) }
  const client = viettelmoney.connect(account, { ...world, fetch })
  const start = async (changes: Partial<Payment> = {}): Promise<string> => {
    const { action } = await client.startPayment({ ...payment, ...changes })
    return action.type === 'redirect' ? action.url.slice(host.length) : ''
  }
  const press = (url: string, result: string) =>
    app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
  const heard = async () => client.readCallback(gateway.heard.at(-1) ?? { ...nothing }, stored)
  return { client, clock, gateway, payment, account, fetch, world, app, simulators, start, press, heard }
}
const nothing: IncomingRequest = { method: 'POST', search: '', headers: new Headers(), body: new Uint8Array() }

test('an order is checked, paid, told, asked about and named by the return', async () => {
  const { client, payment, app, start, press, heard, gateway } = openTown()
  const url = await start()
  expect((await app.request(url)).status).toBe(200)
  expect(await heard()).toMatchObject({ question: 'payable', outcomes: [] })
  expect(await client.queryPayment?.(payment), 'nothing happened yet').toEqual({ known: false, outcomes: [] })
  const back = new URL((await press(url, 'success')).headers.get('location') ?? '')
  const captured = { status: 'captured', amount: 150_000n, merchantReference: payment.merchantReference }
  const told = await heard()
  expect(told.outcomes).toMatchObject([captured])
  expect(gateway.heard, 'checked when shown and when pressed, then told').toHaveLength(3)
  const asked = await client.queryPayment?.(payment)
  expect(asked).toMatchObject({ known: true, outcomes: [captured] })
  expect(asked?.outcomes[0]?.providerReference).toBe(told.outcomes[0]?.providerReference)
  const returned = { ...nothing, method: 'GET', search: back.search.slice(1) }
  expect(await client.readReturn?.(returned)).toBe(payment.merchantReference)
})

test.each([
  ['insufficient', 'failed'],
  ['cancelled', 'failed'],
  ['suspicious', 'pending'],
])('a payment that ends as %s is told so, and answered so', async (result, status) => {
  const { client, payment, start, press, heard } = openTown()
  await press(await start(), result)
  expect((await heard()).outcomes).toMatchObject([{ status }])
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status }])
})

test('nobody pays what the partner does not let be paid, when the page is shown and when the button is pressed', async () => {
  const { gateway, app, start, press, simulators } = openTown()
  const url = await start()
  for (const verdict of ['already_confirmed', 'unknown_order', 'forged', 'try_again'] as const) {
    gateway.verdict = verdict
    expect((await app.request(url)).status).toBe(400)
  }
  expect(simulators.ledger('viettelmoney')).toEqual([])
  gateway.verdict = 'accepted'
  expect((await app.request(url)).status).toBe(200)
  gateway.verdict = 'already_confirmed'
  expect((await press(url, 'success')).status).toBe(400)
  expect(simulators.ledger('viettelmoney')).toMatchObject([{ status: 'open' }])
})

test('an address with another amount than the stored one is stopped by the order check', async () => {
  const { app, start, simulators } = openTown()
  expect((await app.request(await start({ amount: 1_000n }))).status).toBe(400)
  expect(simulators.ledger('viettelmoney')).toEqual([])
})

test('a whole payment is returned once, a part is not', async () => {
  const { client, clock, payment, start, press, heard, simulators } = openTown()
  await press(await start(), 'success')
  const providerReference = (await heard()).outcomes[0]?.providerReference ?? null
  const refund = {
    ...{ merchantReference: 'LPREFUND000000000001', amount: 150_000n, isFull: true, createdAt: new Date(clock.at) },
    ...{ payment: { ...payment, providerReference }, reason: 'Hồ sơ bị từ chối', requestedBy: 'ketoan01' },
  }
  const outcome = await client.refundPayment?.(refund)
  expect(outcome).toMatchObject({ status: 'pending', code: '00', merchantReference: refund.merchantReference })
  expect(outcome?.providerReference).toMatch(/^\d+$/)
  await expect(client.refundPayment?.(refund), 'a second time').rejects.toMatchObject({ kind: 'rejected', code: '01' })
  const part = { ...refund, amount: 50_000n, isFull: false }
  await expect(client.refundPayment?.(part)).rejects.toMatchObject({ kind: 'rejected', code: 'partial_refund' })
  for (let step = 0; step < 3; step += 1) {
    clock.at += 1_200_000
    await simulators.tick()
  }
  expect(simulators.ledger('viettelmoney').filter((row) => row.kind === 'refund')).toMatchObject([
    { amount: 150_000n, status: 'success', provider_reference: outcome?.providerReference },
  ])
})

test('a call with another key is not answered with anything signed', async () => {
  const { account, fetch, world, payment } = openTown()
  const wrong = viettelmoney.connect({ ...account, hash_key: 'another-hash-key' }, { ...world, fetch })
  await expect(wrong.queryPayment?.(payment)).rejects.toMatchObject({ kind: 'unknown', code: '02' })
})
