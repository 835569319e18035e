/** VNPAY's 87 vectors and 5 policy cases, through the adapter wherever it can read or build them. */
import { describe, expect, test } from 'vitest'
import { type Payment, ProviderError } from '../../src/providers/contract.ts'
import { vnpay } from '../../src/providers/vnpay/index.ts'
import { readFields } from '../../src/providers/vnpay/messages.ts'
import { isSigned, pipedFields, pipedText, queryText, sign } from '../../src/providers/vnpay/signature.ts'
import { clientOf, paymentOf, portsOf, refundOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './vnpay.kit.ts'
import { accountOf, bodyOf, policyCases, type Vector, vectors, vectorsOf } from './vnpay.vectors.ts'

const subject: Subject = { name: 'vnpay', provider: vnpay, kit }
const incoming = (search: string) => ({ method: 'GET', search, headers: new Headers(), body: new Uint8Array() })
const textsOf = (params: Vector['params']) =>
  new Map(Object.entries(params).map(([name, value]) => [name, value === null ? '' : String(value)]))
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)
const vectorPayment = (vector: Vector, changes: Partial<Payment> = {}): Payment =>
  paymentOf(subject, {
    merchantReference: String(vector.params.vnp_TxnRef),
    amount: 10_000n,
    createdAt: new Date('2026-01-15T09:30:00+07:00'),
    memo: { create_date: '20260115093000' },
    ...changes,
  })

