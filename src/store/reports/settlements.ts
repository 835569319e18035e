/**
 * Bảng kê quyết toán: every bank line that was booked, with the payouts that it paid as the provider's statements list them, and every payout that no bank line
 * had paid at `asOf`, on the day on which it was due. Where several lines pay one payout, its figures stand beside the last of them. The difference is what the
 * ledger holds in suspense for it.
 */
import { queryInScope, type Sql } from '../database.ts'
import { latestFirst } from '../run-sight.ts'
import { ofAccount, ofAgency, type ReportFilter, type ReportSource, reportRows, sumsOf } from './source.ts'

export const settlements: ReportSource = {
  isWhole: true,
  page: async (database, scope, filter, { after, limit }) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        with ${paid(sql, filter)}, ${booked(sql, filter)}, ${payouts(sql, filter)}, ${settlementRows(sql, filter)}
        select rows.key, rows.agency_code, account.provider, rows.merchant_account_id as merchant_account, ${payeeOf(sql, filter)} ->> 'number' as payee_account,
          rows.payout_reference, rows.lines, rows.gross, rows.provider_fee, rows.net, rows.bank_references, rows.expected_on, rows.value_date, rows.result,
          rows.receivable, rows.booked_fee, rows.suspense, rows.difference, rows.amount
        from rows left join merchant_accounts as account on account.id = rows.merchant_account_id
        where rows.key > ${after} order by rows.key limit ${limit}`,
    )
    return reportRows(rows)
  },
  control: async (database, scope, filter) =>
    sumsOf(
      await queryInScope(
        database,
        scope,
        (sql) => sql`
          select coalesce(-sum(posting.amount) filter (where posting.account <> 'bank'), 0)::bigint as amount,
            coalesce(-sum(posting.amount) filter (where posting.account = 'provider_receivable'), 0)::bigint as receivable,
            coalesce(sum(posting.amount) filter (where posting.account = 'provider_fee'), 0)::bigint as booked_fee,
            coalesce(sum(posting.amount) filter (where posting.account = 'suspense'), 0)::bigint as suspense
          from postings as posting join journal_entries as entry on entry.id = posting.entry_id where ${within(sql, filter)}`,
      ),
    ),
}

/** Where the provider pays out to, as it was at `asOf`. */
const payeeOf = (sql: Sql, { asOf }: ReportFilter) => sql`coalesce(
  (select former.payee_account from former_merchant_accounts as former where former.merchant_account_id = account.id and until > ${asOf} order by until limit 1),
  account.payee_account)`

const within = (sql: Sql, filter: ReportFilter) => sql`
  entry.kind = 'settlement' and posting.business_day between ${filter.from} and ${filter.to} and entry.posted_at <= ${filter.asOf}
  ${ofAgency(sql, sql`posting.agency_code`, filter)} ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`

/** How long before and after the period a payout may have been paid. */
const aroundDays = 60

/** Which payouts each bank line pays, as the last run before `asOf` saw it; `is_last`: of the lines that pay a payout, the one that ends it. */
const paid = (sql: Sql, filter: ReportFilter) => sql`
  seen as (
    select distinct on (item.statement_id, item.line) item.statement_id, item.line, item.class, item.payout_references, item.value_date,
      run.merchant_account_id
    from reconciliations as run join reconciliation_items as item on item.reconciliation_id = run.id
    where run.status = 'completed' and run.completed_at <= ${filter.asOf} and item.source = 'bank' and item.statement_id is not null
      and run.to_day >= ${filter.from}::date - ${aroundDays}::integer and run.from_day <= ${filter.to}::date + ${aroundDays}::integer
      ${ofAccount(sql, sql`run.merchant_account_id`, filter)}
    order by item.statement_id, item.line, ${latestFirst(sql, 'run')}),
  paid as (
    select statement_id, line, merchant_account_id, payout_reference,
      row_number() over (partition by merchant_account_id, payout_reference order by value_date desc, statement_id desc, line desc) = 1 as is_last
    from seen cross join lateral unnest(payout_references) as payout_reference)`

/** What was booked of each bank line on each day; `is_last` where no later day has any of it. */
const booked = (sql: Sql, filter: ReportFilter) => sql`
  summed as (
    select entry.subject, posting.merchant_account_id, posting.business_day, min(posting.agency_code) as agency_code,
      coalesce(sum(posting.amount) filter (where posting.account = 'bank'), 0)::bigint as amount,
      coalesce(-sum(posting.amount) filter (where posting.account = 'provider_receivable'), 0)::bigint as receivable,
      coalesce(sum(posting.amount) filter (where posting.account = 'provider_fee'), 0)::bigint as booked_fee,
      coalesce(sum(posting.amount) filter (where posting.account = 'suspense'), 0)::bigint as suspense
    from postings as posting join journal_entries as entry on entry.id = posting.entry_id where ${within(sql, filter)}
    group by entry.subject, posting.merchant_account_id, posting.business_day),
  booked as (
    select *, case when subject like 'bank:%' then split_part(subject, ':', 2) end as statement_id,
      case when subject like 'bank:%' then split_part(subject, ':', 3)::integer end as line, not exists (
      select from journal_entries as later where later.subject = summed.subject and later.kind = 'settlement'
        and later.business_day > summed.business_day and later.posted_at <= ${filter.asOf}) as is_last
    from summed)`

/** How far before the period the payments of its payouts may lie. */
const lookBackDays = 90

/** Each line of the statements once, as reconciliation ranks them; net, gross and fee by the contract of RECONCILIATION's signs. */
const payouts = (sql: Sql, filter: ReportFilter) => sql`
  listed as (
    select distinct on (line.merchant_account_id, line.line_type, coalesce(line.merchant_reference, line.provider_reference, line.row_hash), line.provider_reference)
      line.*
    from statement_lines as line join statements as statement on statement.id = line.statement_id
    where line.source = 'provider' and line.status = 'success' and line.payout_reference is not null and statement.imported_at <= ${filter.asOf}
      and line.business_day between ${filter.from}::date - ${lookBackDays}::integer and ${filter.to}
      ${ofAgency(sql, sql`line.agency_code`, filter)} ${ofAccount(sql, sql`line.merchant_account_id`, filter)}
    order by line.merchant_account_id, line.line_type, coalesce(line.merchant_reference, line.provider_reference, line.row_hash), line.provider_reference,
      line.occurred_at, line.row_hash, line.statement_id, line.line),
  payout as (
    select merchant_account_id, payout_reference, min(agency_code) as agency_code, count(*) as lines, max(coalesce(value_date, business_day)) as expected_on,
      sum(case line_type when 'refund' then -amount when 'fee' then 0 else amount end)::bigint as gross,
      sum(case line_type when 'fee' then abs(amount) else coalesce(provider_fee, 0) end)::bigint as provider_fee,
      sum(coalesce(net_amount, case line_type when 'capture' then amount - coalesce(provider_fee, 0) when 'adjustment' then amount
        else -abs(amount) - coalesce(provider_fee, 0) end))::bigint as net
    from listed group by merchant_account_id, payout_reference)`

const settlementRows = (sql: Sql, filter: ReportFilter) => sql`
  rows as (
    select booked.subject || ' ' || booked.business_day as key, booked.agency_code, booked.merchant_account_id, told.payout_reference, told.lines, told.gross,
      told.provider_fee, told.net, coalesce(line.bank_reference, booked.statement_id || ':' || booked.line) as bank_references, told.expected_on,
      booked.business_day as value_date, coalesce(seen.class, 'settlement') as result, booked.receivable, booked.booked_fee, booked.suspense,
      -booked.suspense as difference, booked.amount
    from booked
    left join statement_lines as line on line.statement_id = booked.statement_id and line.line = booked.line
    left join seen on seen.statement_id = booked.statement_id and seen.line = booked.line
    left join lateral (
      select string_agg(paid.payout_reference, ', ' order by paid.payout_reference) as payout_reference, sum(payout.lines)::bigint as lines,
        sum(payout.gross)::bigint as gross, sum(payout.provider_fee)::bigint as provider_fee, sum(payout.net)::bigint as net, max(payout.expected_on) as expected_on
      from paid left join payout on payout.merchant_account_id = paid.merchant_account_id and payout.payout_reference = paid.payout_reference and paid.is_last
      where paid.statement_id = booked.statement_id and paid.line = booked.line and booked.is_last) as told on true
    union all
    select 'payout:' || payout.merchant_account_id || ':' || payout.payout_reference, payout.agency_code, payout.merchant_account_id, payout.payout_reference,
      payout.lines, payout.gross, payout.provider_fee, payout.net, null, payout.expected_on, null,
      case when payout.expected_on > (${filter.asOf}::timestamptz at time zone 'UTC' + interval '7 hours')::date then 'not_due' else 'unsettled' end,
      0, 0, 0, -payout.net, 0
    from payout
    where payout.expected_on between ${filter.from} and ${filter.to} and not exists (
      select from paid where paid.merchant_account_id = payout.merchant_account_id and paid.payout_reference = payout.payout_reference))`
