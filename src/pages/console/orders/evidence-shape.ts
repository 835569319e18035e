/** What the API tells of an order's entries and its raw evidence. */
import { z } from 'zod'
import { dong, instant, pageOf } from '../console-api.ts'

export const entries = pageOf(
  z.object({
    id: z.string(),
    kind: z.string(),
    memo: z.string().nullable(),
    business_day: z.string(),
    postings: z.array(z.object({ line: z.int(), account: z.string(), amount: dong })),
    chain: z.object({ place: z.int(), sealed_on: z.string().nullable() }).nullable(),
  }),
)
export type Entries = z.output<typeof entries>

const callback = z.object({
  id: z.string(),
  received_at: instant,
  provider: z.string(),
  claimed_reference: z.string().nullable(),
  reading: z.string(),
  verdict: z.string().nullable(),
  reason: z.string().nullable(),
  key: z.string().nullable(),
  replay_of: z.string().nullable(),
  content_hash: z.string(),
  request_id: z.string(),
  message: z
    .object({
      method: z.string(),
      body_type: z.string().nullable(),
      body_bytes: z.int(),
      fields: z.array(z.object({ in: z.string(), name: z.string(), value: z.string().nullable() })),
      is_cut: z.boolean(),
    })
    .nullable(),
})
export type Callback = z.output<typeof callback>

const told = z.object({
  source: z.string(),
  kind: z.string(),
  reference: z.string(),
  amount: dong,
  code: z.string(),
  occurred_at: instant,
  received_at: instant,
})
export type Told = z.output<typeof told>

export const evidence = z.object({ ...pageOf(callback).shape, told: z.array(told) })
