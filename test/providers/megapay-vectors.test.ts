/** MegaPay's 18 vectors, through the adapter wherever it can read or build them. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/providers/contract.ts'
import { megapay } from '../../src/providers/megapay/index.ts'
import { cancelHash, cancelToken, requestToken, resultToken, statusToken } from '../../src/providers/megapay/tokens.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './megapay.kit.ts'
import { readVectors, textsIn, type Vector } from './piped-sha256.vectors.ts'

const subject: Subject = { name: 'megapay', provider: megapay, kit }
const vectors = readVectors('megapay')
const of = (kind: string) => vectors.filter((each) => each.kind === kind)
const valuesOf = (vector: Vector) => Object.fromEntries(textsIn(vector))
const accountOf = (vector: Vector) => ({
  ...kit.account,
  encode_key: vector.secrets.encodeKey,
  refund_password: vector.secrets.refundPassword,
})

/** The hash that the adapter makes of each kind. Pay links are not made by it: theirs is put together here, from the page. */
const hashes: Record<string, (vector: Vector, key: string) => string> = {
  REQUEST: (vector, key) => requestToken(valuesOf(vector), key),
  IPN: (vector, key) => resultToken(textsIn(vector), key),
  STATUS: (vector, key) => statusToken(valuesOf(vector), key),
  CANCEL: (vector, key) => cancelToken(valuesOf(vector), key),
  CANCEL_HASH: (vector, key) =>
    cancelHash({ merTrxId: valuesOf(vector).merTrxId ?? '', password: vector.secrets.refundPassword ?? '' }, key),
  LINK: (vector, key) => plain(vector, ['timeStamp', 'invoiceNo', 'merId', 'amount', 'linkExptime'], key),
  LINK_HASH: (vector, key) => plain(vector, ['invoiceNo', 'amount'], key),
}
const plain = (vector: Vector, names: readonly string[], key: string) =>
  createHash('sha256')
    .update([...names.map((name) => valuesOf(vector)[name] ?? ''), key].join(''))
    .digest('hex')

describe('the vectors', () => {
  test('are all there', () => {
    expect(vectors).toHaveLength(18)
    expect(vectors.filter(({ valid }) => valid)).toHaveLength(14)
    expect(Object.keys(hashes).toSorted()).toEqual([...new Set(vectors.map(({ kind }) => kind))].toSorted())
  })

  test.each(vectors)('hash: $kind $name', (vector) => {
    const made = hashes[vector.kind]?.(vector, vector.secrets.encodeKey ?? '')
    expect(made === vector.signature).toBe(vector.valid)
    if (vector.valid) expect(createHash('sha256').update(vector.signingString).digest('hex')).toBe(made)
  })

  test.each(of('IPN'))('callback: $name', async (vector) => {
    const body = new URLSearchParams([...textsIn(vector), ['merchantToken', vector.signature]]).toString()
    const request = { method: 'POST', search: '', headers: new Headers(), body: new TextEncoder().encode(body) }
    const client = megapay.connect({ ...accountOf(vector), mer_id: 'LABMER0001' }, portsOf())
    const merchantReference = 'LABTRX0001'
    const findPayment = async (reference: string) =>
      reference === merchantReference ? paymentOf(subject, { merchantReference }) : null
    const result = await client.readCallback(request, { findPayment }).catch((error: unknown) => error)
    if (!vector.valid) return expect(result).toMatchObject({ name: 'ProviderError', kind: 'forged' })
    if (vector.name === 'ipn digits moved between amount and trxId')
      return expect(result).toEqual({ merchantReference: 'LABTRX000', outcomes: [], ask: true })
    if (vector.accept === false) return expect(result).toEqual({ merchantReference, outcomes: [], ask: true })
    expect(result).toMatchObject({
      merchantReference,
      outcomes: [
        { status: 'captured', amount: 150_000n, providerReference: 'LABMER000120250102000001', code: '00_000' },
      ],
    })
  })

  test('are what the adapter itself makes for the same payment', async () => {
    const [request, status] = [of('REQUEST')[0], of('STATUS')[0]]
    if (!request || !status) throw new Error('the vectors are renamed')
    const { fetch, calls } = serverOf(() => Response.json({}))
    const now = () => new Date(1735790000000)
    const account = { ...accountOf(request), mer_id: 'LABMER0001' }
    const client = megapay.connect(account, { fetch, now, newId: () => 'id1' })
    const createdAt = new Date(1735783687000)
    const payment = paymentOf(subject, { merchantReference: 'LABTRX0001', createdAt })
    const { action } = await client.startPayment(payment)
    expect(action).toMatchObject({ fields: { ...request.params, merchantToken: request.signature } })
    await client.queryPayment?.(payment).catch((error: unknown) => expect(error).toBeInstanceOf(ProviderError))
    const sent = Object.fromEntries(new URLSearchParams(calls[0]?.body ?? ''))
    expect(sent).toEqual({ ...status.params, merchantToken: status.signature })
  })
})
