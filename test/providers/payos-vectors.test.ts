/** payOS's 30 vectors, through the adapter wherever it can read or build them. */
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { type IncomingRequest, type Payment, ProviderError } from '../../src/providers/contract.ts'
import { payos } from '../../src/providers/payos/index.ts'
import { createText, dataText, isSigned, sign } from '../../src/providers/payos/signature.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './payos.kit.ts'
import { accountOf, dataOf, type Vector, vectorOf, vectors, vectorsOf } from './payos.vectors.ts'

const subject: Subject = { name: 'payos', provider: payos, kit }
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)
const posted = (payload: unknown): IncomingRequest => ({
  method: 'POST',
  search: '',
  headers: new Headers(),
  body: new TextEncoder().encode(JSON.stringify(payload)),
})
const isGenuine = ({ signature, secret }: Vector, text: string) => isSigned(text, { signature, checksumKey: secret })
const linkPayment = (changes: Partial<Payment> = {}): Payment =>
  paymentOf(subject, {
    merchantReference: '2611220001',
    amount: 79_000n,
    memo: { payment_link_id: '0a1b2c3d4e5f60718293a4b5c6d7e8f9' },
    ...changes,
  })

/** What a nested member is signed as differs between payOS's own SDKs, so the adapter refuses it; payOS is not known to send one. */
const refusedByUs = 'webhook-nested-object'

describe('the vectors', () => {
  test('are all there', () => {
    expect(vectors).toHaveLength(30)
    expect(vectors.filter(({ valid }) => !valid)).toHaveLength(11)
    expect(vectors.map(({ kind }) => kind).filter((kind) => kind === 'webhook')).toHaveLength(21)
  })

  test('with a published key are of no use in production', () => {
    expect(payos.publicTestCredentials).toEqual([vectorOf('docs-webhook-sample').secret])
  })

  test.each(vectorsOf('create-request'))('create: $name', (vector) => {
    const { amount, cancelUrl, description, orderCode, returnUrl } = vector.payload
    const fields = { amount: Number(amount), orderCode: Number(orderCode) }
    const texts = { cancelUrl: String(cancelUrl), description: String(description), returnUrl: String(returnUrl) }
    const text = createText({ ...fields, ...texts })
    expect(text).toBe(vector.signingString)
    expect(isGenuine(vector, text)).toBe(vector.valid)
    expect(sign(text, vector.secret)).toBe(vector.payload.signature)
  })

  test.each(vectorsOf('webhook'))('webhook: $name', async (vector) => {
    if (vector.reason === 'no-key') {
      expect(isGenuine(vector, dataText(dataOf(vector)))).toBe(false)
      return expect(payos.checkAccount(accountOf(vector))).toMatchObject({
        ok: false,
        problems: [{ pointer: '/checksum_key' }],
      })
    }
    const client = payos.connect(accountOf(vector), portsOf())
    const result = await client.readCallback(posted(vector.payload)).catch(kindOf)
    if (vector.name === refusedByUs) return expect(result).toBe('malformed')
    // The text of a negative is what its receiver computes.
    expect(dataText(dataOf(vector))).toBe(vector.signingString)
    if (!vector.valid) return expect(result).toBe('forged')
    const { orderCode, amount, reference } = dataOf(vector)
    // The sample by which an address is confirmed is genuine, and no money.
    if (vector.name === 'docs-webhook-sample') return expect(result).toEqual({ merchantReference: '123', outcomes: [] })
    const captured = { status: 'captured', amount: BigInt(Number(amount)), providerReference: reference, code: '00' }
    expect(result).toEqual({
      merchantReference: String(orderCode),
      outcomes: [{ ...captured, merchantReference: String(orderCode), occurredAt: expect.any(Date) }],
    })
  })

  test.each(vectorsOf('response-body'))('answer: $name', async (vector) => {
    const text = dataText(dataOf(vector))
    expect(text).toBe(vector.signingString)
    expect(isGenuine(vector, text)).toBe(true)
    const { fetch } = serverOf(() => Response.json(vector.payload))
    const client = payos.connect(accountOf(vector), portsOf(fetch))
    if (vector.name === 'create-response') {
      // Genuinely signed, and its QR pays into 113366668888 where the answer names V8HCC0012345: nobody is sent there.
      const start = client.startPayment(linkPayment({ memo: {} }))
      return expect(await start.catch((error: unknown) => [kindOf(error), String(error)])).toEqual([
        'malformed',
        expect.stringContaining('the account of qrCode'),
      ])
    }
    const isPaid = dataOf(vector).status === 'PAID'
    expect(await client.queryPayment?.(linkPayment())).toEqual({
      known: true,
      outcomes: isPaid
        ? [
            {
              ...{ status: 'captured', amount: 79_000n, merchantReference: '2611220001', code: 'PAID' },
              ...{ providerReference: 'FT26326123456789', occurredAt: new Date('2026-11-22T09:15:07+07:00') },
            },
          ]
        : [expect.objectContaining({ status: 'pending', code: 'PENDING' })],
    })
  })

  test('payout-header-x-signature is of a call that collecting fees does not make; its signer is the test itself', () => {
    const { payload, signingString, secret, signature } = vectorOf('payout-header-x-signature')
    const encoded = Object.keys(payload)
      .toSorted()
      .map((name) => {
        const value = payload[name]
        return `${encodeURIComponent(name)}=${encodeURIComponent(Array.isArray(value) ? JSON.stringify(value) : String(value))}`
      })
    expect(encoded.join('&')).toBe(signingString)
    expect(createHmac('sha256', secret).update(signingString).digest('hex')).toBe(signature)
  })
})
