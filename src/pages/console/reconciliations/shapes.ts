/** What the screens of reconciliation read of the API's answers. */
import { z } from 'zod'
import { itemClasses } from '../../../domain/reconciliation-classes.ts'
import { dong, instant, pageOf } from '../console-api.ts'

export const runStatuses = ['running', 'completed', 'failed'] as const

const sums = z.object({ count: z.int(), amount_here: dong, amount_there: dong })

export const runShape = z.object({
  id: z.string(),
  status: z.enum(runStatuses),
  merchant_account: z.string(),
  from: z.string(),
  to: z.string(),
  progress: z.object({ phase: z.enum(['matching', 'healing', 'done']), items: z.int(), healed: z.int() }),
  calendar_version: z.string().nullable(),
  calendar_certainty: z.enum(['announced', 'inferred', 'unknown']).nullable(),
  summary: z.partialRecord(z.enum(itemClasses), sums),
  failure: z.string().nullable(),
  created_at: instant,
  completed_at: instant.nullable(),
})
export type Run = z.output<typeof runShape>
export const runPage = pageOf(runShape)

export const itemShape = z.object({
  id: z.string(),
  class: z.enum(itemClasses),
  source: z.enum(['provider', 'bank']),
  statement_line: z.object({ statement: z.string(), line: z.int() }).nullable(),
  order: z.string().nullable(),
  attempt: z.string().nullable(),
  refund: z.string().nullable(),
  merchant_reference: z.string().nullable(),
  provider_reference: z.string().nullable(),
  payout_reference: z.string().nullable(),
  bank_reference: z.string().nullable(),
  payout_references: z.array(z.string()),
  amount_here: dong.nullable(),
  amount_there: dong.nullable(),
  provider_fee_here: dong.nullable(),
  provider_fee_there: dong.nullable(),
  business_day: z.string().nullable(),
  value_date: z.string().nullable(),
  expected_on: z.string().nullable(),
  candidates: z.array(z.string()),
  proof: z.object({
    rule: z.string(),
    fields: z.record(z.string(), z.object({ here: z.unknown().optional(), there: z.unknown().optional() })),
    hashes: z.array(z.string().nullable()),
    arithmetic: z.string().optional(),
    sums: z.object({ gross: dong, provider_fee: dong, vat: dong, net: dong }).optional(),
    due_before: z.string().optional(),
    payouts: z
      .array(
        z.object({
          reference: z.string(),
          part: z.enum(['net', 'fee']),
          lines: z.int(),
          gross: dong,
          fee: dong,
          net: dong,
          expected_on: z.string(),
        }),
      )
      .optional(),
    team: z.object({ lines: z.int(), paid: dong, net: dong }).optional(),
  }),
})
export type Item = z.output<typeof itemShape>
export const itemPage = pageOf(itemShape)

const rowShape = z.object({
  file_name: z.string(),
  merchant_reference: z.string().nullable(),
  provider_reference: z.string().nullable(),
  occurred_at: instant.nullable(),
  net_amount: dong.nullable(),
  status: z.string().nullable(),
  payout_reference: z.string().nullable(),
  value_date: z.string().nullable(),
  bank_reference: z.string().nullable(),
  description: z.string().nullable(),
})

/** An item with what stands around it. */
export const surroundedItemShape = itemShape.extend({
  row: rowShape.nullable(),
  payment: z.object({ merchant_reference: z.string(), status: z.string(), dossier_code: z.string() }).nullable(),
  refunded: z.object({ merchant_reference: z.string(), status: z.string(), amount: dong }).nullable(),
  bank: z.array(
    z.object({
      item: z.string(),
      reconciliation: z.string(),
      amount: dong,
      value_date: z.string().nullable(),
      bank_reference: z.string().nullable(),
      description: z.string().nullable(),
      payout_references: z.array(z.string()),
    }),
  ),
  discrepancy: z.string().nullable(),
})
export type SurroundedItem = z.output<typeof surroundedItemShape>
