/** Numbers that are given to one thing only, over all agencies that pay through one merchant account: unique where the rows that bear them cannot be. */
import { sql } from 'drizzle-orm'
import { check, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { agencyCode } from './columns.ts'

/**
 * Filled by triggers of `attempts` and `refunds` (drizzle/*_taken_references.sql) in the transaction that gives the number, and never changed: a province's merchant account
 * serves its communes, so two attempts of two agencies may not have one reference, although their rows lie on two servers.
 */
export const takenReferences = pgTable(
  'taken_references',
  {
    merchantAccountId: text().notNull(),
    /** `attempt` and `refund` for our own reference of either, `transfer` for the transfer that returned a refund by hand, `bounce` for the credit that gave it back. */
    kind: text().notNull(),
    reference: text().notNull(),
    /** The merchant account's, so that all of an account's lie in one place. */
    agencyCode: agencyCode(),
    /** The attempt or refund that has it. */
    takenBy: text().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'taken_references_pkey',
      columns: [table.merchantAccountId, table.kind, table.reference, table.agencyCode],
    }),
    check('taken_references_kind', sql`kind in ('attempt', 'refund', 'transfer', 'bounce')`),
  ],
)
