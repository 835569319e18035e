/** The agency's contract with KeyPay: credentials, addresses, and what no public source settles and each contract must. */
import { z } from 'zod'
import { fullAddress } from '../account-fields.ts'

/** No maximum is published: the width of an order's amount is the limit. In đồng. */
export const limits = { minimum: 1n, maximum: 999_999_999_999n }

// Values are signed between bars, unescaped, so no value of ours may hold one.
const word = z.string().regex(/^[0-9A-Za-z_.-]{1,50}$/, 'must be 1 to 50 letters, digits, points, dashes, underscores')
const key = z.string().regex(/^[!-~]{8,256}$/, 'must be 8 to 256 ASCII characters without spaces')
const path = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,40}(\.[A-Za-z0-9_]{1,40}){0,3}$/, 'must be a member of the answer, as status or data.status')
const value = z.string().regex(/^[^\p{C}]{1,50}$/u, 'must be 1 to 50 characters')

/** Without the four of the answer to a detail call that have no default, nothing is asked: then statements settle. */
export const accountSchema = z.strictObject({
  client_id: word,
  /** Signs what we send. */
  client_key_1: key,
  /** Signs what KeyPay sends. */
  client_key_2: key,
  create_url: fullAddress,
  /** The payer's surcharge in đồng, which is signed beside the amount. 0: the payer pays what is owed and no more. */
  addition_fee: z.int('must be a whole number of đồng').min(0).max(999_999_999).default(0),
  /** `1` web, `2` app. */
  environment: z.enum(['1', '2']).default('1'),
  /** The command that callbacks are signed with; the pay-later form has one of its own. */
  callback_command: word.default('PAY'),
  bill_info_form: z.enum(['object', 'text']).default('object'),
  /** What makes a public service's code of a procedure's, such as `.01`. */
  service_suffix: z
    .string()
    .regex(/^\.[0-9A-Z]{1,10}$/, 'must be a point and 1 to 10 digits or capitals')
    .optional(),
  detail_url: fullAddress.optional(),
  detail_command: word.optional(),
  detail_status_field: path.optional(),
  detail_paid_value: value.optional(),
  detail_amount_field: path.optional(),
  detail_failed_value: value.optional(),
  detail_unknown_value: value.optional(),
  detail_reference_field: path.optional(),
  detail_check_sum_field: path.default('check_sum'),
})

export type Account = z.infer<typeof accountSchema>
