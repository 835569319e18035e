/** Reads what verifying matches needs, a page at a time: the files of a run, their lines as they were stored, and matched items with our side of them. */
import { calendarVersion } from '../domain/holidays.ts'
import type { HiddenFact, KnownFact, MatchedItem, MatchRow } from '../domain/match-evidence.ts'
import { confirmedByHand } from '../domain/order-facts.ts'
import type { SettlementCalendar } from '../domain/settlement-due.ts'
import {
  type Database,
  everyAgency,
  type Fragment,
  inScope,
  interactively,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
} from './database.ts'
import { mayBeRead, type RunSight, toldBefore } from './run-sight.ts'
import type { Statement } from './statements.ts'

export type MatchedRun = RunSight & {
  fromDay: string
  toDay: string
  /** By which the run worked out when lines were due; null for runs that did not note it, or that went by other days off. */
  settlement: SettlementCalendar | null
  /** The contract's tariff as the run had it; undefined for runs that did not note it. */
  tariff: Record<string, unknown> | null | undefined
}

/** Completed runs, one or all of them, in order. */
export const matchedRuns = async (database: Database, id: string | null): Promise<readonly MatchedRun[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select id, merchant_account_id, from_day, to_day, completed_at,
        coalesce((progress ->> 'matched')::timestamptz, completed_at) as read_at, (progress ->> 'files')::integer as files, read_in::text, progress -> 'tariff' as tariff, progress ? 'tariff' as is_noted,
        case when progress ->> 'calendar' = ${calendarVersion} then progress -> 'settlement' end as settlement
      from reconciliations where status = 'completed' ${id ? sql`and id = ${id}` : sql``} order by id`,
  )
  return rows.map((row) => ({
    ...row,
    tariff: row.isNoted ? row.tariff : undefined,
  })) as readonly unknown[] as MatchedRun[]
}

/** Days around a run in which a file can hold lines of the payouts that it matched: those of store/reconcile/stage-payouts.ts and more. */
const around = { before: 75, after: 50 }

/** The statements whose lines could stand behind a run's matches, and every one that an item names. */
export const statementsOfRun = async (database: Database, run: MatchedRun): Promise<readonly Statement[]> =>
  (await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select statement.* from statements as statement
      where merchant_account_id = ${run.merchantAccountId} and status = 'imported' and ${mayBeRead(sql, run)}
        and ((from_day <= ${run.toDay}::date + ${around.after}::integer and to_day >= ${run.fromDay}::date - ${around.before}::integer)
          or id in (select statement_id from reconciliation_items where reconciliation_id = ${run.id})
          or id in (
            select line.statement_id from statement_lines as line
            where line.merchant_account_id = ${run.merchantAccountId} and line.payout_reference in (
              select unnest(payout_references) from reconciliation_items where reconciliation_id = ${run.id} and source = 'bank')))
      order by id`,
  )) as readonly unknown[] as readonly Statement[]

/** Stored lines of a statement behind `after`, in order. */
export const storedLines = async (
  database: Database,
  { statementId, after, limit }: { statementId: string; after: number; limit: number },
): Promise<readonly MatchRow[]> =>
  asRows(
    await queryInScope(
      database,
      everyAgency,
      (sql) =>
        sql`select * from statement_lines where statement_id = ${statementId} and line > ${after} order by line limit ${limit}`,
    ),
  )

const asRows = (rows: Rows): readonly MatchRow[] => rows as readonly unknown[] as readonly MatchRow[]

export type MatchedPage = readonly {
  item: MatchedItem
  row: MatchRow | null
  attemptReference: string | null
  refundReference: string | null
  attemptAmount: bigint | null
  facts: readonly KnownFact[]
  hidden: readonly HiddenFact[]
}[]

