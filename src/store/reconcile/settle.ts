/**
 * Opens a discrepancy for every item that does not match and closes those that no longer stand. A disagreement has one name over all runs, so that
 * running again never opens it twice. What the open ones hold in suspense is booked with them.
 */
import { businessDay } from '../../lib/time.ts'

import { bookDiscrepancies } from '../discrepancy-bookings.ts'
import type { Transaction } from '../transaction.ts'
import { datedNumber } from './dated-number.ts'
import { netHolds } from './fragments.ts'
import { idBody, type ReconciliationRun } from './plan.ts'

export const settleDiscrepancies = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql.unsafe('create temporary table rec_event (type text, agency_code text, data json) on commit drop')
  await sql.unsafe('create temporary table rec_touched (id text) on commit drop')
  await stageDisagreements(sql, run)
  await closeSettled(sql, run)
  await followKnown(sql, run)
  await openNew(sql, run)
  await closeTolerated(sql, run)
  await sql`
    insert into events (id, agency_code, type, subject_id, order_id, sequence, data, created_at)
    select ${`evt_${idBody(run)}`} || lpad(to_hex(number), 6, '0'), agency_code, type, ${run.id}, data ->> 'order', number, data, ${run.now}::timestamptz
    from (select *, row_number() over (order by type, data ->> 'id', data::text) as number from rec_event) as numbered`
  await bookDiscrepancies(sql, sql`id in (select id from rec_touched)`, {
    now: run.now,
    day: businessDay(run.now),
    idBody: run.bookingId,
  })
}

/**
 * Every item that does not match, under its name over all runs. `difference` is what the provider lists beyond what is booked here, signed like what it owes us: a line
 * that moved money less what is booked of its capture or refund, of the classes whose money waits in suspense. What goes through the one door is booked there. So is
 * a credit of no payment, which a bank's notice told under the line's own reference.
 */
