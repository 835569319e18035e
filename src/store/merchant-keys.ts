/** Former keys of merchant accounts: whether they are still needed, how they end, and how one that is still needed is kept a little longer. */
import { unsettledAttempts } from '../domain/states.ts'
import { type Database, everyAgency, queryInScope, type Sql } from './database.ts'

/** A key is in use when it proved a callback since then, or an attempt that was started under it has no end yet. */
const isInUse = (sql: Sql, quietSince: Date) => sql`(
  (key.last_used_at is not null and key.last_used_at > ${quietSince}) or exists (
    select from attempts as attempt
    where attempt.merchant_account_id = key.merchant_account_id and attempt.status = any(${[...unsettledAttempts]})
      and (attempt.key_id = key.id or (attempt.key_id is null and attempt.created_at <= coalesce(key.replaced_at, key.retires_at)))))`

export type KeyToEnd = { merchantAccountId: string; agencyCode: string; keyId: string; now: Date; quietSince: Date }

/** Ends a former key for good; false when it is the current one or still in use. */
export const endFormerKey = async (
  database: Database,
  { merchantAccountId, agencyCode, keyId, now, quietSince }: KeyToEnd,
): Promise<boolean> => {
  const rows = await queryInScope(
    database,
    agencyCode,
    (sql) => sql`
      update merchant_account_keys as key set retires_at = least(key.retires_at, ${now}::timestamptz), ended_at = ${now}
      where key.id = ${keyId} and key.merchant_account_id = ${merchantAccountId} and key.retires_at is not null
        and not ${isInUse(sql, quietSince)}
      returning 1`,
  )
  return rows.length === 1
}

export type KeptKey = { keyId: string; merchantAccountId: string; provider: string; retiresAt: Date }

/** How long a former key that is still in use is kept beyond its time: by an hour or until it was quiet long enough, and for 30 days at most. */
const keptLonger = { byMs: 3_600_000, maxMs: 30 * 86_400_000 }
/** Looked at so long before its time is over; and after, should nobody have looked then. */
const reach = { aheadMs: 10 * 60_000, behindMs: 3_600_000 }

/** Moves the end of every former key that is about to end and still in use. Answers those keys. One that was ended for good stays so. */
export const prolongKeys = async (
  database: Database,
  { now, quietMs }: { now: Date; quietMs: number },
): Promise<readonly KeptKey[]> => {
  const inMs = (ms: number) => new Date(now.getTime() + ms)
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with due as (
        select key.id, account.provider, coalesce(key.replaced_at, key.retires_at) + ${keptLonger.maxMs}::bigint * interval '1 millisecond' as latest,
          greatest(${inMs(keptLonger.byMs)}::timestamptz, key.last_used_at + ${quietMs}::bigint * interval '1 millisecond') as wanted
        from merchant_account_keys as key join merchant_accounts as account on account.id = key.merchant_account_id
        where key.retires_at > ${inMs(-reach.behindMs)} and key.retires_at <= ${inMs(reach.aheadMs)}
          and ${isInUse(sql, inMs(-quietMs))})
      update merchant_account_keys as kept set retires_at = least(due.wanted, due.latest) from due
      where kept.id = due.id and kept.ended_at is null and kept.retires_at < least(due.wanted, due.latest)
      returning kept.id as key_id, kept.merchant_account_id, kept.retires_at, due.provider`,
  )
  return rows as readonly unknown[] as readonly KeptKey[]
}

/** Remembers that a key proved itself on a callback, so that a key still in use is not retired; at most once a minute. */
export const keyWasUsed = async (database: Database, keyId: string, now: Date): Promise<void> => {
  const before = new Date(now.getTime() - 60_000)
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update merchant_account_keys set last_used_at = ${now}
      where id = ${keyId} and (last_used_at is null or last_used_at <= ${before})`,
  )
}
