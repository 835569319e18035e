// Owns what a simulated provider remembers, as one schema per record. The schemas are also the reader of a snapshot, so
// a snapshot of another shape is refused instead of half believed.
import { z } from 'zod'

/** Đồng; a snapshot writes it as decimal text because JSON has no bigint. */
const dong = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(BigInt)

const moment = z.iso.datetime()

/** One attempt to hand a callback over, and what came back. `status` is 0 when nothing answered. */
const delivery = z.object({
  at: moment,
  kind: z.enum(['genuine', 'copy', 'contradicting', 'forged', 'next_key', 'corrupted']),
  status: z.number().int(),
  answer: z.string(),
  accepted: z.boolean(),
})

/** `processing` and `sent` are on their way; `success` and `refused` are final. */
const refund = z.object({
  merchant_reference: z.string(),
  request_id: z.string(),
  provider_reference: z.string(),
  amount: dong,
  description: z.string(),
  full: z.boolean(),
  status: z.enum(['processing', 'sent', 'success', 'refused']),
  ends_as: z.enum(['success', 'refused']),
  requested_at: moment,
  next_at: moment.nullable(),
  step_ms: z.number().int(),
  done_at: moment.nullable(),
})

/**
 * A payment as the provider knows it. `amount` is what was taken, `amount_requested` what the merchant asked for;
 * `details` holds the fields of one protocol (bank code, extraData, …) under that protocol's names.
 */
const payment = z.object({
  provider: z.string(),
  account: z.string(),
  merchant_reference: z.string(),
  provider_reference: z.string(),
  amount_requested: dong,
  amount: dong,
  description: z.string(),
  status: z.enum(['open', 'pending', 'authorised', 'suspicious', 'success', 'failed', 'expired']),
  code: z.string(),
  created_at: moment,
  expires_at: moment,
  occurred_at: moment.nullable(),
  /** The midnight that a payment waits for which is taken in the last second before it. */
  waits_until: moment.optional(),
  return_url: z.string(),
  callback_url: z.string(),
  details: z.record(z.string(), z.string()),
  refunds: z.array(refund),
  deliveries: z.array(delivery),
})

/** A callback that is still to be sent, again or for the first time. `held` waits for another payment's callback. */
const notice = z.object({
  id: z.string(),
  provider: z.string(),
  account: z.string(),
  merchant_reference: z.string(),
  kind: z.enum(['genuine', 'copy', 'contradicting', 'forged', 'next_key']),
  method: z.enum(['GET', 'POST']),
  url: z.string(),
  body: z.string().nullable(),
  headers: z.record(z.string(), z.string()).default({}),
  tries: z.number().int(),
  tries_max: z.number().int(),
  /** The pause between calls; null where it is the provider's own. */
  every_ms: z.number().int().nullable().default(null),
  corrupted_left: z.number().int(),
  held: z.boolean(),
  due_at: moment,
})

const fault = z.object({
  id: z.string(),
  provider: z.string(),
  fault: z.string(),
  merchant_reference: z.string().nullable(),
  operation: z.string().nullable(),
  delay_seconds: z.number().int().nullable(),
  amount: dong.nullable(),
  count: z.number().int().nullable(),
  uses_left: z.number().int(),
  created_at: moment,
})

/** The answer once given under a request id. */
const answer = z.object({
  at: moment,
  fingerprint: z.string(),
  final: z.boolean(),
  status: z.number().int(),
  body: z.string(),
})

export const snapshotSchema = z.object({
  version: z.literal(1),
  last_number: z.number().int(),
  payments: z.array(payment),
  notices: z.array(notice),
  faults: z.array(fault),
  answers: z.array(z.tuple([z.string(), answer])),
  poisoned: z.array(z.string()),
})

export type Payment = z.infer<typeof payment>
export type PaymentStatus = Payment['status']
export type Refund = z.infer<typeof refund>
export type Delivery = z.infer<typeof delivery>
export type Notice = z.infer<typeof notice>
export type Fault = z.infer<typeof fault>
export type Answer = z.infer<typeof answer>
