/**
 * Who is still writing: rows bear the instant at which their writing began, and are seen when it is committed. So what was true at an instant can be told for good
 * only when everybody who began by then has ended.
 */
import { type Database, everyAgency, queryInScope } from './database.ts'

export type WritersUntil = {
  upTo: Date
  /** What may pass between taking the time of a row and beginning its transaction, and between the clocks of two processes. */
  graceMs: number
  /** How long the caller would wait. */
  waitMaxMs: number
}

/** Whether everything that will ever bear an instant up to `upTo` is there; if not, up to which instant it is, where that is known. */
export type Settled = { isSettled: true } | { isSettled: false; settledTo: Date | null }

const askAgainMs = 50

/** Waits for those who began by then, as long as the caller would, without holding a connection meanwhile. */
export const awaitWriters = async (
  database: Database,
  { upTo, graceMs, waitMaxMs }: WritersUntil,
): Promise<Settled> => {
  const last = new Date(upTo.getTime() + graceMs)
  for (let waitedMs = 0; ; ) {
    const [row] = await queryInScope(
      database,
      everyAgency,
      (sql) => sql`
        select case when lephi_clock() >= ${last}::timestamptz then 0 else ceil(extract(epoch from ${last}::timestamptz - lephi_clock()) * 1000) end as wait_ms,
          count(*) filter (where started is null or started <= ${last}::timestamptz) as writers,
          case when count(*) = count(started) then min(started) end as oldest
        from lephi_writers() as writer (started)`,
    )
    const waitMs = Number(row?.waitMs)
    if (waitMs === 0 && Number(row?.writers) === 0) return { isSettled: true }
    const pauseMs = Math.max(waitMs, askAgainMs)
    if (waitedMs + pauseMs > waitMaxMs) {
      const oldest = row?.oldest as Date | null | undefined
      return { isSettled: false, settledTo: oldest ? new Date(oldest.getTime() - graceMs - 1) : null }
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs))
    waitedMs += pauseMs
  }
}

/** The earlier of two clocks, the process's and the database's, so that no instant to come is taken for the present. */
export const presentInstant = async (database: Database, now: Date): Promise<Date> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select least(${now}::timestamptz, lephi_clock())::timestamptz(3) as present`,
  )
  return row?.present as Date
}
