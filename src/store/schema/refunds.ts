/** What belongs to refunds beside the refunds themselves: the fee lines that they return, and disputes that lock them. */
import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { agencyCode, dong, instant } from './columns.ts'
import { attempts, orderLines, orders, refunds } from './orders.ts'

/** How much of which line a refund of an order's money returns; a refund of surplus returns no line. Written with its refund, never changed. */
export const refundLines = pgTable(
  'refund_lines',
  {
    refundId: text().notNull(),
    orderId: text().notNull(),
    lineNo: integer().notNull(),
    agencyCode: agencyCode(),
    amount: dong().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'refund_lines_refund_id_line_no_pk',
      columns: [table.refundId, table.lineNo, table.agencyCode],
    }),
    foreignKey({
      name: 'refund_lines_refund',
      columns: [table.refundId, table.agencyCode],
      foreignColumns: [refunds.id, refunds.agencyCode],
    }),
    foreignKey({
      name: 'refund_lines_line',
      columns: [table.orderId, table.lineNo, table.agencyCode],
      foreignColumns: [orderLines.orderId, orderLines.lineNo, orderLines.agencyCode],
    }),
    index().on(table.orderId),
    check('refund_lines_amount', sql`amount > 0`),
  ],
)

/** A case about one payment: a chargeback, a complaint or a tracing (tra soát). While it is open no refund of that payment moves. */
export const disputes = pgTable(
  'disputes',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    orderId: text().notNull(),
    attemptId: text().notNull(),
    merchantAccountId: text().notNull(),
    kind: text().notNull(),
    status: text().notNull().default('open'),
    reason: text().notNull(),
    amount: dong().notNull(),
    /** The number of the case at the bank or provider. */
    reference: text(),
    respondBy: date({ mode: 'string' }).notNull(),
    /** Refunds of the same payment that had been sent, or may have been, when it was opened: they can no longer be held back. */
    sentRefunds: text().array().notNull().default(sql`'{}'`),
    /** What had been told reversed of the payment when it was opened. */
    reversedBefore: dong().notNull().default(sql`0`),
    openedBy: text().notNull(),
    openedAt: instant().notNull(),
    outcome: text(),
    note: text(),
    closedBy: text(),
    closedAt: instant(),
    /** A lost chargeback of which the bank takes nothing after all: who says so, who agreed, and what it waited for until then. */
    releaseAskedBy: text(),
    releaseAskedAt: instant(),
    releaseNote: text(),
    releasedBy: text(),
    releasedAt: instant(),
    releasedAmount: dong(),
  },
  (table) => [
    foreignKey({
      name: 'disputes_order',
      columns: [table.orderId, table.agencyCode],
      foreignColumns: [orders.id, orders.agencyCode],
    }),
    foreignKey({
      name: 'disputes_attempt',
      columns: [table.attemptId, table.agencyCode],
      foreignColumns: [attempts.id, attempts.agencyCode],
    }),
    primaryKey({ name: 'disputes_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('disputes_one_open').on(table.attemptId, table.agencyCode).where(sql`status = 'open'`),
    index().on(table.attemptId),
    index().on(table.orderId),
    index().on(table.agencyCode, table.id),
    check('disputes_kind', sql`kind in ('chargeback', 'complaint', 'tracing')`),
    check(
      'disputes_status',
      sql`(status = 'open' and closed_at is null) or (status = 'closed' and closed_at is not null)`,
    ),
    check('disputes_outcome', sql`(outcome is null) = (status = 'open') and outcome in ('won', 'lost', 'withdrawn')`),
    check('disputes_amount', sql`amount > 0`),
    check('disputes_four_eyes', sql`closed_by is null or closed_by <> opened_by`),
    check(
      'disputes_release_asked',
      sql`(release_asked_by is null) = (release_asked_at is null) and (release_asked_by is null) = (release_note is null)`,
    ),
    check(
      'disputes_released',
      sql`(released_by is null) = (released_at is null) and (released_by is null) = (released_amount is null)`,
    ),
    check('disputes_released_amount', sql`released_amount between 1 and amount`),
    check(
      'disputes_release_four_eyes',
      sql`released_by is null or (release_asked_by is not null and released_by <> release_asked_by)`,
    ),
  ],
)
