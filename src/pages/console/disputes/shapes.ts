/** What the screens of disputes need of the API's answers. */
import { z } from 'zod'
import { disputeKinds, disputeOutcomes } from '../../../domain/order-facts.ts'
import { dong, instant, pageOf } from '../console-api.ts'

export const dispute = z.object({
  id: z.string(),
  order: z.string(),
  agency_code: z.string(),
  kind: z.enum(disputeKinds),
  status: z.enum(['open', 'closed']),
  reason: z.string(),
  amount: dong,
  reference: z.string().nullable(),
  respond_by: z.string(),
  sent_refunds: z.array(z.string()),
  opened_by: z.string(),
  opened_at: instant,
  outcome: z.enum(disputeOutcomes).nullable(),
  note: z.string().nullable(),
  closed_by: z.string().nullable(),
  closed_at: instant.nullable(),
  reversed_before: dong,
  amount_reversed: dong,
  release_asked_by: z.string().nullable(),
  release_asked_at: instant.nullable(),
  release_note: z.string().nullable(),
  released_by: z.string().nullable(),
  released_amount: dong.nullable(),
})
export type Dispute = z.output<typeof dispute>
export const disputePage = pageOf(dispute)

export const disputeCase = dispute.extend({
  evidence: z.object({
    money: z.array(
      z.object({ kind: z.string(), reference: z.string(), amount: dong, source: z.string(), occurred_at: instant }),
    ),
  }),
})
export type DisputeCase = z.output<typeof disputeCase>
