/** What keeps a day of a merchant account open: read in one snapshot, set by set, however many lines the day has. */
import type { FormerClose, Hindrance, OpenLine } from '../domain/period.ts'
import type { Fragment } from './database.ts'
import { closes, type Period } from './periods.ts'
import { wasTold } from './run-sight.ts'
import type { Transaction } from './transaction.ts'

/** The days of one close: those behind the close before it, to `day`. */
export type Covered = { merchantAccountId: string; fromDay: string | null; day: string; end: Date }

/** The close that holds last, and the newest version of the day's own, which was opened again. */
export const readFormer = async (
  sql: Transaction,
  { merchantAccountId, day }: { merchantAccountId: string; day: string },
): Promise<{ last: Period | null; replaced: FormerClose | null; versions: number }> => {
  const [last] = await sql`
    ${sql.unsafe(closes)} where period.merchant_account_id = ${merchantAccountId} and reopening.id is null order by period.day desc, period.version desc limit 1`
  const [replaced] = await sql`
    select id, day, version, document_hash from periods where merchant_account_id = ${merchantAccountId} and day = ${day} order by version desc limit 1`
  return {
    last: last ? (last as Period) : null,
    replaced: replaced ? (replaced as FormerClose) : null,
    versions: Number(replaced?.version ?? 0),
  }
}

/** What must come to its end first: an earlier day with bookings, a file being read that may list the days, a run over them. The first of each kind. */
export const readHindrances = async (
  sql: Transaction,
  { merchantAccountId, fromDay, day }: Covered,
  limit: number,
): Promise<readonly Hindrance[]> => {
  const rows = await sql`
    (select 'day' as kind, business_day::text as id, 'open' as what from postings
      where merchant_account_id = ${merchantAccountId} and account = any(${ledgerAccounts}::text[]) and business_day < ${day}
        and business_day >= coalesce(${fromDay}::date, '-infinity')
      group by business_day order by business_day limit ${limit})
    union all
    (select 'statement', id, status from statements
      where merchant_account_id = ${merchantAccountId} and status in ('queued', 'processing') and (from_day is null or from_day <= ${day})
      order by id limit ${limit})
    union all
    (select 'reconciliation', id, status from reconciliations
      where merchant_account_id = ${merchantAccountId} and status = 'running' and from_day <= ${day} and to_day >= coalesce(${fromDay}::date, ${day}::date)
      order by id limit ${limit})`
  return rows as readonly unknown[] as readonly Hindrance[]
}

/** Equality with each of them lets the index over account and day serve. */
const ledgerAccounts = ['provider_receivable', 'collected', 'suspense', 'bank', 'provider_fee']

/** The last day of the runs that have looked at a day; null when none has. */
export const lastRunTo = async (sql: Transaction, { merchantAccountId, day }: Covered): Promise<string | null> => {
  const [row] = await sql`
    select max(to_day) as to_day from reconciliations
    where merchant_account_id = ${merchantAccountId} and status = 'completed' and from_day <= ${day} and to_day >= ${day}`
  return row?.toDay ? String(row.toDay) : null
}

/** The open discrepancies of items of a run, by item: an item is carried by what it opened. */
export const discrepanciesOfItems = async (
  sql: Transaction,
  { merchantAccountId }: Pick<Covered, 'merchantAccountId'>,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const rows = await sql`
    select item_id, id from discrepancies
    where merchant_account_id = ${merchantAccountId} and status <> 'resolved' and item_id = any(${[...ids]}::text[])`
  return new Map(rows.map((row) => [String(row.itemId), String(row.id)]))
}

/** Whose payment a line is about, by line; attempts, refunds and discrepancies have one. */
export const ordersOfLines = async (sql: Transaction, ids: readonly string[]): Promise<ReadonlyMap<string, string>> => {
  const named = sql`id = any(${[...ids]}::text[]) and order_id is not null`
  const rows = await sql`
    select id, order_id from attempts where ${named}
    union all select id, order_id from refunds where ${named}
    union all select id, order_id from discrepancies where ${named}`
  return new Map(rows.map((row) => [String(row.id), String(row.orderId)]))
}

export type OpenLines = {
  /** How many are open and not carried, and the first of them. */
  count: number
  first: readonly OpenLine[]
  /** Those of the given ids that are open. */
  carried: readonly OpenLine[]
  notDue: { count: number; amount: bigint }
}

/**
 * Every open line of the days to `day`. A capture before `dueBefore` must have an item of a completed run; one that is due later must only have been there when a
 * run looked at its day.
 */
