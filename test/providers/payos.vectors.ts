/** The signature vectors of payOS, checked for shape on reading. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const members = z.record(z.string(), z.unknown())
const vector = z.object({
  name: z.string(),
  secret: z.string(),
  kind: z.enum(['create-request', 'webhook', 'response-body', 'header']),
  signingString: z.string(),
  payload: members,
  signature: z.string(),
  valid: z.boolean(),
  reason: z.enum(['signature', 'missing-signature', 'no-key']).optional(),
})

export type Vector = z.infer<typeof vector>

const file: unknown = JSON.parse(readFileSync(new URL('../vectors/payos.json', import.meta.url), 'utf8'))
export const vectors = z.array(vector).parse(file)

export const vectorsOf = (kind: Vector['kind']): Vector[] => vectors.filter((each) => each.kind === kind)

export const vectorOf = (name: string): Vector => {
  const found = vectors.find((each) => each.name === name)
  if (!found) throw new Error(`there is no vector ${name}`)
  return found
}

/** The member `data` of a webhook or an answer. */
export const dataOf = ({ payload }: Vector): Record<string, unknown> => members.parse(payload.data)

export const accountOf = ({ secret }: Pick<Vector, 'secret'>): Record<string, unknown> => ({
  client_id: 'vector-client',
  api_key: 'vector-api-key',
  checksum_key: secret,
})