describe('the vectors', () => {
  test('are all there', () => {
    expect(vectors).toHaveLength(87)
    expect(vectors.filter(({ valid }) => valid)).toHaveLength(60)
    expect(policyCases).toHaveLength(5)
  })

  test.each(vectorsOf('pay_url'))('redirect: $name', (vector) => {
    const text = queryText(textsOf(vector.params))
    expect(text).toBe(vector.signingString)
    expect(isSigned(text, { hash: vector.signature ?? '', secret: vector.secret })).toBe(vector.valid)
    expect(sign(text, vector.secret)).toBe(vector.expectedSignature ?? vector.signature)
    if (vector.valid) expect(vector.url?.split('?')[1]).toBe(`${text}&vnp_SecureHash=${vector.signature}`)
  })

  test.each(vectorsOf('ipn_query'))('callback: $name', async (vector) => {
    const { valid, name, query = '' } = vector
    const client = vnpay.connect(accountOf(vector), portsOf())
    const result = await client.readCallback(incoming(query)).catch(kindOf)
    // Signed, and still no amount of money: the leading zero is refused after the signature held.
    if (name === 'ipn-amount-leading-zero') return expect(result).toBe('malformed')
    if (!valid) return expect(result).toBe('forged')
    expect(result).toMatchObject({ merchantReference: vector.params.vnp_TxnRef })
  })

  test.each(vectorsOf('return_query'))('return: $name', async (vector) => {
    const client = vnpay.connect(accountOf(vector), portsOf())
    expect(await client.readReturn?.(incoming(vector.query ?? ''))).toBe(vector.valid ? vector.params.vnp_TxnRef : null)
  })

  test.each([...vectorsOf('querydr_request'), ...vectorsOf('refund_request')])('request: $name', (vector) => {
    const names = vector.kind === 'refund_request' ? pipedFields.refundRequest : pipedFields.queryRequest
    const { vnp_SecureHash: hash, ...body }: Record<string, unknown> = JSON.parse(bodyOf(vector))
    const text = pipedText(names, readFields(body, names))
    expect(isSigned(text, { hash: String(hash), secret: vector.secret })).toBe(vector.valid)
    expect(sign(text, vector.secret)).toBe(vector.expectedSignature ?? vector.signature)
    expect(text).toBe(vector.signingString)
  })

  test.each(vectorsOf('querydr_response'))('query answer: $name', async (vector) => {
    const { fetch } = serverOf(() => new Response(bodyOf(vector)))
    const client = vnpay.connect(accountOf(vector), portsOf(fetch))
    const result = await client.queryPayment?.(vectorPayment(vector)).catch(kindOf)
    if (!vector.valid) return expect(result).toBe(vector.name.endsWith('missing-hash') ? 'unknown' : 'forged')
    const code = vector.params.vnp_ResponseCode
    const isOfPayment = vector.params.vnp_TransactionType === '01'
    expect(result).toMatchObject({
      known: code !== '91',
      outcomes: code === '91' ? [] : [{ providerReference: isOfPayment ? '14226112' : null }],
    })
  })

  test.each(vectorsOf('refund_response'))('refund answer: $name', async (vector) => {
    const { fetch } = serverOf(() => new Response(bodyOf(vector)))
    const payment = vectorPayment(vector)
    const refund = refundOf(subject, { payment, isFull: vector.params.vnp_TransactionType !== '03' })
    const result = await vnpay.connect(accountOf(vector), portsOf(fetch)).refundPayment?.(refund).catch(kindOf)
    if (!vector.valid) return expect(result).toBe(vector.name.endsWith('missing-hash') ? 'unknown' : 'forged')
    const status = vector.params.vnp_ResponseCode === '95' ? 'failed' : 'pending'
    expect(result).toMatchObject({ status, subject: 'refund', code: vector.params.vnp_ResponseCode })
  })

  test('are what the adapter itself builds for the same payment, query and refund', async () => {
    const [pay, ask, back] = ['pay-basic', 'querydr-req-basic', 'refund-req-full'].map((name) =>
      vectors.find((v) => v.name === name),
    )
    if (!pay || !ask || !back) throw new Error('the vectors are renamed')
    const account = accountOf(pay)
    const payment = vectorPayment(pay, {
      description: 'Nộp lệ phí hồ sơ HS0001',
      payerIp: '203.0.113.10',
      expiresAt: new Date('2026-01-15T09:45:00+07:00'),
      returnUrl: 'https://dvc.example.vn/vnpay/return',
    })
    const { fetch, calls } = serverOf(() => Response.json({}))
    const now = () => new Date('2026-01-15T09:35:00+07:00')
    const client = vnpay.connect(account, { fetch, now, newId: () => 'q-2026011509-3500001' })
    expect((await client.startPayment(payment)).action).toEqual({ type: 'redirect', url: pay.url })
    await client.queryPayment?.({ ...payment, providerReference: null }).catch(kindOf)
    const createdAt = new Date('2026-01-16T08:00:00+07:00')
    const refund = { merchantReference: 'rf20260116080000001', amount: 10_000n, isFull: true, createdAt, payment }
    await client.refundPayment?.({ ...refund, reason: 'Hoàn lệ phí HS0001', requestedBy: 'ketoan01' }).catch(kindOf)
    expect(calls.map(({ body }) => JSON.parse(body))).toEqual([ask, back].map((vector) => JSON.parse(bodyOf(vector))))
  })
})

describe('the policy cases', () => {
  const refused: Record<string, string> = {
    'ipn-duplicate-parameter': 'malformed',
    'ipn-duplicate-hash': 'forged',
    'ipn-malformed-percent': 'malformed',
  }
  test.each(Object.entries(refused))('refuses %s as %s', async (name, kind) => {
    const policy = policyCases.find((each) => each.name === name)
    const client = vnpay.connect(accountOf({ secret: policy?.secret ?? '' }), portsOf())
    expect(await client.readCallback(incoming(policy?.query ?? 'absent')).catch(kindOf)).toBe(kind)
  })

  test('never builds a message with the separator in a text', async () => {
    const { fetch, calls } = serverOf(() => Response.json({}))
    const refund = refundOf(subject, { reason: 'a|b', requestedBy: '|x|' })
    await clientOf(subject, fetch).refundPayment?.(refund).catch(kindOf)
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ vnp_OrderInfo: 'a b', vnp_CreateBy: 'x' })
    const piped = paymentOf(subject, { merchantReference: 'a|b' })
    expect(await clientOf(subject, fetch).queryPayment?.(piped).catch(kindOf)).toBe('rejected')
    expect(calls).toHaveLength(1)
  })
})
