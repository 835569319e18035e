/** A row of a provider's file that was nobody's when a run read it, or whose payment had failed here, and whose capture is booked now. */
import { businessDay } from '../lib/time.ts'
import type { Query, Sql } from './database.ts'

/**
 * What the row's discrepancy held in suspense is taken back in the commit that books the capture, so that the money stands in one place at every moment; the next run
 * says what it makes of the row. One that a run is settling at this moment is left to that run. `idBody` is 20 characters, for this call only. The keys are made first:
 * under row-level security no index serves a comparison with what is put together on the way, and every capture asks this.
 */
export const releaseListed = (
  sql: Sql,
  { merchantAccountId, reference }: { merchantAccountId: string; reference: string },
  { attemptId, now, idBody }: { attemptId: string; now: Date; idBody: string },
): Query => {
  const history = JSON.stringify({
    at: now.toISOString(),
    event: 'resolved',
    by: 'lephi',
    resolution: 'attributed',
    attempt: attemptId,
  })
  return sql`
    with listed as materialized (
      select 'reconciliation:' || class || ':line:' || line.statement_id || ':' || line.line as key
      from statement_lines as line cross join (values ('missing_here'), ('ambiguous')) as kind (class)
      where line.merchant_account_id = ${merchantAccountId} and line.provider_reference = ${reference} and line.source = 'provider' and line.line_type = 'capture'
      union all
      select 'reconciliation:status_mismatch:capture:' || id || ':' || slot
      from attempts cross join lateral (values (${reference}::text), (merchant_reference)) as called (slot) where id = ${attemptId}),
    held as (
      select found.id, found.merchant_account_id, found.difference from listed join discrepancies as found on found.dedupe_key = listed.key
      -- What is less than nothing was captured here and not there: another capture of the same attempt says nothing of it.
      where found.holds_difference and found.difference <> 0 and (found.class <> 'status_mismatch' or found.difference > 0)
      for update of found skip locked),
    numbered as (select *, lpad(to_hex(row_number() over (order by id)), 6, '0') as number from held),
    closed as (
      update discrepancies set status = 'resolved', resolution = 'attributed', resolved_at = ${now}, resolved_by = 'lephi', proposed_by = null,
        proposed_at = null, difference = 0, history = history || ${history}::text
      from numbered where numbered.id = discrepancies.id
      returning discrepancies.id, number, agency_code, class, amount, order_id),
    entry as (
      insert into journal_entries (id, agency_code, kind, subject, business_day, occurred_at, posted_at)
      select ${`jrn_${idBody}`} || closed.number, agency_code, 'discrepancy', 'discrepancy:' || closed.id,
        lephi_open_day(array[merchant_account_id], ${businessDay(now)}::date), ${now}::timestamptz, ${now}::timestamptz
      from closed join numbered on numbered.id = closed.id returning id, agency_code, business_day),
    posted as (
      insert into postings (entry_id, line_no, agency_code, account, merchant_account_id, amount, business_day)
      select entry.id, side.line_no, entry.agency_code, side.account, merchant_account_id, side.sign * difference, business_day
      from numbered join entry on entry.id = ${`jrn_${idBody}`} || number
        cross join (values (1, 'provider_receivable', -1), (2, 'suspense', 1)) as side (line_no, account, sign))
    insert into events (id, agency_code, type, subject_id, order_id, sequence, data, created_at)
    select ${`evt_${idBody}`} || number, agency_code, 'discrepancy.resolved', id, order_id,
      (select coalesce(max(sequence), 0) + 1 from events where subject_id = closed.id),
      json_build_object('id', id, 'class', class, 'status', 'resolved', 'resolution', 'attributed', 'amount', amount, 'order', order_id,
        'attempt', ${attemptId}::text), ${now}::timestamptz
    from closed`
}
