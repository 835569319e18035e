/**
 * The public SDK (npm @payos/node 2.0.5) as the independent other party: what it signs we believe, what our simulated side signs it believes, and every
 * place where the adapter is stricter on purpose is held here as a departure.
 */
import { type CreatePaymentLinkRequest, PayOS, type Webhook } from '@payos/node'
import { Hono } from 'hono'
import { describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/providers/contract.ts'
import { accountSchema } from '../../src/providers/payos/account.ts'
import { createBody } from '../../src/providers/payos/messages.ts'
import { createSimulators } from '../../src/simulators/simulator.ts'
import { paymentOf, refusalOf } from './conformance/subject.ts'
import { kit } from './payos.kit.ts'
import {
  answer,
  connect,
  createdData,
  link,
  linkData,
  posted,
  read,
  signatureOf,
  start,
  subject,
  transfer,
  webhook,
} from './payos.server.ts'
import { dataOf, type Vector, vectorOf, vectorsOf } from './payos.vectors.ts'

const account = accountSchema.parse(kit.account)
const { merchantReference } = paymentOf(subject)

const sdkOf = (checksumKey: string, fetch: typeof globalThis.fetch = () => Promise.reject(new Error('no network'))) =>
  new PayOS({
    ...{ clientId: account.client_id, apiKey: account.api_key, checksumKey, baseURL: account.api_url, fetch },
    ...{ maxRetries: 0, logLevel: 'off' as const },
  })
const sdk = sdkOf(account.checksum_key)
const sdkSigns = (data: object): Promise<string | null> =>
  sdk.crypto.createSignatureFromObj(Object.assign({}, data), account.checksum_key)
/** The webhook as a web framework hands it to the SDK, which takes whatever it is given for one. */
const asWebhook = (payload: unknown) => payload as Webhook
const sdkBelieves = async (payload: unknown, checksumKey = account.checksum_key): Promise<boolean> =>
  sdkOf(checksumKey)
    .webhooks.verify(asWebhook(payload))
    .then(
      () => true,
      () => false,
    )
const bodyOf = ({ body }: { body: Uint8Array }) => JSON.parse(new TextDecoder().decode(body))

/** What the adapter makes of a webhook that the SDK signed over this data. */
const weRead = async (data: object) => {
  const signature = await sdkSigns(data)
  return read(posted({ code: '00', desc: 'success', success: true, data, signature })).catch((error: unknown) =>
    error instanceof ProviderError ? error.kind : error,
  )
}

/** The simulated payOS with one channel, reached by the SDK over its own client. */
const openTown = () => {
  const host = 'http://127.0.0.1:8787'
  const told: unknown[] = []
  let ids = 0
  const simulators = createSimulators({
    fetch: async (_, init) => {
      told.push(JSON.parse(String(init.body)))
      return Response.json({ success: true })
    },
    now: () => new Date('2026-11-22T10:00:00+07:00'),
    newId: () => `id-${++ids}`,
    publicUrl: host,
    accounts: { payos: [{ ...account, webhook_url: 'https://gateway.example/callbacks/payos/mac_1' }] },
  })
  const app = new Hono().route('/simulators', simulators.app)
  const network: typeof globalThis.fetch = async (url, init) =>
    app.request(`/simulators/payos${new URL(String(url)).pathname}`, init)
  const client = sdkOf(account.checksum_key, network)
  const control = (path: string, json: object) =>
    app.request(`/simulators/payos/${path}`, { method: 'POST', body: JSON.stringify(json) })
  return { client, network, told, control }
}

const order: CreatePaymentLinkRequest = {
  orderCode: 2611220001,
  amount: 79_000,
  description: 'LP2200001',
  cancelUrl: 'https://dvc.example.vn/payos/cancel?a=1&b=2',
  returnUrl: 'https://dvc.example.vn/payos/return',
}

describe('the SDK agrees with us', () => {
  test('on the signature of a link that we ask for', async () => {
    const { signature, ...body } = createBody(paymentOf(subject), account)
    expect(await sdk.crypto.createSignatureOfPaymentRequest(body, account.checksum_key)).toBe(signature)
    expect(await sdk.crypto.createSignatureOfPaymentRequest({ ...body, amount: 1 }, account.checksum_key)).not.toBe(
      signature,
    )
  })

  test('on the whole body of a link that it asks for', async () => {
    const bodies: unknown[] = []
    const client = sdkOf(account.checksum_key, async (_, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return answer(createdData())
    })
    const { signature: _, ...ours } = createBody(paymentOf(subject), account)
    await client.paymentRequests.create(ours)
    expect(bodies).toEqual([createBody(paymentOf(subject), account)])
  })

  test.each(vectorsOf('webhook').filter(({ name }) => name !== 'webhook-nested-object'))(
    'on $name',
    async (vector: Vector) => {
      const { payload, secret, valid, signature } = vector
      expect(await sdkBelieves(payload, secret)).toBe(valid)
      if (valid) expect(await sdk.crypto.createSignatureFromObj(dataOf(vector), secret)).toBe(signature)
    },
  )

  test('on webhooks that it signs: absent, empty, null, words, numbers, booleans, lists of objects, odd text', async () => {
    const data = bodyOf(webhook()).data
    for (const more of [
      {},
      { counterAccountName: undefined },
      { counterAccountName: '' },
      { counterAccountName: 'null', desc: 'undefined' },
      { description: 'Nộp lệ phí & phí = 79.000đ + "x" \\ | % %2B 日本 🎋' },
      { description: 'Lệ phí'.normalize('NFD') },
      { Alpha: 'A', zeta: 'z', isTest: true, ratio: 0.5, small: 1e-7, zero: 0, minus: -0 },
      { items: [], lists: [{ b: 'Lệ phí/"', a: null, c: 1 }, { d: true }] },
      { lists: [{ b: 1, 10: 2, 9: 3, a: 4 }] },
    ]) {
      const reading = await weRead({ ...data, ...more })
      expect(reading, JSON.stringify(more)).toMatchObject({
        merchantReference,
        outcomes: [{ status: 'captured', amount: 150_000n }],
      })
    }
  })

  test('on answers that it signs', async () => {
    const sign = async (data: object) =>
      Response.json({ code: '00', desc: 'success', data, signature: await sdkSigns(data) })
    expect((await start(await sign(createdData()))).providerReference).toBe(link)
    const paid = linkData({ status: 'PAID', amountPaid: 150_000, transactions: [transfer('FT26326001', 150_000)] })
    const response = await sign(paid)
    const asked = await connect(() => response).queryPayment?.(paymentOf(subject))
    expect(asked?.outcomes).toMatchObject([{ status: 'captured', providerReference: 'FT26326001', amount: 150_000n }])
  })

  test('on letter case, on a missing signature and on an empty key', async () => {
    const { signature, ...payload } = bodyOf(webhook())
    expect(await sdkBelieves({ ...payload, signature })).toBe(true)
    expect(await sdkBelieves({ ...payload, signature: signature.toUpperCase() })).toBe(false)
    expect(await sdkBelieves({ ...payload, signature: '' })).toBe(false)
    expect(await sdkBelieves(payload)).toBe(false)
    expect(await sdkBelieves({ ...payload, signature: signatureOf(payload.data, '') }, '')).toBe(false)
  })
})

describe('the SDK believes our simulated payOS', () => {
  test('from the link to its webhook, and reads it back', async () => {
    const { client, told, control } = openTown()
    const created = await client.paymentRequests.create(order)
    expect(created).toMatchObject({ orderCode: order.orderCode, amount: 79_000, status: 'PENDING', currency: 'VND' })
    expect(await client.paymentRequests.get(order.orderCode)).toMatchObject({ status: 'PENDING', transactions: [] })
    await control(`payments/${order.orderCode}/complete`, { result: 'success', amount: 9_000 })
    await control(`payments/${order.orderCode}/transfers`, { amount: 70_000 })
    const webhooks = await Promise.all(told.map((each) => client.webhooks.verify(asWebhook(each))))
    expect(webhooks).toMatchObject([{ amount: 9_000 }, { amount: 70_000 }])
    const paid = await client.paymentRequests.get(created.paymentLinkId)
    expect(paid).toMatchObject({ id: created.paymentLinkId, status: 'PAID', amountPaid: 79_000, amountRemaining: 0 })
    expect(paid.transactions.map(({ reference }) => reference)).toEqual(webhooks.map(({ reference }) => reference))
  })

  test('when it cancels, and when it confirms an address', async () => {
    const { client, told } = openTown()
    await client.paymentRequests.create(order)
    const cancelled = await client.paymentRequests.cancel(order.orderCode, 'Nộp nhầm')
    expect(cancelled).toMatchObject({ status: 'CANCELLED', cancellationReason: 'Nộp nhầm' })
    const webhookUrl = 'https://gateway.example/callbacks/payos/mac_2'
    expect(await client.webhooks.confirm(webhookUrl)).toMatchObject({ webhookUrl })
    expect(await client.webhooks.verify(asWebhook(told[0]))).toMatchObject({ orderCode: 123 })
  })

  test('and is told apart: a used order code, a wrong signature, no such link, wrong keys', async () => {
    const { client, network, told, control } = openTown()
    await client.paymentRequests.create(order)
    await expect(client.paymentRequests.create(order)).rejects.toMatchObject({ code: '231', status: 200 })
    await expect(client.paymentRequests.get(1)).rejects.toMatchObject({ code: '101', status: 404 })
    const stranger = sdkOf('another-checksum-key-of-somebody', network)
    await expect(stranger.paymentRequests.create({ ...order, orderCode: 5 })).rejects.toMatchObject({ code: '201' })
    await expect(stranger.paymentRequests.get(order.orderCode)).rejects.toThrow('Data integrity check failed')
    await control('faults', { fault: 'callback_forged' })
    await control(`payments/${order.orderCode}/complete`, { result: 'success' })
    expect(await Promise.all(told.map((each) => sdkBelieves(each)))).toEqual([false, true])
  })
})

describe('the SDK departs from us: what it takes, we refuse', () => {
  const data = bodyOf(webhook()).data

  test('a nested object, which it signs as [object Object] whatever is in it', async () => {
    const { payload, secret, signature } = vectorOf('webhook-nested-object')
    expect(await sdkBelieves(payload, secret)).toBe(true)
    const swapped = { ...Object.assign({}, payload.data), meta: { amount: 1 } }
    expect(await sdkBelieves({ data: swapped, signature }, secret)).toBe(true)
    expect(await weRead({ ...data, meta: { b: 1, a: 2 } })).toBe('malformed')
  })

  test('a list of plain values, of which it signs the letters, or nothing, or stops', async () => {
    expect(await sdkSigns({ list: ['a'] })).toBe(signatureOf({ list: [{ 0: 'a' }] }))
    expect(await sdkSigns({ list: [1] })).toBe(signatureOf({ list: [{}] }))
    expect(await sdkSigns({ list: [2] })).toBe(await sdkSigns({ list: [1] }))
    await expect(sdkSigns({ list: [null] })).rejects.toThrow(TypeError)
    for (const list of [['a'], [1], [[]]]) expect(await weRead({ ...data, list })).toBe('malformed')
  })

  test('a list whose objects hold objects, which it signs in the order in which they came', async () => {
    const [one, other] = [[{ a: { b: 1, c: 2 } }], [{ a: { c: 2, b: 1 } }]]
    expect(await sdkSigns({ list: one })).not.toBe(await sdkSigns({ list: other }))
    expect(await weRead({ ...data, list: one })).toBe('malformed')
  })

  test('an answer without a signature', async () => {
    const unsigned = Response.json({ code: '00', desc: 'success', data: linkData({ status: 'PAID', amountPaid: 1 }) })
    const client = sdkOf(account.checksum_key, async () => unsigned.clone())
    expect(await client.paymentRequests.get(Number(merchantReference))).toMatchObject({ status: 'PAID' })
    const ask = async () => connect(() => unsigned.clone()).queryPayment?.(paymentOf(subject))
    await refusalOf(ask, ['unknown'])
  })

  test('a webhook whose text has two readings', async () => {
    const genuine = { ...data, description: 'x&orderCode=5&p=z' }
    const signature = await sdkSigns(genuine)
    const slid = { ...data, description: 'x', orderCode: 5, p: `z&orderCode=${merchantReference}` }
    expect(await sdkBelieves({ data: slid, signature })).toBe(true)
    expect(await weRead(slid)).toBe('malformed')
    expect(await weRead(genuine)).toMatchObject({ merchantReference })
  })

  test('an order code beyond 2^53, of which it reads another one', async () => {
    const text = `{"data":{"orderCode":9007199254740993},"signature":"${await sdkSigns({ orderCode: 9007199254740992 })}"}`
    expect(await sdkBelieves(JSON.parse(text))).toBe(true)
    await refusalOf(() => read(posted(text)), ['malformed'])
  })
})
