/** Of transactions: what a unit of background work is handed, and how a unit commits. */
import type { interactively, Query, Sql } from './database.ts'

/** A transaction with its scope set, as `interactively` opens it. */
export type Transaction = Parameters<Parameters<typeof interactively>[2]>[0]

/** First in a unit that may be lost should the server crash in the next instant: its commit does not wait for the disk (PostgreSQL manual 18, 28.4). */
export const unsynced = (sql: Sql): Query => sql`set local synchronous_commit = off`
