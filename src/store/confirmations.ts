/** What is open of captures that their provider denies. */
import { type Database, everyAgency, type Query, queryInScope, type Sql } from './database.ts'
import type { Lease } from './jobs.ts'

/** The name under which such a disagreement is opened once. */
export const denialKey = (attemptId: string): string => `denied:${attemptId}`

export type Denial = { id: string; status: 'open' | 'proposed' | 'resolved' }

/**
 * Notes that the provider says the same, so that it is not asked again. False, and nothing is noted, while the disagreement about it is open, for to close that changes its
 * order; or when the lease has passed to another.
 */
export const noteConfirmed = async (
  database: Database,
  { id: attemptId, until }: Lease,
  now: Date,
): Promise<boolean> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update attempts set confirmed_at = ${now}, confirm_at = null
      where id = ${attemptId} and confirm_at = ${until} and not exists (select from discrepancies where dedupe_key = ${denialKey(attemptId)} and status <> 'resolved')
      returning id`,
  )
  return rows.length > 0
}

/** Whether the asking about that attempt is still whose lease this is: who has lost it opens nothing, for what another has heard since is newer. */
export const holdsConfirmation = async (database: Database, lease: Lease): Promise<boolean> =>
  (await queryInScope(database, everyAgency, (sql) => heldAttempt(sql, lease))).length > 0

/** Opens a commit, and keeps the lease from passing to another until it is over; a conflict when it has passed (see isConflict). */
export const expectConfirmation = (sql: Sql, lease: Lease): Query =>
  sql`select lephi_expect((select count(*) from (${heldAttempt(sql, lease)} for update) as held), 1, 'confirmation')`

const heldAttempt = (sql: Sql, { id, until }: Lease) =>
  sql`select id from attempts where id = ${id} and confirm_at = ${until}`

/** The disagreement about that attempt; null when it was never opened. */
export const findDenial = async (database: Database, attemptId: string): Promise<Denial | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select id, status from discrepancies where dedupe_key = ${denialKey(attemptId)}`,
  )
  return (row as Denial | undefined) ?? null
}
