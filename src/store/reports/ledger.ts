/** Sổ chi tiết: every posting. Debits and credits add up to the same, entry by entry. */
import { queryInScope, type Sql } from '../database.ts'
import { ofAccount, ofAgency, onDay, type ReportFilter, type ReportSource, reportRows } from './source.ts'

export const ledger: ReportSource = {
  page: async (database, scope, filter, place) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select ${keyOf(sql)} as key, entry.business_day, entry.posted_at, entry.id as entry, entry.kind, entry.agency_code, orders.dossier_code,
          entry.order_id as order, posting.merchant_account_id as merchant_account, posting.account,
          case when posting.amount > 0 then posting.amount end as debit, case when posting.amount < 0 then -posting.amount end as credit
        from postings as posting
        join journal_entries as entry on entry.id = posting.entry_id
        left join orders on orders.id = entry.order_id
        where ${within(sql, onDay(filter, place))} and ${keyOf(sql)} > ${place.after}
        order by key limit ${place.limit}`,
    )
    return reportRows(rows)
  },
  // One figure for both sides: half of what moved. It differs from either as soon as an entry does not balance.
  control: async (database, scope, filter) => {
    const [row] = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select (coalesce(sum(abs(posting.amount)), 0) / 2)::bigint as amount
        from postings as posting join journal_entries as entry on entry.id = posting.entry_id where ${within(sql, filter)}`,
    )
    const amount = BigInt(row?.amount ?? 0n)
    return { debit: amount, credit: amount }
  },
}

const keyOf = (sql: Sql) => sql`entry.id || ' ' || lpad(posting.line_no::text, 5, '0')`

const within = (sql: Sql, filter: ReportFilter) => sql`
  posting.business_day between ${filter.from} and ${filter.to} and entry.posted_at <= ${filter.asOf}
  ${ofAgency(sql, sql`posting.agency_code`, filter)} ${ofAccount(sql, sql`posting.merchant_account_id`, filter)}`
