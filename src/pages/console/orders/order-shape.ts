/** What the screens of orders need of the API's answers. */
import { z } from 'zod'
import { dong, instant, pageOf } from '../console-api.ts'

export const order = z.object({
  id: z.string(),
  status: z.string(),
  dossier_code: z.string(),
  procedure_code: z.string().nullable(),
  procedure_name: z.string().nullable(),
  agency_code: z.string(),
  amount: dong,
  amount_paid: dong,
  amount_refunded: dong,
  payer: z.object({ name: z.string() }),
  lines: z.array(
    z.object({
      line: z.int(),
      fee_code: z.string().nullable(),
      kind: z.string(),
      description: z.string(),
      unit_amount: dong,
      quantity: z.int(),
      amount: dong,
      budget_item: z.string().nullable(),
      exemption: z.object({ rule: z.string(), evidence: z.string() }).nullable(),
    }),
  ),
  payee_account: z.object({ number: z.string(), bank_bin: z.string(), holder: z.string() }).nullable(),
  collection_stage: z.string().nullable(),
  metadata: z.record(z.string(), z.string()),
  checkout_url: z.string(),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  paid_by: z
    .object({ attempt: z.string(), provider: z.string(), provider_reference: z.string().nullable() })
    .nullable(),
  created_at: instant,
  expires_at: instant,
  paid_at: instant.nullable(),
  next_actions: z.array(z.object({ name: z.string() })),
})
export const orders = pageOf(order)
export type Order = z.output<typeof order>

export const attempts = pageOf(
  z.object({
    id: z.string(),
    status: z.string(),
    provider: z.string(),
    amount: dong,
    amount_captured: dong,
    amount_reversed: dong,
    merchant_reference: z.string(),
    provider_reference: z.string().nullable(),
    failure_code: z.string().nullable(),
    fenced_at: instant.nullable(),
    created_at: instant,
  }),
)
export type Attempts = z.output<typeof attempts>['data']

export const refunds = pageOf(
  z.object({
    id: z.string(),
    attempt: z.string(),
    status: z.string(),
    source: z.string(),
    amount: dong,
    reason: z.string(),
    reason_code: z.string().nullable(),
    method: z.string(),
    promised_on: z.string().nullable(),
    overdue_at: instant.nullable(),
    made_by: z.string(),
    decided_by: z.string().nullable(),
    created_at: instant,
    lines: z.array(z.object({ line: z.int(), amount: dong })),
  }),
)
export type Refunds = z.output<typeof refunds>['data']

export const receipts = z.object({
  receipts: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      serial: z.string(),
      number: z.int(),
      issued_on: z.string(),
      amount: dong,
      url: z.string(),
    }),
  ),
})
export type Receipts = z.output<typeof receipts>['receipts']

export const discrepancies = pageOf(
  z.object({
    id: z.string(),
    class: z.string(),
    source: z.enum(['door', 'query', 'reconciliation']),
    status: z.enum(['open', 'proposed', 'resolved']),
    amount: dong,
    due_on: z.string().nullable(),
    overdue: z.boolean(),
  }),
)
export type Discrepancies = z.output<typeof discrepancies>['data']

export const timeline = pageOf(
  z.object({
    id: z.string(),
    type: z.string(),
    sequence: z.int(),
    created_at: instant,
    data: z.unknown(),
  }),
)
export type Timeline = z.output<typeof timeline>
