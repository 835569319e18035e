/** What the first page needs of the API's overview. */
import { z } from 'zod'
import { dong } from '../console-api.ts'

const moved = { collected: dong, refunded: dong, settled: dong }
const counted = { count: z.int(), amount: dong }

export const overview = z.object({
  from: z.string(),
  to: z.string(),
  agency_code: z.string().nullable(),
  ...moved,
  in_suspense: dong,
  unmatched: dong,
  unknown: z.object({ amount: dong, attempts: z.object(counted), refunds: z.object(counted) }),
  orders: z.array(z.object({ status: z.string(), ...counted })),
  discrepancies: z.object({
    ...counted,
    overdue: z.object(counted),
    by_age: z.array(z.object({ from_days: z.int(), to_days: z.int().nullable(), ...counted })),
  }),
  by_day: z.array(z.object({ day: z.string(), ...moved })),
  by_agency: z.array(z.object({ agency_code: z.string(), name: z.string().nullable(), ...moved })),
  by_provider: z.array(z.object({ provider: z.string(), ...moved, unknown: dong })),
})
