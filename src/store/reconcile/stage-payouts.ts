/**
 * Payouts: what a provider's lines say that it pays, summed by payout reference over every line of the payout, wherever it stands. Lines listed twice and lines
 * that are not `success` carry nothing.
 */
import type { Transaction } from '../transaction.ts'
import { settlementDay } from './calendar.ts'
import { expectedFee, isRead } from './fragments.ts'
import type { ReconciliationRun } from './plan.ts'
import { stageFarBank } from './stage-bank.ts'

/** How far around the period a line can belong to a payout that a bank line of the period pays. A bank line that names its payout exactly finds it from any day. */
const payoutDays = { before: 60, after: 15 }
/** A payout is paid together: a line that stands further away has the reference of another one, which the provider has used again. */
const lineDays = { before: 366, after: 60 }

/** Stages `rec_payout`; answers whether there are any. */
export const stagePayouts = async (sql: Transaction, run: ReconciliationRun): Promise<boolean> => {
  if (!(await stageNames(sql, run))) {
    await sql.unsafe(noPayouts)
    return false
  }
  await stageFarCredits(sql, run)
  await stageFarLines(sql, run)
  await sumUp(sql, run)
  await splitParts(sql)
  const [row] = await sql`select exists (select from rec_payout) as found`
  return row?.found === true
}

/** Every payout that could matter: of the period's lines, of those around it, named by a bank line of the period, or open since an earlier run. */
const stageNames = async (sql: Transaction, run: ReconciliationRun): Promise<boolean> => {
  const names = await sql`
    create temporary table rec_payout_name on commit drop as
    select payout_reference as reference from rec_line where payout_reference is not null and in_period
    union
    select reference from rec_agreed_payout where reference is not null
    union
    select payout_reference from statement_lines
    where merchant_account_id = ${run.merchantAccountId} and source = 'provider' and payout_reference is not null
      and (business_day between ${run.from}::date - ${payoutDays.before}::integer and ${run.from}::date - 1
        or business_day between ${run.to}::date + 1 and ${run.to}::date + ${payoutDays.after}::integer)
      and ${isRead(sql, run)}
    union
    select word from rec_bank_word
    where in_period and exists (select from statement_lines where merchant_account_id = ${run.merchantAccountId} and payout_reference is not null)
      and exists (select from statement_lines where merchant_account_id = ${run.merchantAccountId} and payout_reference = word)
    union
    select substr(dedupe_key, length(${`reconciliation:unsettled:payout:${run.merchantAccountId}:`}) + 1) from discrepancies
    where merchant_account_id = ${run.merchantAccountId} and class = 'unsettled' and status <> 'resolved'`
  await sql.unsafe('analyze rec_payout_name')
  return names.count > 0
}

/** Bank lines of another season that paid one of these payouts, with whatever else they paid. */
const stageFarCredits = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const [bank] = await sql`select exists (select from rec_bank) as found`
  if (!bank?.found) return
  await sql`
    create temporary table rec_far_credit on commit drop as
    select statement_id, line, payout_references from reconciliation_items
    where payout_references <> '{}' and payout_references && array(select reference from rec_payout_name) and statement_id is not null`
  if (!(await stageFarBank(sql, run, sql`select distinct statement_id, line from rec_far_credit`))) return
  await sql`
    insert into rec_payout_name
    select distinct reference from rec_far_credit as credit cross join unnest(payout_references) as named (reference)
    where exists (select from rec_bank as bank where bank.statement_id = credit.statement_id and bank.line = credit.line)
      and reference not in (select reference from rec_payout_name)`
}

const noPayouts = `
  create temporary table rec_payout_sum (payout_reference text, contract_fees bigint) on commit drop;
  create temporary table rec_far_credit (statement_id text, line integer, payout_references text[]) on commit drop;
  create temporary table rec_payout (
    key integer, reference text, name text, part text, net bigint, gross bigint, fee bigint, lines integer, hash text, expected_on date, number integer)
  on commit drop`

/**
 * Lines of those payouts that are not in hand yet. Of lines with the same references the first counts, as among the period's own: a reference that one of them
 * leaves out is taken from the other.
 */
const stageFarLines = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  await sql`
    create temporary table rec_far_line on commit drop as
    with far as (
      select line.* from rec_payout_name as name
      join statement_lines as line on line.merchant_account_id = ${run.merchantAccountId} and line.payout_reference = name.reference
      where line.source = 'provider' and (line.business_day between ${run.from}::date - ${lineDays.before}::integer and ${run.from}::date - 1
          or line.business_day between ${run.to}::date + 1 and ${run.to}::date + ${lineDays.after}::integer)
        and not exists (select from rec_line as near where near.statement_id = line.statement_id and near.line = line.line)
        and ${isRead(sql, run, 'line')}),
    named as (
      select *,
        coalesce(merchant_reference, max(merchant_reference) over (partition by line_type, provider_reference)) as ours,
        coalesce(provider_reference, max(provider_reference) over (partition by line_type, merchant_reference)) as theirs
      from far)
    select line_type, occurred_at, amount, provider_fee, net_amount, status, payout_reference, value_date, row_hash,
      case when merchant_reference is null and provider_reference is null then 1 else row_number() over (
        partition by line_type, coalesce(ours, provider_reference), theirs order by (status = 'success') desc, occurred_at, row_hash, statement_id, line) end as rank
    from named`
}

