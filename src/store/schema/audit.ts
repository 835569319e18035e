/** Who read what: rows are only added, see drizzle/*_audit.sql. */
import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'

export const auditLog = pgTable(
  'audit_log',
  {
    id: text().notNull(),
    /** Of what was read; of who read it, where that is nobody's in particular. */
    agencyCode: agencyCode(),
    at: instant().notNull(),
    /** The caller: one of our clients, or `issuer#subject`. */
    actor: text().notNull(),
    action: text().notNull(),
    /** An id, or the name of a report. */
    object: text(),
    /** What a list showed. */
    shown: text().array().notNull().default([]),
    /** As what it left, where that was a file. */
    format: text(),
    query: jsonb().notNull().default({}),
    requestId: text().notNull(),
    /** The network, not the host. */
    address: text(),
    /** How many rows a list showed. */
    rows: integer(),
  },
  (table) => [
    primaryKey({ name: 'audit_log_pkey', columns: [table.id, table.agencyCode] }),
    index('audit_log_by_time').on(table.at, table.id),
    index('audit_log_by_actor').on(table.actor, table.at),
    index('audit_log_by_object').on(table.object, table.at),
  ],
)
