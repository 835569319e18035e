/** Raw evidence: every callback's bytes, encrypted, stored before anything is made of them. */
import type { Database, Query, Sql } from './database.ts'
import { everyAgency, queryInScope } from './database.ts'

export type StoredCallback = {
  id: string
  /** `-` when no such merchant account exists. */
  agencyCode: string
  merchantAccountId: string
  provider: string
  sealed: Uint8Array
  contentHash: string
  claimedReference: string | null
  reading: 'genuine' | 'forged' | 'malformed' | 'foreign'
  verdict: string | null
  keyId: string | null
  requestId: string
  receivedAt: Date
}

/** The statement that stores it. */
export const insertCallback = (sql: Sql, callback: StoredCallback): Query => sql`insert into callbacks ${sql(callback)}`

/** The statement that notes the answer which was given. */
export const answerCallback = (sql: Sql, id: string, verdict: string): Query =>
  sql`update callbacks set verdict = ${verdict} where id = ${id}`

/** Genuine callbacks of that time that were stored but never answered, because the process died in between; oldest first. */
export const unansweredCallbacks = async (
  database: Database,
  { from, to, limit }: { from: Date; to: Date; limit: number },
): Promise<readonly StoredCallback[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select * from callbacks
      where verdict is null and reading = 'genuine' and received_at >= ${from} and received_at < ${to}
      order by received_at limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly StoredCallback[]
}

/** Every callback of a stretch of time, oldest first, for a replay. `after` continues behind a callback id. */
export const callbacksBetween = async (
  database: Database,
  { from, to, after, limit }: { from: Date; to: Date; after: string; limit: number },
): Promise<readonly StoredCallback[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) =>
      sql`select * from callbacks where received_at >= ${from} and received_at < ${to} and id > ${after} order by id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly StoredCallback[]
}
