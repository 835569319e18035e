/** Tình hình sử dụng biên lai: every receipt of the period as dataset 01/TH-BLĐT lists it, and each series' numbers and sum. */

import { amount, count, text } from '../../domain/report-shape.ts'
import { queryInScope, type Sql } from '../database.ts'
import {
  during,
  ofAgency,
  onDay,
  type ReportFilter,
  type ReportSource,
  type ReportSummary,
  reportRows,
  sumsOf,
} from './source.ts'

export const receipts: ReportSource = {
  page: async (database, scope, filter, place) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select receipt.id as key, receipt.form, receipt.serial, receipt.number::text as receipt_number, ${dayOf(sql)} as issued_on,
          (select string_agg(fee.value ->> 'description', '; ' order by fee.ordinality)
            from jsonb_array_elements(receipt.document -> 'fees') with ordinality as fee) as fee_names,
          null as exchange_rate, case when later.id is not null then 'receipt_replaced' when former.id is not null then 'receipt_replacement' else 'receipt_new' end as status,
          null as adjusted_period, coalesce(${nameOf(sql, 'later')}, ${nameOf(sql, 'former')}) as related_receipt,
          coalesce(later.reason, receipt.reason) as explanation,
          (select string_agg(notice.text, '; ' order by notice.noticed_at, notice.id) from receipt_notices as notice
            where notice.receipt_id = receipt.id and notice.noticed_at <= ${filter.asOf}) as note,
          receipt.agency_code, orders.dossier_code, receipt.document -> 'payer' ->> 'name' as payer_name, receipt.order_id as order, receipt.amount
        from receipts as receipt join orders on orders.id = receipt.order_id
          left join receipts as later on later.replaces = receipt.id and later.issued_at <= ${filter.asOf}
          left join receipts as former on former.id = receipt.replaces
        where ${within(sql, onDay(filter, place))} and receipt.id > ${place.after}
        order by receipt.id limit ${place.limit}`,
    )
    return reportRows(rows)
  },
  // A receipt is for what the lines of its kind cost: read from the orders, and not from what was written on receipts. One in place of another is for what its fees say.
  control: async (database, scope, filter) =>
    sumsOf(
      await queryInScope(
        database,
        scope,
        (sql) => sql`
          select (coalesce((select sum(line.amount)
              from receipts as receipt join order_lines as line on line.order_id = receipt.order_id and line.kind = receipt.kind
              where receipt.replaces is null and ${within(sql, filter)}), 0)
            + coalesce((select sum((fee ->> 'amount')::bigint)
              from receipts as receipt cross join lateral jsonb_array_elements(receipt.document -> 'fees') as fee
              where receipt.replaces is not null and ${within(sql, filter)}), 0))::bigint as amount`,
      ),
    ),
  summaries: async (database, scope, filter) => {
    const series = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select receipt.agency_code, receipt.kind, receipt.form, receipt.serial, min(receipt.number)::text as first, max(receipt.number)::text as last,
          count(*) as used, sum(receipt.amount)::bigint as amount
        from receipts as receipt where ${within(sql, filter)}
        group by receipt.agency_code, receipt.kind, receipt.form, receipt.serial order by receipt.agency_code, receipt.serial, receipt.kind`,
    )
    const equation = await queryInScope(database, scope, (sql) => againstLedger(sql, filter))
    return [
      { ...seriesTable, rows: reportRows(series) },
      { ...ledgerTable, rows: reportRows(equation) },
    ]
  },
}

/** By series, as BC26/BLĐT did. */
const seriesTable: Omit<ReportSummary, 'rows'> = {
  name: 'series',
  title: 'Tổng hợp theo ký hiệu',
  columns: [
    text('agency_code', 'Đơn vị thu'),
    text('kind', 'Tên loại biên lai'),
    text('form', 'Ký hiệu mẫu'),
    text('serial', 'Ký hiệu'),
    text('first', 'Từ số'),
    text('last', 'Đến số'),
    count('used', 'Số biên lai dùng trong kỳ'),
    amount('amount', 'Tổng tiền'),
  ],
}

const ledgerTable: Omit<ReportSummary, 'rows'> = {
  name: 'against_ledger',
  title: 'Đối chiếu với sổ thu',
  columns: [text('part', 'Nội dung'), amount('amount', 'Số tiền')],
}

