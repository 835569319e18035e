/** Who is signed in to the console. */
import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'

export const staffSessions = pgTable(
  'staff_sessions',
  {
    id: text().primaryKey(),
    /** SHA-256 of the cookie's 256 random bits: who reads the table has no session. */
    tokenHash: text().notNull().unique('staff_sessions_token'),
    subject: text().notNull(),
    name: text().notNull(),
    role: text().notNull(),
    agencyCode: agencyCode(),
    createdAt: instant().notNull(),
    /** To the minute. */
    seenAt: instant().notNull(),
    endedAt: instant(),
  },
  (table) => [index('staff_sessions_subject').on(table.subject)],
)
