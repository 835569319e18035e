/** What people did and may have done: closes of days, credits of no payment, refunds of disputed payments; as whoever checks a whole town reads it. */
import { type Database, everyAgency, inScope } from './database.ts'

/** A close that holds: what it says of the ledger, and what stands there now. */
export type BookedClose = {
  id: string
  merchantAccountId: string
  day: string
  document: string
  postings: number
  /** Signed đồng by ledger account. */
  totals: Readonly<Record<string, bigint>>
  /** Of the close itself: whether its day lies within an earlier one, or right behind it. */
  isInOrder: boolean
}

/** Money of no payment: what a bank told of it, what its entries hold in suspense now, and what attempts have under its number. */
export type BookedCredit = {
  id: string
  merchantAccountId: string
  reference: string
  amount: bigint
  status: string
  attemptId: string | null
  held: bigint
  captured: bigint
}

export type BookedDeeds = {
  closes: readonly BookedClose[]
  /** Acts on a close by who made it. */
  ownActs: readonly { id: string; kind: string; by: string }[]
  credits: readonly BookedCredit[]
  /** Refunds that were asked for, agreed to or sent while their payment was disputed. */
  grantedInDispute: readonly { refund: string; dispute: string; deed: string; at: Date }[]
}

/** Two processes' clocks may differ by so much, each way. */
const clocksApart = '2 minutes'

export const readDeeds = async (database: Database): Promise<BookedDeeds> => {
  const [closes, ownActs, credits, granted] = await inScope(database, everyAgency, (sql) => [
    sql`
      with held as (
        select *, lag(day) over (partition by merchant_account_id order by day) as day_before from periods
        where not exists (select from period_acts where period_id = periods.id and kind = 'reopened'))
      select held.id, held.merchant_account_id, held.day, held.document, coalesce(stands.postings, 0)::int as postings, coalesce(stands.totals, '{}') as totals,
        from_day is not distinct from day_before + 1 as is_in_order
      from held left join lateral (
        select sum(postings) as postings, json_object_agg(account, total::text) as totals from (
          select account, count(*) as postings, sum(amount) as total from postings
          where merchant_account_id = held.merchant_account_id and business_day <= held.day and (from_day is null or business_day >= from_day)
          group by account) as summed) as stands on true
      order by held.merchant_account_id, held.day`,
    sql`
      select act.id, act.kind, act.done_by as by from period_acts as act join periods as period on period.id = act.period_id
      where act.done_by = period.closed_by order by act.id`,
    sql`
      select kept.id, merchant_account_id, reference, amount, status, attempt_id,
        coalesce((select -sum(posting.amount) from postings as posting where posting.entry_id in (kept.entry_id, kept.return_entry_id) and account = 'suspense'), 0)::bigint as held,
        coalesce((select sum(told.amount) from (
          select max(amount) as amount from money_facts as fact
          where fact.merchant_account_id = kept.merchant_account_id and fact.reference = kept.reference and fact.kind = 'captured' group by attempt_id) as told), 0)::bigint as captured
      from quarantine as kept where kind = 'unknown_credit' order by kept.id`,
    sql`
      with locks as (
        select id, attempt_id, opened_at + ${clocksApart}::interval as locked_from,
          coalesce(case when kind = 'chargeback' and outcome = 'lost' then released_at else closed_at end, 'infinity') - ${clocksApart}::interval as locked_to
        from disputes)
      select refund.id as refund, locks.id as dispute, deed.what as deed, deed.at
      from locks join refunds as refund on refund.attempt_id = locks.attempt_id
      cross join lateral (values
        ('asked for', case when refund.made_by <> 'lephi' then refund.created_at end),
        ('agreed to', case when refund.status <> 'rejected' then refund.decided_at end),
        ('sent', refund.sent_at)) as deed (what, at)
      where deed.at > locks.locked_from and deed.at < locks.locked_to order by refund.id, locks.id, deed.what`,
  ])
  return {
    closes: (closes ?? []).map((row) => ({ ...row, totals: amountsOf(row.totals as Record<string, string>) })) as never,
    ownActs: (ownActs ?? []) as never,
    credits: (credits ?? []) as never,
    grantedInDispute: (granted ?? []) as never,
  }
}

const amountsOf = (totals: Record<string, string>): Record<string, bigint> =>
  Object.fromEntries(Object.entries(totals).map(([account, total]) => [account, BigInt(total)]))
