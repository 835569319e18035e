/** The signature vectors of VNPAY, checked for shape on reading. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const kinds = [
  'pay_url',
  'ipn_query',
  'return_query',
  'querydr_request',
  'querydr_response',
  'refund_request',
  'refund_response',
]
const value = z.union([z.string(), z.number(), z.null()])
const vector = z.object({
  name: z.string(),
  secret: z.string(),
  kind: z.enum(kinds),
  params: z.record(z.string(), value),
  signingString: z.string(),
  signature: z.string().nullable(),
  valid: z.boolean(),
  expectedSignature: z.string().optional(),
  url: z.string().optional(),
  query: z.string().optional(),
  body: z.union([z.string(), z.record(z.string(), value)]).optional(),
  crossCheck: z.record(z.string(), z.string()),
})
const policyCase = z.object({
  name: z.string(),
  secret: z.string().optional(),
  query: z.string().optional(),
  expect: z.string(),
})

export type Vector = z.infer<typeof vector>

const file: unknown = JSON.parse(readFileSync(new URL('../vectors/vnpay.json', import.meta.url), 'utf8'))
export const { vectors, policyCases } = z
  .object({ vectors: z.array(vector), policyCases: z.array(policyCase) })
  .parse(file)

export const vectorsOf = (kind: string): Vector[] => vectors.filter((each) => each.kind === kind)

/** The body of a server message as text, as it travels. */
export const bodyOf = ({ body }: Vector): string => (typeof body === 'string' ? body : JSON.stringify(body))

/** Whether npm `vnpay` 2.5.0 was found to read this message as the vector does. */
export const sdkAgrees = ({ crossCheck }: Vector): boolean => crossCheck['vnpay-2.5.0'] === 'agree'

export const accountOf = ({ secret }: Pick<Vector, 'secret'>): Record<string, unknown> => ({
  tmn_code: 'TESTTMN1',
  hash_secret: secret,
  payment_url: 'https://sandbox.vnpayment.vn/paymentv2/vpcpay.html',
  api_url: 'https://sandbox.vnpayment.vn/merchant_webapi/api/transaction',
  server_ip: '198.51.100.7',
})