export const readOpenLines = async (
  sql: Transaction,
  covered: Covered,
  { dueBefore, carriedIds, limit }: { dueBefore: Date; carriedIds: readonly string[]; limit: number },
): Promise<OpenLines> => {
  const rows = await sql`
    with ${capturesOf(sql, covered, carriedIds)},
    line as materialized (
      ${discrepanciesOf(sql, covered)}
      union all
      select 'attempt', id, status, (created_at at time zone 'UTC' + interval '7 hours')::date, amount from attempts
      where merchant_account_id = ${covered.merchantAccountId} and status in ('created', 'pending', 'unknown') and created_at < ${covered.end}
      union all
      select 'refund', id, status, (coalesce(sent_at, created_at) at time zone 'UTC' + interval '7 hours')::date, amount from refunds
      where merchant_account_id = ${covered.merchantAccountId} and status in ('sending', 'pending', 'unknown') and coalesce(sent_at, created_at) < ${covered.end}
      union all
      select 'credit', id, kind, (occurred_at at time zone 'UTC' + interval '7 hours')::date, amount from quarantine
      where merchant_account_id = ${covered.merchantAccountId} and kind = 'unknown_credit' and status = 'open' and occurred_at < ${covered.end}
        and not exists (select from discrepancies where id = quarantine.discrepancy_id and status <> 'resolved')
      union all
      select 'capture', attempt_id, 'not_reconciled', min(business_day), sum(amount)::bigint from unlisted
      where occurred_at < ${dueBefore} or not was_there group by attempt_id),
    sorted as (select *, id = any(${[...carriedIds]}::text[]) as is_carried from line),
    later as (select count(*)::int as count, coalesce(sum(amount), 0)::bigint as amount from unlisted where occurred_at >= ${dueBefore} and was_there)
    select kind, id, what, day, amount, is_carried, null::int as count from sorted where is_carried
    union all
    (select kind, id, what, day, amount, is_carried, (select count(*)::int from sorted where not is_carried) from sorted where not is_carried
      order by day, kind, id limit ${limit})
    union all
    select 'not_due', '', '', null, amount, false, count from later`
  const lines = rows as readonly unknown[] as readonly (OpenLine & { isCarried: boolean; count: number })[]
  const isLine = ({ id }: OpenLine) => id !== ''
  const first = lines.filter((line) => isLine(line) && !line.isCarried)
  const later = lines.find((line) => !isLine(line))
  return {
    count: first[0]?.count ?? 0,
    first: first.map(plain),
    carried: lines
      .filter((line) => line.isCarried)
      .map(plain)
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    notDue: { count: later?.count ?? 0, amount: later?.amount ?? 0n },
  }
}

const plain = ({ kind, id, what, day, amount }: OpenLine): OpenLine => ({ kind, id, what, day, amount })

/** How far before and behind a capture's day a line about it is looked for. */
const shiftDaysMax = 31

/** So many days behind the days of a close are looked at again: what was not due there is due meanwhile. */
const lookBackDays = 35

/** Captures that no completed run has an item of, and whether a run over their day read when they had been told of. Those that are carried stay in sight for ever. */
const capturesOf = (
  sql: Transaction,
  { merchantAccountId, fromDay, day }: Covered,
  carriedIds: readonly string[],
): Fragment => sql`
  captured as materialized (
    select id, attempt_id, reference, amount, business_day, occurred_at, received_at, told_in from money_facts
    where attempt_id = any(${[...carriedIds]}::text[]) and kind = 'captured' and merchant_account_id = ${merchantAccountId}
    union
    select fact.id, fact.attempt_id, fact.reference, fact.amount, fact.business_day, fact.occurred_at, fact.received_at, fact.told_in
    from postings as posting join journal_entries as entry on entry.id = posting.entry_id and entry.kind = 'capture'
      join money_facts as fact on fact.id = entry.fact_id and fact.kind = 'captured' and fact.merchant_account_id = posting.merchant_account_id
    where posting.merchant_account_id = ${merchantAccountId} and posting.account = 'provider_receivable'
      and posting.business_day between coalesce(${fromDay}::date - ${lookBackDays}::integer, '-infinity') and ${day}),
  runs as materialized (
    select id, from_day, to_day, read_in, coalesce((progress ->> 'matched')::timestamptz, created_at) as read_at from reconciliations
    where merchant_account_id = ${merchantAccountId} and status = 'completed'
      and to_day >= (select min(business_day) - ${shiftDaysMax}::integer from captured)),
  seen as materialized (
    select distinct item.attempt_id, item.capture_reference from runs join reconciliation_items as item on item.reconciliation_id = runs.id
    where item.refund_id is null and item.class <> 'duplicate_line' and item.attempt_id in (select attempt_id from captured)),
  unlisted as materialized (
    select captured.*, exists (
        select from runs where captured.business_day between runs.from_day and runs.to_day
          and ${wasTold(
            sql,
            { toldIn: sql`captured.told_in`, receivedAt: sql`captured.received_at` },
            { readIn: sql`runs.read_in`, readAt: sql`runs.read_at` },
          )}) as was_there
    from captured join attempts as attempt on attempt.id = captured.attempt_id
    where attempt.amount_captured > attempt.amount_reversed and not exists (
      select from seen where seen.attempt_id = captured.attempt_id and seen.capture_reference = captured.reference))`

/** Unresolved discrepancies, each on the day of what it is about: its item's, its money's, its credit's, else the day on which it was opened. */
const discrepanciesOf = (sql: Transaction, { merchantAccountId, day }: Covered): Fragment => sql`
  select 'discrepancy' as kind, found.id, found.class as what, found.day, found.amount
  from (
    select discrepancy.id, discrepancy.class, discrepancy.amount, coalesce(
        item.business_day, item.value_date,
        (select min(fact.business_day) from money_facts as fact
          where fact.attempt_id = discrepancy.attempt_id and fact.refund_id is not distinct from discrepancy.refund_id),
        (credit.occurred_at at time zone 'UTC' + interval '7 hours')::date,
        (discrepancy.opened_at at time zone 'UTC' + interval '7 hours')::date) as day
    from discrepancies as discrepancy
    left join reconciliation_items as item on item.id = discrepancy.item_id
    left join quarantine as credit on credit.discrepancy_id = discrepancy.id
    where discrepancy.merchant_account_id = ${merchantAccountId} and discrepancy.status <> 'resolved') as found
  where found.day <= ${day}`
