/** Whether a run is whole: each line that it read stands on one item, and its summary is that of its items. Shares no SQL with what wrote them. */
import type { Database } from './database.ts'
import { type MatchedRun, overWholeRun } from './match-audit.ts'
import { filesRead } from './run-sight.ts'

export type MisplacedLine = { statementId: string; line: number; lines: number; items: number }

/**
 * The first line of the run's days that does not stand on exactly one item, or that an item names and nobody has stored; null when there is none. A line has to
 * have its item when the run has read its file.
 */
export const misplacedLine = async (database: Database, run: MatchedRun): Promise<MisplacedLine | null> => {
  const [row] = await overWholeRun(
    database,
    (sql) => sql`
      with read as (${filesRead(sql, run)}),
      listed as (
        select statement_id, line, statement_id in (select id from read) as is_read, 1 as lines, 0 as items from statement_lines
        where merchant_account_id = ${run.merchantAccountId} and source in ('provider', 'bank') and business_day between ${run.fromDay} and ${run.toDay}
        union all
        select statement_id, line, false, 0, 1 from reconciliation_items where reconciliation_id = ${run.id} and statement_id is not null)
      select statement_id, line, sum(lines)::integer as lines, sum(items)::integer as items from listed
      group by statement_id, line
      having sum(items) > 1 or sum(lines) <> 1 or (sum(items) = 0 and bool_or(is_read))
      order by statement_id, line limit 1`,
  )
  return row ? (row as MisplacedLine) : null
}

/** The first class whose count or sums the run has stored otherwise than its items have them; null when they agree. */
export const misstatedClass = async (database: Database, run: MatchedRun): Promise<string | null> => {
  const [row] = await overWholeRun(
    database,
    (sql) => sql`
      with stored as (
        select key as class, value from reconciliations cross join jsonb_each(summary) where id = ${run.id}),
      counted as (
        select class, jsonb_build_object('count', count(*), 'amount_here', coalesce(sum(amount_here), 0), 'amount_there', coalesce(sum(amount_there), 0)) as value
        from reconciliation_items where reconciliation_id = ${run.id} group by class)
      select coalesce(stored.class, counted.class) as class from stored full join counted on counted.class = stored.class
      where stored.value is distinct from counted.value order by 1 limit 1`,
  )
  return row ? String(row.class) : null
}
