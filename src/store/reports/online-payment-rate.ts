/**
 * Tỷ lệ thanh toán trực tuyến (the indicator of the QĐ 766/QĐ-TTg family): dossiers that were paid online, of those that had something to pay. A dossier counts in
 * the period in which its first order was placed: the gateway learns of its processing by that. It has a price unless every line of every order is 0 đ. Paid
 * is what the ledger says was collected for it at `asOf`; what was refunded later was paid online all the same.
 */
import { percent } from '../../domain/report-shape.ts'
import { queryInScope, type Sql } from '../database.ts'
import {
  during,
  nameOfAgency,
  ofAccount,
  ofAgency,
  type ReportFilter,
  type ReportSource,
  reportRows,
  sumsOf,
} from './source.ts'

export const onlinePaymentRate: ReportSource = {
  isWhole: true,
  page: async (database, scope, filter, { after, limit }) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        with ${dossiers(sql, filter)},
        paid as (
          select posting.order_id, -sum(posting.amount) as amount
          from postings as posting join journal_entries as entry on entry.id = posting.entry_id
          where posting.account = 'collected' and ${ofDossiers(sql, filter)} group by posting.order_id),
        judged as (
          select placed.agency_code, placed.dossier_code, bool_and(placed.amount = 0) as is_free, coalesce(bool_or(paid.amount > 0), false) as is_paid,
            coalesce(sum(paid.amount), 0) as amount
          from placed left join paid on paid.order_id = placed.id group by placed.agency_code, placed.dossier_code)
        select agency_code as key, agency_code, ${nameOfAgency(sql, sql`judged.agency_code`, filter)} as agency_name, count(*) as dossiers,
          count(*) filter (where is_free) as zero_price, count(*) filter (where not is_free) as counted,
          count(*) filter (where is_paid and not is_free) as paid_online, sum(amount)::bigint as amount
        from judged where agency_code > ${after} group by agency_code order by agency_code limit ${limit}`,
    )
    return reportRows(rows).map((row) => ({
      ...row,
      rate: percent(BigInt(String(row.paid_online)), BigInt(String(row.counted))),
    }))
  },
  control: async (database, scope, filter) => ({
    ...sumsOf(
      await queryInScope(
        database,
        scope,
        (sql) => sql`
          with ${dossiers(sql, filter)}
          select coalesce(sum(posting.amount), 0)::bigint as amount
          from postings as posting join journal_entries as entry on entry.id = posting.entry_id
          where posting.account <> 'collected' and ${ofDossiers(sql, filter)}`,
      ),
    ),
    ...sumsOf(
      await queryInScope(
        database,
        scope,
        (sql) => sql`
          with ${dossiers(sql, filter)}
          select (select count(*) from began) as dossiers,
            (select count(*) from began where exists (
              select from order_lines as line join placed on placed.id = line.order_id
              where placed.agency_code = began.agency_code and placed.dossier_code = began.dossier_code and line.amount > 0)) as counted`,
      ),
    ),
  }),
}

/** `began`: dossiers whose first order falls into the period; `placed`: all their orders. */
const dossiers = (sql: Sql, filter: ReportFilter) => sql`
  began as (
    select distinct first.agency_code, first.dossier_code from orders as first
    where ${during(sql, sql`first.created_at`, filter)} and first.created_at <= ${filter.asOf} ${ofAgency(sql, sql`first.agency_code`, filter)}
      and not exists (select from orders as earlier where earlier.agency_code = first.agency_code and earlier.dossier_code = first.dossier_code
        and not (${during(sql, sql`earlier.created_at`, filter)}) and earlier.created_at < first.created_at)),
  placed as (
    select orders.id, orders.agency_code, orders.dossier_code, orders.amount
    from orders join began on began.agency_code = orders.agency_code and began.dossier_code = orders.dossier_code
    where orders.created_at <= ${filter.asOf})`

const ofDossiers = (sql: Sql, filter: ReportFilter) => sql`
  posting.order_id in (select id from placed) and entry.kind <> 'refund' and entry.posted_at <= ${filter.asOf}
  ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`
