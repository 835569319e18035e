/** Disputes in PostgreSQL. They are written in the commit of their order, and read with its facts; here are the statements and the lists. */
import type { Dispute } from '../domain/order-facts.ts'
import { type Database, type Query, queryInScope, type Sql } from './database.ts'

export const insertDispute = (sql: Sql, dispute: Dispute): Query =>
  sql`insert into disputes ${sql({ ...dispute, sentRefunds: [...dispute.sentRefunds] })}`

/** Refused by the database (`dispute_closed`) when it is closed already. */
export const closeDispute = (
  sql: Sql,
  { id, outcome, note, closedBy, closedAt }: Pick<Dispute, 'id' | 'outcome' | 'note' | 'closedBy' | 'closedAt'>,
): Query => sql`
  update disputes set status = 'closed', outcome = ${outcome}, note = ${note}, closed_by = ${closedBy}, closed_at = ${closedAt} where id = ${id}`

/** The statement that keeps that a release was asked for, or, with nulls, that it was refused. */
export const askRelease = (
  sql: Sql,
  {
    id,
    releaseAskedBy,
    releaseAskedAt,
    releaseNote,
  }: Pick<Dispute, 'id' | 'releaseAskedBy' | 'releaseAskedAt' | 'releaseNote'>,
): Query => sql`
  update disputes set release_asked_by = ${releaseAskedBy}, release_asked_at = ${releaseAskedAt}, release_note = ${releaseNote} where id = ${id}`

export const releaseDispute = (
  sql: Sql,
  { id, releasedBy, releasedAt, releasedAmount }: Pick<Dispute, 'id' | 'releasedBy' | 'releasedAt' | 'releasedAmount'>,
): Query => sql`
  update disputes set released_by = ${releasedBy}, released_at = ${releasedAt}, released_amount = ${releasedAmount} where id = ${id}`

/** The order that a dispute belongs to, within the scope; null when there is none. */
export const findDisputeOrder = async (database: Database, scope: string, id: string): Promise<string | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select order_id from disputes where id = ${id}`)
  return typeof row?.orderId === 'string' ? row.orderId : null
}

export type ListedDispute = Dispute & { amountReversed: bigint }

/** A page of the scope's disputes, oldest first, behind the id `after`. */
export const listDisputes = async (
  database: Database,
  scope: string,
  { status, after, limit }: { status: Dispute['status'] | null; after: string | null; limit: number },
): Promise<readonly ListedDispute[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select dispute.*, attempt.amount_reversed from disputes as dispute join attempts as attempt on attempt.id = dispute.attempt_id
      where dispute.id > ${after ?? ''} ${status ? sql`and dispute.status = ${status}` : sql``}
      order by dispute.id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly ListedDispute[]
}