/** What was collected in the period, and why the receipts of the period add up to something else, order by order. */
const againstLedger = (sql: Sql, filter: ReportFilter) => sql`
  with receipted as (
    select receipt.order_id, sum(receipt.amount) filter (where ${within(sql, filter)} and later.id is null) as inside,
      sum(receipt.amount) filter (where ${within(sql, filter)} and later.id is not null) as replaced, sum(receipt.amount) filter (where later.id is null) as ever
    from receipts as receipt left join receipts as later on later.replaces = receipt.id and later.issued_at <= ${filter.asOf}
    where receipt.issued_at <= ${filter.asOf} ${ofAgency(sql, sql`receipt.agency_code`, filter)} group by receipt.order_id),
  collected as (
    select posting.order_id, -sum(posting.amount) as amount, -sum(posting.amount) filter (where entry.kind = 'capture') as captured
    from postings as posting join journal_entries as entry on entry.id = posting.entry_id
    where posting.account = 'collected' and entry.kind <> 'refund' and posting.business_day between ${filter.from} and ${filter.to}
      and entry.posted_at <= ${filter.asOf} ${ofAgency(sql, sql`posting.agency_code`, filter)} group by posting.order_id),
  priced as (
    select order_id, coalesce(sum(amount) filter (where kind in ('phi', 'le_phi')), 0) as fees from order_lines
    where order_id in (select order_id from collected union select order_id from receipted where inside > 0 or replaced > 0) group by order_id),
  compared as (
    select coalesce(collected.amount, 0) as collected, coalesce(collected.captured, 0) as captured, priced.fees, coalesce(receipted.inside, 0) as inside,
      coalesce(receipted.replaced, 0) as replaced, coalesce(receipted.ever, 0) as ever
    from priced left join collected using (order_id) left join receipted using (order_id)),
  parts as (
    select *, collected - inside as gap, case when captured > 0 then greatest(captured - fees, 0) else 0 end as no_receipt_due,
      case when captured > 0 and ever = 0 then least(captured, fees) else 0 end as missing,
      case when captured > 0 then least(captured, fees, ever) - least(captured, fees, inside) else 0 end as elsewhere
    from compared)
  select part, amount::bigint as amount from (
    select 1 as place, 'Đã thu trong kỳ theo sổ' as part, coalesce(sum(collected), 0) as amount from parts
    union all select 2, 'Trừ: khoản không lập biên lai phí, lệ phí', -coalesce(sum(no_receipt_due), 0) from parts
    union all select 3, 'Trừ: chưa lập biên lai', -coalesce(sum(missing), 0) from parts
    union all select 4, 'Trừ: đã lập biên lai ngoài kỳ', -coalesce(sum(elsewhere), 0) from parts
    union all select 5, 'Cộng: biên lai của khoản thu ngoài kỳ, khoản đảo và điều chỉnh', -coalesce(sum(gap - no_receipt_due - missing - elsewhere), 0) from parts
    union all select 6, 'Cộng: biên lai lập trong kỳ đã bị thay thế', coalesce(sum(replaced), 0) from parts
    union all select 7, 'Biên lai lập trong kỳ', coalesce(sum(inside + replaced), 0) from parts) as lines
  order by place`

/** `26TAA-0000007 (23/11/2026)`. */
const nameOf = (sql: Sql, receipt: 'later' | 'former') => {
  const table = sql(receipt)
  return sql`${table}.serial || '-' || lpad(${table}.number::text, 7, '0') || to_char(${table}.issued_at at time zone 'UTC' + interval '7 hours', ' (DD/MM/YYYY)')`
}

const dayOf = (sql: Sql) => sql`(receipt.issued_at at time zone 'UTC' + interval '7 hours')::date`

/** A receipt belongs to an order and to no merchant account: with one asked for, those of orders that it was paid through. */
const within = (sql: Sql, filter: ReportFilter) => sql`
  receipt.issued_at <= ${filter.asOf} and ${during(sql, sql`receipt.issued_at`, filter)} ${ofAgency(sql, sql`receipt.agency_code`, filter)}
  ${
    filter.merchantAccountId === null
      ? sql``
      : sql`and exists (select from postings as paid join journal_entries as entry on entry.id = paid.entry_id
          where paid.order_id = receipt.order_id and paid.account = 'collected' and paid.merchant_account_id = ${filter.merchantAccountId}
            and entry.posted_at <= ${filter.asOf})`
  }`
