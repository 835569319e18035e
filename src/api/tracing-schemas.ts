/** How tracing cases and their evidence look on the wire. */
import { z } from '@hono/zod-openapi'
import { tracingKinds, tracingStatuses } from '../domain/tracing.ts'
import { evidence } from './discrepancy-schemas.ts'
import { amountOut, day, instantOut } from './fields.ts'
import { attemptObject, refundObject } from './order-schemas.ts'

export const tracingKind = z.enum(tracingKinds).openapi({
  description:
    'Whom it goes to and how long there is, in working days: payer_record 3, payer_voucher 5, treasury 2, provider 7, excess_transfer 5 (TT 89/2026/TT-BTC, Điều 37), bank_inquiry 30 (public notes on TT 40/2024/TT-NHNN and a bank’s account rules; the article itself has not been checked).',
})
export const tracingStatus = z.enum(tracingStatuses)

export const tracingObject = z
  .strictObject({
    id: z.string(),
    code: z
      .string()
      .openapi({ description: 'To be given to others: it names the case and ends in a check character.' }),
    kind: tracingKind,
    status: tracingStatus,
    agency_code: z.string(),
    merchant_account: z.string().nullable(),
    discrepancy: z.string().nullable(),
    order: z.string().nullable(),
    statement_line: z.strictObject({ statement: z.string(), line: z.int().nullable() }).nullable(),
    amount: amountOut.openapi({ description: 'Of what is asked about. Tracing never changes it.' }),
    currency: z.literal('VND'),
    finder: z.string(),
    cause: z.string(),
    counterpart: z.string(),
    evidence,
    due_on: day,
    basis: z.string(),
    age_working_days: z.int(),
    overdue: z.boolean(),
    opened_by: z.string(),
    opened_at: instantOut,
    result: z.string().nullable(),
    document: z.string().nullable(),
    answered_by: z.string().nullable(),
    answered_at: instantOut.nullable(),
    closed_by: z.string().nullable(),
    closed_at: instantOut.nullable(),
    closing_note: z.string().nullable(),
  })
  .openapi('TracingCase')

const money = z.strictObject({
  kind: z.enum(['captured', 'reversed', 'refunded']),
  attempt: z.string(),
  refund: z.string().nullable(),
  reference: z.string(),
  amount: amountOut,
  source: z.string(),
  code: z.string(),
  occurred_at: instantOut,
  received_at: instantOut,
})

export const tracingEvidence = z
  .strictObject({
    case: tracingObject,
    order: z
      .strictObject({
        id: z.string(),
        status: z.string(),
        dossier_code: z.string(),
        amount: amountOut,
        amount_paid: amountOut,
        amount_refunded: amountOut,
        paid_at: instantOut.nullable(),
      })
      .nullable(),
    attempts: z.array(attemptObject),
    refunds: z.array(refundObject),
    money: z.array(money).openapi({ description: 'What each source of truth has told, in order of arrival.' }),
    callbacks: z
      .array(
        z.strictObject({
          id: z.string(),
          merchant_account: z.string(),
          received_at: instantOut,
          claimed_reference: z.string().nullable(),
          reading: z.string(),
          verdict: z.string().nullable(),
          content_hash: z.string().openapi({ description: 'SHA-256 of the bytes that came.' }),
          replay_of: z.string().nullable(),
        }),
      )
      .openapi({ description: 'The first 200; `callbacks_more` says whether there are more.' }),
    callbacks_more: z.boolean(),
    statement_lines: z
      .array(
        z.strictObject({
          statement: z.string(),
          line: z.int(),
          file_name: z.string(),
          source: z.string(),
          file_sha256: z.string(),
          row_hash: z.string(),
          line_type: z.string().nullable(),
          occurred_at: instantOut.nullable(),
          business_day: day.nullable(),
          merchant_reference: z.string().nullable(),
          provider_reference: z.string().nullable(),
          bank_reference: z.string().nullable(),
          payout_reference: z.string().nullable(),
          amount: amountOut,
          provider_fee: amountOut.nullable(),
          net_amount: amountOut.nullable(),
          status: z.string().nullable(),
          value_date: day.nullable(),
        }),
      )
      .openapi({
        description:
          'The first 200; `statement_lines_more` says whether there are more. Descriptions and counterparties, which name people, are left out.',
      }),
    statement_lines_more: z.boolean(),
  })
  .openapi('TracingEvidence')
