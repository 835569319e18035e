/**
 * Which capture a line of a payment is about. Our own reference decides, and the provider's must not contradict it; a line without ours is found by the
 * provider's, and one whose reference is damaged by what is left of it (find-damaged.ts). A line without any belongs to a capture only when day and amount
 * leave one solution. Where candidates tie, nothing is linked.
 */
import type { Transaction } from '../transaction.ts'
import { findDamagedCaptures } from './find-damaged.ts'
import type { ReconciliationRun } from './plan.ts'

/** Links every capture line: `attempt_id` and `slot`, the reference of the capture; or `candidates`; or neither. `rank` is 1 for the first of its kind. */
export const linkCaptures = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql.unsafe(named)
  await findDamagedCaptures(sql, run)
  await sql.unsafe('analyze rec_named (attempt_id, exact_reference, provider_reference)')
  await sql.unsafe(slotted)
  await sql.unsafe('analyze rec_slotted (attempt_id, slot)')
  await sql.unsafe(ranked)
  await sql.unsafe('analyze rec_capture_line (attempt_id, slot, in_period, rank)')
}

/** The attempt that the references name. Two references that name different attempts are candidates, not a link. */
const named = `
  create temporary table rec_named on commit drop as
  with known as (
    select line.statement_id, line.line, array_agg(distinct capture.attempt_id order by capture.attempt_id) as attempts
    from rec_line as line join rec_capture as capture on capture.reference = line.provider_reference
    where line.line_type = 'capture' group by line.statement_id, line.line)
  select line.*, exact.reference as exact_reference,
    case when attempt.id is not null and known.attempts is not null and not attempt.id = any(known.attempts) then array_append(known.attempts, attempt.id)
      when line.merchant_reference is null and cardinality(known.attempts) > 1 then known.attempts end as candidates,
    case when attempt.id is not null and (known.attempts is null or attempt.id = any(known.attempts)) then attempt.id
      when line.merchant_reference is null and cardinality(known.attempts) = 1 then known.attempts[1] end as attempt_id,
    case when attempt.id is not null then 'reference' when line.merchant_reference is null and known.attempts is not null then 'provider_reference' end as rule
  from rec_line as line
  left join rec_attempt as attempt on attempt.merchant_reference = line.merchant_reference
  left join known on known.statement_id = line.statement_id and known.line = line.line
  left join rec_capture as exact on exact.attempt_id = coalesce(attempt.id, known.attempts[1]) and exact.reference = line.provider_reference
  where line.line_type = 'capture'`

/**
 * The capture of that attempt. The provider's reference names it exactly, or the attempt has just one capture that no line names and just one other
 * reference asks for it. Another reference under ours, when all captures are named, is other money.
 */
const slotted = `
  create temporary table rec_slotted on commit drop as
  with owned as (select attempt_id, count(*) as captures, min(reference) as reference from rec_capture group by attempt_id),
  free as (
    select attempt_id, count(*) as captures, min(reference) as reference from rec_capture as capture
    where not exists (select from rec_named as line where line.attempt_id = capture.attempt_id and line.exact_reference = capture.reference)
    group by attempt_id),
  loose as (
    select attempt_id, count(distinct provider_reference) as names, max(provider_reference) as name from rec_named
    where attempt_id is not null and exact_reference is null group by attempt_id),
  placed as (
    select line.*,
      case when line.attempt_id is null then null
        when line.exact_reference is not null then line.exact_reference
        when owned.captures is null then coalesce(line.provider_reference, loose.name, line.merchant_reference)
        when free.captures = 1 and loose.names <= 1 then free.reference
        when free.captures is null then coalesce(line.provider_reference, owned.reference) end as slot
    from rec_named as line
    left join owned on owned.attempt_id = line.attempt_id
    left join free on free.attempt_id = line.attempt_id
    left join loose on loose.attempt_id = line.attempt_id),
  decided as (
    select statement_id, line, line_type, occurred_at, business_day, merchant_reference, provider_reference, amount, provider_fee, net_amount, status,
      payout_reference, value_date, row_hash, in_period, slot, rule,
      case when slot is not null then attempt_id end as attempt_id,
      case when attempt_id is not null and slot is null then array[attempt_id] else candidates end as candidates
    from placed),
  bare as (
    select statement_id, line, amount, business_day, count(*) over (partition by amount, business_day) as lines from decided
    where merchant_reference is null and provider_reference is null and status = 'success'),
  unlisted as (
    select capture.attempt_id, capture.reference, capture.net, capture.business_day from rec_capture as capture
    where net > 0 and not exists (select from decided as line where line.attempt_id = capture.attempt_id and line.slot = capture.reference)),
  pool as (
    select net, business_day, count(*) as captures, min(attempt_id) as attempt_id, min(reference) as reference,
      (array_agg(attempt_id order by attempt_id))[1:20] as attempts
    from unlisted where exists (select from bare where bare.amount = unlisted.net and bare.business_day = unlisted.business_day)
    group by net, business_day)
  select decided.statement_id, decided.line, line_type, occurred_at, decided.business_day, merchant_reference, provider_reference, decided.amount,
    provider_fee, net_amount, status, payout_reference, value_date, row_hash, in_period,
    case when bare.lines = 1 and pool.captures = 1 then pool.attempt_id else decided.attempt_id end as attempt_id,
    case when bare.lines = 1 and pool.captures = 1 then pool.reference else slot end as slot,
    case when bare.lines = 1 and pool.captures = 1 then 'day' else rule end as rule,
    case when bare.lines > 1 or pool.captures > 1 then coalesce(pool.attempts, candidates) else candidates end as candidates
  from decided
  left join bare on bare.statement_id = decided.statement_id and bare.line = decided.line
  left join pool on pool.net = bare.amount and pool.business_day = bare.business_day`

/**
 * Of several lines about one capture the one that agrees best is the line; the others are listed twice. Content decides before place, so that neither the
 * order of rows nor that of files changes the result.
 */
const ranked = `
  create temporary table rec_capture_line on commit drop as
  select line.*, capture.net, capture.occurred_at as captured_at, capture.business_day as captured_on,
    case when line.attempt_id is null and line.merchant_reference is null and line.provider_reference is null then 1
      else row_number() over (
        partition by line.attempt_id, line.slot, case when line.attempt_id is null then line.merchant_reference end,
          case when line.attempt_id is null then line.provider_reference end
        order by (line.status = 'success') desc, (line.amount is not distinct from capture.net) desc,
          (line.business_day is not distinct from capture.business_day) desc, line.occurred_at, line.row_hash, line.statement_id, line.line) end as rank
  from rec_slotted as line left join rec_capture as capture on capture.attempt_id = line.attempt_id and capture.reference = line.slot`
