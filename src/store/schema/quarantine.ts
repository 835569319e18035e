/** What a provider or a bank told genuinely of money that belongs to no payment of ours, until somebody says where it belongs. */
import { sql } from 'drizzle-orm'
import { check, index, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { agencyCode, dong, instant } from './columns.ts'

export const quarantine = pgTable(
  'quarantine',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    merchantAccountId: text().notNull(),
    provider: text().notNull(),
    /** `unknown_reference`: told, and nothing booked. `unknown_credit`: money on the agency's own account, booked to suspense. */
    kind: text().notNull(),
    /** What was told of the money: `captured`, `refunded` or `reversed`. */
    outcome: text().notNull(),
    callbackId: text().notNull(),
    /** The provider's or the bank's reference; ours where it gave none. */
    reference: text().notNull(),
    merchantReference: text(),
    providerReference: text(),
    amount: dong().notNull(),
    /** What the payer's bank wrote with a credit. */
    text: text(),
    occurredAt: instant().notNull(),
    status: text().notNull().default('open'),
    /** Attempts that it might be about, as they were when it was opened; suggestions, never links. */
    candidates: jsonb().notNull().default([]),
    openedAt: instant().notNull(),
    /** The booking of a credit, and the entry that took it back once an attempt had the money. */
    entryId: text(),
    returnEntryId: text(),
    discrepancyId: text(),
    attemptId: text(),
    decidedBy: text(),
    decidedAt: instant(),
    note: text(),
    /** JSON texts, oldest first; only ever appended to. */
    history: text().array().notNull().default(sql`'{}'`),
  },
  (table) => [
    primaryKey({ name: 'quarantine_pkey', columns: [table.id, table.agencyCode] }),
    // The same thing told again, by whichever way it comes, is one entry: a bank's reference names one credit for ever.
    uniqueIndex('quarantine_once').on(
      table.merchantAccountId,
      table.reference,
      table.kind,
      table.outcome,
      table.agencyCode,
    ),
    index().on(table.agencyCode, table.id),
    index().on(table.discrepancyId).concurrently(),
    index('quarantine_open').on(table.merchantAccountId).concurrently().where(sql`status = 'open'`),
    check('quarantine_kind', sql`kind in ('unknown_reference', 'unknown_credit')`),
    check('quarantine_outcome', sql`outcome in ('captured', 'refunded', 'reversed')`),
    check('quarantine_status', sql`status in ('open', 'attributed', 'dismissed')`),
    check('quarantine_amount', sql`amount > 0`),
    check('quarantine_decided', sql`(status = 'open') = (decided_at is null)`),
    check('quarantine_attributed', sql`(status = 'attributed') = (attempt_id is not null)`),
    // Money stands in suspense as long as it belongs to no attempt, and not a moment longer.
    check('quarantine_booked', sql`(kind = 'unknown_credit') = (entry_id is not null)`),
    check('quarantine_returned', sql`(return_entry_id is not null) = (entry_id is not null and status = 'attributed')`),
  ],
)
