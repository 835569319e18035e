/**
 * Đã hoàn: every refund that was paid back, by a provider or by hand, from the order's money or from a surplus, and with its sign turned what bounced. Split by kind of
 * fee over the lines that it returns, so that a refund of phí takes nothing off lệ phí; a surplus paid for no line.
 */
import { queryInScope, type Sql } from '../database.ts'
import { ofAccount, ofAgency, onDay, type ReportFilter, type ReportSource, reportRows } from './source.ts'

export const refunds: ReportSource = {
  page: async (database, scope, filter, place) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select ${keyOf(sql)} as key, entry.agency_code, orders.dossier_code, orders.payer_name, 'bank_transfer' as form, refund.provider,
          entry.order_id as order, refund.id as refund, refund.merchant_reference, money_facts.reference as provider_reference, refund.reason,
          refund.source, entry.business_day, ${share(sql, sql`part.phi`)} as phi,
          ${share(sql, sql`part.phi + part.le_phi`)} - ${share(sql, sql`part.phi`)} as le_phi,
          -posting.amount - ${share(sql, sql`part.phi + part.le_phi`)} as other, -posting.amount as amount
        from postings as posting
        join journal_entries as entry on entry.id = posting.entry_id
        join orders on orders.id = entry.order_id
        join refunds as refund on refund.id = entry.refund_id
        left join money_facts on money_facts.id = entry.fact_id
        cross join lateral (
          select coalesce(sum(asked) filter (where kind = 'phi'), 0) as phi, coalesce(sum(asked) filter (where kind = 'le_phi'), 0) as le_phi
          from refund_line_amounts as returned where returned.refund_id = refund.id) as part
        where posting.account in ('provider_receivable', 'bank') and entry.kind = 'refund' and ${within(sql, onDay(filter, place))} and ${keyOf(sql)} > ${place.after}
        order by key limit ${place.limit}`,
    )
    return reportRows(rows)
  },
  control: async (database, scope, filter) => {
    const [row] = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select coalesce(sum(posting.amount), 0)::bigint as amount
        from postings as posting join journal_entries as entry on entry.id = posting.entry_id
        where posting.account not in ('provider_receivable', 'bank') and entry.kind = 'refund' and ${within(sql, filter)}`,
    )
    return { amount: BigInt(row?.amount ?? 0n) }
  },
}

/** What was asked of these lines as a part of what was asked in all. Cumulated and rounded half up, so that the parts add up. */
const share = (sql: Sql, part: ReturnType<typeof keyOf>) =>
  sql`round(-posting.amount * (${part}) / refund.amount)::bigint`

const keyOf = (sql: Sql) => sql`entry.id || ' ' || posting.line_no`

const within = (sql: Sql, filter: ReportFilter) => sql`
  posting.business_day between ${filter.from} and ${filter.to} and entry.posted_at <= ${filter.asOf}
  ${ofAgency(sql, sql`posting.agency_code`, filter)} ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`
