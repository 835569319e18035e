/**
 * Chất lượng dịch vụ của đối tác: what each merchant account's provider did in the period, from raw evidence alone: callbacks as they were stored, calls as they
 * were counted, facts, booked captures, lines of imported statements. It is for whoever holds the contract, so an account outside the scope has no row.
 * A delay is nearest-rank, in whole seconds from the provider's own time of the payment to its first genuine callback. A minute is one of outage when calls
 * were made in it and none was answered.
 */

import { percent } from '../../domain/report-shape.ts'
import { numberedDays } from '../../domain/working-days.ts'
import { addDays } from '../../lib/time.ts'
import { queryInScope, type Sql } from '../database.ts'
import { during, ofAgency, type ReportFilter, type ReportSource, reportRows, sumsOf } from './source.ts'

export const providerScorecard: ReportSource = {
  isWhole: true,
  page: async (database, scope, filter, { after, limit }) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        with ${accounts(sql, filter)}, ${captures(sql, filter)}, ${calls(sql, filter)}, ${settled(sql, filter)}
        select account.id as key, account.provider, account.id as merchant_account, ${zero(sql, 'captures', 'called_back', 'told_by_query', 'told_by_statement')},
          delays[1] as delay_p50, delays[2] as delay_p95, delays[3] as delay_p99,
          ${zero(sql, 'starts', 'unknown', 'calls', 'unanswered', 'outage_minutes', 'settled')},
          settlement_days_max, settlement_days_sum, ${zero(sql, 'settled_late')}, fee_contract, fee_charged, fee_charged - fee_contract as fee_deviation,
          ${zero(sql, 'amount')}
        from account left join captured on captured.id = account.id left join called on called.id = account.id left join settled on settled.id = account.id
        where account.id > ${after} and coalesce(captures, called.calls, settled.settled) is not null order by account.id limit ${limit}`,
    )
    return reportRows(rows).map(({ settlement_days_sum: days, ...row }) => ({
      ...row,
      unknown_rate: percent(whole(row.unknown), whole(row.starts)),
      settlement_days_mean: mean(whole(days), whole(row.settled)),
    }))
  },
  // What a capture adds to what the provider owes, it adds to the other accounts of its entry.
  control: async (database, scope, filter) =>
    sumsOf(
      await queryInScope(
        database,
        scope,
        (sql) => sql`
          with ${accounts(sql, filter)}
          select coalesce(-sum(posting.amount), 0)::bigint as amount, count(distinct entry.id) as captures
          from postings as posting join journal_entries as entry on entry.id = posting.entry_id
          where posting.account <> 'provider_receivable' and ${isCapture(sql, filter)}`,
      ),
    ),
}

const whole = (value: unknown): bigint => BigInt(String(value ?? 0))

/** Half up to two decimals. */
const mean = (sum: bigint, count: bigint): string => {
  if (count === 0n) return 'N/A'
  const hundredths = (sum * 200n + count) / (2n * count)
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`
}

const zero = (sql: Sql, ...names: string[]) =>
  names.map((name, index) => sql`${index === 0 ? sql`` : sql`, `}coalesce(${sql(name)}, 0) as ${sql(name)}`)

const accounts = (sql: Sql, filter: ReportFilter) => sql`
  account as (
    select id, provider from merchant_accounts where true ${ofAgency(sql, sql`agency_code`, filter)}
      ${filter.merchantAccountId === null ? sql`` : sql`and id = ${filter.merchantAccountId}`})`

const isCapture = (sql: Sql, filter: ReportFilter) => sql`
  entry.kind = 'capture' and posting.business_day between ${filter.from} and ${filter.to} and entry.posted_at <= ${filter.asOf}
  and posting.merchant_account_id in (select id from account)`

/** Where nobody told the time of a payment it stands at the moment at which we heard of it, and says nothing of a delay. */
const captures = (sql: Sql, filter: ReportFilter) => sql`
  capture as (
    select posting.merchant_account_id, posting.amount, fact.source, fact.occurred_at, fact.received_at, first.received_at as called_at
    from postings as posting join journal_entries as entry on entry.id = posting.entry_id
    join money_facts as fact on fact.id = entry.fact_id
    join attempts as attempt on attempt.id = entry.attempt_id
    left join lateral (
      select min(callback.received_at) as received_at from callbacks as callback
      where callback.claimed_reference = attempt.merchant_reference and callback.merchant_account_id = attempt.merchant_account_id
        and callback.reading = 'genuine' and callback.received_at <= ${filter.asOf}) as first on true
    where posting.account = 'provider_receivable' and ${isCapture(sql, filter)}),
  captured as (
    select merchant_account_id as id, count(*) as captures, count(called_at) as called_back, count(*) filter (where source = 'query') as told_by_query,
      count(*) filter (where source = 'statement') as told_by_statement, sum(amount)::bigint as amount,
      percentile_disc(array[0.5, 0.95, 0.99]) within group (order by floor(greatest(0, extract(epoch from called_at - occurred_at)))::bigint)
        filter (where called_at is not null and occurred_at <> received_at) as delays
    from capture group by merchant_account_id)`

