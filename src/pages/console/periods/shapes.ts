/** What the screens of business days need of the API's answers. */
import { z } from 'zod'
import { dong, instant } from '../console-api.ts'

const head = {
  id: z.string(),
  version: z.int(),
  sha256: z.string(),
  closed_by: z.string(),
  closed_at: instant,
  countersigned_by: z.string().nullable(),
  countersigned_at: instant.nullable(),
}

export const days = z.object({
  data: z.array(
    z.object({
      day: z.string(),
      status: z.enum(['open', 'closed']),
      reopened: z.boolean(),
      close: z.object({ ...head, day: z.string() }).nullable(),
    }),
  ),
})
export type Day = z.output<typeof days>['data'][number]

const line = z.object({
  kind: z.enum(['discrepancy', 'attempt', 'capture', 'refund', 'credit']),
  id: z.string(),
  what: z.string(),
  day: z.string(),
  amount: dong,
  order: z.string().nullable().default(null),
})
export type Line = z.output<typeof line>
const carried = line.extend({ reason: z.string(), carried_by: z.string(), since: z.string() })
export type Carried = z.output<typeof carried>

export const gate = z.object({
  status: z.enum(['open', 'closed']),
  ended: z.boolean(),
  closable: z.boolean(),
  covers: z.object({ from: z.string().nullable(), to: z.string() }).nullable(),
  hindrances: z.array(
    z.object({ kind: z.enum(['day', 'statement', 'reconciliation']), id: z.string(), what: z.string() }),
  ),
  open_lines: z.int(),
  lines: z.array(line),
  carried: z.array(carried),
  not_due: z.object({ count: z.int(), amount: dong }),
  ledger: z.object({ entries: z.int(), totals: z.record(z.string(), dong) }),
})
export type Gate = z.output<typeof gate>

/** What was signed, as far as a page shows it. */
const document = z.object({
  note: z.string().nullable(),
  ledger: z.object({ root: z.string(), entries: z.int(), postings: z.int(), totals: z.record(z.string(), dong) }),
  seal: z.object({ day: z.string(), root: z.string() }).nullable(),
  statements: z.array(z.object({ id: z.string() })),
  reconciliations: z.array(z.object({ id: z.string(), from: z.string(), to: z.string() })),
  carried_forward: z.array(carried),
  not_due: z.object({ count: z.int(), amount: dong }),
})

const reopening = {
  reopened_by: z.string().nullable(),
  reopened_at: instant.nullable(),
  reopen_reason: z.string().nullable(),
}
const version = z.object({ ...head, ...reopening })
export type Version = z.output<typeof version>

export const period = z.object({
  merchant_account: z.string(),
  day: z.string(),
  status: z.enum(['open', 'closed']),
  close: z
    .object({
      ...head,
      ...reopening,
      covers: z.object({ from: z.string().nullable(), to: z.string() }),
      document,
    })
    .nullable(),
  versions: z.array(version),
})
export type Period = z.output<typeof period>
export type Close = NonNullable<Period['close']>
