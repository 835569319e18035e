/** The sessions of the console. */
import type { Staff } from '../domain/staff.ts'
import { type Database, everyAgency, inScope, queryInScope, type Rows } from './database.ts'

export type StaffSession = {
  id: string
  staff: Staff
  createdAt: Date
  /** To the minute. */
  seenAt: Date
  endedAt: Date | null
}

/** Adds a session. The hash is that of its token, so that who reads the table has no session. */
export const insertSession = async (
  database: Database,
  { id, tokenHash, staff, at }: { id: string; tokenHash: string; staff: Staff; at: Date },
): Promise<void> => {
  const { subject, name, role, agency } = staff
  await inScope(database, everyAgency, (sql) => [
    sql`insert into staff_sessions ${sql({ id, tokenHash, subject, name, role, agencyCode: agency, createdAt: at, seenAt: at })}`,
  ])
}

/** The session of a token, also one that has ended; null when there never was one. */
export const findSession = async (database: Database, tokenHash: string): Promise<StaffSession | null> =>
  sessionOf(
    await queryInScope(
      database,
      everyAgency,
      (sql) =>
        sql`select id, subject, name, role, agency_code, created_at, seen_at, ended_at from staff_sessions where token_hash = ${tokenHash}`,
    ),
  )

/** Remembers that it was used. */
export const touchSession = async (database: Database, { id, at }: { id: string; at: Date }): Promise<void> => {
  await inScope(database, everyAgency, (sql) => [
    sql`update staff_sessions set seen_at = greatest(seen_at, ${at}) where id = ${id}`,
  ])
}

/** Ends a session; the first time stands. */
export const endSessionRow = async (database: Database, { id, at }: { id: string; at: Date }): Promise<void> => {
  await inScope(database, everyAgency, (sql) => [
    sql`update staff_sessions set ended_at = coalesce(ended_at, ${at}) where id = ${id}`,
  ])
}

/** Ends every session of a person; answers the part of the tree that each was for. */
export const endSessionsOf = async (
  database: Database,
  { subject, at }: { subject: string; at: Date },
): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) =>
      sql`update staff_sessions set ended_at = ${at} where subject = ${subject} and ended_at is null returning agency_code`,
  )
  return rows.map((row) => String(row.agencyCode))
}

const sessionOf = (rows: Rows): StaffSession | null => {
  const row = rows[0]
  if (!row) return null
  const { id, subject, name, role, agencyCode, createdAt, seenAt, endedAt } = row
  return { id, staff: { subject, name, role, agency: agencyCode }, createdAt, seenAt, endedAt }
}
