/**
 * A standby that reads for us (PostgreSQL manual 18, 26.4), for what takes long and is told as of an instant. It is asked only once it has everything that the primary had when the
 * instant was settled: the same report is the same bytes, whichever server read it.
 */
import { type Database, everyAgency, isPassing, queryInScope } from './database.ts'

/** Where the primary is in its log, and of which cluster it is. */
export type LogPlace = { system: string; place: string }

/** Everything that is committed now lies before it. */
export const placeOf = async (primary: Database): Promise<LogPlace> => {
  const [row] = await queryInScope(
    primary,
    everyAgency,
    (sql) =>
      sql`select (select system_identifier::text from pg_control_system()) as system, pg_current_wal_insert_lsn()::text as place`,
  )
  return { system: String(row?.system), place: String(row?.place) }
}

export type ReplicaStanding = 'caught_up' | 'behind' | 'no_standby' | 'unavailable'

const askAgainMs = 25

/** Waits until the standby has come to that place, `waitMs` at most. What is a primary itself, or another cluster's, is `no_standby`: it may have been promoted, and goes another way since. */
export const standingOf = async (
  replica: Database,
  { system, place }: LogPlace,
  waitMs: number,
): Promise<ReplicaStanding> => {
  try {
    for (let waitedMs = 0; ; waitedMs += askAgainMs) {
      const [row] = await queryInScope(
        replica,
        everyAgency,
        (sql) => sql`
          select pg_is_in_recovery() and (select system_identifier::text from pg_control_system()) = ${system} as is_standby,
            pg_last_wal_replay_lsn() >= ${place}::pg_lsn as is_there`,
      )
      if (row?.isStandby !== true) return 'no_standby'
      if (row.isThere === true) return 'caught_up'
      if (waitedMs + askAgainMs > waitMs) return 'behind'
      await new Promise((resolve) => setTimeout(resolve, askAgainMs))
    }
  } catch (error) {
    if (isPassing(error)) return 'unavailable'
    throw error
  }
}
