/** Discrepancies as the accountant's desk reads and settles them. What opens them is elsewhere: the door and the runs of reconciliation. */
import { businessDay } from '../lib/time.ts'
import { type Database, interactively, queryInScope } from './database.ts'
import { bookDiscrepancies } from './discrepancy-bookings.ts'
import type { Transaction } from './transaction.ts'

export type DiscrepancyStatus = 'open' | 'proposed' | 'resolved'

export type Discrepancy = {
  id: string
  agencyCode: string
  class: string
  status: DiscrepancyStatus
  source: 'door' | 'query' | 'reconciliation'
  merchantAccountId: string | null
  orderId: string | null
  attemptId: string | null
  refundId: string | null
  reconciliationId: string | null
  itemId: string | null
  amount: bigint
  /** What the provider lists beyond what is booked here; in suspense while `holdsDifference`. */
  difference: bigint
  holdsDifference: boolean
  owner: string | null
  policy: string
  dueOn: string | null
  resolution: string | null
  note: string | null
  proposedBy: string | null
  proposedAt: Date | null
  openedAt: Date
  resolvedAt: Date | null
  resolvedBy: string | null
  /** Who asks that what two persons decided is opened again; another one agrees or not. */
  reopeningBy: string | null
  reopeningAt: Date | null
  reopeningNote: string | null
  /** JSON texts, oldest first; only ever appended to. */
  history: readonly string[]
}

export type DiscrepancyFilter = {
  status: DiscrepancyStatus | 'unresolved' | null
  class: string | null
  merchantAccountId: string | null
  owner: string | null
  /** Only what is not resolved and was due before this day. */
  overdueOn: string | null
  orderId: string | null
  /** With those below it. */
  agencyCode: string | null
  openedFrom: Date | null
  /** Exclusive. */
  openedTo: Date | null
  after: string | null
  limit: number
}

/** A page of the scope's discrepancies, oldest first, behind the id `after`. */
export const listDiscrepancies = async (
  database: Database,
  scope: string,
  filter: DiscrepancyFilter,
): Promise<readonly Discrepancy[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select * from discrepancies
      where id > ${filter.after ?? ''} ${filter.status ? sql`and status = any(${filter.status === 'unresolved' ? ['open', 'proposed'] : [filter.status]})` : sql``}
        ${filter.class ? sql`and class = ${filter.class}` : sql``}
        ${filter.merchantAccountId ? sql`and merchant_account_id = ${filter.merchantAccountId}` : sql``}
        ${filter.owner ? sql`and owner = ${filter.owner}` : sql``}
        ${filter.overdueOn ? sql`and status <> 'resolved' and due_on < ${filter.overdueOn}::date` : sql``}
        ${filter.orderId ? sql`and order_id = ${filter.orderId}` : sql``}
        ${filter.agencyCode ? sql`and (agency_code = ${filter.agencyCode} or starts_with(agency_code, ${`${filter.agencyCode}.`}))` : sql``}
        ${filter.openedFrom ? sql`and opened_at >= ${filter.openedFrom}` : sql``}
        ${filter.openedTo ? sql`and opened_at < ${filter.openedTo}` : sql``}
      order by id limit ${filter.limit}`,
  )
  return rows as readonly unknown[] as readonly Discrepancy[]
}

export const findDiscrepancy = async (database: Database, scope: string, id: string): Promise<Discrepancy | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select * from discrepancies where id = ${id}`)
  return row ? (row as Discrepancy) : null
}

/** What a person's deed changes: the columns, the line that the history gets, and the event that tells of it, if any. */
export type Deed = {
  columns: Partial<
    Pick<
      Discrepancy,
      | 'status'
      | 'resolution'
      | 'note'
      | 'owner'
      | 'proposedBy'
      | 'proposedAt'
      | 'resolvedAt'
      | 'resolvedBy'
      | 'holdsDifference'
      | 'reopeningBy'
      | 'reopeningAt'
      | 'reopeningNote'
    >
  >
  entry: string
  event: { id: string; type: string } | null
}

/**
 * Changes one discrepancy as `decide` says, with what it holds in suspense and the event, together. The row is locked before it is read, so of two who decide
 * at once the second decides about what the first has made of it. What `decide` throws undoes all. Null when the scope has none.
 */
export const changeDiscrepancy = async (
  database: Database,
  scope: string,
  { id, now, bookingId }: { id: string; now: Date; bookingId: string },
  decide: (found: Discrepancy) => Deed | null,
): Promise<Discrepancy | null> =>
  interactively(database, scope, async (sql) => {
    const [found] = await sql`select * from discrepancies where id = ${id} for update`
    if (!found) return null
    const deed = decide(found as Discrepancy)
    if (!deed) return found as Discrepancy
    const { columns, entry, event } = deed
    const [changed] = await sql`
      update discrepancies set ${sql({ ...columns, id })}, history = history || ${entry}::text where id = ${id} returning *`
    if (event) await tell(sql, { id, event, now })
    if (found.difference !== 0n)
      await bookDiscrepancies(sql, sql`id = ${id}`, { now, day: businessDay(now), idBody: bookingId })
    return changed as Discrepancy
  })

/** What was noted, which may name people, stays here. */
const tell = (
  sql: Transaction,
  { id, event, now }: { id: string; event: { id: string; type: string }; now: Date },
) => sql`
  insert into events (id, agency_code, type, subject_id, order_id, sequence, data, created_at)
  select ${event.id}, agency_code, ${event.type}, id, order_id, (select coalesce(max(sequence), 0) + 1 from events where subject_id = ${id}),
    json_build_object('id', id, 'class', class, 'status', status, 'resolution', resolution, 'amount', amount, 'order', order_id,
      'attempt', attempt_id, 'refund', refund_id, 'item', item_id, 'reconciliation', reconciliation_id), ${now}::timestamptz
  from discrepancies where id = ${id}`
