/** Raw evidence: every callback's bytes, encrypted, stored before anything is made of them. */
import { idFloor } from '../lib/id.ts'
import type { Database, Fragment, Query, Sql } from './database.ts'
import { everyAgency, queryInScope } from './database.ts'

export type StoredCallback = {
  id: string
  /** `-` when no such merchant account exists. */
  agencyCode: string
  merchantAccountId: string
  provider: string
  /** Null once it was kept long enough, and `erasedAt` says since when. */
  sealed: Uint8Array | null
  erasedAt?: Date | null
  /** SHA-256 of method, query and body: what was said, whichever way it came. */
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

/** The statement that stores it unless the same was stored for that merchant account since, and answered; it answers a row when it did. */
export const insertCallbackOnce = (sql: Sql, callback: StoredCallback, since: Date): Query => sql`
  insert into callbacks (
    id, agency_code, merchant_account_id, provider, sealed, content_hash, claimed_reference, reading, verdict, key_id, request_id, received_at)
  select ${callback.id}, ${callback.agencyCode}, ${callback.merchantAccountId}, ${callback.provider}, ${callback.sealed}, ${callback.contentHash},
    ${callback.claimedReference}, ${callback.reading}, ${callback.verdict}, ${callback.keyId}, ${callback.requestId}, ${callback.receivedAt}
  where not exists (
    select from callbacks
    where merchant_account_id = ${callback.merchantAccountId} and received_at > ${since} and content_hash = ${callback.contentHash}
      and verdict is not null and id >= ${idFloor('cbk', new Date(since.getTime() - apartMs))})
  returning id`

/** An id is made some moments before the bytes are said to have been received. With a day between them the months before need not be looked at. */
const apartMs = 86_400_000

/** The statement that notes the answer which was given. */
export const answerCallback = (sql: Sql, id: string, verdict: string | Fragment): Query =>
  sql`update callbacks set verdict = ${verdict} where id = ${id}`

/** Where a reader of callbacks stands: behind this one. */
export type CallbackPlace = { receivedAt: Date; id: string }

/** Genuine callbacks from `from` to before `to` that were stored but never answered, because the process died in between; oldest first, behind `after`. */
export const unansweredCallbacks = async (
  database: Database,
  { from, to, after, limit }: { from: Date; to: Date; after: CallbackPlace | null; limit: number },
): Promise<readonly StoredCallback[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select * from callbacks
      where verdict is null and reading = 'genuine' and sealed is not null and received_at >= ${from} and received_at < ${to}
        ${after ? sql`and (received_at, id) > (${after.receivedAt}, ${after.id})` : sql``}
      order by received_at, id limit ${limit}`,
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