const stageDisagreements = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_disagreement on commit drop as
    select item.id, item.class, 'reconciliation:' || item.class || ':' || item.about as key, item.order_id, item.attempt_id, item.refund_id,
      case when item.class = 'fee_mismatch' then abs(coalesce(provider_fee_there, 0) - coalesce(provider_fee_here, 0))
        when item.class in ('amount_mismatch', 'refund_mismatch', 'short_settled', 'over_settled') then abs(coalesce(amount_there, 0) - coalesce(amount_here, 0))
        else abs(coalesce(amount_there, amount_here, 0)) end as amount,
      case when item.source = 'provider' and item.heal is null and item.class = any(${[...run.heldClasses]}::text[]) then
        case when line.status <> 'success' or line.status is null then 0 when line.line_type = 'refund' then -amount_there else amount_there end
        - case when item.refund_id is not null then -1 else 1 end * coalesce(amount_here, 0)
        - coalesce((select sum(kept.amount) from quarantine as kept where item.attempt_id is null and kept.kind = 'unknown_credit'
            and kept.merchant_account_id = ${run.merchantAccountId} and kept.reference in (item.provider_reference, ${datedNumber(sql, sql`item.provider_reference`, sql`item.business_day`)})
            and kept.status <> 'attributed'), 0)
        else 0 end::bigint as difference,
      item.class = 'fee_mismatch' and item.attempt_id is not null and item.refund_id is null and line.line_type = 'capture' and ${netHolds(sql, run)}
        and abs(item.provider_fee_there - item.provider_fee_here) between 1 and ${run.tariff?.tolerance ?? 0n}::bigint as tolerated
    from rec_item as item left join rec_line as line on line.statement_id = item.statement_id and line.line = item.line
    where item.class <> 'matched'`
  await sql.unsafe('analyze rec_disagreement')
}

/**
 * What this run looked at again, and whether it agrees now. A capture whose line stands in another period agrees that it is listed, and so does one of which
 * nothing is left; such a line is no longer a line of nobody. What two persons have let stand in suspense is looked at too: where both sides agree after all, nothing is left to stand there.
 */
const closeSettled = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await stageAgreedAgain(sql, run)
  const history = historyLine(sql, run, 'resolved')
  await sql`
    with seen as (
      select about, class, id, null as only_class from rec_item
      union all select 'line:' || statement_id || ':' || line, class, id, null from rec_item where statement_id is not null
      union all select * from rec_agreed_again
      union all select 'capture:' || attempt_id || ':' || slot, 'matched', null, 'missing_at_provider' from rec_capture_line
        where not in_period and attempt_id is not null
      union all select 'capture:' || attempt_id || ':' || reference, 'matched', null, 'missing_at_provider' from rec_capture where net = 0
      union all select 'line:' || statement_id || ':' || line, case when amount = net and business_day = captured_on then 'matched' else 'changed' end, null, null
        from rec_capture_line where not in_period and attempt_id is not null and rank = 1
      union all select 'line:' || statement_id || ':' || line, case when amount = amount_refunded and business_day = refunded_on then 'matched' else 'changed' end, null, null
        from rec_refund_line where not in_period and refund_id is not null and rank = 1
      union all select 'refund:' || refund_id, 'matched', null, 'refund_mismatch' from rec_refund_line where not in_period and refund_id is not null
      union all select about, class, null, null from rec_seen),
    settled as (
      select discrepancy.id, min(seen.id) as item_id, bool_or(seen.class = 'matched') as matched
      from discrepancies as discrepancy
      join seen on seen.about = substr(discrepancy.dedupe_key, length('reconciliation:' || discrepancy.class || ':') + 1)
        and discrepancy.class = coalesce(seen.only_class, discrepancy.class)
      where discrepancy.merchant_account_id = ${run.merchantAccountId} and discrepancy.source = 'reconciliation'
        and (discrepancy.status <> 'resolved' or (discrepancy.holds_difference and discrepancy.difference <> 0))
        and not exists (select from rec_disagreement as same where same.key = discrepancy.dedupe_key)
      group by discrepancy.id),
    closed as (
      update discrepancies as discrepancy set status = 'resolved', resolved_at = ${run.now}, resolved_by = 'lephi', proposed_by = null, proposed_at = null,
        difference = 0, resolution = case when settled.matched then 'matched' else 'class_changed' end,
        history = discrepancy.history || (${history} || jsonb_build_object('resolution', case when settled.matched then 'matched' else 'class_changed' end,
          'reconciliation', ${run.id}::text, 'item', settled.item_id))::text
      from settled where settled.id = discrepancy.id
      returning discrepancy.id, discrepancy.agency_code, discrepancy.class, discrepancy.resolution, discrepancy.amount, discrepancy.order_id),
    touched as (insert into rec_touched select id from closed)
    insert into rec_event ${resolvedData(sql, run)}`
}

/**
 * Lines that agree now and about which, or about whose capture, something was found before. Both sides may be long and what they share is little: each step is a table
 * that the planner knows the size of, and an item is looked up by itself. Of the items of this run it knows nothing, takes them for one, and would walk through all
 * lines once for each of them.
 */
const stageAgreedAgain = async (sql: Transaction, { id, merchantAccountId }: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_known on commit drop as
    select attempt_id, substr(dedupe_key, length('reconciliation:' || class || ':') + 1) as about from discrepancies
    where merchant_account_id = ${merchantAccountId} and source = 'reconciliation' and (status <> 'resolved' or (holds_difference and difference <> 0))`
  await sql.unsafe('analyze rec_known')
  await sql.unsafe(`
    create temporary table rec_again on commit drop as
    select 'capture:' || attempt_id || ':' || provider_reference as about, statement_id, line from rec_period
    where agreed and attempt_id in (select attempt_id from rec_known)
    union all
    select 'line:' || statement_id || ':' || line, statement_id, line from rec_period
    where agreed and exists (select from rec_known where about like 'line:%')
      and 'line:' || statement_id || ':' || line in (select about from rec_known)`)
  await sql`
    create temporary table rec_agreed_again on commit drop as
    select about, 'matched' as class, (select item.id from reconciliation_items as item
      where item.reconciliation_id = ${id} and item.statement_id = again.statement_id and item.line = again.line) as id, null as only_class
    from rec_again as again`
}

/**
 * What is open over another amount than before, and what is there again: what a run had closed, and what a person resolved over another amount. What a person
 * resolved stays resolved; what is proposed over another amount is proposed no longer.
 */
