/** Who is owed fees and how they may be paid: agencies, merchant accounts and their keys, fee schedules, API clients, signing keys. */
import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bytes } from './bytes.ts'
import { agencyCode, dong, instant } from './columns.ts'

/** A tree by code: `H56.12.03` lies below `H56.12`. */
export const agencies = pgTable('agencies', {
  agencyCode: text().primaryKey(),
  parentCode: text(),
  name: text().notNull(),
  taxCode: text(),
  /** Mã đơn vị quan hệ ngân sách (ĐVQHNS), which accountants' reports bear in their head. */
  budgetUnitCode: text(),
  address: text(),
  phone: text(),
  /** `off`, `warn` or `enforce`: what a price that differs from the schedule does. */
  feeCheck: text().notNull().default('warn'),
  /** Whether money for an expired or cancelled order may still pay it. */
  acceptsLateMoney: boolean().notNull().default(true),
  /** Refunds above this need a checker; 0 means all of them. */
  refundLimit: dong().notNull().default(sql`0`),
  /** Working days within which an approved refund is promised: our own policy until an agency sets its own; no law names a term. */
  refundWorkingDays: integer().notNull().default(7),
  /** What follows the year in the serials of its receipts (TT 91 annex II); another one begins a series of its own. */
  receiptSerialPhi: text().notNull().default('TAA'),
  receiptSerialLePhi: text().notNull().default('TAB'),
  createdAt: instant().notNull().defaultNow(),
})

/**
 * The hosts that webhook endpoints and merchant accounts of an agency and of those below it may name, as they were set: the latest is in force, the others are its
 * history. Null hosts: no list.
 */
export const outgoingHosts = pgTable(
  'outgoing_hosts',
  {
    agencyCode: agencyCode(),
    setAt: instant().notNull(),
    hosts: text().array(),
    setBy: text().notNull(),
  },
  (table) => [primaryKey({ columns: [table.agencyCode, table.setAt] })],
)

export const merchantAccounts = pgTable(
  'merchant_accounts',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    provider: text().notNull(),
    title: text().notNull(),
    /** The readable members of the provider's account schema: URLs and options. Secrets live in merchant_account_keys. */
    settings: jsonb().notNull().default({}),
    /** `{number, bank_bin, holder}`: where the provider pays out to. */
    payeeAccount: jsonb().notNull(),
    /** `{basis_points, fixed, minimum, maximum, vat_basis_points, netted, tolerance}`. */
    providerFee: jsonb().notNull().default({}),
    cutoff: text().notNull().default('00:00'),
    settlementDays: integer().notNull().default(1),
    statementProfile: jsonb(),
    status: text().notNull().default('active'),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [index().on(table.agencyCode)],
)

/** Credentials, encrypted; two may be valid at once while a key is rotated. */
export const merchantAccountKeys = pgTable(
  'merchant_account_keys',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    merchantAccountId: text()
      .notNull()
      .references(() => merchantAccounts.id),
    sealed: bytes().notNull(),
    createdAt: instant().notNull().defaultNow(),
    /** Null for the current key; a former key is accepted on callbacks until then. */
    retiresAt: instant(),
    /** When another key took its place; null for the current one. */
    replacedAt: instant(),
    /** When it was ended for good, by hand or after a leak: it is never prolonged. */
    endedAt: instant(),
    lastUsedAt: instant(),
  },
  (table) => [index().on(table.merchantAccountId)],
)

export const feeSchedules = pgTable(
  'fee_schedules',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    feeCode: text().notNull(),
    name: text().notNull(),
    kind: text().notNull(),
    /** Null: the fee follows a formula, so a line's price is not compared. */
    unitAmount: dong(),
    budgetItem: text(),
    legalBasis: text(),
    /** Whether it is returned when the dossier is rejected; null: the agency decides case by case. */
    refundableWhenRejected: boolean(),
    validFrom: date({ mode: 'string' }).notNull(),
    validTo: date({ mode: 'string' }),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [uniqueIndex().on(table.agencyCode, table.feeCode, table.validFrom)],
)

export const clients = pgTable('clients', {
  id: text().primaryKey(),
  agencyCode: agencyCode(),
  name: text().notNull(),
  scopes: text().array().notNull(),
  /** SHA-256 of a 256-bit random secret; null for clients that sign with their own key. */
  secretHash: text(),
  jwks: jsonb(),
  createdAt: instant().notNull().defaultNow(),
  expiresAt: instant(),
  revokedAt: instant(),
})

/** Our own Ed25519 keys for tokens, receipts, closes and seals; the private half is encrypted. */
export const signingKeys = pgTable('signing_keys', {
  kid: text().primaryKey(),
  publicJwk: jsonb().notNull(),
  sealedPrivateJwk: bytes().notNull(),
  createdAt: instant().notNull().defaultNow(),
  retiredAt: instant(),
  /** From when on what it signed is not ours, and why; null while nothing is wrong with it. */
  revokedAt: instant(),
  revokedReason: text(),
})

/** The first answer to an idempotent write, committed together with what it wrote. */
export const idempotencyKeys = pgTable(
  'idempotency_keys',
  {
    /** The client's, whatever it writes: a key is one for all of it. */
    agencyCode: agencyCode(),
    clientId: text().notNull(),
    route: text().notNull(),
    key: text().notNull(),
    /** A SHA-256 per top-level field of the body, so that a later difference can be named without keeping the body. */
    fieldHashes: jsonb().notNull(),
    responseStatus: integer().notNull(),
    responseBody: text().notNull(),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    primaryKey({
      name: 'idempotency_keys_client_id_route_key_pk',
      columns: [table.clientId, table.route, table.key, table.agencyCode],
    }),
    index().on(table.createdAt),
  ],
)
