/** What must be kept longer, and what was erased when. See drizzle/*_retention.sql. */
import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'

/** Nothing that a hold names is erased until it is released; what it is about never changes. */
export const legalHolds = pgTable(
  'legal_holds',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    /** `order`, or `merchant_account` for all that belongs to it. */
    kind: text().notNull(),
    objectId: text().notNull(),
    reason: text().notNull(),
    placedBy: text().notNull(),
    placedAt: instant().notNull(),
    releasedBy: text(),
    releasedAt: instant(),
    releaseReason: text(),
  },
  (table) => [
    index('legal_holds_active').on(table.objectId).where(sql`released_at is null`),
    check('legal_holds_kind', sql`kind in ('order', 'merchant_account')`),
    check(
      'legal_holds_released',
      sql`(released_at is null) = (released_by is null) and (released_at is null) = (release_reason is null)`,
    ),
  ],
)

/** Of the whole system, and of nobody in it. */
export const retentionPasses = pgTable('retention_passes', {
  id: text().primaryKey(),
  at: instant().notNull(),
  kind: text().notNull(),
  /** What is from before then had been kept long enough. */
  cutoff: instant().notNull(),
  /** What had come to its time, and how much of it was held back or erased. */
  due: integer().notNull(),
  held: integer().notNull(),
  erased: integer().notNull(),
})
