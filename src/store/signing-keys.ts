/** Our own signing keys. They belong to the system, so no agency's scope applies. */
import type { RevocationReason } from '../domain/revocation.ts'
import { type Database, everyAgency, inScope, type Query, queryInScope, type Rows, type Sql } from './database.ts'

export type StoredSigningKey = {
  kid: string
  publicJwk: Record<string, unknown>
  sealedPrivateJwk: Uint8Array
  createdAt: Date
  /** When it stopped signing; what it signed before stays verifiable. */
  retiredAt: Date | null
  /** From when on nothing that bears its signature is ours. */
  revokedAt: Date | null
  revokedReason: RevocationReason | null
}

export type NewSigningKey = Pick<StoredSigningKey, 'kid' | 'publicJwk' | 'sealedPrivateJwk' | 'createdAt'>

/** Every key, the newest first. Throws when there are more than one process can hold: then somebody has put them there. */
export const readSigningKeys = async (database: Database): Promise<readonly StoredSigningKey[]> =>
  asKeys(await queryInScope(database, everyAgency, everyKey))

/** Keeps the key if no other one signs yet; answers every key. Processes that start together wait for one another and agree on one. */
export const keepFirstSigningKey = async (
  database: Database,
  key: NewSigningKey,
): Promise<readonly StoredSigningKey[]> => {
  const results = await inScope(database, everyAgency, (sql) => [
    lock(sql),
    sql`
      insert into signing_keys (kid, public_jwk, sealed_private_jwk, created_at)
      select ${key.kid}, ${sql.json(jsonOf(key.publicJwk))}, ${key.sealedPrivateJwk}, ${key.createdAt}
      where not exists (select from signing_keys where retired_at is null)`,
    everyKey(sql),
  ])
  return asKeys(results[2] ?? [])
}

/** Puts the key in the place of the one that signs; answers every key. */
export const replaceSigningKey = async (
  database: Database,
  key: NewSigningKey,
): Promise<readonly StoredSigningKey[]> => {
  const results = await inScope(database, everyAgency, (sql) => [
    lock(sql),
    sql`update signing_keys set retired_at = ${key.createdAt} where retired_at is null`,
    sql`
      insert into signing_keys (kid, public_jwk, sealed_private_jwk, created_at)
      values (${key.kid}, ${sql.json(jsonOf(key.publicJwk))}, ${key.sealedPrivateJwk}, ${key.createdAt})`,
    everyKey(sql),
  ])
  return asKeys(results[3] ?? [])
}

/** Marks a key that no longer signs, once; what is marked already stays as it is. Answers every key. */
export const markRevoked = async (
  database: Database,
  { kid, at, reason }: { kid: string; at: Date; reason: RevocationReason },
): Promise<readonly StoredSigningKey[]> => {
  const results = await inScope(database, everyAgency, (sql) => [
    lock(sql),
    sql`
      update signing_keys set revoked_at = ${at}, revoked_reason = ${reason}
      where kid = ${kid} and retired_at is not null and revoked_at is null`,
    everyKey(sql),
  ])
  return asKeys(results[2] ?? [])
}

/** When, by what they say of themselves, the latest of all records that bear a signature was signed; null when there is none. */
export const latestSigning = async (database: Database): Promise<Date | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select greatest(
        (select max(issued_at) from receipts), (select max(noticed_at) from receipt_notices), (select max(closed_at) from periods),
        (select max(done_at) from period_acts), (select max(sealed_at) from ledger_seals)) as at`,
  )
  return (row?.at as Date | null | undefined) ?? null
}

const lock = (sql: Sql): Query => sql`select pg_advisory_xact_lock(hashtext('lephi_signing_keys'))`

const everyKey = (sql: Sql): Query => sql`
  select kid, public_jwk, sealed_private_jwk, created_at, retired_at, revoked_at, revoked_reason from signing_keys
  order by created_at desc, kid limit ${keysMax + 1}`

const keysMax = 1_000

/** A public JWK holds only texts; the driver's type of JSON does not know that. */
const jsonOf = (jwk: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries(Object.entries(jwk).map(([name, value]) => [name, String(value)]))

const asKeys = (rows: Rows): readonly StoredSigningKey[] => {
  if (rows.length > keysMax) throw new Error(`there are more than ${keysMax} signing keys`)
  return rows as readonly unknown[] as readonly StoredSigningKey[]
}
