/** Danh sách chênh lệch: what was opened in the period, and how it stood at `asOf`, read from the history that is only appended to. */
import { queryInScope, type Sql } from '../database.ts'
import { during, ofAccount, ofAgency, onDay, type ReportFilter, type ReportSource, reportRows } from './source.ts'

export const discrepancies: ReportSource = {
  page: async (database, scope, filter, place) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select opened.id as key, opened.opened_at, opened.agency_code, orders.dossier_code, opened.order_id as order, opened.id as discrepancy,
          opened.class as result, opened.amount, ${statusOf(sql)} as status, opened.policy, opened.due_on, last.entry ->> 'by' as owner,
          last.entry ->> 'resolution' as resolution, last.entry ->> 'note' as note
        from discrepancies as opened
        left join orders on orders.id = opened.order_id
        left join lateral ${lastEntry(sql, sql`opened.history`, filter)} as last on true
        where ${within(sql, onDay(filter, place))} and opened.id > ${place.after}
        order by opened.id limit ${place.limit}`,
    )
    return reportRows(rows)
  },
  control: async (database, scope, filter) => {
    const [row] = await queryInScope(
      database,
      scope,
      (sql) =>
        sql`select coalesce(sum(opened.amount), 0)::bigint as amount from discrepancies as opened where ${within(sql, filter)}`,
    )
    return { amount: BigInt(row?.amount ?? 0n) }
  },
}

/** The last thing that happened to a discrepancy before `asOf`. */
export const lastEntry = (sql: Sql, history: ReturnType<Sql>, { asOf }: Pick<ReportFilter, 'asOf'>) => sql`(
  select entry::jsonb as entry from unnest(${history}) with ordinality as entries (entry, place)
  where (entry::jsonb ->> 'at')::timestamptz <= ${asOf} order by place desc limit 1)`

const statusOf = (sql: Sql) => sql`
  case last.entry ->> 'event' when 'resolved' then 'resolved' when 'proposed' then 'proposed' else 'open' end`

const within = (sql: Sql, filter: ReportFilter) => sql`
  opened.opened_at <= ${filter.asOf} and ${during(sql, sql`opened.opened_at`, filter)}
  ${ofAgency(sql, sql`opened.agency_code`, filter)} ${ofAccount(sql, sql`opened.merchant_account_id`, filter)}`
