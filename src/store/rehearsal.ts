/**
 * A copy of the database on which another version is tried: the mark that it is one, and what the trial changed in it. The ledger only grows, so what was changed is what
 * was written since.
 */
import { type Database, everyAgency, inScope, queryInScope, type Sql } from './database.ts'
import { latestFirst } from './run-sight.ts'

/** Why a database is not taken for a copy. */
export class NoCopyError extends Error {
  override name = 'NoCopyError'
}

/**
 * Marks the database as a copy, for ever: no gateway starts on it again. `owner` belongs to the owner of the tables and has one connection. Throws NoCopyError when a gateway
 * is connected or has just worked, since then it is not a copy.
 */
export const markAsCopy = async (owner: Sql, now: Date): Promise<void> => {
  const [others] = await owner`
    select count(*)::integer as count from pg_stat_activity
    where datname = current_database() and application_name = 'lephi' and pid <> pg_backend_pid()`
  if (Number(others?.count) > 0)
    throw new NoCopyError(
      `${others?.count} connections of LePhi are open on this database: a gateway works on it, so it is no copy. Nothing was changed.`,
    )
  if (await isBeingWorkedOn(owner, now))
    throw new NoCopyError(
      'Background work was done here within the last two minutes: a gateway works on this database, so it is no copy. Nothing was changed. If it is a copy of just now, wait for these minutes.',
    )
  await owner`create table if not exists public.lephi_copy (marked_at timestamptz not null default now())`
  await owner`insert into public.lephi_copy select where not exists (select from public.lephi_copy)`
}

/** A gateway behind a pooler, as on Workers, has no connection of its own name here, but takes these turns every minute at least (flows/run-jobs.ts). */
const isBeingWorkedOn = async (owner: Sql, now: Date): Promise<boolean> => {
  const [found] = await owner`select to_regclass('public.job_leases') is not null as is_there`
  if (found?.isThere !== true) return false
  const turns = await owner`
    select from job_leases where name in ('catch_up_callbacks', 'watch_providers') and until > ${new Date(now.getTime() - 120_000)} limit 1`
  return turns.length > 0
}

export const isMarkedCopy = async (owner: Sql): Promise<boolean> => {
  const [row] = await owner`select to_regclass('public.lephi_copy') is not null as is_copy`
  return row?.isCopy === true
}

/** A stretch of days that was reconciled, with the latest run over exactly it. */
export type ReconciledPeriod = { merchantAccountId: string; fromDay: string; toDay: string; id: string }

/** Those that touch the days, at most `limit`. */
export const reconciledPeriods = async (
  database: Database,
  { from, to, limit }: { from: string; to: string; limit: number },
): Promise<readonly ReconciledPeriod[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select distinct on (merchant_account_id, from_day, to_day) merchant_account_id, from_day, to_day, id from reconciliations as run
      where status = 'completed' and from_day <= ${to} and to_day >= ${from}
      order by merchant_account_id, from_day, to_day, ${latestFirst(sql, 'run')} limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly ReconciledPeriod[]
}

export type MoneyDifference = {
  merchantAccountId: string
  account: string
  /** Null for bank lines and discrepancies, which belong to no order. */
  orderId: string | null
  subject: string | null
  amount: bigint
}
/** What a source is taken to have said now and was not then. */
export type FactDifference = {
  merchantAccountId: string
  orderId: string
  kind: string
  reference: string
  amount: bigint
  /** What had been understood of the same reference. */
  known: readonly bigint[]
}
export type OrderDifference = { orderId: string; status: string; events: readonly string[] }
export type DiscrepancyDifference = {
  id: string
  class: string
  status: string
  merchantAccountId: string | null
  orderId: string | null
  amount: bigint
}
export type Differences = {
  facts: readonly FactDifference[]
  money: readonly MoneyDifference[]
  orders: readonly OrderDifference[]
  discrepancies: readonly DiscrepancyDifference[]
}

/** What was written from `since` on and does not cancel out, at most `limit` of each kind. */
export const readDifferences = async (
  database: Database,
  { since, limit }: { since: Date; limit: number },
): Promise<Differences> => {
  const [facts, money, orders, discrepancies] = await inScope(database, everyAgency, (sql) => [
    sql`
      select told.merchant_account_id, told.order_id, told.kind, told.reference, told.amount,
        array(select known.amount from money_facts as known
          where known.attempt_id = told.attempt_id and known.kind = told.kind and known.reference = told.reference and known.received_at < ${since}
          order by known.sequence) as known
      from money_facts as told where told.received_at >= ${since} order by told.order_id, told.sequence limit ${limit}`,
    sql`
      select posting.merchant_account_id, posting.account, posting.order_id, case when posting.order_id is null then entry.subject end as subject,
        sum(posting.amount)::bigint as amount
      from journal_entries as entry join postings as posting on posting.entry_id = entry.id
      where entry.posted_at >= ${since}
      group by 1, 2, 3, 4 having sum(posting.amount) <> 0 order by 1, 3 nulls last, 4, 2 limit ${limit}`,
    sql`
      select told.order_id, orders.status, array_agg(told.type order by told.sequence) as events
      from events as told join orders on orders.id = told.order_id
      where told.created_at >= ${since} group by told.order_id, orders.status order by told.order_id limit ${limit}`,
    sql`
      select id, class, status, merchant_account_id, order_id, amount from discrepancies
      where opened_at >= ${since} or resolved_at >= ${since} order by merchant_account_id, order_id, id limit ${limit}`,
  ])
  return {
    facts: (facts ?? []) as readonly unknown[] as readonly FactDifference[],
    money: (money ?? []) as readonly unknown[] as readonly MoneyDifference[],
    orders: (orders ?? []) as readonly unknown[] as readonly OrderDifference[],
    discrepancies: (discrepancies ?? []) as readonly unknown[] as readonly DiscrepancyDifference[],
  }
}
