/** Tracing cases (tra soát): what was asked of whom, by when, and what came of it. */
import { sql } from 'drizzle-orm'
import { check, date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { agencyCode, dong, instant } from './columns.ts'

export const tracingCases = pgTable(
  'tracing_cases',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    code: text().notNull(),
    kind: text().notNull(),
    status: text().notNull().default('open'),
    subject: text().notNull(),
    merchantAccountId: text(),
    discrepancyId: text(),
    orderId: text(),
    statementId: text(),
    line: integer(),
    /** Of what is asked about. Tracing never changes it, nor the currency (TT 89/2026/TT-BTC, Điều 37); the application has no right to. */
    amount: dong().notNull(),
    currency: text().notNull().default('VND'),
    finder: text().notNull(),
    cause: text().notNull(),
    counterpart: text().notNull(),
    evidence: jsonb().notNull().default([]),
    dueOn: date({ mode: 'string' }).notNull(),
    openedBy: text().notNull(),
    openedAt: instant().notNull(),
    result: text(),
    document: text(),
    answeredBy: text(),
    answeredAt: instant(),
    closedBy: text(),
    closedAt: instant(),
    closingNote: text(),
  },
  (table) => [
    primaryKey({ name: 'tracing_cases_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('tracing_cases_code').on(table.code, table.agencyCode),
    uniqueIndex('tracing_cases_one_open')
      .on(table.subject, table.kind, table.agencyCode)
      .where(sql`status <> 'closed'`),
    index().on(table.agencyCode, table.id),
    index().on(table.orderId),
    index().on(table.discrepancyId),
    check(
      'tracing_cases_kind',
      sql`kind in ('payer_record', 'payer_voucher', 'treasury', 'provider', 'excess_transfer', 'bank_inquiry')`,
    ),
    check('tracing_cases_status', sql`status in ('open', 'answered', 'closed')`),
    check('tracing_cases_amount', sql`amount >= 0 and currency = 'VND'`),
    check(
      'tracing_cases_answered',
      sql`(answered_at is null) = (result is null) and (status <> 'answered' or result is not null)`,
    ),
    check('tracing_cases_closed', sql`(status = 'closed') = (closed_at is not null)`),
  ],
)
