/**
 * Decides the class of every item, in the order of the contract, and writes its proof: the rule and the hashes of both rows, and what the item's own
 * columns do not hold of either side. A million proofs are written at once, so a match says no more than it must.
 */
import type { Transaction } from '../transaction.ts'
import { settlementDay } from './calendar.ts'
import { captureHash, expectedFee, listedFee, netHolds } from './fragments.ts'
import type { ReconciliationRun } from './plan.ts'
import { paidOutOfSight } from './stage-bank.ts'

/** One item per capture line of the period, and one per capture that is due and listed nowhere. */
export const classifyCaptures = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    insert into rec_item (class, statement_id, line, attempt_id, order_id, merchant_reference, provider_reference, payout_reference, amount_here,
      amount_there, provider_fee_here, provider_fee_there, business_day, value_date, candidates, proof, capture_reference, heal, about, expected_on)
    with captured as materialized (select distinct attempt_id from rec_capture),
    priced as materialized (
      select line.*, attempt.order_id, attempt.status as attempt_status, captured.attempt_id is not null as is_captured,
        ${expectedFee(sql, run)} as fee_here, ${listedFee(sql)} as fee_there, ${netHolds(sql, run)} as net_holds
      from rec_capture_line as line left join rec_attempt as attempt on attempt.id = line.attempt_id
        left join captured on captured.attempt_id = line.attempt_id
      where in_period),
    classed as materialized (
      select *, case
        when rank > 1 then 'duplicate_line'
        when candidates is not null then 'ambiguous'
        when net is null and status = 'success' and attempt_status = 'failed' and not is_captured then 'status_mismatch'
        when net is null and status = 'success' then 'missing_here'
        when status <> 'success' and net > 0 then 'status_mismatch'
        when status = 'success' and amount <> net then 'amount_mismatch'
        when fee_there <> fee_here or not net_holds then 'fee_mismatch'
        when net is not null and status = 'success' and business_day <> captured_on then 'date_shift'
        else 'matched' end as class
      from priced)
    select class, statement_id, line, case when rank = 1 then attempt_id end, case when rank = 1 then order_id end, merchant_reference,
      provider_reference, payout_reference, case when rank = 1 then net end, amount, case when rank = 1 then fee_here end, fee_there, business_day,
      value_date, case when rank = 1 and candidates is not null then to_jsonb(candidates) else '[]' end,
      case when class = 'matched' and net is not null then ('{"rule":"' || rule || '+amount","hashes":["' || row_hash || '","' || ${captureHash(sql)} || '"]}')::jsonb
        else jsonb_build_object('rule', coalesce(rule, 'none'), 'hashes',
          case when net is null then jsonb_build_array(row_hash) else jsonb_build_array(row_hash, ${captureHash(sql)}) end,
          'status', jsonb_build_object('here', attempt_status, 'there', status), 'business_day_here', captured_on) end,
      case when rank = 1 then slot end,
      case when rank > 1 or attempt_id is null then null
        when class = 'missing_here' then 'captured'
        when class = 'matched' and status = 'failed' and attempt_status in ('created', 'pending', 'unknown') then 'failed' end,
      case when rank > 1 or attempt_id is null then ${lineAbout(sql)} else 'capture:' || attempt_id || ':' || slot end, expected_on
    from classed left join rec_calendar as calendar on calendar.day = ${settlementDay(sql, run, 'occurred_at')} order by business_day, statement_id, line`
  await sql`
    insert into rec_item (class, attempt_id, order_id, merchant_reference, provider_reference, amount_here, provider_fee_here, business_day, proof,
      capture_reference, about, expected_on)
    select 'missing_at_provider', attempt_id, order_id, merchant_reference, slot, net, ${expectedFee(sql, run)}, captured_on,
      jsonb_build_object('rule', 'not listed', 'hashes', jsonb_build_array(${captureHash(sql)}), 'due_before', ${run.dueBefore}::timestamptz),
      slot, 'capture:' || attempt_id || ':' || slot, expected_on
    from (
      select capture.attempt_id, attempt.order_id, attempt.merchant_reference, capture.reference as slot, capture.net, capture.net as amount,
        'success' as status, 'capture' as line_type, capture.business_day as captured_on, capture.occurred_at as captured_at
      from rec_capture as capture join rec_attempt as attempt on attempt.id = capture.attempt_id) as line
      left join rec_calendar as calendar on calendar.day = ${settlementDay(sql, run, 'captured_at')}
    where net > 0 and captured_at < ${run.dueBefore}
      and not exists (select from rec_capture_line as listed where listed.attempt_id = line.attempt_id and listed.slot = line.slot)
      and not exists (select from rec_bank_capture as paid where paid.attempt_id = line.attempt_id and paid.slot = line.slot)
      and not ${paidOutOfSight(sql, run, 'line.attempt_id', 'line.slot')}
      and (captured_at >= ${run.dueEarlier} or not exists (
        select from discrepancies where dedupe_key = 'reconciliation:missing_at_provider:capture:' || line.attempt_id || ':' || line.slot and status = 'resolved'))`
}

/** One item per refund line of the period, and one per refund that is due and listed nowhere. */
export const classifyRefunds = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    insert into rec_item (class, statement_id, line, attempt_id, refund_id, order_id, merchant_reference, provider_reference, payout_reference,
      amount_here, amount_there, provider_fee_here, provider_fee_there, business_day, value_date, candidates, proof, capture_reference, heal, about, expected_on)
    with classed as (
      select line.*, 0::bigint as fee_here, coalesce(provider_fee, 0) as fee_there, case
        when rank > 1 then 'duplicate_line'
        when candidates is not null then 'ambiguous'
        when amount_refunded > 0 and status <> 'success' then 'status_mismatch'
        when refund_status = 'failed' and amount_refunded = 0 and status = 'success' then 'status_mismatch'
        when status = 'success' and (refund_id is null or amount_refunded <> amount) then 'refund_mismatch'
        when coalesce(provider_fee, 0) <> 0 or (status = 'success' and net_amount <> -amount - coalesce(provider_fee, 0)) then 'fee_mismatch'
        when status = 'success' and business_day <> refunded_on then 'date_shift'
        else 'matched' end as class
      from rec_refund_line as line where in_period)
    select class, statement_id, line, case when rank = 1 then coalesce(attempt_id, payment_id) end, case when rank = 1 then refund_id end,
      case when rank = 1 then order_id end, merchant_reference, provider_reference, payout_reference,
      case when rank = 1 then nullif(amount_refunded, 0) end, amount, case when rank = 1 then fee_here end, fee_there, business_day, value_date,
      case when rank = 1 and candidates is not null then to_jsonb(candidates) else '[]' end,
      jsonb_build_object(
        'rule', case when refund_id is null then 'none' when amount_refunded = amount then rule || '+amount' else rule end,
        'hashes', case when coalesce(amount_refunded, 0) = 0 then jsonb_build_array(row_hash) else jsonb_build_array(row_hash, ${refundHash(sql)}) end,
        'status', jsonb_build_object('here', refund_status, 'there', status), 'business_day_here', refunded_on),
      case when rank = 1 then refund_reference end,
      case when rank > 1 or refund_id is null or amount_refunded > 0 then null
        when status = 'success' and refund_status in ('approved', 'sending', 'pending', 'unknown') then 'refunded'
        when status = 'failed' and refund_status in ('sending', 'pending', 'unknown') then 'failed' end,
      case when rank > 1 or refund_id is null then ${lineAbout(sql)} else 'refund:' || refund_id end, expected_on
    from classed left join rec_calendar as calendar on calendar.day = ${settlementDay(sql, run, 'occurred_at')}`
  await sql`
    insert into rec_item (class, attempt_id, refund_id, order_id, merchant_reference, provider_reference, amount_here, provider_fee_here, business_day,
      proof, about, expected_on)
    select 'refund_mismatch', attempt_id, id, order_id, merchant_reference, refund_reference, amount_refunded, 0, refunded_on,
      jsonb_build_object('rule', 'not listed', 'hashes', jsonb_build_array(${refundHash(sql)}), 'due_before', ${run.dueBefore}::timestamptz),
      'refund:' || id, expected_on
    from (select *, id as refund_id, reference as refund_reference, occurred_at as refunded_at, business_day as refunded_on from rec_refund) as refund
      left join rec_calendar as calendar on calendar.day = ${settlementDay(sql, run, 'refunded_at')}
    where amount_refunded > 0 and not is_by_hand and refunded_at < ${run.dueBefore}
      and not exists (select from rec_refund_line as listed where listed.refund_id = refund.id)
      and (refunded_at >= ${run.dueEarlier} or not exists (
        select from discrepancies where dedupe_key = 'reconciliation:refund_mismatch:refund:' || refund.id and status = 'resolved'))`
}