/** Matched items of a run behind `after`, with the rows that they name and what is known of their attempts and refunds. */
export const matchedPage = async (
  database: Database,
  { run, after, limit }: { run: MatchedRun; after: string; limit: number },
): Promise<MatchedPage> => {
  const items = (await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select * from reconciliation_items
      where reconciliation_id = ${run.id} and class = 'matched' and id > ${after} order by id limit ${limit}`,
  )) as readonly unknown[] as readonly MatchedItem[]
  // By their names and not by the statement above: how many rows that gives is not known to the planner, which would read whole tables for each page.
  const attemptIds = [...new Set(items.flatMap(({ attemptId }) => attemptId ?? []))]
  const refundIds = [...new Set(items.flatMap(({ refundId }) => refundId ?? []))]
  const bareIds = items.flatMap(({ id, source, amountHere }) =>
    source === 'provider' && amountHere === null ? [id] : [],
  )
  const [lines, attempts, refunds, facts, hidden] = await inScope(database, everyAgency, (sql) => [
    sql`
      select line.* from unnest(${items.map((item) => item.statementId ?? '')}::text[], ${items.map((item) => item.line ?? 0)}::integer[])
        as named (statement_id, line)
      join statement_lines as line on line.statement_id = named.statement_id and line.line = named.line`,
    sql`select id, merchant_reference, amount from attempts where id = any(${attemptIds}::text[])`,
    sql`select id, merchant_reference from refunds where id = any(${refundIds}::text[])`,
    sql`
      select attempt_id, kind, refund_id, reference, amount, occurred_at, sequence, source = 'person' and code = ${confirmedByHand} as is_by_hand
      from money_facts where attempt_id = any(${attemptIds}::text[]) order by attempt_id, sequence`,
    ...(bareIds.length === 0
      ? []
      : [hiddenFacts(sql, run, sql`select * from reconciliation_items where id = any(${bareIds}::text[])`)]),
  ])
  const rowOf = new Map(
    asRows(lines ?? []).map((row) => [`${(row as { statementId?: string }).statementId} ${row.line}`, row]),
  )
  const attemptOf = new Map((attempts ?? []).map((row) => [row.id, row]))
  const refundOf = new Map((refunds ?? []).map((row) => [row.id, row]))
  const factsOf = Map.groupBy(
    (facts ?? []) as readonly unknown[] as (KnownFact & { attemptId: string })[],
    (fact) => fact.attemptId,
  )
  const hiddenOf = Map.groupBy(
    (hidden ?? []) as readonly unknown[] as (HiddenFact & { itemId: string })[],
    (fact) => fact.itemId,
  )
  return items.map((item) => {
    const attempt = attemptOf.get(item.attemptId)
    return {
      item,
      row: rowOf.get(`${item.statementId} ${item.line}`) ?? null,
      attemptReference: attempt ? String(attempt.merchantReference) : null,
      refundReference: refundOf.get(item.refundId)?.merchantReference ?? null,
      attemptAmount: (attempt?.amount as bigint | undefined) ?? null,
      facts: factsOf.get(item.attemptId ?? '') ?? [],
      hidden: hiddenOf.get(item.id) ?? [],
    }
  })
}

/**
 * For each item without money of ours, what was captured (of a refund's row: refunded) of its attempt or refund, and of whatever its row names: by our reference, or by
 * the provider's where ours is left out.
 */
const hiddenFacts = (sql: Sql, run: MatchedRun, chosen: Fragment) => sql`
  with bare as (
    select item.id, item.attempt_id, item.refund_id, line.line_type, line.merchant_account_id, line.merchant_reference, line.provider_reference
    from (${chosen}) as item join statement_lines as line on line.statement_id = item.statement_id and line.line = item.line
    where item.amount_here is null and line.line_type in ('capture', 'refund')),
  found as (
    select bare.id, fact.id as fact_id from bare join money_facts as fact on fact.attempt_id = bare.attempt_id and fact.kind = 'captured'
    where line_type = 'capture'
    union
    select bare.id, fact.id from bare join attempts as attempt
      on attempt.merchant_account_id = bare.merchant_account_id and attempt.merchant_reference = bare.merchant_reference
      join money_facts as fact on fact.attempt_id = attempt.id and fact.kind = 'captured'
    where line_type = 'capture'
    union
    select bare.id, fact.id from bare join refunds as refund on refund.id = bare.refund_id
      join money_facts as fact on fact.attempt_id = refund.attempt_id and fact.refund_id = refund.id and fact.kind = 'refunded'
    where line_type = 'refund'
    union
    select bare.id, fact.id from bare join refunds as refund
      on refund.merchant_account_id = bare.merchant_account_id and refund.merchant_reference = bare.merchant_reference
      join money_facts as fact on fact.attempt_id = refund.attempt_id and fact.refund_id = refund.id and fact.kind = 'refunded'
    where line_type = 'refund'
    union
    select bare.id, fact.id from bare join money_facts as fact
      on fact.merchant_account_id = bare.merchant_account_id and fact.reference = bare.provider_reference
    where bare.merchant_reference is null and fact.kind = case line_type when 'capture' then 'captured' else 'refunded' end)
  select found.id as item_id, kind, reference, amount, ${toldBefore(sql, run)} as was_told, source = 'person' and code = ${confirmedByHand} as is_by_hand,
    exists (select from statement_lines as line where line.merchant_account_id = fact.merchant_account_id and line.source = 'provider'
      and line.provider_reference = fact.reference) as is_listed
  from found join money_facts as fact on fact.id = found.fact_id`

/** One statement over all items of a run, which may be millions: it may take as long as a run may. */
export const overWholeRun = async (database: Database, build: (sql: Sql) => Query): Promise<Rows> => {
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    sql`select set_config('statement_timeout', ${wholeRunTimeout}, true)`,
    build(sql),
  ])
  return rows ?? []
}
const wholeRunTimeout = '60min'

/**
 * The first matched item of a run whose row, capture or refund another one has too; null when each is used once. A capture under our own reference, for want of the
 * provider's, is the one of that amount that was told with it.
 */
export const usedTwice = async (database: Database, runId: string): Promise<string | null> => {
  const [row] = await overWholeRun(
    database,
    (sql) => sql`
      select min(id) as id from (
        select id, count(*) over (partition by statement_id, line) as rows,
          case when refund_id is null and attempt_id is not null and capture_reference is not null
            then count(*) over (partition by attempt_id, capture_reference, refund_id is null) else 1 end as captures,
          case when refund_id is null and attempt_id is not null and capture_reference = merchant_reference
            then count(capture_reference) over (partition by attempt_id, amount_here, refund_id is null) else 1 end as nameless,
          case when refund_id is not null then count(*) over (partition by refund_id) else 1 end as refunds
        from reconciliation_items where reconciliation_id = ${runId} and class = 'matched' and statement_id is not null) as used
      where rows > 1 or captures > 1 or nameless > 1 or refunds > 1`,
  )
  return row?.id ?? null
}

/** A line of a payout, once. */
export type PayoutRow = MatchRow

const rowsPerFetch = 2_000
/** A row that stands further away has the reference of another payout, which the provider has used again: those of store/reconcile/stage-payouts.ts. */
const lineDays = { before: 366, after: 60 }

/**
 * Every line that says `success` and names the payout, by row hash as bytes, a piece at a time; of lines with the same references one. A reference that one of
 * them leaves out is taken from the other; what the run has called listed twice is left out where the other is there, in this payout or elsewhere.
 */
export const eachPayoutRow = async (
  database: Database,
  { run, reference }: { run: MatchedRun; reference: string },
  take: (row: PayoutRow) => void,
): Promise<void> =>
  interactively(database, everyAgency, async (sql) => {
    await sql`select set_config('statement_timeout', ${wholeRunTimeout}, true)`
    const rows = sql`
      with listed as (
        select line.*, item.id is not null and item.class <> 'duplicate_line' as is_counted, coalesce(item.class = 'duplicate_line', false) as is_duplicate,
          item.class = 'duplicate_line' and exists (
            select from statement_lines as other
            left join reconciliation_items as listed
              on listed.reconciliation_id = ${run.id} and listed.statement_id = other.statement_id and listed.line = other.line
            where other.merchant_account_id = line.merchant_account_id and other.source = 'provider' and other.line_type = line.line_type
              and (other.merchant_reference = line.merchant_reference or other.provider_reference = line.provider_reference)
              and (other.statement_id, other.line) <> (line.statement_id, line.line)
              and listed.class is distinct from 'duplicate_line') as is_listed_elsewhere,
          coalesce(line.merchant_reference, max(line.merchant_reference) over (partition by line.line_type, line.provider_reference)) as ours,
          coalesce(line.provider_reference, max(line.provider_reference) over (partition by line.line_type, line.merchant_reference)) as theirs
        from statement_lines as line
        join statements as statement on statement.id = line.statement_id and ${mayBeRead(sql, run)}
        left join reconciliation_items as item
          on item.reconciliation_id = ${run.id} and item.statement_id = line.statement_id and item.line = line.line
        where line.merchant_account_id = ${run.merchantAccountId} and line.source = 'provider' and line.payout_reference = ${reference}
          and line.status = 'success'
          and line.business_day between ${run.fromDay}::date - ${lineDays.before}::integer and ${run.toDay}::date + ${lineDays.after}::integer),
      ranked as (
        select *, case when merchant_reference is null and provider_reference is null then 1 else row_number() over (
          partition by line_type, coalesce(ours, provider_reference), theirs
          order by is_counted desc, is_duplicate, occurred_at, row_hash, statement_id, line) end as rank
        from listed)
      select * from ranked where (rank = 1 and is_listed_elsewhere is not true) or is_counted order by row_hash collate "C", statement_id, line`
    for await (const piece of rows.cursor(rowsPerFetch))
      for (const row of piece as readonly unknown[] as readonly PayoutRow[]) take(row)
  })
