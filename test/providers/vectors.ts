/** Signature vectors of gateways with redirect, notice, return, query and refund, checked for shape on reading. */
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
  /** The arithmetic holds, and the message must be refused all the same. */
  policyReject: z.string().optional(),
})
const policyCase = z.object({
  name: z.string(),
  secret: z.string().optional(),
  query: z.string().optional(),
  expect: z.string(),
})

export type Vector = z.infer<typeof vector>

/** The vectors of one gateway; `vectorsOf` gives those of one kind. */
export const readVectors = (name: string) => {
  const file: unknown = JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
  const { vectors, policyCases } = z.object({ vectors: z.array(vector), policyCases: z.array(policyCase) }).parse(file)
  return { vectors, policyCases, vectorsOf: (kind: string) => vectors.filter((each) => each.kind === kind) }
}

/** The body of a server message as text, as it travels. */
export const bodyOf = ({ body }: Vector): string => (typeof body === 'string' ? body : JSON.stringify(body))
