/** Settlement and bank statements, and what comparing them with the ledger gave. Shapes follow the reconciliation contract. */
import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { bytes } from './bytes.ts'
import { agencyCode, dong, instant } from './columns.ts'
import { snapshot } from './transactions.ts'

export const statements = pgTable(
  'statements',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    merchantAccountId: text().notNull(),
    source: text().notNull(),
    format: text(),
    fileName: text().notNull(),
    sha256: text().notNull(),
    totalBytes: bigint({ mode: 'bigint' }).notNull(),
    status: text().notNull(),
    readBytes: bigint({ mode: 'bigint' }).notNull().default(sql`0`),
    lines: integer().notNull().default(0),
    accepted: integer().notNull().default(0),
    /** `{line, column?, message}`, the first 1,000; `problemCount` counts them all. */
    problems: jsonb().notNull().default([]),
    problemCount: integer().notNull().default(0),
    openingBalance: dong(),
    closingBalance: dong(),
    credits: dong().notNull().default(sql`0`),
    debits: dong().notNull().default(sql`0`),
    closes: boolean(),
    account: text(),
    currency: text(),
    fromDay: date({ mode: 'string' }),
    toDay: date({ mode: 'string' }),
    reason: text(),
    /** How often its import was begun without ending by itself; what broke off with the connection does not count. */
    tries: integer().notNull().default(0),
    /** Not before then is it begun again; null: at once. */
    tryAt: instant(),
    /** The statement profile that it was read by; null for every other format. */
    profile: jsonb(),
    createdBy: text().notNull(),
    createdAt: instant().notNull(),
    importedAt: instant(),
    /** When its file and the texts of its lines were erased, see domain/retention.ts. */
    erasedAt: instant(),
    /** Which of the merchant account's files it was, in the order in which their imports ended; set by the database. Null for those of before that was kept, which come first. */
    place: integer(),
  },
  (table) => [
    primaryKey({ name: 'statements_pkey', columns: [table.id, table.agencyCode] }),
    // The same bytes are taken once; those that were refused may come again, for a profile or an account can be mended.
    uniqueIndex('statements_bytes_once')
      .on(table.merchantAccountId, table.source, table.sha256, table.agencyCode)
      .where(sql`status <> 'rejected'`),
    index('statements_by_place').on(table.merchantAccountId, table.place).concurrently(),
    index().on(table.agencyCode, table.id).concurrently(),
    index('statements_by_account').on(table.merchantAccountId, table.id).concurrently(),
    index('statements_waiting')
      .on(table.createdAt, table.id)
      .concurrently()
      .where(sql`status in ('queued', 'processing')`),
    check('statements_status', sql`status in ('queued', 'processing', 'imported', 'rejected')`),
  ],
)

/** The uploaded file itself, encrypted chunk by chunk: evidence, and what the import job reads. */
export const statementChunks = pgTable(
  'statement_chunks',
  { agencyCode: agencyCode(), statementId: text().notNull(), chunkNo: integer().notNull(), sealed: bytes().notNull() },
  (table) => [
    primaryKey({
      name: 'statement_chunks_statement_id_chunk_no_pk',
      columns: [table.statementId, table.chunkNo, table.agencyCode],
    }),
  ],
)

/** A file that was uploaded and is no statement yet: somebody looks at it first. Its pieces are kept under the id that the statement will have; a day later all of it is swept away. */
export const statementDrafts = pgTable(
  'statement_drafts',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    /** What the uploader has chosen so far. */
    merchantAccountId: text(),
    source: text(),
    format: text(),
    fileName: text().notNull(),
    /** Null as long as the file has not come whole. */
    sha256: text(),
    totalBytes: bigint({ mode: 'bigint' }),
    createdBy: text().notNull(),
    createdAt: instant().notNull(),
  },
  (table) => [index().on(table.createdAt)],
)

export const statementLines = pgTable(
  'statement_lines',
  {
    statementId: text().notNull(),
    line: integer().notNull(),
    agencyCode: agencyCode(),
    merchantAccountId: text().notNull(),
    source: text().notNull(),
    lineType: text(),
    occurredAt: instant(),
    businessDay: date({ mode: 'string' }),
    merchantReference: text(),
    providerReference: text(),
    amount: dong().notNull(),
    providerFee: dong(),
    netAmount: dong(),
    status: text(),
    payoutReference: text(),
    valueDate: date({ mode: 'string' }),
    bankReference: text(),
    description: text(),
    counterparty: text(),
    rowHash: text().notNull(),
  },
  (table) => [
    primaryKey({
      name: 'statement_lines_statement_id_line_pk',
      columns: [table.statementId, table.line, table.agencyCode],
    }),
    // References come in no order, so that their indexes cost a line the most: the account, which every query names too, would make them twice as wide.
    index('statement_lines_merchant_reference').on(table.merchantReference).where(sql`merchant_reference is not null`),
    index('statement_lines_provider_reference').on(table.providerReference).where(sql`provider_reference is not null`),
    index().on(table.merchantAccountId, table.source, table.businessDay),
    // A payout's lines, wherever they stand: days of one payout lie together.
    index('statement_lines_payout')
      .on(table.merchantAccountId, table.payoutReference, table.businessDay)
      .where(sql`payout_reference is not null`),
  ],
)

