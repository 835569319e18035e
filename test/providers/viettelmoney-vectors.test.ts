/** Viettel's 22 vectors, through the adapter wherever it reads or builds such a message. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ProviderError } from '../../src/providers/contract.ts'
import { viettelmoney } from '../../src/providers/viettelmoney/index.ts'
import { checkSum, isSigned, type MessageKind, signingText } from '../../src/providers/viettelmoney/signature.ts'
import { paymentOf, portsOf, refundOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './viettelmoney.kit.ts'

const subject: Subject = { name: 'viettelmoney', provider: viettelmoney, kit }
const vectorShape = z.object({
  name: z.string(),
  kind: z.string(),
  secrets: z.object({ accessCode: z.string(), hashKey: z.string() }),
  params: z.record(z.string(), z.string()),
  signingString: z.string(),
  signature: z.string(),
  valid: z.boolean(),
  accept: z.boolean().optional(),
})
type Vector = z.infer<typeof vectorShape>
const file: unknown = JSON.parse(readFileSync(new URL('../vectors/viettelmoney.json', import.meta.url), 'utf8'))
const { vectors } = z.object({ vectors: z.array(vectorShape) }).parse(file)
const vectorsOf = (kind: string) => vectors.filter((each) => each.kind === kind)

const kinds: Record<string, MessageKind> = {
  ...{ PAYMENT: 'payment', VERIFY: 'verify', VERIFY_REPLY: 'verifyReply', RESULT: 'result' },
  ...{ RESULT_REPLY: 'resultReply', INQUIRY: 'inquiry', INQUIRY_RESPONSE: 'inquiryAnswer', REFUND: 'refund' },
  ...{ REFUND_RESPONSE: 'refundAnswer', PARTNER_QUERY: 'partnerQuery' },
}
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)
const accountOf = ({ secrets }: Vector) => ({
  ...kit.account,
  ...{ merchant_code: 'LABMC', access_code: secrets.accessCode, hash_key: secrets.hashKey },
})
/** What is stored under the order of the vectors. */
const stored = paymentOf(subject, {
  merchantReference: 'LAB250102000001',
  dossierCode: 'H56.14-250102-000101',
  providerReference: '250102000000777',
})
const lookups = { findPayment: async (reference: string) => (reference === stored.merchantReference ? stored : null) }
const incoming = ({ params, signature }: Vector, { without = '' } = {}) => {
  const { [without]: _, ...sent } = params
  const body = new URLSearchParams({ ...sent, check_sum: signature }).toString()
  return { method: 'POST', search: '', headers: new Headers(), body: new TextEncoder().encode(body) }
}
const read = (vector: Vector, more?: { without: string }) =>
  viettelmoney.connect(accountOf(vector), portsOf()).readCallback(incoming(vector, more), lookups).catch(kindOf)

