/** API clients: programs of portals and offices that call us under one agency. */
import type { Caller, Scope } from '../domain/access.ts'
import { type Database, everyAgency, inScope, type Query, queryInScope, type Rows, type Sql } from './database.ts'

export type Client = {
  id: string
  agencyCode: string
  name: string
  scopes: readonly Scope[]
  /** SHA-256 of the secret, in hex; null for a client that signs with its own key. */
  secretHash: string | null
  /** Its public keys, as a JWK set. */
  jwks: { keys: Record<string, string>[] } | null
  createdAt: Date
  expiresAt: Date | null
  revokedAt: Date | null
}

/** A client by id, whoever's it is: for authentication, before there is a caller. */
export const findClient = async (database: Database, id: string): Promise<Client | null> =>
  firstOf(await queryInScope(database, everyAgency, (sql) => sql`select * from clients where id = ${id}`))

/** A client that the caller's agency covers; null otherwise. */
export const findOwnClient = async (database: Database, caller: Caller, id: string): Promise<Client | null> =>
  firstOf(await queryInScope(database, caller.agency, (sql) => sql`select * from clients where id = ${id}`))

/** The clients after that id, in the order in which they were made. */
export const listClients = async (
  database: Database,
  caller: Caller,
  { after, limit }: { after: string | null; limit: number },
): Promise<readonly Client[]> =>
  asClients(
    await queryInScope(
      database,
      caller.agency,
      (sql) => sql`select * from clients where ${after}::text is null or id > ${after} order by id limit ${limit}`,
    ),
  )

/** Adds a client; `before` goes first in the same transaction. */
export const insertClient = async (
  database: Database,
  caller: Caller,
  { client, before }: { client: Client; before: (sql: Sql) => readonly Query[] },
): Promise<void> => {
  const { jwks, scopes, ...columns } = client
  await inScope(database, caller.agency, (sql) => [
    ...before(sql),
    sql`insert into clients ${sql({ ...columns, scopes: [...scopes], jwks: jwks ? sql.json(jwks) : null })}`,
  ])
}

/** Revokes a client; the first time stands. False when the caller's agency covers no such client. */
export const endClient = async (
  database: Database,
  caller: Caller,
  { id, at }: { id: string; at: Date },
): Promise<boolean> => {
  const rows = await queryInScope(
    database,
    caller.agency,
    (sql) => sql`update clients set revoked_at = coalesce(revoked_at, ${at}) where id = ${id} returning id`,
  )
  return rows.length === 1
}

/**
 * Remembers that a client has used an assertion; false when it had before. Kept among the idempotency keys, which are swept after longer than an
 * assertion may live.
 */
export const useAssertion = async (
  database: Database,
  client: Client,
  { jti, at }: { jti: string; at: Date },
): Promise<boolean> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      insert into idempotency_keys (agency_code, client_id, route, key, field_hashes, response_status, response_body, created_at)
      values (${client.agencyCode}, ${client.id}, 'client_assertion', ${jti}, '{}', 0, '', ${at})
      on conflict do nothing returning key`,
  )
  return rows.length === 1
}

const firstOf = (rows: Rows): Client | null => asClients(rows)[0] ?? null
const asClients = (rows: Rows): readonly Client[] => rows as readonly unknown[] as readonly Client[]
