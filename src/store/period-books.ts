/** What a close says of the books: its figures and hashes, computed in the database, and the same again for whoever checks a close later. */
import type { PeriodBooks, PeriodRun, PeriodStatement } from '../domain/period.ts'
import type { Fragment } from './database.ts'
import type { Covered } from './period-gate.ts'
import type { Transaction } from './transaction.ts'

type Days = Pick<Covered, 'merchantAccountId' | 'fromDay' | 'day'>

/**
 * The postings of the days. `root` is SHA-256 over the SHA-256 of each posting, by entry and line. A posting is hashed as a JSON array of id, kind, agency, order,
 * attempt, refund, fact, memo and subject of its entry, when it happened and was posted in milliseconds, and its own line, account, amount, order and day.
 */
export const readBooks = async (sql: Transaction, days: Days): Promise<PeriodBooks> => {
  const [whole] = await sql`
    select count(distinct entry.id)::int as entries, count(*)::int as postings, ${rootOf(
      sql,
      sql`json_build_array(entry.id, entry.kind, entry.agency_code, entry.order_id, entry.attempt_id, entry.refund_id, entry.fact_id, entry.memo, entry.subject,
        (extract(epoch from entry.occurred_at) * 1000)::bigint, (extract(epoch from entry.posted_at) * 1000)::bigint, posting.line_no, posting.account,
        posting.amount, posting.order_id, posting.business_day)`,
      sql`entry.id collate "C", posting.line_no`,
    )} as root
    from postings as posting join journal_entries as entry on entry.id = posting.entry_id where ${within(sql, days)}`
  return {
    root: String(whole?.root),
    entries: Number(whole?.entries),
    postings: Number(whole?.postings),
    totals: await readTotals(sql, days),
  }
}

/** How many entries the days have, and where each account stands by them. */
export const readSums = async (
  sql: Transaction,
  days: Days,
): Promise<{ entries: number; totals: Readonly<Record<string, bigint>> }> => {
  const [whole] =
    await sql`select count(distinct posting.entry_id)::int as entries from postings as posting where ${within(sql, days)}`
  return { entries: Number(whole?.entries), totals: await readTotals(sql, days) }
}

const readTotals = async (sql: Transaction, days: Days): Promise<Readonly<Record<string, bigint>>> => {
  const sums = await sql`
    select account, sum(amount)::bigint as amount from postings as posting where ${within(sql, days)} group by account order by account`
  return Object.fromEntries(sums.map((row) => [String(row.account), BigInt(row.amount)]))
}

const within = (sql: Transaction, { merchantAccountId, fromDay, day }: Days): Fragment => sql`
  posting.merchant_account_id = ${merchantAccountId} and posting.business_day between coalesce(${fromDay}::date, '-infinity') and ${day}`

/** SHA-256 over the SHA-256 of each row's text, in order: of no rows, over nothing. */
const rootOf = (sql: Transaction, row: Fragment, order: Fragment): Fragment => sql`
  encode(sha256(coalesce(string_agg(sha256(convert_to(${row}::text, 'UTF8')), ''::bytea order by ${order}), ''::bytea)), 'hex')`

/** Every imported file that lists the days. */
export const readStatements = async (
  sql: Transaction,
  { merchantAccountId, fromDay, day }: Days,
): Promise<readonly PeriodStatement[]> => {
  const rows = await sql`
    select id, source, sha256, lines, accepted from statements
    where merchant_account_id = ${merchantAccountId} and status = 'imported' and from_day <= ${day} and to_day >= coalesce(${fromDay}::date, '-infinity')
    order by id`
  return rows as readonly unknown[] as readonly PeriodStatement[]
}

/** The same files again, by id. */
export const statementsById = async (
  sql: Transaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await sql`select id, sha256 from statements where id = any(${[...ids]}::text[])`
  return new Map(rows.map((row) => [String(row.id), String(row.sha256)]))
}

/** Every completed run over the days, the newest last, with a hash over its items of the days; by id where ids are given. */
export const readRuns = async (
  sql: Transaction,
  { merchantAccountId, fromDay, day }: Days,
  ids: readonly string[] | null = null,
): Promise<readonly PeriodRun[]> => {
  const rows = await sql`
    with runs as (
      select id, from_day, to_day, completed_at, summary from reconciliations
      where merchant_account_id = ${merchantAccountId} and status = 'completed' and from_day <= ${day} and to_day >= coalesce(${fromDay}::date, '-infinity')
        ${ids ? sql`and id = any(${[...ids]}::text[])` : sql``})
    select runs.id, runs.from_day, runs.to_day, runs.completed_at, runs.summary, found.items, found.items_hash
    from runs cross join lateral (
      select count(*)::int as items, ${rootOf(
        sql,
        sql`json_build_array(item.id, item.class, item.source, item.statement_id, item.line, item.attempt_id, item.refund_id, item.order_id,
          item.merchant_reference, item.provider_reference, item.payout_reference, item.bank_reference, item.payout_references, item.amount_here,
          item.amount_there, item.provider_fee_here, item.provider_fee_there, item.business_day, item.value_date, item.candidates, item.proof,
          item.capture_reference)`,
        sql`item.id collate "C"`,
      )} as items_hash
      from reconciliation_items as item
      where item.reconciliation_id = runs.id
        and coalesce(item.business_day, item.value_date) between coalesce(${fromDay}::date, '-infinity') and ${day}) as found
    order by runs.completed_at, runs.id`
  return rows as readonly unknown[] as readonly PeriodRun[]
}
