/** What is open of captures that their provider denies. */
import { type Database, everyAgency, queryInScope } from './database.ts'

/** The name under which such a disagreement is opened once. */
export const denialKey = (attemptId: string): string => `denied:${attemptId}`

export type Denial = { id: string; status: 'open' | 'proposed' | 'resolved' }

/**
 * Notes that the provider says the same, so that it is not asked again. False, and nothing is noted, while the disagreement about it is open: to close that changes its
 * order.
 */
export const noteConfirmed = async (database: Database, attemptId: string, now: Date): Promise<boolean> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update attempts set confirmed_at = ${now}, confirm_at = null
      where id = ${attemptId} and not exists (select from discrepancies where dedupe_key = ${denialKey(attemptId)} and status <> 'resolved')
      returning id`,
  )
  return rows.length > 0
}

/** The disagreement about that attempt; null when it was never opened. */
export const findDenial = async (database: Database, attemptId: string): Promise<Denial | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select id, status from discrepancies where dedupe_key = ${denialKey(attemptId)}`,
  )
  return (row as Denial | undefined) ?? null
}
