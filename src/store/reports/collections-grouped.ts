/** Collections added up by agency, budget item and the account that is owed, over the whole period. Each adds up to the same figure as the list of them. */
import { type Database, type Fragment, queryInScope, type Sql } from '../database.ts'
import { withItemNames } from './budget-item-names.ts'
import { booked, collected, share } from './collections.ts'
import {
  during,
  nameOfAgency,
  noKey,
  ofAgency,
  type ReportFilter,
  type ReportRow,
  type ReportSource,
  reportRows,
} from './source.ts'

const grouped = (
  page: (sql: Sql, filter: ReportFilter) => Fragment,
  totals: (sql: Sql, filter: ReportFilter) => Fragment | null = () => null,
): ReportSource => ({
  isWhole: true,
  page: async (database, scope, filter, { after, limit }) => {
    const rows = await queryInScope(
      database,
      scope,
      (sql) => sql`
        with booked as (${booked(sql, filter)}), ${priced(sql)}, grouped as (${page(sql, filter)})
        select * from grouped where key > ${after} order by key limit ${limit}`,
    )
    return reportRows(rows)
  },
  control: async (database, scope, filter) => ({
    amount: await collected(database, scope, filter),
    ...(await counted(database, scope, { filter, totals })),
  }),
})

const counted = async (
  database: Database,
  scope: string,
  { filter, totals }: { filter: ReportFilter; totals: (sql: Sql, filter: ReportFilter) => Fragment | null },
): Promise<Record<string, bigint>> => {
  const rows = await queryInScope(database, scope, (sql) => {
    const asked = totals(sql, filter)
    return asked ? sql`${asked}` : sql`select where false`
  })
  const [row] = reportRows(rows) as readonly (ReportRow | undefined)[]
  return Object.fromEntries(Object.entries(row ?? {}).map(([key, value]) => [key, BigInt(String(value))]))
}

/** A booking by kind of fee, as the list has it. */
const priced = (sql: Sql) => sql`
  priced as (
    select order_id, sum(amount) as total, coalesce(sum(amount) filter (where kind = 'phi'), 0) as phi,
      coalesce(sum(amount) filter (where kind = 'le_phi'), 0) as le_phi
    from order_lines where order_id in (select order_id from booked) group by order_id),
  split as (
    select booked.*, ${share(sql, sql`priced.phi`)} as phi, ${share(sql, sql`priced.phi + priced.le_phi`)} - ${share(sql, sql`priced.phi`)} as le_phi,
      booked.amount - ${share(sql, sql`priced.phi + priced.le_phi`)} as other, orders.dossier_code, orders.payee_account
    from booked join priced on priced.order_id = booked.order_id join orders on orders.id = booked.order_id)`

const sums = (sql: Sql) => sql`
  sum(phi)::bigint as phi, sum(le_phi)::bigint as le_phi, sum(other)::bigint as other, sum(amount)::bigint as amount`

/** Orders that cost nothing, by the day on which they were placed. */
const waived = (sql: Sql, filter: ReportFilter) => sql`
  select agency_code, count(distinct dossier_code) as waived from orders
  where status = 'waived' and ${during(sql, sql`created_at`, filter)}
    and created_at <= ${filter.asOf} and ${filter.merchantAccountId}::text is null ${ofAgency(sql, sql`agency_code`, filter)}
  group by agency_code`

export const byAgency = grouped(
  (sql, filter) => sql`
    select agency_code as key, agency_code, ${nameOfAgency(sql, sql`grouped.agency_code`, filter)} as agency_name, dossiers, waived, phi, le_phi, other, amount
    from (
      select agency_code, coalesce(dossiers, 0) as dossiers, coalesce(waived, 0) as waived, coalesce(phi, 0) as phi, coalesce(le_phi, 0) as le_phi,
        coalesce(other, 0) as other, coalesce(amount, 0) as amount
      from (select agency_code, count(distinct dossier_code) as dossiers, ${sums(sql)} from split group by agency_code) as paid
        full join (${waived(sql, filter)}) as free using (agency_code)) as grouped`,
  (sql, filter) => sql`select coalesce(sum(waived), 0)::bigint as waived from (${waived(sql, filter)}) as free`,
)

/** Line by line: each takes its part of a booking, cumulated and rounded half up, so that the parts add up to it. */
const byItem = grouped(
  (sql) => sql`
    select coalesce(budget_item, ${noKey}) as key, budget_item, string_agg(distinct description, '; ') as description, ${sums(sql)} from (
      select line.budget_item, part.description, part.amount, case when line.kind = 'phi' then part.amount else 0 end as phi,
        case when line.kind = 'le_phi' then part.amount else 0 end as le_phi,
        case when line.kind not in ('phi', 'le_phi') then part.amount else 0 end as other
      from booked join priced on priced.order_id = booked.order_id
      join (select *, sum(amount) over (partition by order_id order by line_no) as up_to from order_lines where order_id in (select order_id from booked))
        as line on line.order_id = booked.order_id
      cross join lateral (select left(line.description, 80) as description,
        ${share(sql, sql`line.up_to`)} - ${share(sql, sql`line.up_to - line.amount`)} as amount) as part) as parts
    group by budget_item`,
)

export const byBudgetItem: ReportSource = {
  ...byItem,
  page: async (database, scope, filter, place) =>
    withItemNames(database, scope, { rows: await byItem.page(database, scope, filter, place), filter }),
}

export const byPayeeAccount = grouped(
  (sql) => sql`
    select concat_ws(' ', coalesce(payee_account ->> 'bank_bin', ''), coalesce(payee_account ->> 'number', '')) as key, payee_account ->> 'number' as payee_account,
      payee_account ->> 'bank_bin' as bank_bin, max(payee_account ->> 'holder') as holder, count(distinct dossier_code) as dossiers, ${sums(sql)}
    from split group by payee_account ->> 'number', payee_account ->> 'bank_bin'`,
)
