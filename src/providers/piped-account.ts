/** What every merchant account of the piped SHA-256 family has, whatever its credentials are called (piped-provider.ts). */
import { z } from 'zod'
import { contractAmount, fullAddress, limitsWithin } from './account-fields.ts'

/** No source publishes a largest payment: twelve digits, the most that an order of this gateway can be. */
export const limits = { minimum: 1n, maximum: 999_999_999_999n }

const statuses = z
  .string()
  .regex(/^[0-9A-Za-z_-]{1,20}(,[0-9A-Za-z_-]{1,20})*$/, 'must be statuses with commas between')

export const sharedMembers = {
  /** The last segment of every signed text; never sent. */
  secret_key: z.string().regex(/^[!-~]{16,256}$/, 'must be 16 to 256 ASCII characters without spaces'),
  /** Addresses have no default: path and version differ between sources, and the national platform's are not public. */
  init_url: fullAddress,
  query_url: fullAddress,
  /** Where browsers may be sent: the answer that names the address is not verifiably signed. */
  pay_hosts: z
    .string()
    .max(500)
    .refine((text) => listOf(text).every((host) => /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?$/.test(host)), {
      error: 'must be host names with commas between',
    }),
  /** What a query's state means. A state in neither list is not final. */
  paid_statuses: statuses.default('1'),
  failed_statuses: statuses.default('4'),
  /** The parameter under which a browser that comes back names the payment. */
  return_parameter: z
    .string()
    .regex(/^[A-Za-z_]{1,40}$/, 'must be a name of letters')
    .default('data'),
  /** Sent for payers without a usable address. */
  server_ip: z
    .string()
    .regex(/^[0-9A-Fa-f.:]{2,45}$/, 'must be an IP address')
    .default('127.0.0.1'),
  /** The contract's own bounds in đồng. */
  amount_minimum: contractAmount(limits),
  amount_maximum: contractAmount(limits),
}

const sharedSchema = z.strictObject(sharedMembers)
export type PipedAccount = z.infer<typeof sharedSchema>

export const listOf = (text: string): string[] => text.split(',')

/** The smallest and largest payment of this account, in đồng. */
export const limitsOf = limitsWithin(limits)
