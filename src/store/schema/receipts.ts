/** What happens to receipts after they were issued, and orders whose receipts could not be issued yet. The receipts themselves are with their orders. */
import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'
import { orders, receipts, refunds } from './orders.ts'

/** Notices of a mistake that needs no new receipt (04/SS-CTĐT, TT 91 Điều 20), and of a refund that leaves the receipt as it is. */
export const receiptNotices = pgTable(
  'receipt_notices',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    receiptId: text()
      .notNull()
      .references(() => receipts.id),
    /** What is wrong on the receipt: never the tax code or an amount. */
    field: text().notNull(),
    text: text().notNull(),
    refundId: text().references(() => refunds.id),
    madeBy: text().notNull(),
    noticedAt: instant().notNull(),
    /** What was signed when it was given; null only for notices of before. */
    signature: text(),
  },
  (table) => [
    index().on(table.receiptId),
    uniqueIndex('receipt_notices_refund').on(table.receiptId, table.refundId).where(sql`refund_id is not null`),
    check(
      'receipt_notices_field',
      sql`field in ('payer_name', 'address', 'phone', 'procedure_name', 'description', 'amount_in_words', 'refund')`,
    ),
    check('receipt_notices_refunded', sql`(field = 'refund') = (refund_id is not null)`),
  ],
)

/** Orders whose receipts were tried in vain: when next, and whether it was told that they are late. Gone once they are issued. */
export const receiptTries = pgTable(
  'receipt_tries',
  {
    orderId: text()
      .primaryKey()
      .references(() => orders.id),
    agencyCode: agencyCode(),
    tries: integer().notNull().default(0),
    nextTryAt: instant().notNull(),
    overdueAt: instant(),
    /** Why the last try failed: `no_tax_code` of the agency, or `failed`; null before the first. */
    reason: text(),
  },
  (table) => [index().on(table.nextTryAt), index().on(table.agencyCode, table.orderId)],
)
