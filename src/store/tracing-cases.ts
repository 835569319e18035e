/** Tracing cases in PostgreSQL: opened about something that is there, answered, closed, found. */
import type { TracingCase, TracingKind, TracingStatus } from '../domain/tracing.ts'
import { type Database, type Fragment, inScope, type Query, queryInScope, type Sql } from './database.ts'

/** One thing that a case can be about. */
export type TracingSubject = { discrepancy: string } | { order: string } | { statement: string; line: number }

export type NewTracingCase = Pick<
  TracingCase,
  'id' | 'code' | 'kind' | 'finder' | 'cause' | 'counterpart' | 'evidence' | 'dueOn' | 'openedBy' | 'openedAt'
> & { about: TracingSubject; eventId: string }

/** Opens a case. Null when the scope holds nothing of what it should be about; `tracing_cases_one_open` refuses a second open one of its kind. */
export const insertTracingCase = async (
  database: Database,
  scope: string,
  { about, eventId, ...row }: NewTracingCase,
): Promise<TracingCase | null> => {
  const [rows] = await inScope(database, scope, (sql) => [
    sql`
      insert into tracing_cases (id, agency_code, code, kind, subject, merchant_account_id, discrepancy_id, order_id, statement_id, line, amount,
        finder, cause, counterpart, evidence, due_on, opened_by, opened_at)
      select ${row.id}, about.agency_code, ${row.code}, ${row.kind}, about.subject, about.merchant_account_id, about.discrepancy_id, about.order_id,
        about.statement_id, about.line, about.amount, ${row.finder}, ${row.cause}, ${row.counterpart}, ${sql.json(row.evidence as never)}::jsonb,
        ${row.dueOn}::date, ${row.openedBy}, ${row.openedAt}::timestamptz
      from (${subjectOf(sql, about)}) as about
      returning *`,
    tell(sql, { id: row.id, eventId, type: 'tracing.opened', now: row.openedAt }),
  ])
  return rows?.[0] ? (rows[0] as TracingCase) : null
}

/** What a case is about, with the amount that it has and the payment that it belongs to, as far as that is known. */
const subjectOf = (sql: Sql, about: TracingSubject): Fragment => {
  if ('discrepancy' in about)
    return sql`
      select found.agency_code, 'discrepancy:' || found.id as subject, found.merchant_account_id, found.id as discrepancy_id, found.order_id,
        item.statement_id, item.line, found.amount
      from discrepancies as found left join reconciliation_items as item on item.id = found.item_id where found.id = ${about.discrepancy}`
  if ('order' in about)
    return sql`
      select orders.agency_code, 'order:' || orders.id as subject, payer.merchant_account_id, null as discrepancy_id, orders.id as order_id,
        null as statement_id, null::integer as line, orders.amount
      from orders left join attempts as payer on payer.id = orders.paid_by where orders.id = ${about.order}`
  return sql`
    select found.agency_code, 'line:' || found.statement_id || ':' || found.line as subject, found.merchant_account_id, null as discrepancy_id,
      (select order_id from attempts where attempts.merchant_account_id = found.merchant_account_id
        and attempts.merchant_reference = found.merchant_reference) as order_id,
      found.statement_id, found.line, abs(found.amount) as amount
    from statement_lines as found where found.statement_id = ${about.statement} and found.line = ${about.line}`
}

const tell = (
  sql: Sql,
  { id, eventId, type, now }: { id: string; eventId: string; type: string; now: Date },
): Query => sql`
  insert into events (id, agency_code, type, subject_id, order_id, sequence, data, created_at)
  select ${eventId}, agency_code, ${type}, id, order_id, (select coalesce(max(sequence), 0) + 1 from events where subject_id = ${id}),
    json_build_object('id', id, 'code', code, 'kind', kind, 'status', status, 'amount', amount, 'order', order_id, 'discrepancy', discrepancy_id, 'due_on', due_on),
    ${now}::timestamptz
  from tracing_cases where id = ${id}`

export type TracingStep = {
  id: string
  now: Date
  by: string
  eventId: string
} & ({ to: 'answered'; result: string; document: string | null } | { to: 'closed'; note: string })

/** Writes an answer or the end. Null when the scope has no such case; `tracing_cases_forward` refuses what has gone further already. */
export const moveTracingCase = async (
  database: Database,
  scope: string,
  step: TracingStep,
): Promise<TracingCase | null> => {
  const { id, now, by, eventId } = step
  const [rows] = await inScope(database, scope, (sql) => [
    step.to === 'answered'
      ? sql`
          update tracing_cases set status = 'answered', result = ${step.result}, document = ${step.document}, answered_by = ${by}, answered_at = ${now}
          where id = ${id} returning *`
      : sql`
          update tracing_cases set status = 'closed', closing_note = ${step.note}, closed_by = ${by}, closed_at = ${now} where id = ${id} returning *`,
    tell(sql, { id, eventId, type: `tracing.${step.to}`, now }),
  ])
  return rows?.[0] ? (rows[0] as TracingCase) : null
}

export const findTracingCase = async (database: Database, scope: string, id: string): Promise<TracingCase | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select * from tracing_cases where id = ${id}`)
  return row ? (row as TracingCase) : null
}

export type TracingFilter = {
  status: TracingStatus | null
  kind: TracingKind | null
  code: string | null
  orderId: string | null
  discrepancyId: string | null
  /** Only what is open and was due before this day. */
  overdueOn: string | null
  after: string | null
  limit: number
}

/** A page of the scope's cases, oldest first, behind the id `after`. */
export const listTracingCases = async (
  database: Database,
  scope: string,
  filter: TracingFilter,
): Promise<readonly TracingCase[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from tracing_cases
      where id > ${filter.after ?? ''} ${filter.status ? sql`and status = ${filter.status}` : sql``}
        ${filter.kind ? sql`and kind = ${filter.kind}` : sql``} ${filter.code ? sql`and code = ${filter.code}` : sql``}
        ${filter.orderId ? sql`and order_id = ${filter.orderId}` : sql``}
        ${filter.discrepancyId ? sql`and discrepancy_id = ${filter.discrepancyId}` : sql``}
        ${filter.overdueOn ? sql`and status = 'open' and due_on < ${filter.overdueOn}::date` : sql``}
      order by id limit ${filter.limit}`,
  )
  return rows as readonly unknown[] as readonly TracingCase[]
}
