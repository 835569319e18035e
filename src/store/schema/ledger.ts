/** The double-entry ledger: append-only, balanced by constraint trigger (see drizzle/0001). Amounts are signed đồng: debit +, credit −. */
import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  date,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { agencyCode, dong, instant } from './columns.ts'

export const journalEntries = pgTable(
  'journal_entries',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    /**
     * `capture`, `reversal`, `refund`, `adjustment`; `credit` and `credit_attributed` for money that belongs to no order yet, and for its leaving suspense;
     * `settlement` for what a bank statement shows of payouts, `discrepancy` for money that an open discrepancy holds in suspense. The last two belong to no
     * order, so that an order's state stays a function of its facts.
     */
    kind: text().notNull(),
    orderId: text(),
    attemptId: text(),
    refundId: text(),
    /** The fact that caused it. */
    factId: text(),
    memo: text(),
    /** What a settlement or discrepancy entry is about, as one name over all runs: a later run posts only the difference to what stands under it. */
    subject: text(),
    businessDay: date({ mode: 'string' }).notNull(),
    occurredAt: instant().notNull(),
    postedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'journal_entries_pkey', columns: [table.id, table.agencyCode] }),
    index().on(table.orderId),
    index().on(table.agencyCode, table.businessDay),
    index('journal_entries_subject').on(table.subject).where(sql`subject is not null`),
  ],
)

export const postings = pgTable(
  'postings',
  {
    entryId: text().notNull(),
    lineNo: integer().notNull(),
    agencyCode: agencyCode(),
    /** `provider_receivable`, `collected`, `suspense`, later `bank` and `provider_fee`. */
    account: text().notNull(),
    merchantAccountId: text().notNull(),
    orderId: text(),
    amount: dong().notNull(),
    businessDay: date({ mode: 'string' }).notNull(),
  },
  (table) => [
    primaryKey({ name: 'postings_entry_id_line_no_pk', columns: [table.entryId, table.lineNo, table.agencyCode] }),
    foreignKey({
      name: 'postings_entry',
      columns: [table.entryId, table.agencyCode],
      foreignColumns: [journalEntries.id, journalEntries.agencyCode],
    }),
    index().on(table.agencyCode, table.account, table.businessDay),
    index().on(table.merchantAccountId, table.account, table.businessDay),
    index().on(table.orderId),
    check('postings_amount', sql`amount <> 0`),
    check('postings_account', sql`account in ('provider_receivable', 'collected', 'suspense', 'bank', 'provider_fee')`),
  ],
)

/** A stored, named disagreement about money, with owner and resolution. */
export const discrepancies = pgTable(
  'discrepancies',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    class: text().notNull(),
    status: text().notNull().default('open'),
    /** `door` when an outcome opened it, `reconciliation` when a run did. */
    source: text().notNull(),
    /** The same disagreement is never opened twice. */
    dedupeKey: text().notNull(),
    merchantAccountId: text(),
    orderId: text(),
    attemptId: text(),
    refundId: text(),
    reconciliationId: text(),
    itemId: text(),
    amount: dong().notNull(),
    /** What the provider lists beyond what is booked here, signed đồng: it stands in suspense under the subject `discrepancy:<id>` while `holdsDifference`. */
    difference: dong().notNull().default(sql`0`),
    holdsDifference: boolean().notNull().default(true),
    owner: text(),
    policy: text().notNull(),
    dueOn: date({ mode: 'string' }),
    /** What is proposed or decided, and why. */
    resolution: text(),
    note: text(),
    /** Whose proposal it is or was; another one decides. */
    proposedBy: text(),
    proposedAt: instant(),
    openedAt: instant().notNull(),
    resolvedAt: instant(),
    resolvedBy: text(),
    /** Who asks that what two persons decided is opened again, until another one agrees or not. */
    reopeningBy: text(),
    reopeningAt: instant(),
    reopeningNote: text(),
    history: text().array().notNull().default(sql`'{}'`),
  },
  (table) => [
    primaryKey({ name: 'discrepancies_pkey', columns: [table.id, table.agencyCode] }),
    index().on(table.agencyCode, table.status),
    index().on(table.orderId),
    index('discrepancies_by_owner').on(table.owner, table.id).concurrently().where(sql`owner is not null`),
    uniqueIndex('discrepancies_once').on(table.dedupeKey, table.agencyCode),
    check('discrepancies_status', sql`status in ('open', 'proposed', 'resolved')`),
    check('discrepancies_proposed', sql`status <> 'proposed' or (proposed_by is not null and resolution is not null)`),
    check(
      'discrepancies_four_eyes',
      sql`status <> 'resolved' or proposed_by is null or coalesce(resolved_by <> proposed_by, false)`,
    ),
    check('discrepancies_reopening', sql`reopening_by is null or status = 'resolved'`),
    // Money stays in suspense behind a discrepancy that is resolved only when two persons say so.
    check(
      'discrepancies_kept',
      sql`status <> 'resolved' or not holds_difference or difference = 0 or proposed_by is not null`,
    ),
  ],
)
