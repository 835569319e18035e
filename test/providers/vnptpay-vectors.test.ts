/** VNPT Pay's 19 vectors, through the adapter wherever it can read or build them. */
import { describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/providers/contract.ts'
import { isPipedSigned, pipedText, signPiped } from '../../src/providers/piped-sha256.ts'
import { vnptpay } from '../../src/providers/vnptpay/index.ts'
import { orders } from '../../src/providers/vnptpay/messages.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import { readVectors, textsIn, type Vector } from './piped-sha256.vectors.ts'
import { kit } from './vnptpay.kit.ts'

const subject: Subject = { name: 'vnptpay', provider: vnptpay, kit }
const vectors = readVectors('vnptpay')
const of = (...kinds: string[]) => vectors.filter(({ kind }) => kinds.includes(kind))
const accountOf = ({ secrets }: Vector) => ({ ...kit.account, secret_key: secrets.secretKey })

// Version 1.0.6, which the adapter does not send: its order from the page, to hold that MERCHANT_DATA is not in it.
const qr = [
  ...['ACTION', 'VERSION', 'MERCHANT_SERVICE_ID', 'MERCHANT_ORDER_ID', 'AMOUNT', 'PAYMENT_ACTION', 'SERVICE_CATEGORY'],
  ...['CHANNEL_ID', 'DEVICE', 'LOCALE', 'CURRENCY_CODE', 'PAYMENT_METHOD', 'DESCRIPTION', 'CREATE_DATE', 'CLIENT_IP'],
]
const names: Record<string, readonly string[]> = {
  ...{ INIT_1_0_5: orders.init, QUERY: orders.query, IPN: orders.notice, IPN_REPLY: orders.reply, QR_1_0_6: qr },
}

describe('the vectors', () => {
  test('are all there', () => {
    expect(vectors).toHaveLength(19)
    expect(vectors.filter(({ valid }) => valid)).toHaveLength(12)
    expect(Object.keys(names).toSorted()).toEqual([...new Set(vectors.map(({ kind }) => kind))].toSorted())
  })

  test.each(vectors)('signer: $kind $name', (vector) => {
    const order = names[vector.kind] ?? []
    const secret = vector.secrets.secretKey ?? ''
    const fields = textsIn(vector)
    if (vector.valid) expect(pipedText(order, fields, secret)).toBe(vector.signingString)
    expect(isPipedSigned(order, fields, { signature: vector.signature, secret })).toBe(vector.valid)
    if (vector.valid) expect(signPiped(order, fields, secret)).toBe(vector.signature.toLowerCase())
  })

  test.each(of('IPN'))('callback: $name', async (vector) => {
    const body = new TextEncoder().encode(JSON.stringify({ ...vector.params, SECURE_CODE: vector.signature }))
    const client = vnptpay.connect(accountOf(vector), portsOf())
    const request = { method: 'POST', search: '', headers: new Headers(), body }
    const result = await client.readCallback(request).catch((error: unknown) => error)
    if (!vector.valid) return expect(result).toMatchObject({ name: 'ProviderError', kind: 'forged' })
    if (vector.accept === false) return expect(result).toMatchObject({ name: 'ProviderError', kind: 'malformed' })
    const { MERCHANT_ORDER_ID: merchantReference, VNPTPAY_TRANSACTION_ID: providerReference } = vector.params
    const paid = { status: 'captured', amount: 150_000n, providerReference }
    const occurredAt = new Date('2025-01-02T09:10:12+07:00')
    expect(result).toEqual({
      merchantReference,
      outcomes: [{ ...paid, merchantReference, occurredAt, code: '00' }],
    })
  })

  test('are what the adapter itself sends for the same payment and query', async () => {
    const init = of('INIT_1_0_5')[0]
    const query = of('QUERY')[0]
    if (!init || !query) throw new Error('the vectors are renamed')
    const { fetch, calls } = serverOf(() => Response.json({}))
    const client = vnptpay.connect(accountOf(init), portsOf(fetch))
    const payment = paymentOf(subject, {
      merchantReference: 'LAB20250102000001',
      description: 'Lệ phí hồ sơ H56.14-250102-0001',
      createdAt: new Date('2025-01-02T09:08:07+07:00'),
      payerIp: '192.0.2.10',
      memo: {},
    })
    await client.startPayment(payment).catch((error: unknown) => expect(error).toBeInstanceOf(ProviderError))
    await client.queryPayment?.(payment).catch((error: unknown) => expect(error).toBeInstanceOf(ProviderError))
    const sent = [init, query].map(({ params, signature }) => ({ ...params, SECURE_CODE: signature }))
    const asTexts = (body: string) =>
      Object.fromEntries(Object.entries(JSON.parse(body)).map(([name, value]) => [name, String(value)]))
    expect(calls.map(({ body }) => asTexts(body))).toEqual(sent)
  })
})
