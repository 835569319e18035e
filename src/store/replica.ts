/**
 * A standby that reads for us (PostgreSQL manual 18, 26.4), for what takes long and is told as of an instant. It is asked only once it has everything that the primary had when the
 * instant was settled: the same report is the same bytes, whichever server read it.
 */
import { type Database, everyAgency, isUnavailable, queryInScope, type Sql, withProviso } from './database.ts'

/** Where the primary is in its log, of which cluster it is, and in which of its lives: each promotion and each restoration to an instant begins one, in which places are used again. */
export type LogPlace = { system: string; timeline: number; place: string }

/** Everything that is committed now lies before it. Null: this server is no primary. */
export const placeOf = async (primary: Database): Promise<LogPlace | null> => {
  // The first eight digits of a file's name are its timeline (PostgreSQL manual 18, 9.28.4).
  const [row] = await queryInScope(
    primary,
    everyAgency,
    (sql) => sql`
      with log as materialized (select case when not pg_is_in_recovery() then pg_current_wal_insert_lsn() end as place)
      select (select system_identifier::text from pg_control_system()) as system, place::text as place,
        case when place is not null then ('x' || left(pg_walfile_name(place), 8))::bit(32)::int end as timeline
      from log`,
  )
  if (!row?.place) return null
  return { system: String(row.system), timeline: Number(row.timeline), place: String(row.place) }
}

export type ReplicaStanding = 'caught_up' | 'behind' | 'no_standby' | 'unavailable'

const askAgainMs = 25

/**
 * Waits until the standby has come to that place. It takes `waitMs` at most, be it that the server says nothing or that all connections are taken. What is a primary itself, another
 * cluster's, or of another life of the same is `no_standby`: it goes another way since. Throws what the standby says of anything but the hour.
 */
export const standingOf = async (replica: Database, from: LogPlace, waitMs: number): Promise<ReplicaStanding> => {
  const { promise: late, resolve } = Promise.withResolvers<ReplicaStanding>()
  const seen: { standing: ReplicaStanding; isOver: boolean } = { standing: 'unavailable', isOver: false }
  const timer = setTimeout(() => resolve(seen.standing), waitMs)
  try {
    return await Promise.race([late, catchUp(replica, from, seen)])
  } catch (error) {
    if (isUnavailable(error)) return 'unavailable'
    throw error
  } finally {
    seen.isOver = true
    clearTimeout(timer)
  }
}

const catchUp = async (
  replica: Database,
  from: LogPlace,
  seen: { standing: ReplicaStanding; isOver: boolean },
): Promise<ReplicaStanding> => {
  for (;;) {
    const [row] = await queryInScope(
      replica,
      everyAgency,
      (sql) => sql`select ${isStandbyOf(sql, from)} as is_standby, ${isAt(sql, from)} as is_there`,
    )
    if (row?.isStandby !== true) return 'no_standby'
    if (row.isThere === true) return 'caught_up'
    seen.standing = 'behind'
    await new Promise((resolve) => setTimeout(resolve, askAgainMs))
    if (seen.isOver) return 'behind'
  }
}

/** The standby for what is told as of that place: every reading makes sure anew that its own connection leads to a standby that has it. */
export const readingFrom = (replica: Database, from: LogPlace): Database =>
  withProviso(replica, (sql) => sql`select ${isStandbyOf(sql, from)} and ${isAt(sql, from)} as holds`)

/** The control file follows a change of timeline by minutes; until then the standby is taken for one of the life before, and not asked. */
const isStandbyOf = (sql: Sql, { system, timeline }: LogPlace) => sql`(pg_is_in_recovery()
  and (select system_identifier::text from pg_control_system()) = ${system}
  and (select min_recovery_end_timeline from pg_control_recovery()) = ${timeline}::int)`

const isAt = (sql: Sql, { place }: LogPlace) => sql`coalesce(pg_last_wal_replay_lsn() >= ${place}::pg_lsn, false)`
