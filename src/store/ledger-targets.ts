/**
 * Bookings that no order owns, as a function of what is known now: a caller says where the accounts should stand for each subject, and only the difference
 * to what is posted under that subject is booked. So booking the same again books nothing, and what no longer stands is taken back by another entry.
 */
import type { Transaction } from './transaction.ts'

/** `settlement`: what a bank statement shows of payouts. `discrepancy`: money that an open discrepancy holds in suspense. */
export type TargetKind = 'settlement' | 'discrepancy'

/**
 * Makes the table that a caller fills before `bookTargets`. A row is one account of one subject, signed đồng, debit positive. Every subject that was looked at
 * has a row, with amount 0 where nothing should stand. The rows of one subject add up to 0; they name one merchant account and one business day.
 */
export const stageTargets = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    create temporary table ledger_target (
      subject text not null, agency_code text not null, merchant_account_id text not null, business_day date not null, account text not null,
      amount bigint not null
    ) on commit drop`)
}

/**
 * Books, for each subject of `ledger_target`, one entry with the difference between where its accounts should stand and what is posted under it, and answers
 * how many entries that took. `idBody` begins the entries' ids (22 characters with the number) and is used for one call only. Drops the table. Callers that could
 * look at one subject at once hold a lock of their own.
 */
export const bookTargets = async (
  sql: Transaction,
  { kind, now, idBody }: { kind: TargetKind; now: Date; idBody: string },
): Promise<number> => {
  await sql.unsafe('analyze ledger_target')
  await sql`
    create temporary table ledger_difference on commit drop as
    with looked_at as (
      select subject, min(agency_code) as agency_code, max(business_day) as business_day from ledger_target group by subject),
    stands as (
      select entry.subject, posting.merchant_account_id, posting.account, sum(posting.amount) as amount
      from journal_entries as entry join postings as posting on posting.entry_id = entry.id
      where entry.subject in (select subject from looked_at) and entry.kind = ${kind}
      group by entry.subject, posting.merchant_account_id, posting.account),
    wanted as (
      select subject, merchant_account_id, account, sum(amount) as amount from ledger_target group by subject, merchant_account_id, account),
    difference as (
      select subject, merchant_account_id, account, coalesce(wanted.amount, 0) - coalesce(stands.amount, 0) as amount
      from wanted full join stands using (subject, merchant_account_id, account))
    select ${`jrn_${idBody}`} || lpad(to_hex(dense_rank() over (order by subject)), 6, '0') as id,
      row_number() over (partition by subject order by account, merchant_account_id)::integer as line_no,
      subject, merchant_account_id, account, difference.amount::bigint as amount, looked_at.agency_code, looked_at.business_day
    from difference join looked_at using (subject) where difference.amount <> 0`
  await moveToOpenDays(sql)
  const entries = await sql`
    insert into journal_entries (id, agency_code, kind, subject, business_day, occurred_at, posted_at)
    select distinct id, agency_code, ${kind}, subject, business_day, ${now}::timestamptz, ${now}::timestamptz from ledger_difference`
  await sql`
    insert into postings (entry_id, line_no, agency_code, account, merchant_account_id, amount, business_day)
    select id, line_no, agency_code, account, merchant_account_id, amount, business_day from ledger_difference`
  await sql.unsafe('drop table ledger_difference, ledger_target')
  return entries.count
}

/** Nothing is booked on a closed day: what would be, stands on the first open day of all the accounts of its entry. */
const moveToOpenDays = async (sql: Transaction): Promise<void> => {
  await sql.unsafe(`
    with entries as (
      select subject, array_agg(distinct merchant_account_id order by merchant_account_id) as accounts, min(business_day) as day
      from ledger_difference group by subject),
    days as materialized (
      select accounts, day, lephi_open_day(accounts, day) as open_day from (select distinct accounts, day from entries) as distinct_days)
    update ledger_difference set business_day = days.open_day
    from entries join days using (accounts, day)
    where entries.subject = ledger_difference.subject and days.open_day <> days.day`)
}