/** Minutes that were over: of the one that `asOf` lies in more may still be told. */
const calls = (sql: Sql, filter: ReportFilter) => sql`
  called as (
    select merchant_account_id as id, sum(calls)::bigint as calls, sum(unanswered)::bigint as unanswered, sum(starts)::bigint as starts,
      sum(unknown)::bigint as unknown, count(*) filter (where unanswered = calls) as outage_minutes
    from (
      select merchant_account_id, minute, sum(calls) as calls, sum(unanswered) as unanswered, sum(calls) filter (where operation = 'start') as starts,
        sum(unanswered) filter (where operation = 'start') as unknown
      from provider_calls
      where merchant_account_id in (select id from account) and ${during(sql, sql`minute`, filter)} and minute <= ${filter.asOf}::timestamptz - interval '2 minutes'
      group by merchant_account_id, minute) as minutes
    group by merchant_account_id)`

/** How far behind the period money may come and still be counted in working days. */
const daysAfter = 400

/** Each capture line once, by the tariff and the times that were in force on its day, as far as they were known at `asOf`. */
const settled = (sql: Sql, filter: ReportFilter) => {
  const days = numberedDays(filter.from, addDays(filter.to, daysAfter))
  return sql`
  calendar as (
    select * from unnest(${days.map(({ day }) => day)}::date[], ${days.map(({ number }) => number)}::integer[],
      ${days.map(({ isWorking }) => String(isWorking))}::text[]::boolean[]) as calendar (day, number, working)),
  listed as (
    select distinct on (line.merchant_account_id, coalesce(line.merchant_reference, line.provider_reference, line.row_hash), line.provider_reference) line.*
    from statement_lines as line join statements as statement on statement.id = line.statement_id
    where line.merchant_account_id in (select id from account) and line.source = 'provider' and line.line_type = 'capture' and line.status = 'success'
      and line.business_day between ${filter.from} and ${filter.to} and statement.imported_at <= ${filter.asOf}
    order by line.merchant_account_id, coalesce(line.merchant_reference, line.provider_reference, line.row_hash), line.provider_reference,
      line.occurred_at, line.row_hash, line.statement_id, line.line),
  measured as (
    select listed.merchant_account_id, paid.number - began.number as days,
      paid.number - began.number > terms.settlement_days + (terms.settlement_days = 0 and not began.working)::integer as is_late,
      case when terms.provider_fee <> '{}' then lephi_provider_fee(listed.amount, coalesce((terms.provider_fee ->> 'basis_points')::integer, 0),
        coalesce((terms.provider_fee ->> 'fixed')::bigint, 0), (terms.provider_fee ->> 'minimum')::bigint, nullif((terms.provider_fee ->> 'maximum')::bigint, 0),
        coalesce((terms.provider_fee ->> 'vat_basis_points')::integer, 0)) end as fee_contract,
      coalesce(listed.provider_fee, listed.amount - listed.net_amount) as fee_charged
    from listed
    cross join lateral (
      select provider_fee, cutoff, settlement_days from (
        select until, provider_fee, cutoff, settlement_days from former_merchant_accounts as former
        where former.merchant_account_id = listed.merchant_account_id
          and until > least(${filter.asOf}::timestamptz, (listed.business_day + 1)::timestamp at time zone 'UTC' - interval '7 hours')
        union all select null, provider_fee, cutoff, settlement_days from merchant_accounts where id = listed.merchant_account_id) as versions
      order by until nulls last limit 1) as terms
    left join calendar as began on began.day = ((listed.occurred_at at time zone 'UTC') + interval '7 hours'
      + case when terms.cutoff = '00:00' then interval '0' else interval '24 hours' - terms.cutoff::interval end)::date
    left join calendar as paid on paid.day = listed.value_date),
  settled as (
    select merchant_account_id as id, count(days) as settled, max(days)::bigint as settlement_days_max, sum(days)::bigint as settlement_days_sum,
      count(*) filter (where is_late) as settled_late, sum(fee_contract)::bigint as fee_contract,
      sum(fee_charged) filter (where fee_contract is not null)::bigint as fee_charged
    from measured group by merchant_account_id)`
}
