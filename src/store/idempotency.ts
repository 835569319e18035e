/**
 * First answers to idempotent writes. The row is written in the same transaction as what it answers for, so a key exists exactly when its effect does;
 * concurrent callers wait for one another on the primary key.
 */
import { awaitStandby, type Database, databaseError, inScope, isDuplicate, type Query, type Sql } from './database.ts'

export type IdempotencyKey = { clientId: string; route: string; key: string }
export type FirstAnswer = { fieldHashes: Record<string, string>; responseStatus: number; responseBody: string }

/** The statement that claims the key and keeps the answer; it must be the first of its unit. */
export const claimKey = (sql: Sql, agencyCode: string, key: IdempotencyKey, answer: FirstAnswer, now: Date): Query =>
  sql`insert into idempotency_keys ${sql({ ...key, ...answer, fieldHashes: sql.json(answer.fieldHashes), agencyCode, createdAt: now })}`

/**
 * The answer that was given first under this key; null when there is none. It is told once more, so its commit must be with a standby by now: the first caller may have had no answer for want
 * of one.
 */
export const findFirstAnswer = async (
  database: Database,
  scope: string,
  key: IdempotencyKey,
): Promise<FirstAnswer | null> => {
  const [rows] = await inScope(database, scope, (sql) => [
    sql`
      select field_hashes, response_status, response_body from idempotency_keys
      where client_id = ${key.clientId} and route = ${key.route} and key = ${key.key}`,
    awaitStandby(sql),
  ])
  return (rows?.[0] as FirstAnswer | undefined) ?? null
}

/** True when the key was claimed before. */
export const isKeyTaken = (error: unknown): boolean => isDuplicate(error, 'idempotency_keys_client_id_route_key_pk')

/** True when the first holder of a key (or a lock) did not finish within the lock timeout. */
export const isStillRunning = (error: unknown): boolean => databaseError(error)?.code === '55P03'
