/** What the screens of refunds need of the API's answers. */
import { z } from 'zod'
import { refundMethods } from '../../../domain/order-facts.ts'
import { bankShown as nameAndBin } from '../../../domain/payee-banks.ts'
import { dong, instant, pageOf } from '../console-api.ts'

export const refund = z.object({
  id: z.string(),
  order: z.string(),
  status: z.string(),
  source: z.string(),
  amount: dong,
  amount_refunded: dong,
  reason: z.string(),
  reason_code: z.string().nullable(),
  lines: z.array(z.object({ line: z.int(), fee_code: z.string().nullable(), kind: z.string(), amount: dong })),
  method: z.enum(refundMethods),
  payee_account: z.object({ number: z.string(), bank_bin: z.string(), bank_name: z.string().optional() }).nullable(),
  payee_version: z.int(),
  bank_reference: z.string().nullable(),
  paid_on: z.string().nullable(),
  confirmed_by: z.string().nullable(),
  bounce_reference: z.string().nullable(),
  promised_on: z.string().nullable(),
  expected_on: z.string().nullable(),
  overdue_at: instant.nullable(),
  merchant_reference: z.string(),
  provider: z.string(),
  provider_reference: z.string().nullable(),
  failure_code: z.string().nullable(),
  made_by: z.string(),
  decided_by: z.string().nullable(),
  created_at: instant,
  succeeded_at: instant.nullable(),
  warnings: z.array(z.object({ code: z.string() })).optional(),
})
export type Refund = z.output<typeof refund>
/** The bank of who gets it, for people: by its name, where it has one. */
export const bankShown = ({ payee_account }: Refund): string | null =>
  payee_account && nameAndBin(payee_account.bank_bin, payee_account.bank_name ?? null)
/** Whether the catalogue of banks lacks its bank. */
export const isBankUnlisted = ({ warnings = [] }: Refund): boolean =>
  warnings.some(({ code }) => code === 'bank_not_in_catalogue')
export const refundPage = pageOf(refund)

export const payee = z.object({ number: z.string(), bank_bin: z.string(), holder: z.string() })
