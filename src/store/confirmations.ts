/** What is open of captures that their provider denies. */
import { type Database, everyAgency, queryInScope } from './database.ts'

/** The name under which such a disagreement is opened once. */
export const denialKey = (attemptId: string): string => `denied:${attemptId}`

export type Denial = { id: string; status: 'open' | 'proposed' | 'resolved' }

/** The disagreement about that attempt; null when it was never opened. */
export const findDenial = async (database: Database, attemptId: string): Promise<Denial | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select id, status from discrepancies where dedupe_key = ${denialKey(attemptId)}`,
  )
  return (row as Denial | undefined) ?? null
}
