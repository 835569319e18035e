/** The 20 vectors of the national platform and of PayGov, through the adapter wherever it can read or build them. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/providers/contract.ts'
import { paygov } from '../../src/providers/paygov/index.ts'
import { orders } from '../../src/providers/paygov/messages.ts'
import { isPipedSigned, pipedText, signPiped } from '../../src/providers/piped-sha256.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './paygov.kit.ts'
import { readVectors, textsIn, type Vector } from './piped-sha256.vectors.ts'

const subject: Subject = { name: 'paygov', provider: paygov, kit }
const vectors = readVectors('paygov')
const of = (...kinds: string[]) => vectors.filter(({ kind }) => kinds.includes(kind))
const accountOf = ({ secrets }: Vector) => ({ ...kit.account, secret_key: secrets.secretKey })

/** GET_BILL is not sent by the adapter; it is signed as QUERY is. */
const names: Record<string, readonly string[]> = {
  ...{ PP_INIT: orders.init, PP_CONFIRM: orders.notice, PP_QUERY: orders.query, PP_GET_BILL: orders.query },
}

/** PayGov, the other national system, is not spoken by the adapter: its texts are put together here, from the page. */
const concatenated: Record<string, readonly string[]> = {
  PAYGOV_INIT: ['secretKey', 'accessKey', 'partnerCode', 'orderId', 'requestCode', 'amount'],
  PAYGOV_RECEIPT: [
    ...['secretKey', 'partnerCode', 'accessKey', 'payerId', 'payerName', 'payerAddress', 'payerDistrict'],
    ...['payerProvince', 'docCode', 'procedureName', 'paids', 'otherInfo', 'decisionDate'],
  ],
}

const readConfirm = (vector: Vector) =>
  paygov
    .connect(accountOf(vector), portsOf())
    .readCallback({
      method: 'POST',
      search: '',
      headers: new Headers(),
      body: new TextEncoder().encode(JSON.stringify({ ...vector.params, MaXacThuc: vector.signature })),
    })
    .catch((error: unknown) => error)

describe('the vectors', () => {
  test('are all there', () => {
    expect(vectors).toHaveLength(20)
    expect(vectors.filter(({ valid }) => valid)).toHaveLength(12)
    const kinds = [...Object.keys(names), ...Object.keys(concatenated)]
    expect(kinds.toSorted()).toEqual([...new Set(vectors.map(({ kind }) => kind))].toSorted())
  })

  test.each(of(...Object.keys(names)))('signer: $kind $name', (vector) => {
    const order = names[vector.kind] ?? []
    const secret = vector.secrets.secretKey ?? ''
    const fields = textsIn(vector)
    if (vector.valid) expect(pipedText(order, fields, secret)).toBe(vector.signingString)
    expect(isPipedSigned(order, fields, { signature: vector.signature, secret })).toBe(vector.valid)
    if (vector.valid) expect(signPiped(order, fields, secret)).toBe(vector.signature)
  })

  test.each(of(...Object.keys(concatenated)))('a hash of the other system: $kind $name', (vector) => {
    const values = new Map([...Object.entries(vector.secrets), ...textsIn(vector)])
    const text = (concatenated[vector.kind] ?? []).map((name) => values.get(name) ?? '').join('')
    expect(createHash('sha256').update(text).digest('hex') === vector.signature).toBe(vector.valid)
  })

  test.each(of('PP_CONFIRM'))('confirm: $name', async (vector) => {
    const result = await readConfirm(vector)
    if (!vector.valid) return expect(result).toMatchObject({ name: 'ProviderError', kind: 'forged' })
    const merchantReference = vector.params.MaThamChieu
    if (vector.name === 'pp confirm pipe moved') {
      return expect(result).toMatchObject({ name: 'ProviderError', kind: 'malformed' })
    }
    // Authentic and no success: nothing is believed, the platform is asked.
    if (vector.accept === false) return expect(result).toEqual({ merchantReference, outcomes: [], ask: true })
    const paid = { status: 'captured', amount: 150_000n, providerReference: 'PP2501020000123' }
    const occurredAt = new Date('2025-01-02T09:10:12+07:00')
    expect(result).toEqual({ merchantReference, outcomes: [{ ...paid, merchantReference, occurredAt, code: '00' }] })
  })

  test('are what the adapter itself sends for the same payment and query', async () => {
    const init = of('PP_INIT')[0]
    const query = of('PP_QUERY')[0]
    if (!init || !query) throw new Error('the vectors are renamed')
    const { fetch, calls } = serverOf(() => Response.json({}))
    const client = paygov.connect(accountOf(init), portsOf(fetch))
    const payment = paymentOf(subject, {
      merchantReference: 'dvcH5614250102000120250102090807',
      dossierCode: 'H56.14-250102-0001',
      createdAt: new Date('2025-01-02T09:08:07+07:00'),
      payerIp: '192.0.2.10',
      memo: {},
    })
    await client.startPayment(payment).catch((error: unknown) => expect(error).toBeInstanceOf(ProviderError))
    await client.queryPayment?.(payment).catch((error: unknown) => expect(error).toBeInstanceOf(ProviderError))
    const [started, asked] = calls.map(({ body }): Record<string, unknown> => JSON.parse(body))
    expect({ ...started, ThongTinBienLai: undefined }).toEqual({ ...init.params, MaXacThuc: init.signature })
    expect(asked).toEqual({ ...query.params, MaXacThuc: query.signature })
  })
})
