/** How a merchant account's provider has been doing lately, from our own attempts. */
import { type Database, everyAgency, queryInScope } from './database.ts'

export type Recent = {
  merchantAccountId: string
  started: number
  silent: number
  captured: number
  lastCapturedAt: Date | null
}

/** Attempts of these accounts since then: how many were started, how many the provider left unanswered, how many captured. */
export const readRecent = async (
  database: Database,
  merchantAccountIds: readonly string[],
  since: Date,
): Promise<readonly Recent[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select merchant_account_id, count(*)::int as started, max(captured_at) as last_captured_at,
        count(*) filter (where status = 'unknown' or failure_code = 'unreachable')::int as silent,
        count(*) filter (where status = 'captured')::int as captured
      from attempts where merchant_account_id = any(${[...merchantAccountIds]}) and created_at >= ${since}
      group by merchant_account_id`,
  )
  return rows as readonly unknown[] as readonly Recent[]
}
