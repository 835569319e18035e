/**
 * Which refund a refund line is about. Our reference of the refund decides; a provider that only repeats the payment's reference is followed when its own
 * reference, or the amount, leaves one refund of that payment. A line that stands there twice, the same to the letter, is one of them: the second is shown as `duplicate_line`.
 */
import type { Transaction } from '../transaction.ts'
import { findDamagedRefunds } from './find-damaged.ts'

/** Links every refund line: `refund_id`, or `candidates`, or neither; `payment_id` is the attempt that was named. `rank` is 1 for the first of its kind. */
export const linkRefunds = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(named)
  await findDamagedRefunds(sql)
  await sql.unsafe('analyze rec_refund_named (refund_id, payment_id)')
  await sql.unsafe(ranked)
  await sql.unsafe('analyze rec_refund_line (refund_id, in_period, rank)')
}

const named = `
  create temporary table rec_refund_named on commit drop as
  with known as (
    select line.statement_id, line.line, array_agg(distinct refund.id order by refund.id) as refunds
    from rec_line as line join rec_refund as refund on refund.reference = line.provider_reference
    where line.line_type = 'refund' group by line.statement_id, line.line)
  select line.*, attempt.id as payment_id,
    case when own.id is not null and known.refunds is not null and not own.id = any(known.refunds) then array_append(known.refunds, own.id)
      when own.id is null and cardinality(known.refunds) > 1 then known.refunds end as candidates,
    case when own.id is not null then case when known.refunds is null or own.id = any(known.refunds) then own.id end
      when cardinality(known.refunds) = 1 and (line.merchant_reference is null or same.id is not null) then same.id end as refund_id,
    case when own.id is not null then 'reference' else 'provider_reference' end as rule
  from rec_line as line
  left join rec_refund as own on own.merchant_reference = line.merchant_reference
  left join rec_attempt as attempt on attempt.merchant_reference = line.merchant_reference
  left join known on known.statement_id = line.statement_id and known.line = line.line
  left join rec_refund as same on same.id = known.refunds[1] and (line.merchant_reference is null or same.attempt_id = attempt.id)
  where line.line_type = 'refund'`

const ranked = `
  create temporary table rec_refund_line on commit drop as
  with free as (
    select * from rec_refund as refund where status not in ('proposed', 'requested', 'rejected', 'withdrawn') and not is_by_hand
      and not exists (select from rec_refund_named as line where line.refund_id = refund.id)),
  unnamed as (select * from rec_refund_named where refund_id is null and candidates is null and payment_id is not null),
  alike_amounts as (select payment_id, amount, count(distinct row_hash) as alike from unnamed group by payment_id, amount),
  alike_payments as (select payment_id, count(distinct row_hash) as lines from unnamed group by payment_id),
  loose as (
    select statement_id, line, payment_id, amount, alike, lines
    from unnamed join alike_amounts using (payment_id, amount) join alike_payments using (payment_id)),
  found as (
    select loose.statement_id, loose.line, loose.alike, loose.lines,
      array_agg(free.id order by free.id) filter (where free.amount = loose.amount) as equal, array_agg(free.id order by free.id) as any_amount
    from loose join free on free.attempt_id = loose.payment_id group by loose.statement_id, loose.line, loose.alike, loose.lines),
  linked as (
    select line.statement_id, line.line, line_type, line.occurred_at, line.business_day, line.merchant_reference, line.provider_reference, line.amount,
      provider_fee, net_amount, line.status, payout_reference, value_date, row_hash, in_period, payment_id,
      case when line.refund_id is not null then line.refund_id
        when found.alike = 1 and cardinality(found.equal) = 1 then found.equal[1]
        when found.equal is null and found.lines = 1 and cardinality(found.any_amount) = 1 then found.any_amount[1] end as refund_id,
      coalesce(line.candidates, case when cardinality(found.equal) > 1 or found.alike > 1 then found.equal end) as candidates,
      case when line.refund_id is not null then rule when line.payment_id is not null then 'payment_reference' else rule end as rule
    from rec_refund_named as line left join found on found.statement_id = line.statement_id and found.line = line.line)
  select line.*, refund.attempt_id, refund.order_id, refund.status as refund_status, refund.amount_refunded, refund.occurred_at as refunded_at,
    refund.business_day as refunded_on, refund.reference as refund_reference,
    row_number() over (
      partition by line.refund_id, case when line.refund_id is null then line.merchant_reference end,
        case when line.refund_id is null then line.provider_reference end, case when line.refund_id is null then line.amount end
      order by (line.status = 'success') desc, (line.amount is not distinct from refund.amount) desc,
        (line.business_day is not distinct from refund.business_day) desc, line.occurred_at, line.row_hash, line.statement_id, line.line) as rank
  from linked as line left join rec_refund as refund on refund.id = line.refund_id`
