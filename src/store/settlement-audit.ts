/** What bank lines book (store/reconcile/book-settlements.ts), for whoever checks the books. */
import { type Database, everyAgency, queryInScope } from './database.ts'
import { latestFirst } from './run-sight.ts'

/**
 * The subject of a settlement whose bank side is not what the last run said of its line: at most one. A line listed twice has nothing, nor has a refund by hand, every other its amount; a line that no run has read has nothing. Items
 * and bookings are written together, so that a run that went no further has both.
 */
export const settlementAstray = async (database: Database): Promise<string | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with booked as (
        select entry.subject, coalesce(sum(posting.amount) filter (where posting.account = 'bank'), 0) as amount
        from journal_entries as entry join postings as posting on posting.entry_id = entry.id where entry.kind = 'settlement' group by entry.subject),
      said as (
        select distinct on (item.statement_id, item.line) 'bank:' || item.statement_id || ':' || item.line as subject,
          case when item.class = 'duplicate_line' or item.proof ? 'transfer' then 0 else amount_there end as amount
        from reconciliation_items as item join reconciliations as run on run.id = item.reconciliation_id
        where item.source = 'bank' and item.statement_id is not null order by item.statement_id, item.line, ${latestFirst(sql, 'run')})
      select coalesce(booked.subject, said.subject) as subject from booked full join said on said.subject = booked.subject
      where coalesce(booked.amount, 0) <> coalesce(said.amount, 0)
      order by 1 limit 1`,
  )
  return row ? String(row.subject) : null
}
