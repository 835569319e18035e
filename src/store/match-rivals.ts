/** What else a match could have been about, as the stored lines and the facts have it: for whoever verifies a match that rests on amount and days. */
import type { KnownFact, MatchRow } from '../domain/match-evidence.ts'
import { confirmedByHand } from '../domain/order-facts.ts'
import { type Database, everyAgency, inScope, interactively } from './database.ts'
import type { MatchedRun } from './match-audit.ts'
import { filesRead, mayBeRead, toldBefore } from './run-sight.ts'

/** A day and an amount, by which alone a row was found to be a payment. */
export type DayAmount = { day: string; amount: bigint }

export type Rivals = {
  /** Rows of that day and amount that name nothing. */
  rows: DayAmount & { count: number }
  /** A payment of that day whose money may have been that amount, that no row of the provider names and no other match of the run has. */
  payment: DayAmount & {
    attemptId: string
    attemptReference: string
    attemptAmount: bigint
    reference: string
    facts: readonly KnownFact[]
  }
  /** A row beside the run's days with that amount, and what it has for a reference: spelt otherwise, it may be such a payment's. */
  damaged: DayAmount & { said: string }
}

/** How many days a row with a damaged reference and its payment lie apart at most: that of store/reconcile/find-damaged.ts. */
const damagedDays = 3

/** All of these for the days and amounts of a page of matches. */
export const findRivals = async (
  database: Database,
  run: MatchedRun,
  wanted: readonly DayAmount[],
): Promise<{
  rows: readonly Rivals['rows'][]
  payments: readonly Rivals['payment'][]
  damaged: readonly Rivals['damaged'][]
}> => {
  const [rows, payments, facts, damaged] = await inScope(database, everyAgency, (sql) => {
    const sought = sql`
      sought as materialized (
        select * from unnest(${wanted.map(({ day }) => day)}::text[]::date[], ${wanted.map(({ amount }) => amount.toString())}::text[]::bigint[]) as sought (day, amount))`
    const ofAccount = sql`merchant_account_id = ${run.merchantAccountId}`
    const unnamed = sql`
      unnamed as materialized (
        select distinct sought.day, sought.amount, fact.attempt_id, attempt.merchant_reference, attempt.amount as attempt_amount, fact.reference
        from sought join money_facts as fact on fact.${ofAccount} and fact.business_day = sought.day and fact.kind = 'captured' and ${toldBefore(sql, run)}
          and (fact.amount = sought.amount or (fact.amount > sought.amount and exists (
            select from money_facts as taken where taken.attempt_id = fact.attempt_id and taken.kind = 'reversed')))
        join attempts as attempt on attempt.id = fact.attempt_id
        where not exists (select from statement_lines as line where line.${ofAccount} and line.provider_reference = fact.reference and line.source = 'provider')
          and not exists (select from statement_lines as line where line.${ofAccount} and line.merchant_reference = attempt.merchant_reference and line.source = 'provider')
          and not exists (select from reconciliation_items as item where item.reconciliation_id = ${run.id} and item.attempt_id = fact.attempt_id
            and item.capture_reference = fact.reference and item.refund_id is null and item.statement_id is not null and item.class <> 'duplicate_line'))`
    return [
      sql`
        with ${sought}
        select business_day as day, amount, count(*)::integer as count from statement_lines
        where ${ofAccount} and source = 'provider' and line_type = 'capture' and status = 'success' and merchant_reference is null
          and provider_reference is null and business_day in (select day from sought) and (business_day, amount) in (select day, amount from sought)
          and statement_id in (${filesRead(sql, run)})
        group by business_day, amount`,
      sql`with ${sought}, ${unnamed} select * from unnamed order by attempt_id, reference`,
      sql`
        with ${sought}, ${unnamed}
        select attempt_id, kind, refund_id, reference, amount, occurred_at, sequence, source = 'person' and code = ${confirmedByHand} as is_by_hand
        from money_facts as fact where attempt_id in (select attempt_id from unnamed) and ${toldBefore(sql, run)} order by attempt_id, sequence`,
      sql`
        with ${sought}
        select distinct sought.day, sought.amount, coalesce(line.merchant_reference, line.provider_reference) as said from sought join statement_lines as line
          on line.${ofAccount} and line.source = 'provider' and line.amount = sought.amount
            and line.business_day between sought.day - ${damagedDays}::integer and sought.day + ${damagedDays}::integer
        where line.business_day not between ${run.fromDay} and ${run.toDay} and coalesce(line.merchant_reference, line.provider_reference) is not null`,
    ]
  })
  const factsOf = Map.groupBy(
    (facts ?? []) as readonly unknown[] as (KnownFact & { attemptId: string })[],
    ({ attemptId }) => attemptId,
  )
  return {
    rows: (rows ?? []) as readonly unknown[] as readonly Rivals['rows'][],
    payments: ((payments ?? []) as readonly unknown[] as (Rivals['payment'] & { merchantReference: string })[]).map(
      ({ merchantReference, ...payment }) => ({
        ...payment,
        attemptReference: merchantReference,
        facts: factsOf.get(payment.attemptId) ?? [],
      }),
    ),
    damaged: (damaged ?? []) as readonly unknown[] as readonly Rivals['damaged'][],
  }
}

/** How far around a run a row of the bank can pay together with one of its own: that of store/reconcile/stage-bank.ts and more, for credits that came a season later. */
const bankDays = 400
const rowsPerFetch = 2_000

/** Every row of the bank outside the run's days that was there when it ended, a piece at a time. */
export const eachOutsideRow = async (
  database: Database,
  run: MatchedRun,
  take: (row: MatchRow) => void,
): Promise<void> =>
  interactively(database, everyAgency, async (sql) => {
    const rows = sql`
      select line.* from statement_lines as line
      join statements as statement on statement.id = line.statement_id and statement.status = 'imported' and ${mayBeRead(sql, run)}
      where line.merchant_account_id = ${run.merchantAccountId} and line.source = 'bank'
        and line.business_day between ${run.fromDay}::date - ${bankDays}::integer and ${run.toDay}::date + ${bankDays}::integer
        and line.business_day not between ${run.fromDay} and ${run.toDay}
      order by line.business_day, line.row_hash collate "C", line.statement_id, line.line`
    for await (const piece of rows.cursor(rowsPerFetch))
      for (const row of piece as readonly unknown[] as readonly MatchRow[]) take(row)
  })
