/** The merchant's contract with MegaPay: credentials, addresses, and what differs from contract to contract. */
import { z } from 'zod'
import { address, contractAmount, limitsWithin } from '../account-fields.ts'

/** No source publishes a largest payment: twelve digits, the most that an order of this gateway can be. */
export const limits = { minimum: 1n, maximum: 999_999_999_999n }

/** `NO` leaves the way of paying to the payer. */
const payTypes = ['NO', 'VA', 'QR', 'EW', 'DC', 'IC', 'EQ', 'CS'] as const

export const accountSchema = z.strictObject({
  mer_id: z.string().regex(/^[0-9A-Za-z]{1,50}$/, 'must be 1 to 50 letters and digits'),
  /** The last part of every hashed text; never sent. */
  encode_key: z.string().regex(/^[!-~]{16,256}$/, 'must be 16 to 256 ASCII characters without spaces'),
  refund_password: z.string().regex(/^[!-~]{8,256}$/, 'must be 8 to 256 ASCII characters without spaces'),
  /** The page that the payer's browser posts the form to, and the two calls. */
  pay_url: address,
  status_url: address,
  cancel_url: address,
  pay_type: z.enum(payTypes).default('NO'),
  /** payType of refunds, where payments leave the way of paying open: a refund must name the way that the payer took. */
  cancel_pay_type: z.enum(payTypes).exclude(['NO', 'VA']).optional(),
  /** Whether refunds carry the password itself beside its hash, which differs between versions of the interface. */
  refund_password_sent: z.enum(['hash', 'clear']).default('hash'),
  /** `0` is the layer of desktops, `1` the page of phones. */
  window_type: z.enum(['0', '1']).default('0'),
  window_color: z
    .string()
    .regex(/^#[0-9A-Fa-f]{6}$/, 'must be a colour such as #0f766e')
    .default('#0f766e'),
  /** reqDomain; absent: that of the address to which the browser returns. */
  req_domain: z
    .string()
    .regex(/^[0-9A-Za-z.:/-]{1,200}$/, 'must be a domain or an address without a path')
    .optional(),
  amount_minimum: contractAmount(limits),
  amount_maximum: contractAmount(limits),
})

export type Account = z.infer<typeof accountSchema>

/** The smallest and largest payment of this account, in đồng. */
export const limitsOf = limitsWithin(limits)
