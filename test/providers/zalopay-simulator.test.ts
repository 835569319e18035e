/** The adapter meets the simulator: two readings of ZaloPay's pages that share no code, from the order to the refund. */
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import type { FetchPort, Payment, Refund } from '../../src/providers/contract.ts'
import { zalopay } from '../../src/providers/zalopay/index.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { payment as anyPayment, posted, returned } from './zalopay.server.ts'

const host = 'http://127.0.0.1:8787'
const credentials = {
  app_id: '990001',
  key1: 'madeUpKeyOneOfTheKit000000000001',
  key2: 'madeUpKeyTwoOfTheKit000000000001',
}

/** One merchant, one app at the simulated ZaloPay, and a clock that both read: just before midnight in Vietnam. */
const openTown = () => {
  const clock = { at: Date.parse('2026-11-22T23:50:00+07:00') }
  const told: string[] = []
  let ids = 0
  const world = { now: () => new Date(clock.at), newId: () => `ref_${String(++ids).padStart(26, '0')}` }
  const town = { word: 'accepted' as 'accepted' | 'try_again' }
  const simulators = createSimulators({
    ...world,
    fetch: async (_url, init) => {
      told.push(String(init.body))
      return client.answerCallback(town.word, posted(String(init.body)))
    },
    publicUrl: host,
    accounts: { zalopay: [{ ...credentials, callback_url: 'https://gateway.example/callbacks/zalopay/mac_1' }] },
  })
  const app = new Hono().route('/simulators', simulators.app)
  const fetch: FetchPort = async (url, init) => app.request(url.slice(host.length), init)
  const client = zalopay.connect({ ...credentials, api_url: `${host}/simulators/zalopay` }, { ...world, fetch })
  const start = async (): Promise<{ payment: Payment; url: string }> => {
    const createdAt = world.now()
    const expiresAt = new Date(clock.at + 900_000)
    const merchantReference = zalopay.newReference?.(world) ?? ''
    const payment = { ...anyPayment, merchantReference, createdAt, expiresAt, providerReference: null }
    const { action } = await client.startPayment(payment)
    return { payment, url: action.type === 'redirect' ? action.url.slice(host.length) : '' }
  }
  const press = async (url: string, result: string) => {
    const { headers } = await app.request(url, { method: 'POST', body: new URLSearchParams({ result }) })
    return new URL(headers.get('location') ?? 'about:blank')
  }
  const fault = (body: object) =>
    app.request('/simulators/zalopay/faults', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const pass = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      clock.at += 60_000
      await simulators.tick()
    }
  }
  const asked = async (payment: Payment) => (await client.queryPayment?.(payment))?.outcomes.map(({ status }) => status)
  return Object.assign(town, { client, clock, told, simulators, start, press, fault, pass, asked })
}

test('a payment is captured by its callback and by the query, and named by the return', async () => {
  const { client, told, start, press, asked } = openTown()
  const { payment, url } = await start()
  expect(payment.merchantReference).toMatch(/^261122_ref0{20}/)
  expect(await asked(payment)).toEqual(['pending'])
  const back = await press(url, 'success')
  const captured = { status: 'captured', amount: 150_000n, merchantReference: payment.merchantReference }
  expect(told).toHaveLength(1)
  expect((await client.readCallback(posted(told[0] ?? ''))).outcomes).toMatchObject([captured])
  expect(await client.queryPayment?.(payment)).toMatchObject({ known: true, outcomes: [captured] })
  expect(await client.readReturn?.(returned(back.search.slice(1)))).toBe(payment.merchantReference)
})

test.each(['insufficient', 'wrong_otp', 'cancelled'])(
  'a payer who ends as %s may still pay; when the time is over, the query says failed',
  async (result) => {
    for (const paysLater of [true, false]) {
      const { client, told, start, press, pass, asked } = openTown()
      const { payment, url } = await start()
      const back = await press(url, result)
      expect(await client.readReturn?.(returned(back.search.slice(1)))).toBe(payment.merchantReference)
      expect([told, await asked(payment)]).toEqual([[], ['pending']])
      await pass(14)
      expect(await asked(payment)).toEqual(['pending'])
      if (paysLater) await press(url, 'success')
      await pass(4)
      expect(await asked(payment)).toEqual([paysLater ? 'captured' : 'failed'])
    }
  },
)

test('a payment that ZaloPay never saw is unknown to it', async () => {
  const { client, start } = openTown()
  const { payment } = await start()
  const other = { ...payment, merchantReference: '261122_nobody' }
  expect(await client.queryPayment?.(other)).toEqual({ known: false, outcomes: [] })
})

test('an order whose answer was lost exists, and one that never arrived does not', async () => {
  for (const [fault, expected] of [
    ['timeout_after', ['pending']],
    ['timeout_before', []],
  ] as const) {
    const { fault: order, start, asked, client, clock } = openTown()
    await order({ fault, operation: 'create', delay_seconds: 0 })
    const merchantReference = zalopay.newReference?.({ now: () => new Date(clock.at), newId: () => 'ref_9' }) ?? ''
    const payment = {
      ...anyPayment,
      merchantReference,
      createdAt: new Date(clock.at),
      expiresAt: new Date(clock.at + 900_000),
    }
    await expect(client.startPayment(payment)).rejects.toMatchObject({ kind: 'unknown' })
    expect(await asked(payment)).toEqual(expected)
    expect((await start()).url).toMatch(/openinapp/)
  }
})

