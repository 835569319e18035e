/** The merchant's contract with VNPAY: credentials, addresses and what differs from contract to contract. */
import { z } from 'zod'
import { address, contractAmount } from '../account-fields.ts'
import { hundredthsLimits } from '../hundredths.ts'

const amount = contractAmount(hundredthsLimits)

/** Addresses have no default: public notes contradict each other about production, and VNPAY names them at go-live. */
export const accountSchema = z.strictObject({
  tmn_code: z.string().regex(/^[A-Za-z0-9]{8}$/, 'must be 8 letters and digits'),
  hash_secret: z.string().regex(/^[!-~]{16,256}$/, 'must be 16 to 256 ASCII characters without spaces'),
  payment_url: address,
  api_url: address,
  /** VNPAY's goods category; `250000` is bill payment. To be agreed with VNPAY. */
  order_type: z
    .string()
    .regex(/^[A-Za-z0-9]{1,100}$/, 'must be 1 to 100 letters and digits')
    .default('other'),
  /**
   * Our own address in queries and refunds, and the payer's where theirs is unknown. VNPAY does not document a check
   * of it.
   */
  server_ip: z
    .string()
    .regex(/^[0-9A-Fa-f.:]{7,45}$/, 'must be an IP address of 7 to 45 characters')
    .default('127.0.0.1'),
  /** The contract's own bounds in đồng; the protocol's are 1 and 9,999,999,999. */
  amount_minimum: amount,
  amount_maximum: amount,
})

export type Account = z.infer<typeof accountSchema>
