/** Discrepancies as the accountant's desk reads and settles them. What opens them is elsewhere: the door and the runs of reconciliation. */
import { type Database, inScope, queryInScope } from './database.ts'

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
  owner: string | null
  policy: string
  dueOn: string | null
  resolution: string | null
  note: string | null
  openedAt: Date
  resolvedAt: Date | null
  resolvedBy: string | null
  /** JSON texts, oldest first; only ever appended to. */
  history: readonly string[]
}

export type DiscrepancyFilter = {
  status: DiscrepancyStatus | null
  class: string | null
  merchantAccountId: string | null
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
      where id > ${filter.after ?? ''} ${filter.status ? sql`and status = ${filter.status}` : sql``}
        ${filter.class ? sql`and class = ${filter.class}` : sql``}
        ${filter.merchantAccountId ? sql`and merchant_account_id = ${filter.merchantAccountId}` : sql``}
      order by id limit ${filter.limit}`,
  )
  return rows as readonly unknown[] as readonly Discrepancy[]
}

export const findDiscrepancy = async (database: Database, scope: string, id: string): Promise<Discrepancy | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select * from discrepancies where id = ${id}`)
  return row ? (row as Discrepancy) : null
}

/** What a person decided. `from` are the states in which it may be decided; `entry` is appended to the history. */
export type Decision = {
  id: string
  from: readonly DiscrepancyStatus[]
  to: DiscrepancyStatus
  resolution: string | null
  note: string | null
  by: string
  now: Date
  event: { id: string; type: 'discrepancy.resolved' | 'discrepancy.opened' }
  entry: string
}

/** Moves a discrepancy and tells of it, together; what was noted, which may name people, stays here. Null when the scope has none in one of those states: of two who decide at once, one does. */
export const decideDiscrepancy = async (
  database: Database,
  scope: string,
  decision: Decision,
): Promise<Discrepancy | null> => {
  const { id, from, to, resolution, note, by, now, event, entry } = decision
  const isResolved = to === 'resolved'
  const [rows] = await inScope(database, scope, (sql) => [
    sql`
      update discrepancies set status = ${to}, resolution = ${resolution}, note = ${note}, resolved_at = ${isResolved ? now : null},
        resolved_by = ${isResolved ? by : null}, owner = ${by}, history = history || ${entry}::text
      where id = ${id} and status = any(${[...from]}) returning *`,
    sql`
      insert into events (id, agency_code, type, subject_id, order_id, sequence, data, created_at)
      select ${event.id}, agency_code, ${event.type}, id, order_id, (select coalesce(max(sequence), 0) + 1 from events where subject_id = ${id}),
        json_build_object('id', id, 'class', class, 'status', status, 'resolution', resolution, 'amount', amount, 'order', order_id,
          'attempt', attempt_id, 'refund', refund_id, 'item', item_id, 'reconciliation', reconciliation_id), ${now}::timestamptz
      from discrepancies where id = ${id} and history[cardinality(history)] = ${entry}`,
  ])
  const [row] = rows ?? []
  return row ? (row as Discrepancy) : null
}