/**
 * Fee and adjustment lines. Where fees are not netted, a fee line must be the sum that the contract gives for the captures of its payout, wherever they stand;
 * otherwise a fee line has no business in the file. Of an adjustment nothing is known here.
 */
export const classifyOthers = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    insert into rec_item (class, statement_id, line, merchant_reference, provider_reference, payout_reference, amount_there, provider_fee_here,
      provider_fee_there, business_day, value_date, proof, about, expected_on)
    with ranked as (
      select line.*, case when line_type = 'fee' then coalesce(expected.contract_fees, 0) end as fee_here,
        case when merchant_reference is null and provider_reference is null then 1 else row_number() over (
          partition by line_type, merchant_reference, provider_reference order by occurred_at, row_hash, statement_id, line) end as rank
      from rec_line as line left join rec_payout_sum as expected on expected.payout_reference = line.payout_reference
      where line_type in ('fee', 'adjustment')),
    classed as (
      select *, case when rank > 1 then 'duplicate_line' when status <> 'success' or amount = 0 then 'matched'
        when line_type = 'fee' and abs(amount) = fee_here then 'matched'
        when line_type = 'fee' then 'fee_mismatch' else 'missing_here' end as class
      from ranked where in_period)
    select class, statement_id, line, merchant_reference, provider_reference, payout_reference, amount, fee_here,
      case when line_type = 'fee' then abs(amount) end, business_day, value_date,
      jsonb_build_object('rule', line_type, 'hashes', jsonb_build_array(row_hash)),
      ${lineAbout(sql)}, expected_on
    from classed left join rec_calendar as calendar on calendar.day = ${settlementDay(sql, run, 'occurred_at')}`
}

const lineAbout = (sql: Transaction) => sql`'line:' || statement_id || ':' || line`

/** The same of a refund: refund, reference, amount and instant in milliseconds. */
const refundHash = (sql: Transaction) => sql`
  encode(sha256(convert_to(concat_ws(E'\n', refund_id, refund_reference, amount_refunded, (extract(epoch from refunded_at) * 1000)::bigint), 'UTF8')), 'hex')`
