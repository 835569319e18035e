/** The merchant's contract with VNPT Pay. */
import { z } from 'zod'
import { sharedMembers } from '../piped-account.ts'

// What goes into signed texts unescaped must not hold their separator.
const word = (usual: string) =>
  z
    .string()
    .regex(/^[0-9A-Za-z_.-]{1,50}$/, 'must be 1 to 50 letters, digits, points, dashes and underscores')
    .default(usual)

export const accountSchema = z.strictObject({
  ...sharedMembers,
  merchant_service_id: z.string().regex(/^[0-9]{1,50}$/, 'must be 1 to 50 digits'),
  /** Sent as bearer token with every call. */
  api_key: z.string().regex(/^[!-~]{8,1000}$/, 'must be 8 to 1000 ASCII characters without spaces'),
  version: word('1.0.5'),
  service_id: word('1'),
  payment_method: word('VNPTPAY'),
})

export type Account = z.infer<typeof accountSchema>