test('forged and altered callbacks are refused, and each answer is understood', async () => {
  const town = openTown()
  const { client, told, start, press, fault, pass } = town
  const { url } = await start()
  await fault({ fault: 'callback_forged' })
  await fault({ fault: 'callback_corrupted' })
  town.word = 'try_again'
  await press(url, 'success')
  expect(told).toHaveLength(2)
  for (const body of told) await expect(client.readCallback(posted(body))).rejects.toMatchObject({ kind: 'forged' })
  town.word = 'accepted'
  await pass(5)
  expect(told, 'called again after 0, and not after 1').toHaveLength(3)
  expect((await client.readCallback(posted(told[2] ?? ''))).outcomes).toMatchObject([{ status: 'captured' }])
})

test('two partial refunds are told apart, on either side of midnight', async () => {
  const { client, clock, told, start, press, pass } = openTown()
  const { payment: started, url } = await start()
  await press(url, 'success')
  const { outcomes } = await client.readCallback(posted(told[0] ?? ''))
  const payment = { ...started, providerReference: outcomes[0]?.providerReference ?? null }
  const refundOf = (id: string): Refund => ({
    merchantReference: client.refundReference?.({ id, at: new Date(clock.at) }) ?? '',
    ...{ amount: 50_000n, isFull: false, payment, createdAt: new Date(clock.at) },
    ...{ reason: 'Hồ sơ bị từ chối', requestedBy: 'ketoan01' },
  })
  const first = refundOf('rfd00000000000000000000000001')
  expect(await client.queryRefund?.(first)).toEqual({ known: false, outcomes: [] })
  expect(await client.refundPayment?.(first)).toMatchObject({
    status: 'pending',
    providerReference: expect.stringMatching(/^\d{15}$/),
  })
  await expect(client.refundPayment?.(first), 'the same once more').rejects.toMatchObject({
    kind: 'unknown',
    code: '2/-23',
  })
  await pass(15)
  expect((await client.queryRefund?.(first))?.outcomes).toMatchObject([{ status: 'refunded', amount: 50_000n }])
  const second = refundOf('rfd00000000000000000000000002')
  expect([first, second].map(({ merchantReference }) => merchantReference.slice(0, 14))).toEqual([
    ...['261122_990001_', '261123_990001_'],
  ])
  expect(await client.queryRefund?.(second), 'not asked for yet').toEqual({ known: false, outcomes: [] })
  expect(await client.refundPayment?.(second)).toMatchObject({ status: 'pending' })
  await pass(3)
  expect((await client.queryRefund?.(second))?.outcomes).toMatchObject([{ status: 'refunded', amount: 50_000n }])
  const third = { ...refundOf('rfd00000000000000000000000003'), amount: 50_001n }
  expect(await client.refundPayment?.(third), 'more than is left').toMatchObject({ status: 'failed', code: '2/-14' })
  expect((await client.queryPayment?.(payment))?.outcomes).toMatchObject([{ status: 'captured', amount: 150_000n }])
})

test('a refund of yesterday’s date is refused by ZaloPay, so that the date must be that of sending', async () => {
  const { client, clock, told, start, press } = openTown()
  const { payment: started, url } = await start()
  await press(url, 'success')
  const { outcomes } = await client.readCallback(posted(told[0] ?? ''))
  const payment = { ...started, providerReference: outcomes[0]?.providerReference ?? null }
  const merchantReference =
    client.refundReference?.({ id: 'rfd00000000000000000000000004', at: new Date(clock.at) }) ?? ''
  clock.at += 86_400_000
  const refund = { merchantReference, amount: 1_000n, isFull: false, payment, createdAt: new Date(clock.at) }
  await expect(
    client.refundPayment?.({ ...refund, reason: 'Thu thừa', requestedBy: 'ketoan01' }),
  ).rejects.toMatchObject({ kind: 'rejected', code: '2/-25' })
})

test('a refund whose answer was lost is found by its reference, and one that the bank refuses has failed', async () => {
  const { client, clock, told, start, press, pass, fault } = openTown()
  const { payment: started, url } = await start()
  await press(url, 'success')
  const { outcomes } = await client.readCallback(posted(told[0] ?? ''))
  const payment = { ...started, providerReference: outcomes[0]?.providerReference ?? null }
  const refundOf = (id: string, amount: bigint): Refund => ({
    merchantReference: client.refundReference?.({ id, at: new Date(clock.at) }) ?? '',
    ...{ amount, isFull: false, payment, createdAt: new Date(clock.at), reason: 'Thu thừa', requestedBy: 'ketoan01' },
  })
  const lost = refundOf('rfd00000000000000000000000005', 60_000n)
  await fault({ fault: 'timeout_after', operation: 'refund', delay_seconds: 0 })
  await expect(client.refundPayment?.(lost)).rejects.toMatchObject({ kind: 'unknown' })
  await pass(3)
  expect((await client.queryRefund?.(lost))?.outcomes).toMatchObject([{ status: 'refunded', amount: 60_000n }])
  const refused = refundOf('rfd00000000000000000000000006', 10_000n)
  await fault({ fault: 'refund_refused' })
  expect(await client.refundPayment?.(refused)).toMatchObject({ status: 'pending' })
  await pass(3)
  expect((await client.queryRefund?.(refused))?.outcomes).toMatchObject([{ status: 'failed', subject: 'refund' }])
})
