/** The signature vectors of the piped SHA-256 family and of its neighbours, checked for shape on reading. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'

const vector = z.object({
  name: z.string(),
  kind: z.string(),
  algorithm: z.literal('sha256-hex'),
  secrets: z.record(z.string(), z.string()),
  params: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
  signingString: z.string(),
  signature: z.string(),
  valid: z.boolean(),
  accept: z.boolean().optional(),
  note: z.string().optional(),
})

export type Vector = z.infer<typeof vector>

/** The parameters that are texts; the one that is an object is signed by nobody. */
export const textsIn = ({ params }: Pick<Vector, 'params'>): Map<string, string> =>
  new Map(Object.entries(params).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])))

export const readVectors = (name: string): Vector[] => {
  const file: unknown = JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), 'utf8'))
  return z.object({ vectors: z.array(vector) }).parse(file).vectors
}
