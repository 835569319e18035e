/** Payoo's 14 vectors: orders and returns through the signer and the adapter, notices as whole messages built around their signed values. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ProviderError } from '../../src/providers/contract.ts'
import { payoo } from '../../src/providers/payoo/index.ts'
import { isSigned, noticeText, orderCheckSum, returnText } from '../../src/providers/payoo/signature.ts'
import { portsOf } from './conformance/subject.ts'
import { kit, sendNotice } from './payoo.kit.ts'

const vector = z.object({
  name: z.string(),
  kind: z.enum(['ORDER', 'RETURN', 'NOTIFY']),
  secrets: z.object({ secretKey: z.string() }),
  params: z.looseObject({
    OrdersForPayoo: z.string().optional(),
    ...{ session: z.string().optional(), order_no: z.string().optional(), status: z.string().optional() },
    ...{ KeyFields: z.string().optional(), fields: z.record(z.string(), z.string()).optional() },
  }),
  ...{ signingString: z.string(), signature: z.string(), valid: z.boolean(), accept: z.boolean().optional() },
})
type Vector = z.infer<typeof vector>

const file: unknown = JSON.parse(readFileSync(new URL('../vectors/payoo.json', import.meta.url), 'utf8'))
const { vectors } = z.object({ vectors: z.array(vector) }).parse(file)
const vectorsOf = (kind: Vector['kind']) => vectors.filter((each) => each.kind === kind)
const clientOf = ({ secrets }: Vector) =>
  payoo.connect({ ...kit.account, shop_id: '900', checksum_key: secrets.secretKey }, portsOf())
const verdictOn = ({ signature, secrets }: Vector, text: string) =>
  isSigned(text, { received: signature, secret: secrets.secretKey })

test('are all there', () => {
  expect(vectors).toHaveLength(14)
  expect(vectors.filter(({ valid }) => valid)).toHaveLength(9)
})

test.each(vectorsOf('ORDER'))('order: $name', (row) => {
  const xml = row.params.OrdersForPayoo ?? ''
  expect(row.secrets.secretKey + xml).toBe(row.signingString)
  expect(orderCheckSum(xml, row.secrets.secretKey) === row.signature).toBe(row.valid)
})

test.each(vectorsOf('RETURN'))('return: $name', async (row) => {
  const { session = '', order_no = '', status = '' } = row.params
  const text = returnText({ session, orderNo: order_no, status })
  expect(row.secrets.secretKey + text).toBe(row.signingString)
  expect(verdictOn(row, text)).toBe(row.valid)
  const search = String(new URLSearchParams({ session, order_no, status, checksum: row.signature }))
  const request = { method: 'GET', search, headers: new Headers(), body: new Uint8Array() }
  // A return proves nothing, so a cancelled one names its order like any other.
  expect(await clientOf(row).readReturn?.(request)).toBe(row.valid ? order_no : null)
})

describe('notices', () => {
  const onlineTags: Readonly<Record<string, string>> = {
    ...{ Session: 'session', OrderNo: 'order_no', OrderCashAmount: 'order_cash_amount' },
    OrderDescription: 'order_description',
  }
  /** The whole message: values where the form of the notice has them, the description encoded, shipping days left out where 0 stands for that. */
  const messageOf = ({ params, signature }: Vector) => {
    const fields = Object.entries(params.fields ?? {})
    const isAtShop = 'BillingCode' in (params.fields ?? {}) || !('PaymentMethod' in (params.fields ?? {}))
    const tagOf = (name: string) => (isAtShop ? (name === 'ShopID' ? 'ShopId' : name) : (onlineTags[name] ?? name))
    const wire = fields
      .filter(([name]) => name !== 'ShippingDays')
      .map(([name, value]): [string, string] => [
        tagOf(name),
        name === 'OrderDescription' ? encodeURIComponent(value).replaceAll('%20', '+') : value,
      ])
    // A notice that signs little is of a shop as well; its billing code then stands unsigned beside the rest.
    if (isAtShop && !params.fields?.BillingCode) wire.push(['BillingCode', '777000111'])
    const form = sendNotice([['KeyFields', params.KeyFields ?? ''], ...wire, ['Signature', signature]])
    const body = new TextEncoder().encode(String(form))
    return { method: 'POST', search: '', headers: new Headers(), body }
  }

  test.each(vectorsOf('NOTIFY'))('$name', async (row) => {
    const values = (row.params.KeyFields ?? '').split('|').map((name) => row.params.fields?.[name] ?? '')
    expect(row.secrets.secretKey + noticeText(values)).toBe(row.signingString)
    expect(verdictOn(row, noticeText(values))).toBe(row.valid)
    const result = await clientOf(row)
      .readCallback(messageOf(row))
      .catch((error: unknown) => (error instanceof ProviderError ? error.kind : error))
    const isTold = row.valid && row.params.fields?.OrderCashAmount !== undefined
    if (!isTold) return expect(result).toBe('forged')
    const { OrderNo: merchantReference, State: code } = row.params.fields ?? {}
    const money = { status: 'captured', amount: 150_000n }
    const outcome = row.accept === false ? { status: 'pending', subject: 'payment' } : money
    expect(result).toMatchObject({ merchantReference, outcomes: [{ ...outcome, code, merchantReference }] })
  })
})
