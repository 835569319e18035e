/** What the screens of statements read of the API's answers. */
import { z } from 'zod'
import { dong, instant, pageOf } from '../console-api.ts'

export const statementStatuses = ['queued', 'processing', 'imported', 'rejected'] as const
export type StatementStatus = (typeof statementStatuses)[number]

/** What was read of a file, imported or only tried. */
export const readingShape = z.object({
  status: z.enum(statementStatuses),
  waits_for: z.string().nullable(),
  merchant_account: z.string(),
  source: z.enum(['provider', 'bank']),
  format: z.string().nullable(),
  file_name: z.string(),
  sha256: z.string(),
  progress: z.object({ bytes: z.int(), total_bytes: z.int(), lines: z.int() }),
  lines: z.int(),
  accepted: z.int(),
  problem_count: z.int(),
  opening_balance: dong.nullable(),
  closing_balance: dong.nullable(),
  credits: dong,
  debits: dong,
  closes: z.boolean().nullable(),
  account: z.string().nullable(),
  currency: z.string().nullable(),
  from: z.string().nullable(),
  to: z.string().nullable(),
  reason: z.string().nullable(),
})
export type Reading = z.output<typeof readingShape>

export const statementShape = readingShape.extend({
  id: z.string(),
  created_at: instant,
  imported_at: instant.nullable(),
})
export type StatementSeen = z.output<typeof statementShape>

export const statementPage = pageOf(statementShape)

export const problemShape = z.object({ line: z.int(), column: z.string().optional(), message: z.string() })
export type ProblemSeen = z.output<typeof problemShape>
export const problemPage = pageOf(problemShape)
