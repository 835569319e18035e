/** Bảng kê thu: every booking that paid an order, or took that back, with its split by kind of fee. Refunds have their own report. */
import { type Database, type Fragment, queryInScope, type Sql } from '../database.ts'
import { ofAccount, ofAgency, onDay, type ReportFilter, type ReportSource, reportRows } from './source.ts'

export const collections: ReportSource = {
  page: async (database, scope, filter, place) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        with booked as (${booked(sql, onDay(filter, place))} and ${keyOf(sql)} > ${place.after} order by key limit ${place.limit}),
        priced as (
          select order_id, sum(amount) as total, coalesce(sum(amount) filter (where kind = 'phi'), 0) as phi,
            coalesce(sum(amount) filter (where kind = 'le_phi'), 0) as le_phi,
            string_agg(description, '; ' order by line_no) as description, string_agg(distinct budget_item, ', ') as budget_items
          from order_lines where order_id in (select order_id from booked) group by order_id)
        select booked.key, booked.agency_code, orders.dossier_code, orders.procedure_code, priced.description, orders.payer_name,
          'bank_transfer' as form, attempts.provider, booked.order_id as order, attempts.merchant_reference, money_facts.reference as provider_reference,
          booked.business_day, booked.kind, ${share(sql, sql`priced.phi`)} as phi,
          ${share(sql, sql`priced.phi + priced.le_phi`)} - ${share(sql, sql`priced.phi`)} as le_phi,
          booked.amount - ${share(sql, sql`priced.phi + priced.le_phi`)} as other,
          ${receipt(sql, 'phi', filter)} as receipt_phi, ${receipt(sql, 'le_phi', filter)} as receipt_le_phi, orders.procedure_name,
          priced.budget_items, orders.payee_account ->> 'number' as payee_account, booked.amount
        from booked
        join orders on orders.id = booked.order_id
        join priced on priced.order_id = booked.order_id
        left join attempts on attempts.id = booked.attempt_id
        left join money_facts on money_facts.id = booked.fact_id
        order by booked.key`,
    )
    return reportRows(rows)
  },
  control: async (database, scope, filter) => ({ amount: await collected(database, scope, filter) }),
}

/** A balanced entry moves as much on its other accounts: those are summed here, so that a row that was lost or doubled shows. */
export const collected = async (database: Database, scope: string, filter: ReportFilter): Promise<bigint> => {
  const [row] = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select coalesce(sum(posting.amount), 0)::bigint as amount
      from postings as posting join journal_entries as entry on entry.id = posting.entry_id
      where posting.account <> 'collected' and entry.kind <> 'refund'
        and posting.business_day between ${filter.from} and ${filter.to} and entry.posted_at <= ${filter.asOf}
        ${ofAgency(sql, sql`posting.agency_code`, filter)} ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`,
  )
  return BigInt(row?.amount ?? 0n)
}

const keyOf = (sql: Sql) => sql`entry.id || ' ' || posting.line_no`

/** Bookings that paid an order, or took that back. */
export const booked = (sql: Sql, filter: ReportFilter) => sql`
  select ${keyOf(sql)} as key, entry.agency_code, entry.order_id, entry.attempt_id, entry.fact_id, entry.kind, entry.business_day, -posting.amount as amount
  from postings as posting join journal_entries as entry on entry.id = posting.entry_id
  where posting.account = 'collected' and entry.kind <> 'refund'
    and posting.business_day between ${filter.from} and ${filter.to} and entry.posted_at <= ${filter.asOf}
    ${ofAgency(sql, sql`posting.agency_code`, filter)} ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`

/** A part of a booking by the price of its lines. Cumulated and rounded half up, so that the parts of a partial booking add up to it. */
export const share = (sql: Sql, part: Fragment) =>
  sql`round(booked.amount * (${part}) / nullif(priced.total, 0))::bigint`

const receipt = (sql: Sql, kind: string, { asOf }: ReportFilter) => sql`(
  select string_agg(serial || '-' || lpad(number::text, 7, '0'), ', ' order by serial, number) from receipts
  where receipts.order_id = booked.order_id and receipts.kind = ${kind} and issued_at <= ${asOf} and booked.kind = 'capture'
    and not exists (select from receipts as later where later.replaces = receipts.id and later.issued_at <= ${asOf}))`