/**
 * One row per payout. `hash` is SHA-256 over the row hashes of the lines that count (`success`, not listed twice), sorted and joined by line feeds. A line
 * adds its `net_amount`; a capture without one its amount less provider fee, or its whole amount where fees are not netted; a refund without one takes its
 * amount away. Fee and adjustment lines add what they say; a fee line without a net is a charge whatever its sign.
 */
const sumUp = async (sql: Transaction, run: ReconciliationRun): Promise<void> => {
  const isNetted = run.tariff?.netted !== false
  // By which a fee line is judged; where fees are netted it has no business in the file.
  const contractFees = isNetted
    ? sql`0::bigint`
    : sql`coalesce(sum(${expectedFee(sql, run)}) filter (where line_type = 'capture'), 0)::bigint`
  await sql`
    create temporary table rec_payout_sum on commit drop as
    with other as (
      select line.*, case when merchant_reference is null and provider_reference is null then 1 else row_number() over (
        partition by line_type, merchant_reference, provider_reference order by occurred_at, row_hash, statement_id, line) end as rank
      from rec_line as line where line_type in ('fee', 'adjustment')),
    line as (
      select ${payoutLine(sql)} from rec_capture_line where rank = 1 and payout_reference is not null and status = 'success'
      union all select ${payoutLine(sql)} from rec_period where agreed and payout_reference is not null
      union all select ${payoutLine(sql)} from rec_refund_line where rank = 1 and payout_reference is not null and status = 'success'
      union all select ${payoutLine(sql)} from other where rank = 1 and payout_reference is not null and status = 'success'
      union all select ${payoutLine(sql)} from rec_far_line where rank = 1 and status = 'success'),
    priced as (
      select *, case when line_type = 'capture' then coalesce(provider_fee, ${expectedFee(sql, run)}, 0) else coalesce(provider_fee, 0) end as fee from line)
    select payout_reference, payout_reference as reference, count(*)::integer as lines,
      coalesce(sum(amount) filter (where line_type = 'capture'), 0)::bigint as captured,
      coalesce(sum(amount) filter (where line_type = 'refund'), 0)::bigint as refunded,
      coalesce(sum(amount) filter (where line_type = 'adjustment'), 0)::bigint as adjusted,
      coalesce(sum(abs(amount)) filter (where line_type = 'fee'), sum(fee), 0)::bigint as fees_apart, ${contractFees} as contract_fees,
      coalesce(sum(case line_type when 'capture' then coalesce(net_amount, amount - fee) when 'refund' then coalesce(net_amount, -amount - fee)
        when 'fee' then coalesce(net_amount, -abs(amount)) else coalesce(net_amount, amount) end), 0)::bigint as netted,
      max(value_date) as value_date, max(${settlementDay(sql, run, 'occurred_at')}) as settled_for,
      encode(sha256(convert_to(string_agg(row_hash, E'\n' order by row_hash), 'UTF8')), 'hex') as hash
    from priced as line where payout_reference in (select reference from rec_payout_name) group by payout_reference`
  await sql`
    create temporary table rec_payout_due on commit drop as
    select payout.*, coalesce(payout.value_date, calendar.expected_on, payout.settled_for) as expected_on, ${isNetted}::boolean as is_netted
    from rec_payout_sum as payout left join rec_calendar as calendar on calendar.day = payout.settled_for`
}

const payoutLine = (sql: Transaction) =>
  sql`line_type, occurred_at, amount, provider_fee, net_amount, status, payout_reference, value_date, row_hash`

/**
 * What the bank will show of each payout: `net`, and by itself the provider fee where it is not netted (`part` `fee`, money out). `gross` less `fee` is `net`; an
 * adjustment is part of the gross. `number` is the expected day's among the working days; null when it is too far away for the calendar.
 */
const splitParts = async (sql: Transaction): Promise<void> => {
  await sql`
    create temporary table rec_payout on commit drop as
    select row_number() over (order by reference, part desc)::integer as key, reference, lephi_reference(reference) as name, part, net, gross, gross - net as fee, lines, hash, part.expected_on,
      calendar.number
    from (
      select reference, 'net' as part, case when is_netted then netted else captured - refunded + adjusted end as net,
        captured - refunded + adjusted as gross, lines, hash, expected_on
      from rec_payout_due
      union all
      select reference, 'fee', -fees_apart, 0, lines, hash, expected_on from rec_payout_due where not is_netted and fees_apart <> 0) as part
    left join rec_calendar as calendar on calendar.day = part.expected_on`
  await sql.unsafe('alter table rec_payout add primary key (key)')
  await sql.unsafe('create index on rec_payout (name)')
  await sql.unsafe('analyze rec_payout')
}
