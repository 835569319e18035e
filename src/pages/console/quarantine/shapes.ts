/** What the screens of money of no known payment need of the API's answers. */
import { z } from 'zod'
import { quarantineKinds, quarantineStatuses } from '../../../domain/quarantine.ts'
import { dong, instant, pageOf } from '../console-api.ts'

export const entry = z.object({
  id: z.string(),
  kind: z.enum(quarantineKinds),
  status: z.enum(quarantineStatuses),
  agency_code: z.string(),
  merchant_account: z.string(),
  provider: z.string(),
  outcome: z.string(),
  merchant_reference: z.string().nullable(),
  provider_reference: z.string().nullable(),
  amount: dong,
  text: z.string().nullable(),
  occurred_at: instant,
  opened_at: instant,
  candidates: z.array(
    z.object({
      attempt: z.string(),
      order: z.string(),
      dossier_code: z.string(),
      merchant_reference: z.string(),
      amount: dong,
      created_at: instant,
      reasons: z.array(z.string()),
    }),
  ),
  discrepancy: z.string().nullable(),
  attempt: z.string().nullable(),
  decided_by: z.string().nullable(),
  decided_at: instant.nullable(),
  note: z.string().nullable(),
  history: z.array(
    z.object({
      at: instant.optional(),
      event: z.string(),
      by: z.string().default('lephi'),
      note: z.string().optional(),
      attempt: z.string().optional(),
    }),
  ),
})
export type Entry = z.output<typeof entry>
export const entryPage = pageOf(entry)
