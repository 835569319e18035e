/** What orders look like on the wire, coming in and going out. Limits are those of the contract. */
import { z } from '@hono/zod-openapi'

const text = (most: number) => z.string().trim().min(1).max(most)
const code = text(50)
const money = z.int().min(0).max(999_999_999_999)
export const rfc3339 = z.iso.datetime({ offset: true })

const exemption = z.strictObject({ rule: text(150), evidence: text(255) })

const lineInput = z.strictObject({
  fee_code: code.nullish(),
  kind: z.enum(['phi', 'le_phi', 'phat', 'thue', 'khac']),
  description: text(255),
  unit_amount: money,
  quantity: z.int().min(1).max(9_999).default(1),
  budget_item: code.nullish(),
  exemption: exemption.nullish(),
})

const payerInput = z.strictObject({
  name: text(150),
  identity_number: code.nullish(),
  tax_code: code.nullish(),
  phone: code.nullish(),
  email: z.email().max(150).nullish(),
  address: text(300).nullish(),
})

const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((members) => Object.keys(members).length <= 20, 'must have at most 20 members')

export const orderInput = z.strictObject({
  dossier_code: z.string().trim().min(1).max(100),
  agency_code: code,
  procedure_code: code.nullish(),
  procedure_name: text(150).nullish(),
  payer: payerInput,
  lines: z.array(lineInput).min(1).max(50),
  collection_stage: text(50).nullish(),
  expires_at: rfc3339.nullish(),
  return_url: z.url({ protocol: /^https?$/ }).max(2_048),
  language: z.enum(['vi', 'en']).default('vi'),
  metadata: metadata.default({}),
})

const line = z.strictObject({
  fee_code: z.string().nullable(),
  kind: z.string(),
  description: z.string(),
  unit_amount: z.int(),
  quantity: z.int(),
  amount: z.int(),
  budget_item: z.string().nullable(),
  exemption: z.strictObject({ rule: z.string(), evidence: z.string() }).nullable(),
})

export const nextAction = z.strictObject({ name: z.string(), method: z.string(), href: z.string() })

export const orderObject = z
  .strictObject({
    id: z.string(),
    status: z.enum(['open', 'paid', 'expired', 'cancelled', 'waived']),
    dossier_code: z.string(),
    procedure_code: z.string().nullable(),
    procedure_name: z.string().nullable(),
    agency_code: z.string(),
    amount: z.int(),
    amount_paid: z.int(),
    amount_refunded: z.int(),
    currency: z.literal('VND'),
    payer: z.strictObject({ name: z.string() }),
    lines: z.array(line),
    payee_account: z.strictObject({ number: z.string(), bank_bin: z.string(), holder: z.string() }).nullable(),
    collection_stage: z.string().nullable(),
    language: z.enum(['vi', 'en']),
    metadata: z.record(z.string(), z.string()),
    checkout_url: z.string(),
    return_url: z.string(),
    warnings: z.array(z.strictObject({ code: z.string(), message: z.string() })),
    paid_by: z
      .strictObject({ attempt: z.string(), provider: z.string(), provider_reference: z.string().nullable() })
      .nullable(),
    created_at: rfc3339,
    expires_at: rfc3339,
    paid_at: rfc3339.nullable(),
    next_actions: z.array(nextAction),
  })
  .openapi('Order')

export const action = z.union([
  z.strictObject({ type: z.literal('redirect'), url: z.string() }),
  z.strictObject({ type: z.literal('form'), url: z.string(), fields: z.record(z.string(), z.string()) }),
  z.strictObject({ type: z.literal('qr'), payload: z.string(), image_url: z.string() }),
])

export const attemptObject = z
  .strictObject({
    id: z.string(),
    order: z.string(),
    status: z.enum(['created', 'pending', 'unknown', 'captured', 'failed', 'expired']),
    provider: z.string(),
    merchant_account: z.string(),
    amount: z.int(),
    amount_captured: z.int(),
    amount_reversed: z.int(),
    merchant_reference: z.string(),
    provider_reference: z.string().nullable(),
    failure_code: z.string().nullable(),
    fenced_at: rfc3339.nullable(),
    created_at: rfc3339,
    expires_at: rfc3339,
    captured_at: rfc3339.nullable(),
    action: action.nullable().optional(),
  })
  .openapi('Attempt')

export const refundObject = z
  .strictObject({
    id: z.string(),
    order: z.string(),
    attempt: z.string(),
    status: z.enum([
      'proposed',
      'requested',
      'approved',
      'sending',
      'pending',
      'unknown',
      'succeeded',
      'failed',
      'rejected',
      'withdrawn',
    ]),
    source: z.enum(['order', 'surplus']),
    amount: z.int(),
    amount_refunded: z.int(),
    reason: z.string(),
    merchant_reference: z.string(),
    provider: z.string(),
    provider_reference: z.string().nullable(),
    failure_code: z.string().nullable(),
    made_by: z.string(),
    decided_by: z.string().nullable(),
    created_at: rfc3339,
    succeeded_at: rfc3339.nullable(),
  })
  .openapi('Refund')
