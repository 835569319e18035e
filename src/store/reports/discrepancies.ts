/** Danh sách chênh lệch: what was opened in the period, and how it stood at `asOf`, read from the history that is only appended to. */
import { type Fragment, queryInScope, type Sql } from '../database.ts'
import { during, ofAccount, ofAgency, onDay, type ReportFilter, type ReportSource, reportRows } from './source.ts'

export const discrepancies: ReportSource = {
  page: async (database, scope, filter, place) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select opened.id as key, opened.opened_at, opened.agency_code, orders.dossier_code, opened.order_id as order, opened.id as discrepancy,
          opened.class as result, ${amountThen(sql)} as amount, standing.status, opened.policy, opened.due_on, standing.owner, standing.resolution, standing.note
        from discrepancies as opened
        left join orders on orders.id = opened.order_id
        cross join lateral ${standing(sql, sql`opened.history`, filter)} as standing
        where ${within(sql, onDay(filter, place))} and opened.id > ${place.after}
        order by opened.id limit ${place.limit}`,
    )
    return reportRows(rows)
  },
  control: async (database, scope, filter) => {
    const [row] = await queryInScope(
      database,
      scope,
      (sql) => sql`
        select coalesce(sum(${amountThen(sql)}), 0)::bigint as amount
        from discrepancies as opened cross join lateral ${standing(sql, sql`opened.history`, filter)} as standing where ${within(sql, filter)}`,
    )
    return { amount: BigInt(row?.amount ?? 0n) }
  },
}

/**
 * How a discrepancy stood at `asOf`, folded from its history as flows/decide-discrepancy.ts and the runs write its columns: an assignment and a note decide nothing, and
 * whoever decides first about what is nobody's owns it. Who approves decides about another one's, and LePhi owns nothing.
 */
export const standing = (sql: Sql, history: Fragment, { asOf }: Pick<ReportFilter, 'asOf'>) => {
  const last = (value: Fragment, condition: Fragment): Fragment =>
    sql`(array_agg(${value} order by place desc) filter (where ${condition}))[1]`
  const decides = sql`event in ('opened', 'resized', 'proposed', 'resolved', 'rejected', 'reopened')`
  const takes = sql`
    (event = 'proposed' or (event = 'reopened' and entry ->> 'by' <> 'lephi')
      or (event = 'resolved' and entry ->> 'by' <> 'lephi' and not entry ?| array['proposed_by', 'attempt']))`
  return sql`(
    select ${last(sql`case event when 'resolved' then 'resolved' when 'proposed' then 'proposed' else 'open' end`, decides)} as status,
      ${last(sql`case when event in ('proposed', 'resolved') then entry ->> 'resolution' end`, decides)} as resolution,
      coalesce(${last(sql`entry ->> 'owner'`, sql`place = assigned`)},
        (array_agg(entry ->> 'by' order by place) filter (where ${takes} and place > coalesce(assigned, 0)))[1]) as owner,
      ${last(sql`entry ->> 'note'`, sql`${decides} and entry ? 'note' and not entry ? 'proposed_by'`)} as note,
      ${last(sql`entry ->> 'amount'`, sql`entry ? 'amount'`)}::bigint as amount
    from (
      select entry, entry ->> 'event' as event, place, max(place) filter (where entry ->> 'event' = 'assigned') over () as assigned
      from (select line::jsonb as entry, place from unnest(${history}) with ordinality as lines (line, place)) as lines
      where (entry ->> 'at')::timestamptz <= ${asOf}) as told)`
}

/** Histories of before every amount was written into them have none: such an amount was never changed since, or cannot be told. */
const amountThen = (sql: Sql) => sql`coalesce(standing.amount, opened.amount)`

const within = (sql: Sql, filter: ReportFilter) => sql`
  opened.opened_at <= ${filter.asOf} and ${during(sql, sql`opened.opened_at`, filter)}
  ${ofAgency(sql, sql`opened.agency_code`, filter)} ${ofAccount(sql, sql`opened.merchant_account_id`, filter)}`
