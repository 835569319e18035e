/** OnePAY's 83 vectors and 4 policy cases, through the adapter wherever it can read or build them. */
import { describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/providers/contract.ts'
import { onepay } from '../../src/providers/onepay/index.ts'
import { isSigned, sign, signedText } from '../../src/providers/onepay/signature.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './onepay.kit.ts'
import { bodyOf, readVectors, type Vector } from './vectors.ts'

const subject: Subject = { name: 'onepay', provider: onepay, kit }
const { vectors, policyCases, vectorsOf } = readVectors('onepay')
const accountOf = ({ secret = '' }: { secret?: string | undefined }) => ({
  ...kit.account,
  ...{ merchant: 'TESTGOV01', access_code: '6FAKE001', hash_key: secret, user: 'opfake', password: 'pwFake1' },
})
const incoming = (search: string) => ({ method: 'GET', search, headers: new Headers(), body: new Uint8Array() })
const posted = (form: string) => ({ ...incoming(''), method: 'POST', body: new TextEncoder().encode(form) })
const textsOf = (params: Vector['params']) =>
  new Map(Object.entries(params).map(([name, value]) => [name, value === null ? '' : String(value)]))
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)

/** The text that must be signed, and whether the hash of the vector belongs to it. */
const checkArithmetic = ({ params, signingString, signature, expectedSignature, valid, secret }: Vector) => {
  const text = signedText(textsOf(params))
  expect(text).toBe(signingString)
  expect(isSigned(text, { hash: signature ?? undefined, hashKey: secret })).toBe(valid)
  expect(sign(text, secret)).toBe((expectedSignature ?? signature ?? '').toUpperCase())
}

describe('the vectors', () => {
  test('are all there', () => {
    expect(vectors).toHaveLength(83)
    expect(vectors.filter(({ valid }) => valid)).toHaveLength(59)
    expect(policyCases).toHaveLength(4)
  })

  test.each(vectorsOf('pay_url'))('redirect: $name', (vector) => {
    checkArithmetic(vector)
    if (!vector.valid) return
    const sent = new URL(vector.url ?? '').searchParams
    expect(sent.get('vpc_SecureHash')).toBe(vector.signature)
    expect(signedText(sent)).toBe(vector.signingString)
  })

  test.each(vectorsOf('ipn_query'))('notice, by GET and by POST: $name', async (vector) => {
    const { valid, policyReject, query = '', params } = vector
    const client = onepay.connect(accountOf(vector), portsOf())
    for (const request of [incoming(query), posted(query)]) {
      const result = await client.readCallback(request).catch(kindOf)
      if (!valid) expect(result).toBe('forged')
      else if (policyReject) expect(result).toBe('malformed')
      else expect(result).toMatchObject({ merchantReference: params.vpc_MerchTxnRef, outcomes: [{}] })
    }
  })

  test.each(vectorsOf('return_query'))('return: $name', async (vector) => {
    const client = onepay.connect(accountOf(vector), portsOf())
    expect(await client.readReturn?.(incoming(vector.query ?? ''))).toBe(
      vector.valid ? vector.params.vpc_MerchTxnRef : null,
    )
  })

  // The adapter sends no refunds (README.md): of these messages it can be told only that the arithmetic is one and the same.
  const requests = [...vectorsOf('querydr_request'), ...vectorsOf('refund_request')]
  test.each([...requests, ...vectorsOf('refund_response')])('arithmetic of $kind: $name', (vector) => {
    checkArithmetic(vector)
    const sent = new URLSearchParams(bodyOf(vector))
    expect(sent.get('vpc_SecureHash') ?? '').toBe(vector.signature ?? '')
    if (vector.valid) expect(signedText(sent)).toBe(vector.signingString)
  })

  test.each(vectorsOf('querydr_response'))('query answer: $name', async (vector) => {
    const { params, valid, name } = vector
    const { fetch } = serverOf(() => new Response(bodyOf(vector)))
    const payment = paymentOf(subject, { merchantReference: String(params.vpc_MerchTxnRef), amount: 10_000n })
    const result = await onepay.connect(accountOf(vector), portsOf(fetch)).queryPayment?.(payment).catch(kindOf)
    if (!valid) return expect(result).toBe(name.endsWith('missing-hash') ? 'unknown' : 'forged')
    if (params.vpc_DRExists === 'N') return expect(result).toEqual({ known: false, outcomes: [] })
    const paid = { status: 'captured', amount: 10_000n, providerReference: 'PAY-fake-0001_Ab' }
    expect(result).toMatchObject({ outcomes: [params.vpc_TxnResponseCode === '0' ? paid : { status: 'pending' }] })
  })

  test.each(vectorsOf('querydr_response').filter(({ valid }) => valid))(
    'query answer as JSON: $name',
    async (vector) => {
      const members = { ...vector.params, vpc_SecureHash: vector.signature }
      const { fetch } = serverOf(() => new Response(JSON.stringify(members)))
      const payment = paymentOf(subject, { merchantReference: String(vector.params.vpc_MerchTxnRef), amount: 10_000n })
      const answer = await onepay.connect(accountOf(vector), portsOf(fetch)).queryPayment?.(payment)
      expect(answer?.known).toBe(vector.params.vpc_DRExists === 'Y')
    },
  )

  test('are what the adapter itself builds for the same query', async () => {
    const vector = vectors.find(({ name }) => name === 'querydr-req-basic')
    if (!vector) throw new Error('the vectors are renamed')
    const { fetch, calls } = serverOf(() => new Response('vpc_DRExists=N'))
    const client = onepay.connect(accountOf(vector), portsOf(fetch))
    await client.queryPayment?.(paymentOf(subject, { merchantReference: 'HS0001A1' })).catch(kindOf)
    const sent = new URLSearchParams(calls[0]?.body)
    expect(Object.fromEntries(sent)).toEqual(Object.fromEntries(new URLSearchParams(bodyOf(vector))))
  })
})

describe('the policy cases', () => {
  test.each(policyCases)('$name: $expect', async ({ name, secret, query }) => {
    if (query === undefined) {
      expect(name).toBe('config-secret-not-hex')
      const checked = onepay.checkAccount(accountOf({ secret }))
      return expect(checked).toMatchObject({ ok: false, problems: [{ pointer: '/hash_key' }] })
    }
    const client = onepay.connect(accountOf({ secret }), portsOf())
    expect(await client.readCallback(incoming(query)).catch(kindOf)).toBe('malformed')
  })
})
