/** The agency's contract with NAPAS: credentials, hosts, and the page on which NAPAS's script runs. */
import { z } from 'zod'
import { address } from '../account-fields.ts'

/** No maximum is published: the width of an order's amount is the limit. In đồng. */
export const limits = { minimum: 1n, maximum: 999_999_999_999n }

const secret = z.string().regex(/^[!-~]{8,256}$/, 'must be 8 to 256 ASCII characters without spaces')

export const accountSchema = z.strictObject({
  /** The merchant's id as well; it stands in the address of the data key. */
  client_id: z.string().regex(/^[0-9A-Za-z_-]{1,50}$/, 'must be 1 to 50 letters, digits, dashes, underscores'),
  /** Proves us to NAPAS, and NAPAS's results to us. */
  client_secret: secret,
  username: z.string().regex(/^[^\p{C}]{1,100}$/u, 'must be 1 to 100 characters'),
  password: secret,
  /** `https://dps.napas.com.vn/api`, tests `https://dps-staging.napas.com.vn/api`. */
  api_url: address,
  /** The page that the agency or its acquirer hosts for NAPAS's script. The browser is sent there by POST. */
  page_url: address,
  card_scheme: z.enum(['AtmCard', 'CreditCard']).default('AtmCard'),
  /** From the contract, such as `6014`. */
  channel: z.string().regex(/^[0-9A-Za-z]{1,20}$/, 'must be 1 to 20 letters and digits'),
  /** What is told for a payer whose address is not known. */
  server_ip: z.union([z.ipv4(), z.ipv6()], 'must be an IP address'),
})

export type Account = z.infer<typeof accountSchema>