describe('the vectors', () => {
  test('are all there, of every kind of message', () => {
    expect(vectors).toHaveLength(22)
    expect(new Set(vectors.map(({ kind }) => kind))).toEqual(new Set(Object.keys(kinds)))
  })

  test.each(vectors)('$kind: $name', ({ kind, params, secrets, signingString, signature, valid }) => {
    const keys = { access_code: secrets.accessCode, hash_key: secrets.hashKey }
    const message = kinds[kind] ?? 'payment'
    if (valid) {
      expect(signingText(message, params, secrets.accessCode)).toBe(signingString)
      expect(checkSum(message, params, keys)).toBe(signature)
    }
    expect(isSigned(message, { ...params, check_sum: signature }, keys)).toBe(valid)
  })

  test.each(vectorsOf('RESULT'))('read: $name', async (vector) => {
    const result = await read(vector)
    if (!vector.valid) return expect(result).toBe('forged')
    if (vector.name.includes('digit moved')) return expect(result).toBe('malformed')
    const { payment_status, vt_transaction_id: providerReference } = vector.params
    const paid = { status: 'captured', amount: 150_000n, providerReference, code: '00/1' }
    const outcome = payment_status === '1' ? paid : { status: 'pending', code: '00/0' }
    expect(result).toMatchObject({ merchantReference: stored.merchantReference, outcomes: [outcome] })
    expect(vector.accept ?? true).toBe(payment_status === '1')
  })

  test.each(vectorsOf('VERIFY'))('read: $name', async (vector) => {
    // The amount is not sent: ours is put in.
    const result = await read(vector, { without: 'trans_amount' })
    if (vector.valid)
      expect(result).toEqual({ merchantReference: stored.merchantReference, outcomes: [], question: 'payable' })
    else {
      const other = async () => ({ ...stored, amount: 140_000n })
      const client = viettelmoney.connect(accountOf(vector), portsOf())
      const request = incoming(vector, { without: 'trans_amount' })
      expect(await client.readCallback(request, { findPayment: other }).catch(kindOf)).toBe('forged')
      const reply: unknown = await (await client.answerCallback('forged', request, { findPayment: other })).json()
      expect(reply).toMatchObject({ error_code: '02', check_sum: '' })
    }
  })

  test.each(vectorsOf('PARTNER_QUERY'))('read: $name', async (vector) => {
    const question = { merchantReference: stored.merchantReference, outcomes: [], question: 'settled' }
    expect(await read(vector)).toEqual(question)
  })

  test.each(vectorsOf('INQUIRY_RESPONSE'))('read: $name', async (vector) => {
    const answer = {
      ...vector.params,
      error_code: '00',
      vt_transaction_id: '250102000000777',
      check_sum: vector.signature,
    }
    const { fetch } = serverOf(() => Response.json(answer))
    const said = await viettelmoney.connect(accountOf(vector), portsOf(fetch)).queryPayment?.(stored)
    const paid = { status: 'captured', amount: 150_000n, providerReference: '250102000000777' }
    if (vector.params.payment_status === '1') expect(said).toMatchObject({ known: true, outcomes: [paid] })
    else expect(said).toEqual({ known: false, outcomes: [] })
  })

  test.each(vectorsOf('REFUND_RESPONSE'))('read: $name', async (vector) => {
    const answer = { ...vector.params, refund_request_id: '250102000000888', check_sum: vector.signature }
    const { fetch } = serverOf(() => Response.json(answer))
    const client = viettelmoney.connect(accountOf(vector), portsOf(fetch))
    const outcome = await client.refundPayment?.(refundOf(subject, { payment: stored }))
    expect(outcome).toMatchObject({ status: 'pending', subject: 'refund', providerReference: '250102000000888' })
  })

  test('are what the adapter itself builds: redirect, inquiry, refund and both replies', async () => {
    const [pay, ask, back, check, result] = ['PAYMENT', 'INQUIRY', 'REFUND', 'VERIFY', 'RESULT'].map(
      (kind) => vectorsOf(kind)[0],
    )
    if (!pay || !ask || !back || !check || !result) throw new Error('the vectors are renamed')
    const { fetch, calls } = serverOf(() => Response.json({ error_code: '03' }))
    const client = viettelmoney.connect(accountOf(pay), portsOf(fetch))
    const { action } = await client.startPayment(stored)
    const url = new URL(action.type === 'redirect' ? action.url : 'http://none')
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ ...pay.params, check_sum: pay.signature })
    await client.queryPayment?.(stored).catch(kindOf)
    await client
      .refundPayment?.(refundOf(subject, { payment: stored, reason: 'Hoàn phí hồ sơ bị từ chối' }))
      .catch(kindOf)
    const sent = calls.map(({ body }) => Object.fromEntries(new URLSearchParams(body)))
    const trans_content = 'Hoan phi ho so bi tu choi'
    expect(sent).toEqual([
      { ...ask.params, check_sum: ask.signature },
      { ...back.params, trans_content, check_sum: back.signature },
    ])
    for (const [kind, request] of [
      ['VERIFY_REPLY', incoming(check, { without: 'trans_amount' })],
      ['RESULT_REPLY', incoming(result)],
    ] as const) {
      const [expected] = vectorsOf(kind)
      const reply: unknown = await (await client.answerCallback('accepted', request, lookups)).json()
      expect(reply).toMatchObject({ ...expected?.params, check_sum: expected?.signature })
    }
  })
})
