/**
 * Lines of payments and refunds whose reference names nothing as it stands: case, spaces, signs or Vietnamese marks are lost, or its head or tail is cut. They
 * are linked only when what is left names one payment, the amount is that payment's and the day is near, and nothing else could be meant, either way round.
 */
import type { Transaction } from '../transaction.ts'
import type { ReconciliationRun } from './plan.ts'

/** How many letters and digits are left at least of a reference that is cut. */
const partMin = 8
/** How many days the line and what it is about lie apart at most. */
export const daysMax = 3
/** With more lines than these, references are not compared by their parts: a file of another account would be compared with everything. */
const linesMax = 10_000

/** Lines in `rec_named` that name nobody, against captures that no line names and payments that are still open. */
export const findDamagedCaptures = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_lost on commit drop as
    select line.statement_id, line.line, line.amount, line.business_day, lephi_reference(line.merchant_reference) as said,
      row(line.merchant_reference, line.provider_reference)::text as refs,
      (select array_agg(distinct capture.attempt_id) from rec_capture as capture where capture.reference = line.provider_reference) as known
    from rec_named as line
    where line.attempt_id is null and line.candidates is null and line.merchant_reference is not null and line.status = 'success'`)
  const [row] = await sql`select count(*)::integer as count from rec_lost`
  if (!row?.count) {
    await sql.unsafe('drop table rec_lost')
    return
  }
  await sql`
    create temporary table rec_sought on commit drop as
    select attempt.id, lephi_reference(attempt.merchant_reference) as name, capture.net as amount, capture.business_day as day
    from rec_capture as capture join rec_attempt as attempt on attempt.id = capture.attempt_id
    where capture.net > 0 and not exists (select from rec_named as line where line.attempt_id = capture.attempt_id)
    union
    select id, lephi_reference(merchant_reference), amount, (created_at at time zone 'UTC' + interval '7 hours')::date
    from attempts
    where merchant_account_id = ${run.merchantAccountId} and status in ('created', 'pending', 'unknown', 'expired')
      and created_at between ${run.from}::date - ${daysMax + 1}::integer and ${run.to}::date + ${daysMax + 1}::integer
      and amount in (select amount from rec_lost)
      and not exists (select from rec_named as line where line.attempt_id = attempts.id)`
  await sql.unsafe(foundBy(Number(row.count)))
  await sql`
    insert into rec_attempt select id, order_id, merchant_reference, status, amount, amount_reversed from attempts
    where id in (select id from rec_found) on conflict do nothing`
  await sql.unsafe(`
    update rec_named as line set
      attempt_id = case when of_line = 1 and of_name = 1 and not contradicted then found.id end,
      exact_reference = case when of_line = 1 and of_name = 1 and not contradicted then (
        select reference from rec_capture as capture where capture.attempt_id = found.id and capture.reference = line.provider_reference) end,
      rule = case when of_line = 1 and of_name = 1 and not contradicted then found.rule end,
      candidates = case when of_line = 1 and of_name = 1 and not contradicted then null else found.ids end
    from (${judged}) as found where found.statement_id = line.statement_id and found.line = line.line;
    drop table rec_lost, rec_sought, rec_found`)
}

/** Lines in `rec_refund_named` that name neither a refund nor a payment, against refunds that no line names. */
export const findDamagedRefunds = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table rec_lost on commit drop as
    select line.statement_id, line.line, line.amount, line.business_day, lephi_reference(line.merchant_reference) as said,
      row(line.merchant_reference, line.provider_reference)::text as refs,
      (select array_agg(distinct refund.id) from rec_refund as refund where refund.reference = line.provider_reference) as known
    from rec_refund_named as line
    where line.refund_id is null and line.payment_id is null and line.candidates is null and line.merchant_reference is not null and line.status = 'success'`)
  const [row] = await sql`select count(*)::integer as count from rec_lost`
  if (!row?.count) return
  await sql.unsafe(`
    create temporary table rec_sought on commit drop as
    select id, lephi_reference(merchant_reference) as name, amount_refunded as amount, business_day as day
    from rec_refund as refund
    where amount_refunded > 0 and not exists (select from rec_refund_named as line where line.refund_id = refund.id)`)
  await sql.unsafe(foundBy(Number(row.count)))
  await sql.unsafe(`
    update rec_refund_named as line set
      refund_id = case when of_line = 1 and of_name = 1 and not contradicted then found.id end,
      rule = case when of_line = 1 and of_name = 1 and not contradicted then found.rule else line.rule end,
      candidates = case when of_line = 1 and of_name = 1 and not contradicted then null else found.ids end
    from (${judged}) as found where found.statement_id = line.statement_id and found.line = line.line;
    drop table rec_lost, rec_sought, rec_found`)
}

/** Parts are found by equality: the heads and tails of what is sought, as long as one of the lines. The whole name goes before a part of one. */
const foundBy = (lines: number): string => `
  create temporary table rec_found on commit drop as
  with pair as (
    select lost.statement_id, lost.line, lost.business_day, lost.refs, lost.known, sought.id, sought.day, 'reference~normalised' as rule
    from rec_lost as lost join rec_sought as sought on sought.name = lost.said and sought.amount = lost.amount where lost.said <> ''
    union all
    select lost.statement_id, lost.line, lost.business_day, lost.refs, lost.known, part.id, part.day, 'reference~truncated'
    from rec_lost as lost join (
      select distinct id, day, amount, said from rec_sought
      cross join (select distinct length(said) as kept from rec_lost where length(said) >= ${partMin}) as lengths
      cross join lateral (values (left(name, kept)), (right(name, kept))) as cut (said)
      where kept < length(name)) as part on part.said = lost.said and part.amount = lost.amount
    where ${lines <= linesMax})
  select * from pair as one where abs(one.business_day - one.day) <= ${daysMax}
    and (one.rule = 'reference~normalised' or not exists (
      select from pair as other where other.statement_id = one.statement_id and other.line = one.line and other.rule = 'reference~normalised'
        and abs(other.business_day - other.day) <= ${daysMax}))`

/** The provider's own reference may not name something else. A line that repeats the references of another is its copy, not another that could be meant. */
const judged = `
  select distinct on (statement_id, line) statement_id, line, id, rule, not coalesce(id = any(known), true) as contradicted,
    (select array_agg(distinct each.id order by each.id) from rec_found as each where each.statement_id = found.statement_id and each.line = found.line)
      || case when coalesce(id = any(known), true) then '{}' else known end as ids,
    (select count(distinct each.id) from rec_found as each where each.statement_id = found.statement_id and each.line = found.line) as of_line,
    (select count(distinct each.refs) from rec_found as each where each.id = found.id) as of_name
  from rec_found as found order by statement_id, line, id`
