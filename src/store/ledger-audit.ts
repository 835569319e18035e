/** Reads the books page by page, for whoever checks them: entries that do not balance, every order's id, every event as it was hashed. */
import type { EventType, OrderEvent } from '../domain/order-events.ts'
import { type Database, everyAgency, interactively, queryInScope } from './database.ts'

export type UnbalancedEntry = { id: string; postings: number; sum: bigint }

export type LedgerTally = { entries: number; postings: number; firstUnbalanced: UnbalancedEntry | null }

/** Adds up every journal entry in one pass over the ledger, however long that takes. */
export const tallyLedger = async (database: Database): Promise<LedgerTally> =>
  interactively(database, everyAgency, async (sql) => {
    await sql`select set_config('statement_timeout', '60min', true)`
    const [row] = await sql`
      with sums as (
        select entry.id, count(posting.entry_id)::int as postings, coalesce(sum(posting.amount), 0)::bigint as sum
        from journal_entries as entry left join postings as posting on posting.entry_id = entry.id
        group by entry.id)
      select count(*)::int as entries, coalesce(sum(postings), 0)::int as postings,
        (select jsonb_build_object('id', id, 'postings', postings, 'sum', sum::text) from sums
          where postings < 2 or sum <> 0 order by id limit 1) as first_unbalanced
      from sums`
    const first = row?.firstUnbalanced as { id: string; postings: number; sum: string } | null | undefined
    return {
      entries: Number(row?.entries ?? 0),
      postings: Number(row?.postings ?? 0),
      firstUnbalanced: first ? { ...first, sum: BigInt(first.sum) } : null,
    }
  })

/** Ids of orders behind `after`, in order. */
export const orderIdsAfter = async (
  database: Database,
  { after, limit }: { after: string; limit: number },
): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select id from orders where id > ${after} order by id limit ${limit}`,
  )
  return rows.map((row) => String(row.id))
}

/** The events of an order, in order; `hash` is null where none was stored. */
export const eventsOfOrder = async (
  database: Database,
  orderId: string,
): Promise<readonly (Omit<OrderEvent, 'hash'> & { hash: string | null })[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select id, type, sequence, data::text as text, hash, created_at from events
      where subject_id = ${orderId} order by sequence`,
  )
  return rows.map((row) => ({
    id: String(row.id),
    type: row.type as EventType,
    sequence: Number(row.sequence),
    data: String(row.text),
    hash: row.hash === null ? null : String(row.hash),
    createdAt: row.createdAt as Date,
  }))
}
