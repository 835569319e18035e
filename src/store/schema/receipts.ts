/** Receipts and their series, what happens to receipts after they were issued, and orders whose receipts could not be issued yet. */
import { sql } from 'drizzle-orm'
import { check, foreignKey, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { agencyCode, dong, instant } from './columns.ts'
import { orders, refunds } from './orders.ts'

export const receipts = pgTable(
  'receipts',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    orderId: text().notNull(),
    /** `phi` or `le_phi`; other kinds are receipted with the fee they belong to. */
    kind: text().notNull(),
    form: text().notNull(),
    serial: text().notNull(),
    number: integer().notNull(),
    amount: dong().notNull(),
    token: text().notNull(),
    document: jsonb().notNull(),
    issuedAt: instant().notNull(),
    /** The receipt that this one stands in place of, why, by whom, and after which refund; null for a first receipt. */
    replaces: text(),
    reason: text(),
    madeBy: text(),
    refundId: text(),
    /** What was signed when it was issued: what its code holds, and a hash of all of this row; null only for receipts of before. */
    proof: text(),
    signature: text(),
  },
  (table) => [
    foreignKey({
      name: 'receipts_order',
      columns: [table.orderId, table.agencyCode],
      foreignColumns: [orders.id, orders.agencyCode],
    }),
    foreignKey({
      name: 'receipts_replaces',
      columns: [table.replaces, table.agencyCode],
      foreignColumns: [table.id, table.agencyCode],
    }),
    foreignKey({
      name: 'receipts_of_refund',
      columns: [table.refundId, table.agencyCode],
      foreignColumns: [refunds.id, refunds.agencyCode],
    }),
    primaryKey({ name: 'receipts_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex().on(table.agencyCode, table.serial, table.number),
    index('receipts_unsigned').on(table.id).where(sql`proof is null`),
    // One live receipt for each kind: there is one first, and each is replaced once at most.
    uniqueIndex('receipts_first').on(table.orderId, table.kind, table.agencyCode).where(sql`replaces is null`),
    uniqueIndex('receipts_replaced_once').on(table.replaces, table.agencyCode).where(sql`replaces is not null`),
    index('receipts_by_order').on(table.orderId),
    uniqueIndex('receipts_token_index').on(table.token, table.agencyCode),
    index().on(table.issuedAt),
    check(
      'receipts_replacement',
      sql`(replaces is null) = (reason is null) and (replaces is null) = (made_by is null)`,
    ),
  ],
)

/** The last number given in each receipt series; locked while a receipt is issued, so that numbers have no gaps. */
export const receiptSeries = pgTable(
  'receipt_series',
  {
    agencyCode: agencyCode(),
    serial: text().notNull(),
    lastNumber: integer().notNull().default(0),
    /** Whose numbers these are, fixed by the first use; null for a series of before phí and lệ phí had series of their own. */
    kind: text(),
    /** When the last number was issued: no later one is issued before it, whatever clock its process has. */
    lastIssuedAt: instant(),
  },
  (table) => [primaryKey({ columns: [table.agencyCode, table.serial] })],
)

/** Notices of a mistake that needs no new receipt (04/SS-CTĐT, TT 91 Điều 20), and of a refund that leaves the receipt as it is. */
export const receiptNotices = pgTable(
  'receipt_notices',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    receiptId: text().notNull(),
    /** What is wrong on the receipt: never the tax code or an amount. */
    field: text().notNull(),
    text: text().notNull(),
    refundId: text(),
    madeBy: text().notNull(),
    noticedAt: instant().notNull(),
    /** What was signed when it was given; null only for notices of before. */
    signature: text(),
  },
  (table) => [
    foreignKey({
      name: 'receipt_notices_receipt',
      columns: [table.receiptId, table.agencyCode],
      foreignColumns: [receipts.id, receipts.agencyCode],
    }),
    foreignKey({
      name: 'receipt_notices_of_refund',
      columns: [table.refundId, table.agencyCode],
      foreignColumns: [refunds.id, refunds.agencyCode],
    }),
    primaryKey({ name: 'receipt_notices_pkey', columns: [table.id, table.agencyCode] }),
    index().on(table.receiptId),
    uniqueIndex('receipt_notices_refund')
      .on(table.receiptId, table.refundId, table.agencyCode)
      .where(sql`refund_id is not null`),
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
    orderId: text().notNull(),
    agencyCode: agencyCode(),
    tries: integer().notNull().default(0),
    nextTryAt: instant().notNull(),
    overdueAt: instant(),
    /** Why the last try failed: `no_tax_code` of the agency, or `failed`; null before the first. */
    reason: text(),
  },
  (table) => [
    primaryKey({ name: 'receipt_tries_pkey', columns: [table.orderId, table.agencyCode] }),
    foreignKey({
      name: 'receipt_tries_order',
      columns: [table.orderId, table.agencyCode],
      foreignColumns: [orders.id, orders.agencyCode],
    }),
    index().on(table.nextTryAt),
    index().on(table.agencyCode, table.orderId),
  ],
)