const followKnown = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const said = sql`jsonb_build_object('reconciliation', ${run.id}::text, 'item', item.id, 'amount', item.amount)`
  await sql`
    with resized as (
      update discrepancies as known set amount = item.amount, difference = item.difference, status = 'open', resolution = null, proposed_by = null,
        proposed_at = null, history = known.history || (${historyLine(sql, run, 'resized')} || ${said})::text
      from rec_disagreement as item where known.dedupe_key = item.key and known.status <> 'resolved'
        and (known.amount, known.difference) is distinct from (item.amount, item.difference)
      returning known.id)
    insert into rec_touched select id from resized`
  await sql`
    with reopened as (
      update discrepancies as known set status = 'open', amount = item.amount, difference = item.difference, holds_difference = true, resolution = null,
        resolved_at = null, resolved_by = null, proposed_by = null, proposed_at = null, item_id = item.id, reconciliation_id = ${run.id},
        history = known.history || (${historyLine(sql, run, 'reopened')} || ${said})::text
      from rec_disagreement as item where known.dedupe_key = item.key and known.status = 'resolved'
        and ((known.resolved_by = 'lephi' and not (known.resolution = 'within_tolerance' and item.tolerated is true)) or (item.amount <> 0 and (known.amount, known.difference) is distinct from (item.amount, item.difference)))
      returning known.id, known.agency_code, known.class, known.amount, known.order_id, known.attempt_id, known.refund_id, known.item_id),
    touched as (insert into rec_touched select id from reopened)
    insert into rec_event ${openedData(sql, run, sql`reopened`)}`
}

const openNew = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const dates = run.dueDates
  await sql`
    with policies as (
      select * from unnest(${dates.map((date) => date.class)}::text[], ${dates.map((date) => date.policy)}::text[], ${dates.map((date) => date.dueOn)}::text[])
        as policies (class, policy, due_on)),
    opened as (
      insert into discrepancies (id, agency_code, class, status, source, dedupe_key, merchant_account_id, order_id, attempt_id, refund_id,
        reconciliation_id, item_id, amount, difference, policy, due_on, opened_at, history)
      select 'dsc_' || substr(item.id, 5), ${run.agencyCode}, item.class, 'open', 'reconciliation', item.key,
        ${run.merchantAccountId}, item.order_id, item.attempt_id, item.refund_id, ${run.id}, item.id, item.amount, item.difference,
        policies.policy, policies.due_on::date, ${run.now},
        array[(${historyLine(sql, run, 'opened')} || jsonb_build_object('reconciliation', ${run.id}::text, 'item', item.id, 'amount', item.amount))::text]
      from rec_disagreement as item join policies on policies.class = item.class
      on conflict do nothing
      returning id, agency_code, class, amount, order_id, attempt_id, refund_id, item_id, difference),
    touched as (insert into rec_touched select id from opened where difference <> 0)
    insert into rec_event ${openedData(sql, run, sql`opened`)}`
}

/** What roundings make of a provider fee, by the contract: told as a discrepancy and closed by its rule. One that somebody has a proposal for is left to them. */
const closeTolerated = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  if (!run.tariff?.tolerance) return
  const said = sql`jsonb_build_object('resolution', 'within_tolerance', 'tolerance', ${run.tariff.tolerance}::bigint, 'reconciliation', ${run.id}::text, 'item', item.id)`
  await sql`
    with closed as (
      update discrepancies as known set status = 'resolved', resolution = 'within_tolerance', resolved_at = ${run.now}, resolved_by = 'lephi',
        history = known.history || (${historyLine(sql, run, 'resolved')} || ${said})::text
      from rec_disagreement as item where known.dedupe_key = item.key and item.tolerated and known.status = 'open'
      returning known.id, known.agency_code, known.class, known.resolution, known.amount, known.order_id)
    insert into rec_event ${resolvedData(sql, run)}`
}

/** The events of what `closed` has ended. */
const resolvedData = (sql: Transaction, run: ReconciliationRun) => sql`
  select 'discrepancy.resolved', agency_code, json_build_object('id', id, 'class', class, 'status', 'resolved', 'resolution', resolution,
    'amount', amount, 'order', order_id, 'reconciliation', ${run.id}::text)
  from closed`

const openedData = (sql: Transaction, run: ReconciliationRun, rows: ReturnType<Transaction>) => sql`
  select 'discrepancy.opened', agency_code, json_build_object('id', id, 'class', class, 'status', 'open', 'amount', amount, 'order', order_id,
    'attempt', attempt_id, 'refund', refund_id, 'item', item_id, 'reconciliation', ${run.id}::text)
  from ${rows}`

const historyLine = (sql: Transaction, { now }: ReconciliationRun, event: string) =>
  sql`jsonb_build_object('at', ${now.toISOString()}::text, 'event', ${event}::text, 'by', 'lephi')`
