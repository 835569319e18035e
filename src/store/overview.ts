/**
 * How an agency's money stands, on one page: what moved in a period, from the same postings as the reports, and what waits for somebody at present. One reading of
 * the postings gives the sums, the days, the agencies and the accounts, so that they add up to each other.
 */
import { type Database, everyAgency, type Fragment, inScope, queryInScope, type Rows, type Sql } from './database.ts'
import { during } from './reports/source.ts'

export type OverviewFilter = { from: string; to: string; agencyCode: string | null; today: string }

export type Moved = { collected: bigint; refunded: bigint; settled: bigint }
export type Counted = { count: number; amount: bigint }

export type Overview = {
  total: Moved
  /** Only days, agencies and providers with movement; the days in their order, the others by what was collected. */
  byDay: readonly (Moved & { day: string })[]
  byAgency: readonly (Moved & { agencyCode: string; name: string | null })[]
  byProvider: readonly (Moved & { provider: string })[]
  inSuspense: bigint
  unknownAttempts: readonly (Counted & { provider: string })[]
  unknownRefunds: readonly (Counted & { provider: string })[]
  orders: readonly (Counted & { status: string })[]
  /** What is not resolved, by the calendar days since it was opened, and whether it should have been dealt with by now. */
  open: readonly (Counted & { ageDays: number; isOverdue: boolean })[]
}

export const readOverview = async (database: Database, scope: string, filter: OverviewFilter): Promise<Overview> => {
  const [moved = [], suspense = [], attempts = [], refunds = [], orders = [], open = []] = await inScope(
    database,
    scope,
    (sql) => [
      movedSince(sql, filter),
      sql`select coalesce(-sum(amount), 0)::bigint as amount from postings where account = 'suspense' and ${within(sql, filter)}`,
      unknown(sql, sql`attempts`, filter),
      unknown(sql, sql`refunds`, filter),
      sql`
        select status, count(*)::int as count, sum(amount)::bigint as amount from orders
        where ${during(sql, sql`created_at`, filter)} and ${within(sql, filter)} group by status`,
      sql`
        select ${filter.today}::date - (opened_at at time zone 'UTC' + interval '7 hours')::date as age_days,
          coalesce(due_on < ${filter.today}::date, false) as is_overdue, count(*)::int as count, sum(amount)::bigint as amount
        from discrepancies where status in ('open', 'proposed') and ${within(sql, filter)} group by 1, 2`,
    ],
  )
  const providers = await providersOf(database, moved)
  return {
    total: (moved.find((row) => row.by === 'total') as Moved | undefined) ?? nothing,
    byDay: ofKind<Moved & { day: string }>(moved, 'day'),
    byAgency: ofKind<Moved & { agencyCode: string; name: string | null }>(moved, 'agency'),
    byProvider: addUp(ofKind<Moved & { merchantAccountId: string }>(moved, 'account'), providers),
    inSuspense: suspense[0]?.amount ?? 0n,
    unknownAttempts: attempts as readonly unknown[] as Overview['unknownAttempts'],
    unknownRefunds: refunds as readonly unknown[] as Overview['unknownRefunds'],
    orders: orders as readonly unknown[] as Overview['orders'],
    open: open as readonly unknown[] as Overview['open'],
  }
}

const nothing: Moved = { collected: 0n, refunded: 0n, settled: 0n }

const ofKind = <Row>(moved: Rows, kind: string): readonly Row[] =>
  moved.filter((row) => row.by === kind) as readonly unknown[] as readonly Row[]

/** The agencies by name, and not by how their codes begin: so PostgreSQL finds their rows by its indexes, which begin with the agency. */
const within = (sql: Sql, { agencyCode }: OverviewFilter): Fragment => sql`
  agency_code = any(array(select agency_code from agencies
    where ${agencyCode}::text is null or agency_code = ${agencyCode} or starts_with(agency_code, ${`${agencyCode}.`})))`

const unknown = (sql: Sql, table: Fragment, filter: OverviewFilter) => sql`
  select provider, count(*)::int as count, sum(amount)::bigint as amount from ${table} where status = 'unknown' and ${within(sql, filter)} group by provider`

/** As the reports have it: collections, refunds and settlements. Bookings that move none of the three have no row. */
const movedSince = (sql: Sql, filter: OverviewFilter) => sql`
  with posting as (
    select posting.agency_code, posting.business_day as day, posting.merchant_account_id,
      case when account = 'collected' and kind <> 'refund' then -amount else 0 end as collected,
      case when account in ('provider_receivable', 'bank') and kind = 'refund' then -amount else 0 end as refunded,
      case when account = 'bank' and kind = 'settlement' then amount else 0 end as settled
    from (select * from postings where account in ('collected', 'provider_receivable', 'bank')
      and business_day between ${filter.from} and ${filter.to} and ${within(sql, filter)}) as posting
    join journal_entries as entry on entry.id = posting.entry_id),
  moved as (
    select case grouping(agency_code, day, merchant_account_id) when 7 then 'total' when 3 then 'agency' when 5 then 'day' else 'account' end as by,
      agency_code, day, merchant_account_id, coalesce(sum(collected), 0)::bigint as collected, coalesce(sum(refunded), 0)::bigint as refunded,
      coalesce(sum(settled), 0)::bigint as settled
    from posting where (collected, refunded, settled) <> (0, 0, 0) group by grouping sets ((), (agency_code), (day), (merchant_account_id)))
  select moved.*, (select name from agencies where agencies.agency_code = moved.agency_code) as name
  from moved order by by, day, collected desc, settled desc, moved.agency_code`

/** Money runs over the account of an agency above, of which the provider's name is all that is told here; every attempt tells it too. */
const providersOf = async (database: Database, moved: Rows): Promise<ReadonlyMap<string, string>> => {
  const ids = moved.flatMap(({ merchantAccountId }) => (merchantAccountId === null ? [] : [String(merchantAccountId)]))
  if (ids.length === 0) return new Map()
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select id, provider from merchant_accounts where id = any(${ids})`,
  )
  return new Map(rows.map(({ id, provider }) => [String(id), String(provider)]))
}

const addUp = (
  rows: readonly (Moved & { merchantAccountId: string })[],
  providers: ReadonlyMap<string, string>,
): Overview['byProvider'] => {
  const sums = new Map<string, Moved>()
  for (const { merchantAccountId, ...row } of rows) {
    const provider = providers.get(merchantAccountId) ?? merchantAccountId
    const { collected, refunded, settled } = sums.get(provider) ?? nothing
    sums.set(provider, {
      collected: collected + row.collected,
      refunded: refunded + row.refunded,
      settled: settled + row.settled,
    })
  }
  return [...sums].map(([provider, sum]) => ({ provider, ...sum }))
}
