/** What the screens of discrepancies need of the API's answers. */
import { z } from 'zod'
import { dong, instant, pageOf } from '../console-api.ts'

export const evidenceItem = z.object({ kind: z.string(), reference: z.string() })

const historyLine = z.object({
  at: instant.optional(),
  event: z.string(),
  by: z.string().default('lephi'),
  note: z.string().optional(),
  approval: z.string().optional(),
  resolution: z.string().nullish(),
  owner: z.string().nullish(),
  amount: z.number().optional(),
  evidence: z.array(evidenceItem).optional(),
})
export type HistoryLine = z.output<typeof historyLine>

export const discrepancy = z.object({
  id: z.string(),
  class: z.string(),
  status: z.enum(['open', 'proposed', 'resolved']),
  source: z.enum(['door', 'query', 'reconciliation']),
  agency_code: z.string(),
  merchant_account: z.string().nullable(),
  order: z.string().nullable(),
  attempt: z.string().nullable(),
  refund: z.string().nullable(),
  item: z.string().nullable(),
  reconciliation: z.string().nullable(),
  amount: dong,
  in_suspense: dong,
  owner: z.string().nullable(),
  opened_at: instant,
  due_on: z.string().nullable(),
  age_working_days: z.int(),
  overdue: z.boolean(),
  resolution: z.string().nullable(),
  note: z.string().nullable(),
  proposed_by: z.string().nullable(),
  proposed_at: instant.nullable(),
  resolved_at: instant.nullable(),
  resolved_by: z.string().nullable(),
  reopening: z
    .object({ proposed_by: z.string(), proposed_at: instant.nullable(), note: z.string().nullable() })
    .nullable(),
  version: z.int(),
  history: z.array(historyLine),
})
export type Discrepancy = z.output<typeof discrepancy>
export const discrepancyPage = pageOf(discrepancy)

export const policy = z.object({
  class: z.string(),
  source: z.enum(['door', 'query', 'reconciliation']),
  title: z.string(),
  automatic: z.string().nullable(),
  proposed: z.string().nullable(),
  working_days: z.int(),
  basis: z.string(),
  money: z.enum(['line', 'door', 'settlement', 'none']),
  resolutions: z.array(
    z.object({
      resolution: z.string(),
      title: z.string(),
      decided_by: z.enum(['one_person', 'second_person']),
      suspense: z.enum(['taken_back', 'stays']),
    }),
  ),
})
export type Policy = z.output<typeof policy>
export const policyPage = pageOf(policy)

/** The one answer of a deed that a screen leads on from. */
export const anything = z.unknown()
