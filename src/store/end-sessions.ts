/** The end of sessions that nobody asked for who was in them. */
import { type Database, everyAgency, queryInScope } from './database.ts'

/** Ends the open sessions of one person, or of everybody (`subject` null); answers whose each was, and for which part of the tree. */
export const endOpenSessions = async (
  database: Database,
  { subject, at }: { subject: string | null; at: Date },
): Promise<readonly { subject: string; agency: string }[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      update staff_sessions set ended_at = ${at}
      where ended_at is null ${subject === null ? sql`` : sql`and subject = ${subject}`}
      returning subject, agency_code`,
  )
  return rows.map((row) => ({ subject: String(row.subject), agency: String(row.agencyCode) }))
}
