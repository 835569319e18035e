/** ZaloPay's 70 vectors, through the adapter wherever it can read or build them. */
import { createHmac } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { ProviderError } from '../../src/providers/contract.ts'
import { zalopay } from '../../src/providers/zalopay/index.ts'
import { sign } from '../../src/providers/zalopay/signature.ts'
import file from '../vectors/zalopay.json' with { type: 'json' }
import { connect, payment, posted, refund, returned } from './zalopay.server.ts'

type Vector = {
  name: string
  kind: string
  origin: string
  valid: boolean
  secrets: { app_id: string; key1: string; key2: string }
  key: 'key1' | 'key2'
  params: Record<string, string | number>
  signingString: string
  signature: string
  expectedSignature?: string
  queryString?: string
  rawBody?: string
}
const vectors = file.vectors as readonly Vector[]
const vectorsOf = (...kinds: string[]) => vectors.filter(({ kind }) => kinds.includes(kind))
const accountOf = ({ secrets }: Vector) => ({ ...secrets, api_url: 'https://zalopay.example' })
const named = (name: string): Vector => {
  const vector = vectors.find((each) => each.name === name)
  if (!vector) throw new Error(`${name} is gone`)
  return vector
}
const kindOf = (error: unknown) => (error instanceof ProviderError ? error.kind : error)

describe('the vectors', () => {
  test('are all there, seven of them signed by ZaloPay itself', () => {
    expect(vectors).toHaveLength(70)
    expect(vectors.filter(({ valid }) => !valid)).toHaveLength(22)
    expect(vectors.filter(({ origin }) => origin === 'provider-signed').map(({ kind }) => kind)).toEqual([
      ...['callback', 'callback', 'redirect', 'redirect', 'redirect', 'redirect', 'redirect'],
    ])
  })

  test.each(vectors)('hold by themselves: $name', ({ key, secrets, signingString, valid, ...vector }) => {
    const mac = createHmac('sha256', secrets[key]).update(signingString, 'utf8').digest('hex')
    expect(mac).toBe(vector.expectedSignature ?? vector.signature)
    expect(mac === vector.signature).toBe(valid)
  })

  test.each(vectorsOf('callback'))('callback: $name ($origin)', async (vector) => {
    const { client } = connect({}, { account: accountOf(vector) })
    const request = posted(vector.rawBody ?? '')
    const result = await client.readCallback(request).catch(kindOf)
    if (vector.name === 'callback-07-type-is-not-signed') return expect(result).toBe('rejected')
    if (!vector.valid) return expect(result).toBe('forged')
    const { app_trans_id, amount, zp_trans_id } = JSON.parse(String(vector.params.data))
    const common = { merchantReference: app_trans_id, providerReference: String(zp_trans_id) }
    expect(result).toMatchObject({
      merchantReference: app_trans_id,
      outcomes: [{ ...common, status: 'captured', amount: BigInt(amount) }],
    })
    expect(zalopay.claimedReference?.(request)).toBe(app_trans_id)
  })

  test.each(vectorsOf('redirect'))('return: $name ($origin)', async (vector) => {
    const { client } = connect({}, { account: accountOf(vector) })
    const read = await client.readReturn?.(returned(vector.queryString ?? ''))
    expect(read).toBe(vector.valid ? vector.params.apptransid : null)
  })

  test.each(vectorsOf('create'))('create: $name', (vector) => {
    const mac = sign('create', vector.params, vector.secrets.key1)
    expect(mac).toBe(vector.expectedSignature ?? vector.signature)
    expect(mac === vector.signature).toBe(vector.valid)
  })

  test('create: the adapter builds create-02, to the letter', async () => {
    const vector = named('create-02-embed-redirecturl')
    const { app_user, app_trans_id, app_time, amount, description, callback_url } = vector.params
    const more = { app_user, preferred_payment_method: ['vietqr'] }
    const order = { return_code: 1, sub_return_code: 1, order_url: 'https://zalopay.example/o' }
    const { client, sent } = connect(order, { account: { ...accountOf(vector), ...more } })
    await client.startPayment({
      ...payment,
      merchantReference: String(app_trans_id),
      amount: BigInt(String(amount)),
      description: String(description),
      createdAt: new Date(Number(app_time)),
      expiresAt: new Date(Number(app_time) + 900_000),
      callbackUrl: String(callback_url),
      returnUrl: 'https://pay.dvc.example.vn/v1/return/zalopay?tenant=hcm&lang=vi',
    })
    expect(sent).toEqual([
      {
        url: 'https://zalopay.example/v2/create',
        body: { ...vector.params, expire_duration_seconds: 900, mac: vector.signature },
      },
    ])
  })

  test.each(vectorsOf('query'))('query: $name', async (vector) => {
    const { client, sent } = connect({ return_code: 3 }, { account: accountOf(vector) })
    const { app_id, app_trans_id } = vector.params
    await client.queryPayment?.({ ...payment, merchantReference: String(app_trans_id) })
    expect(sent[0]?.body).toEqual({
      app_id: Number(app_id),
      app_trans_id,
      mac: vector.expectedSignature ?? vector.signature,
    })
  })

  // The adapter never sends a refund fee: nothing says who would bear it, and no agency charges one.
  const withFee = vectorsOf('refund').filter(({ params }) => 'refund_fee_amount' in params)
  const withoutFee = vectorsOf('refund').filter((vector) => !withFee.includes(vector))

  test.each(withoutFee)('refund: $name', async (vector) => {
    const { m_refund_id, zp_trans_id, amount, timestamp, description } = vector.params
    const at = new Date(Number(timestamp))
    const { client, sent } = connect({ return_code: 3 }, { account: accountOf(vector), at })
    const paid = { ...payment, providerReference: String(zp_trans_id) }
    const asked = {
      merchantReference: String(m_refund_id),
      amount: BigInt(String(amount)),
      reason: String(description),
    }
    await client.refundPayment?.({ ...refund, ...asked, payment: paid })
    expect(sent[0]?.body).toEqual({
      ...vector.params,
      zp_trans_id: String(zp_trans_id),
      mac: vector.expectedSignature ?? vector.signature,
    })
  })

  test('refund: with a fee they are signed in another order, which the adapter does not use', () => {
    expect(withFee.map(({ name }) => name.slice(0, 9))).toEqual(['refund-03', 'refund-07', 'refund-n3'])
    for (const { params, signingString } of withFee) {
      const values = ['app_id', 'zp_trans_id', 'amount', 'refund_fee_amount', 'description', 'timestamp']
      expect(values.map((name) => params[name]).join('|')).toBe(signingString)
    }
  })

  test.each(vectorsOf('query_refund'))('refund query: $name', async (vector) => {
    const { m_refund_id, timestamp } = vector.params
    const at = new Date(Number(timestamp))
    const { client, sent } = connect({ return_code: 3 }, { account: accountOf(vector), at })
    await client.queryRefund?.({ ...refund, merchantReference: String(m_refund_id) })
    const mac = vector.expectedSignature ?? vector.signature
    expect(sent[0]?.body).toEqual({ ...vector.params, timestamp: Number(timestamp), mac })
  })

  test('cancel and bank list are not called: the path of the one is not published, nothing here shows the other', () => {
    expect(vectorsOf('cancel', 'bank_list')).toHaveLength(5)
    for (const { kind, params, secrets, signingString } of vectorsOf('cancel', 'bank_list')) {
      const values =
        kind === 'cancel' ? [params.app_id, params.app_trans_id, secrets.key1] : [params.appid, params.reqtime]
      expect(values.join('|')).toBe(signingString)
    }
  })
})
