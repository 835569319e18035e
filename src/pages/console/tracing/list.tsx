/** Tracing cases as a table: on their own page and beside what they ask about. */
import type { FC } from 'hono/jsx'
import { z } from 'zod'
import { tracingKinds, tracingStatuses } from '../../../domain/tracing.ts'
import { shortDay } from '../../wording.ts'
import { dong, instant, pageOf } from '../console-api.ts'
import { Badge, Money, Table } from '../parts.tsx'
import type { Visit } from '../screen.ts'
import { tracingTones, words } from './words.ts'

export const tracingCase = z.object({
  id: z.string(),
  code: z.string(),
  kind: z.enum(tracingKinds),
  status: z.enum(tracingStatuses),
  agency_code: z.string(),
  discrepancy: z.string().nullable(),
  order: z.string().nullable(),
  statement_line: z.object({ statement: z.string(), line: z.int().nullable() }).nullable(),
  amount: dong,
  finder: z.string(),
  cause: z.string(),
  counterpart: z.string(),
  evidence: z.array(z.object({ kind: z.string(), reference: z.string() })),
  due_on: z.string(),
  basis: z.string(),
  age_working_days: z.int(),
  overdue: z.boolean(),
  opened_by: z.string(),
  opened_at: instant,
  result: z.string().nullable(),
  document: z.string().nullable(),
  answered_by: z.string().nullable(),
  answered_at: instant.nullable(),
  closed_by: z.string().nullable(),
  closed_at: instant.nullable(),
  closing_note: z.string().nullable(),
})
export type TracingCase = z.output<typeof tracingCase>
export const tracingPage = pageOf(tracingCase)

export const TracingList: FC<{ visit: Visit; rows: readonly TracingCase[] }> = ({ visit: { language }, rows }) => {
  const copy = words[language]
  return (
    <Table
      caption={copy.caption}
      language={language}
      rows={rows}
      columns={[
        {
          head: copy.code,
          cell: (row) => (
            <a href={`/console/tracing/${row.id}`}>
              <code>{row.code}</code>
            </a>
          ),
        },
        { head: copy.kind, cell: (row) => copy.kinds[row.kind] },
        { head: copy.counterpart, cell: (row) => row.counterpart },
        { head: copy.amount, isFigure: true, cell: (row) => <Money amount={row.amount} language={language} /> },
        {
          head: copy.status,
          cell: (row) => <Badge tone={tracingTones[row.status]}>{copy.statuses[row.status]}</Badge>,
        },
        { head: copy.age, isFigure: true, cell: (row) => String(row.age_working_days) },
        {
          head: copy.due,
          cell: (row) => (
            <>
              {shortDay(row.due_on, language)} {row.overdue ? <Badge tone="bad">{copy.overdue}</Badge> : null}
            </>
          ),
        },
      ]}
    />
  )
}
