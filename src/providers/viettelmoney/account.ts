/** The merchant's contract with Viettel Money: credentials, addresses and what differs from contract to contract. */
import { z } from 'zod'
import { address, contractAmount } from '../account-fields.ts'

/** No limits are published, and no width of `trans_amount`: twelve digits, as wide as an order of this gateway can be. */
export const limits = { minimum: 1n, maximum: 999_999_999_999n }

const secret = z.string().regex(/^[!-~]{8,256}$/, 'must be 8 to 256 ASCII characters without spaces')

/** Addresses have no default: public code names several hosts for test and live. */
export const accountSchema = z.strictObject({
  merchant_code: z.string().regex(/^[A-Za-z0-9_-]{1,50}$/, 'must be 1 to 50 letters and digits'),
  /** Begins every signed text and is never sent. */
  access_code: secret,
  hash_key: secret,
  payment_url: address,
  api_url: address,
  /** The contract's own bounds in đồng. */
  amount_minimum: contractAmount(limits),
  amount_maximum: contractAmount(limits),
})

export type Account = z.infer<typeof accountSchema>
