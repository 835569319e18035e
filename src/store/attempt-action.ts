/** What the citizen's browser has to do for an attempt, as it was kept when the provider took it. */
import { type Database, everyAgency, queryInScope } from './database.ts'

/** The stored action as it was written; null when the provider has given none, or there is no such attempt. */
export const readAttemptAction = async (database: Database, attemptId: string): Promise<unknown> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select action from attempts where id = ${attemptId}`,
  )
  return row?.action ?? null
}
