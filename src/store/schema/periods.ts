/** Closed business days of a merchant account: each close as it was signed, and what was done to it later. Both only grow. */
import { sql } from 'drizzle-orm'
import { check, date, foreignKey, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'

/** A close. It holds while nobody has opened it again; the next close of the same day is another version. */
export const periods = pgTable(
  'periods',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    merchantAccountId: text().notNull(),
    day: date({ mode: 'string' }).notNull(),
    /** The first of the days that it closes: those since the close before it, on which nothing was booked. Null: every day before. */
    fromDay: date({ mode: 'string' }),
    version: integer().notNull(),
    /** How many postings the document covers; the database compares. */
    postings: integer().notNull(),
    /** JSON with sorted keys, exactly as it was hashed and signed. */
    document: text().notNull(),
    documentHash: text().notNull(),
    /** Every file and run of the days with its hash: the document has the hash of this text, and lists some of them. Null on closes of before. */
    evidence: text(),
    /** Compact JWS over the document. */
    signature: text().notNull(),
    /** Hash of the document of the close before it. */
    previousHash: text(),
    closedBy: text().notNull(),
    closedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'periods_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('periods_version').on(table.merchantAccountId, table.day, table.version, table.agencyCode),
    index().on(table.agencyCode),
    check('periods_days', sql`from_day <= day`),
    check('periods_counts', sql`version > 0 and postings >= 0`),
  ],
)

/** What another person did to a close: signed it too, or opened it again. */
export const periodActs = pgTable(
  'period_acts',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    periodId: text().notNull(),
    /** `countersigned` or `reopened`. */
    kind: text().notNull(),
    doneBy: text().notNull(),
    doneAt: instant().notNull(),
    /** Of a reopening. */
    reason: text(),
    /** Compact JWS. What has none counts for nothing, unless it is among `unsigned_reopenings`. */
    signature: text(),
  },
  (table) => [
    foreignKey({
      name: 'period_acts_period',
      columns: [table.periodId, table.agencyCode],
      foreignColumns: [periods.id, periods.agencyCode],
    }),
    primaryKey({ name: 'period_acts_pkey', columns: [table.id, table.agencyCode] }),
    uniqueIndex('period_acts_once').on(table.periodId, table.kind, table.agencyCode),
    check('period_acts_kind', sql`kind in ('countersigned', 'reopened')`),
    check(
      'period_acts_said',
      sql`(kind = 'reopened') = (reason is not null) and (kind = 'reopened' or signature is not null)`,
    ),
  ],
)

/** Reopenings of the time before they were signed, as the migration found them: nobody adds to them. */
export const unsignedReopenings = pgTable(
  'unsigned_reopenings',
  {
    actId: text().notNull(),
    agencyCode: agencyCode(),
    /** SHA-256 of what the act said then. */
    actHash: text().notNull(),
    listedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ name: 'unsigned_reopenings_pkey', columns: [table.actId, table.agencyCode] }),
    foreignKey({
      name: 'unsigned_reopenings_act',
      columns: [table.actId, table.agencyCode],
      foreignColumns: [periodActs.id, periodActs.agencyCode],
    }),
    index().on(table.agencyCode),
  ],
)
