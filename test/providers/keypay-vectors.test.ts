/**
 * KeyPay's 17 vectors. The adapter speaks version 3 with create, callback and detail; the rows of the older redirect (V2_*) and of refunds (V3_REFUND*), which it
 * leaves out, are checked with a signer written here, so that the rows themselves are proven.
 */
import { createHash, createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ProviderError } from '../../src/providers/contract.ts'
import { keypay } from '../../src/providers/keypay/index.ts'
import { checkSum, isSigned, signingText } from '../../src/providers/keypay/signature.ts'
import { paymentOf, portsOf, type Subject, serverOf } from './conformance/subject.ts'
import { kit } from './keypay.kit.ts'

const vector = z.object({
  name: z.string(),
  kind: z.enum([
    'V2_REQUEST',
    'V2_RETURN',
    'V2_QUERY',
    'V3_CREATE',
    'V3_CALLBACK',
    'V3_DETAIL',
    'V3_REFUND',
    'V3_REFUND_DETAIL',
  ]),
  secrets: z.object({ secureKey: z.string(), clientKey1: z.string(), clientKey2: z.string() }),
  params: z.record(z.string(), z.string()),
  ...{ signingString: z.string(), signature: z.string(), valid: z.boolean() },
})
type Vector = z.infer<typeof vector>

const file: unknown = JSON.parse(readFileSync(new URL('../vectors/keypay.json', import.meta.url), 'utf8'))
const { vectors } = z.object({ vectors: z.array(vector) }).parse(file)
const vectorsOf = (...kinds: string[]) => vectors.filter(({ kind }) => kinds.includes(kind))
const subject: Subject = { name: 'keypay', provider: keypay, kit }
const accountOf = ({ secrets, params }: Vector) => ({
  ...kit.account,
  ...{ client_id: params.client_id, client_key_1: secrets.clientKey1, client_key_2: secrets.clientKey2 },
})
const fieldIn = ({ params }: Vector, name: string): string => params[name] ?? ''
const paymentFields = (row: Vector) => ({
  addition_fee: fieldIn(row, 'addition_fee'),
  client_id: fieldIn(row, 'client_id'),
  command: fieldIn(row, 'command'),
  trans_amount: fieldIn(row, 'trans_amount'),
  transaction_id: fieldIn(row, 'transaction_id'),
  version: fieldIn(row, 'version'),
})
const detailFields = (row: Vector) => ({
  client_id: fieldIn(row, 'client_id'),
  command: fieldIn(row, 'command'),
  transaction_id: fieldIn(row, 'transaction_id'),
})
const paymentIn = (row: Vector) =>
  paymentOf(subject, {
    merchantReference: fieldIn(row, 'transaction_id'),
    amount: BigInt(row.params.trans_amount ?? 150_000),
    memo: { addition_fee: row.params.addition_fee ?? '0' },
  })

test('are all there', () => {
  expect(vectors).toHaveLength(17)
  expect(vectors.filter(({ valid }) => valid)).toHaveLength(12)
})

describe('version 3, through the adapter', () => {
  test.each(vectorsOf('V3_CREATE'))('$name', async (row) => {
    const { fetch, calls } = serverOf(() =>
      Response.json({ error: 0, msg: '', payment_url: 'https://keypay.example/p' }),
    )
    await keypay.connect(accountOf(row), portsOf(fetch)).startPayment({ ...paymentIn(row), memo: {} })
    expect(JSON.parse(calls[0]?.body ?? '')).toMatchObject({ ...row.params, check_sum: row.signature })
    expect(signingText('payment', paymentFields(row))).toBe(row.signingString)
  })

  test.each(vectorsOf('V3_CALLBACK'))('$name', async (row) => {
    const key = row.secrets.clientKey2
    expect(signingText('payment', paymentFields(row))).toBe(row.signingString)
    expect(isSigned('payment', paymentFields(row), { received: row.signature, key })).toBe(row.valid)
    const { client_id, transaction_id } = row.params
    const body = JSON.stringify({ client_id, transaction_id, status: '0', check_sum: row.signature })
    const request = { method: 'POST', search: '', headers: new Headers(), body: new TextEncoder().encode(body) }
    const client = keypay.connect(accountOf(row), portsOf())
    const result = await client
      .readCallback(request, { findPayment: async () => paymentIn(row) })
      .catch((error: unknown) => (error instanceof ProviderError ? error.kind : error))
    expect(result).toEqual(row.valid ? { merchantReference: transaction_id, outcomes: [], ask: true } : 'forged')
  })

  test.each(vectorsOf('V3_DETAIL'))('$name', async (row) => {
    const key = row.secrets.clientKey1
    expect(signingText('detail', detailFields(row))).toBe(row.signingString)
    expect(checkSum('detail', detailFields(row), key)).toBe(row.signature)
    const { fetch, calls } = serverOf(() => Response.json({}))
    const account = { ...accountOf(row), detail_command: row.params.command }
    await keypay
      .connect(account, portsOf(fetch))
      .queryPayment?.(paymentIn(row))
      .catch(() => null)
    expect(JSON.parse(calls[0]?.body ?? '')).toEqual({ ...row.params, check_sum: row.signature })
  })
})

describe('what the adapter leaves out, through a signer of the test', () => {
  const v2Names: Readonly<Record<string, string>> = {
    V2_REQUEST:
      'version current_locale command merchant_trans_id merchant_code country_code good_code net_cost ship_fee tax service_code currency_code return_url',
    V2_RETURN:
      'command merchant_trans_id merchant_code response_code trans_id good_code net_cost ship_fee tax service_code currency_code bank_code',
  }
  const md5 = (text: string) => createHash('md5').update(text, 'utf8').digest('hex')

  test.each(vectorsOf('V2_REQUEST', 'V2_RETURN'))('$name', (row) => {
    const names = (v2Names[row.kind] ?? '').split(' ').toSorted()
    const text = row.secrets.secureKey + names.map((name) => fieldIn(row, name)).join('')
    expect(text).toBe(row.signingString)
    // Thirty-two digits: a hash whose leading zero was lost is none.
    expect(md5(text) === row.signature.toLowerCase()).toBe(row.valid)
  })

  test.each(vectorsOf('V2_QUERY'))('$name', (row) => {
    const names = ['merchant_trans_id', 'good_code', 'trans_id', 'merchant_code']
    const text = names.map((name) => fieldIn(row, name)).join('') + row.secrets.secureKey
    expect(text).toBe(row.signingString)
    expect(md5(text)).toBe(row.signature)
  })

  test.each(vectorsOf('V3_REFUND', 'V3_REFUND_DETAIL'))('$name', (row) => {
    const names = Object.keys(row.params).toSorted()
    const text = names.map((name) => fieldIn(row, name)).join('|')
    expect(text).toBe(row.signingString)
    expect(createHmac('sha256', row.secrets.clientKey1).update(text, 'utf8').digest('hex')).toBe(row.signature)
  })
})
