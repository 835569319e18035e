/** A line of a statement on the wire, as it was read. */
import { z } from '@hono/zod-openapi'
import { amountOut, instantOut } from './fields.ts'

export const lineObject = z.strictObject({
  line: z.int(),
  line_type: z.string().nullable(),
  occurred_at: instantOut.nullable(),
  business_day: z.string().nullable(),
  merchant_reference: z.string().nullable(),
  provider_reference: z.string().nullable(),
  amount: amountOut,
  provider_fee: amountOut.nullable(),
  net_amount: amountOut.nullable(),
  status: z.string().nullable(),
  payout_reference: z.string().nullable(),
  value_date: z.string().nullable(),
  bank_reference: z.string().nullable(),
  description: z.string().nullable(),
  counterparty: z.string().nullable(),
})
