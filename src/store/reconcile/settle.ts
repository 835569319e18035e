/**
 * Opens a discrepancy for every item that does not match and closes those that no longer stand. A disagreement has one name over all runs, so that
 * running again never opens it twice.
 */
import type { Transaction } from '../transaction.ts'
import { idBody, type ReconciliationRun } from './plan.ts'

export const settleDiscrepancies = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql.unsafe('create temporary table rec_event (type text, agency_code text, data json) on commit drop')
  await closeSettled(sql, run)
  await openNew(sql, run)
  await sql`
    insert into events (id, agency_code, type, subject_id, order_id, sequence, data, created_at)
    select ${`evt_${idBody(run)}`} || lpad(to_hex(number), 6, '0'), agency_code, type, ${run.id}, data ->> 'order', number, data, ${run.now}::timestamptz
    from (select *, row_number() over (order by type, data ->> 'id') as number from rec_event) as numbered`
}

/** What this run looked at again, and whether it agrees now. A capture whose line stands in another period agrees that it is listed. */
const closeSettled = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const history = historyLine(sql, run, 'resolved')
  await sql`
    with seen as (
      select about, class, id from rec_item
      union all select 'line:' || statement_id || ':' || line, class, id from rec_item where statement_id is not null
      union all select 'capture:' || attempt_id || ':' || slot, 'matched', null from rec_capture_line where not in_period and attempt_id is not null
      union all select 'refund:' || refund_id, 'matched', null from rec_refund_line where not in_period and refund_id is not null),
    settled as (
      select discrepancy.id, min(seen.id) as item_id, bool_or(seen.class = 'matched') as matched
      from discrepancies as discrepancy
      join seen on seen.about = substr(discrepancy.dedupe_key, length('reconciliation:' || discrepancy.class || ':') + 1)
      where discrepancy.merchant_account_id = ${run.merchantAccountId} and discrepancy.source = 'reconciliation' and discrepancy.status <> 'resolved'
        and not exists (select from rec_item as same where 'reconciliation:' || same.class || ':' || same.about = discrepancy.dedupe_key)
      group by discrepancy.id),
    closed as (
      update discrepancies as discrepancy set status = 'resolved', resolved_at = ${run.now}, resolved_by = 'lephi',
        resolution = case when settled.matched then 'matched' else 'class_changed' end,
        history = discrepancy.history || (${history} || jsonb_build_object('resolution', case when settled.matched then 'matched' else 'class_changed' end,
          'reconciliation', ${run.id}::text, 'item', settled.item_id))::text
      from settled where settled.id = discrepancy.id
      returning discrepancy.id, discrepancy.agency_code, discrepancy.class, discrepancy.resolution, discrepancy.amount, discrepancy.order_id)
    insert into rec_event
    select 'discrepancy.resolved', agency_code, json_build_object('id', id, 'class', class, 'status', 'resolved', 'resolution', resolution,
      'amount', amount, 'order', order_id, 'reconciliation', ${run.id}::text)
    from closed`
}

const openNew = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const dates = run.dueDates
  await sql`
    with policies as (
      select * from unnest(${dates.map((date) => date.class)}::text[], ${dates.map((date) => date.policy)}::text[], ${dates.map((date) => date.dueOn)}::text[])
        as policies (class, policy, due_on)),
    opened as (
      insert into discrepancies (id, agency_code, class, status, source, dedupe_key, merchant_account_id, order_id, attempt_id, refund_id,
        reconciliation_id, item_id, amount, policy, due_on, opened_at, history)
      select 'dsc_' || substr(item.id, 5), ${run.agencyCode}, item.class, 'open', 'reconciliation', 'reconciliation:' || item.class || ':' || item.about,
        ${run.merchantAccountId}, item.order_id, item.attempt_id, item.refund_id, ${run.id}, item.id,
        case when item.class = 'fee_mismatch' then abs(coalesce(provider_fee_there, 0) - coalesce(provider_fee_here, 0))
          when item.class in ('amount_mismatch', 'refund_mismatch') then abs(coalesce(amount_there, 0) - coalesce(amount_here, 0))
          else abs(coalesce(amount_there, amount_here, 0)) end,
        policies.policy, policies.due_on::date, ${run.now},
        array[(${historyLine(sql, run, 'opened')} || jsonb_build_object('reconciliation', ${run.id}::text, 'item', item.id))::text]
      from rec_item as item join policies on policies.class = item.class
      where item.class <> 'matched'
      on conflict (dedupe_key) do nothing
      returning id, agency_code, class, amount, order_id, attempt_id, refund_id, item_id)
    insert into rec_event
    select 'discrepancy.opened', agency_code, json_build_object('id', id, 'class', class, 'status', 'open', 'amount', amount, 'order', order_id,
      'attempt', attempt_id, 'refund', refund_id, 'item', item_id, 'reconciliation', ${run.id}::text)
    from opened`
}

const historyLine = (sql: Transaction, { now }: ReconciliationRun, event: string) =>
  sql`jsonb_build_object('at', ${now.toISOString()}::text, 'event', ${event}::text, 'by', 'lephi')`
