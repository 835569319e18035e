/** The agency's contract with Payoo: credentials, the shop as it is registered, the environment. */
import { z } from 'zod'
import { address } from '../account-fields.ts'

/** No maximum is published: the width of an order's amount is the limit. In đồng. */
export const limits = { minimum: 1n, maximum: 999_999_999_999n }

const shownText = z.string().regex(/^[^\p{C}|]{1,100}$/u, 'must be 1 to 100 characters without bars')
const code = z.string().regex(/^[0-9A-Za-z_.@-]{1,50}$/, 'must be 1 to 50 letters, digits, points, dashes, underscores')
const isList = (text: string) => /^[A-Za-z]{1,40}(\|[A-Za-z]{1,40}){2,39}$/.test(text)
const keyFields = z
  .string()
  .max(4000)
  .refine(
    (text) => text.split(',').every(isList),
    'must be 3 to 40 names joined by bars; several such lists have commas between',
  )
  .refine((text) => text.split(',').every((list) => new Set(list.split('|')).size === list.split('|').length), {
    error: 'must name each field once in a list',
  })

export const accountSchema = z.strictObject({
  business_username: code,
  shop_id: code,
  shop_title: shownText,
  /** As it is registered: an address that differs from it is refused by Payoo. */
  shop_domain: z
    .url({ protocol: /^https?$/, error: 'must be an http or https address' })
    .max(200)
    .regex(/^[^|\s]*$/, 'must be an address without bars'),
  checksum_key: z.string().regex(/^[!-~]{8,256}$/, 'must be 8 to 256 ASCII characters without spaces'),
  /** Up to `paynow`: `https://www.payoo.vn/v2/paynow`, tests `https://newsandbox.payoo.com.vn/v2/paynow`. */
  api_url: address,
  /** The `KeyFields` of this shop's notices, exactly, with a comma between those of each form: then no other choice of signed fields is believed. */
  key_fields: keyFields.optional(),
  /** How Payoo reaches the payer's side, where the contract asks for it; the payer's own are not handed on. */
  customer_phone: z
    .string()
    .regex(/^\+?[0-9]{8,15}$/, 'must be a telephone number')
    .optional(),
  customer_email: z.email('must be an e-mail address').max(100).optional(),
})

export type Account = z.infer<typeof accountSchema>