export const reconciliations = pgTable(
  'reconciliations',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    merchantAccountId: text().notNull(),
    fromDay: date({ mode: 'string' }).notNull(),
    toDay: date({ mode: 'string' }).notNull(),
    status: text().notNull(),
    /** `{phase, items, healed, after}`: what is done, so that a run that was cut off goes on behind it. */
    progress: jsonb().notNull().default({}),
    summary: jsonb().notNull().default({}),
    failure: text(),
    createdBy: text().notNull(),
    createdAt: instant().notNull(),
    completedAt: instant(),
    /** Which of the merchant account's runs it was, in the order in which they read; set by the database. Null before it has read, and for those of before that was kept, which come first. */
    place: integer(),
    /** What had been told when it began to read. */
    readIn: snapshot(),
  },
  (table) => [
    primaryKey({ name: 'reconciliations_pkey', columns: [table.id, table.agencyCode] }),
    index().on(table.merchantAccountId, table.fromDay),
    index('reconciliations_by_place').on(table.merchantAccountId, table.place).concurrently(),
    index().on(table.agencyCode, table.id).concurrently(),
    index('reconciliations_by_account').on(table.merchantAccountId, table.id).concurrently(),
    index('reconciliations_running').on(table.createdAt).where(sql`status = 'running'`),
    check('reconciliations_status', sql`status in ('running', 'completed', 'failed')`),
  ],
)

export const reconciliationItems = pgTable(
  'reconciliation_items',
  {
    id: text().notNull(),
    agencyCode: agencyCode(),
    reconciliationId: text().notNull(),
    class: text().notNull(),
    source: text().notNull(),
    statementId: text(),
    line: integer(),
    attemptId: text(),
    refundId: text(),
    orderId: text(),
    merchantReference: text(),
    providerReference: text(),
    payoutReference: text(),
    bankReference: text(),
    /** The payouts that a bank line pays: several when one credit pays several; several items with one reference when a payout comes in several credits. */
    payoutReferences: text().array().notNull().default(sql`'{}'`),
    amountHere: dong(),
    amountThere: dong(),
    providerFeeHere: dong(),
    providerFeeThere: dong(),
    businessDay: date({ mode: 'string' }),
    valueDate: date({ mode: 'string' }),
    /** The day by which the provider owed it, by its cut-off, settlement days and working days: only after it is anything late. */
    expectedOn: date({ mode: 'string' }),
    candidates: jsonb().notNull().default([]),
    proof: jsonb(),
    /** Our own reference of the capture: an attempt that was paid twice has two captures, each with its item. */
    captureReference: text(),
    /** What the line says that we did not know, to go through the one door: `captured`, `refunded` or `failed`. */
    heal: text(),
  },
  (table) => [
    primaryKey({ name: 'reconciliation_items_pkey', columns: [table.id, table.agencyCode] }),
    index().on(table.reconciliationId, table.class, table.id),
    // A payment that is a credit itself stands in no provider's statement: what a run has found of it is asked for long after.
    index('items_bank_capture').on(table.attemptId).where(sql`source = 'bank' and attempt_id is not null`),
    index('items_of_bank').on(table.reconciliationId).concurrently().where(sql`source = 'bank'`),
    index('items_to_heal').on(table.reconciliationId, table.id).where(sql`heal is not null`),
    // A statement line is used at most once in a run, and so is a capture or refund.
    uniqueIndex('items_line_once')
      .on(table.reconciliationId, table.statementId, table.line, table.agencyCode)
      .where(sql`statement_id is not null`),
    uniqueIndex('items_attempt_once')
      .on(table.reconciliationId, table.attemptId, table.captureReference, table.agencyCode)
      .where(sql`refund_id is null and class <> 'duplicate_line'`),
    uniqueIndex('items_refund_once')
      .on(table.reconciliationId, table.refundId, table.agencyCode)
      .where(sql`refund_id is not null and class <> 'duplicate_line'`),
    // Bank lines that paid a payout, of whatever run.
    index('items_payouts').using('gin', table.payoutReferences).where(sql`payout_references <> '{}'`),
  ],
)

/** Background work and who holds it: one row per kind, taken with a lease, so that two processes never do one job twice. */
export const jobLeases = pgTable('job_leases', {
  name: text().primaryKey(),
  holder: text().notNull(),
  until: instant().notNull(),
})
