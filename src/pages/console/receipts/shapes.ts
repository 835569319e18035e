/** What the screens of receipts need of the API's answers. */
import { z } from 'zod'
import { noticeFields } from '../../../domain/receipt.ts'
import { dong, instant, pageOf } from '../console-api.ts'

const head = z.object({
  id: z.string(),
  kind: z.string(),
  form: z.string(),
  serial: z.string(),
  number: z.int(),
  issued_at: instant,
  payer: z.object({ name: z.string() }),
  collector: z.object({
    agency_code: z.string(),
    name: z.string(),
    tax_code: z.string().nullable(),
    address: z.string().nullable(),
    phone: z.string().nullable(),
  }),
  amount: dong,
  amount_in_words: z.string(),
  order: z.string(),
  dossier_code: z.string(),
})
export type Head = z.output<typeof head>

export const undecidedPage = pageOf(head.extend({ undecided_refunds: z.array(z.string()), altered: z.boolean() }))
export const issuedPage = pageOf(head.extend({ status: z.string(), altered: z.boolean() }))
export const unreceiptedPage = pageOf(
  z.object({
    order: z.string(),
    dossier_code: z.string(),
    agency_code: z.string(),
    paid_at: instant,
    reason: z.string().nullable(),
    tries: z.int(),
    next_try_at: instant,
    overdue_at: instant.nullable(),
  }),
)

export const receipt = head.extend({
  title: z.string(),
  fees: z.array(
    z.object({
      fee_code: z.string().nullable(),
      description: z.string(),
      unit_amount: dong,
      quantity: z.int(),
      amount: dong,
    }),
  ),
  payment: z.object({
    provider: z.string(),
    provider_reference: z.string().nullable(),
    merchant_reference: z.string(),
  }),
  procedure_name: z.string().nullable(),
  url: z.string(),
  replaces: z.object({ id: z.string(), serial: z.string(), number: z.int(), reason: z.string() }).nullish(),
  status: z.string(),
  replaced_by: z.string().nullable(),
  made_by: z.string().nullable(),
  notices: z.array(
    z.object({
      id: z.string(),
      field: z.enum(noticeFields),
      text: z.string(),
      refund: z.string().nullable(),
      made_by: z.string(),
      noticed_at: instant,
    }),
  ),
  money: z.object({ returned: dong, reversed: dong, disputed: z.boolean() }),
})
export type Receipt = z.output<typeof receipt>

export const refundsOfOrder = z.object({
  data: z.array(
    z.object({ id: z.string(), status: z.string(), amount_refunded: dong, succeeded_at: instant.nullable() }),
  ),
})
