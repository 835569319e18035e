/** The seal over the ledger: a chain of hashes that gives every entry, fact and event a place, and one signed root for each day. See drizzle/*_ledger_seal.sql. */
import { sql } from 'drizzle-orm'
import { bigint, check, date, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bytes } from './bytes.ts'
import { agencyCode, instant } from './columns.ts'

export const ledgerChain = pgTable(
  'ledger_chain',
  {
    /** The tenant: the agency at the top of the tree, such as `H56`. */
    agencyCode: agencyCode(),
    /** Dense from 1 within its tenant. */
    place: bigint({ mode: 'bigint' }).notNull(),
    /** `entry`, `fact` or `event`. */
    kind: text().notNull(),
    recordId: text().notNull(),
    /** SHA-256 of the record in its canonical form, as a Merkle leaf (domain/ledger-canonical.ts). */
    leaf: bytes().notNull(),
    /** Covers the leaf and the hash of the place before. */
    hash: bytes().notNull(),
    chainedAt: instant().notNull(),
    /** In which order all tenants' records were chained, with gaps: where the search for new records begins. */
    number: bigint({ mode: 'bigint' }).generatedAlwaysAsIdentity(),
  },
  (table) => [
    primaryKey({ columns: [table.agencyCode, table.place] }),
    uniqueIndex('ledger_chain_once').on(table.kind, table.recordId, table.agencyCode),
    index('ledger_chain_recent').on(table.kind, table.number),
    check('ledger_chain_kind', sql`kind in ('entry', 'fact', 'event')`),
  ],
)

export const ledgerSeals = pgTable(
  'ledger_seals',
  {
    agencyCode: agencyCode(),
    /** The business day in which the records were chained. */
    day: date({ mode: 'string' }).notNull(),
    firstPlace: bigint({ mode: 'bigint' }).notNull(),
    /** One less than the first where nothing was chained on that day. */
    lastPlace: bigint({ mode: 'bigint' }).notNull(),
    root: text().notNull(),
    /** What has places in the chain: 1 entries and facts, 2 events as well. */
    format: integer().notNull().default(1),
    /** Of the last place. */
    chainHash: text().notNull(),
    previousRoot: text(),
    kid: text().notNull(),
    /** All of it, signed: a compact JWS. */
    jws: text().notNull(),
    sealedAt: instant().notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.agencyCode, table.day] }),
    check('ledger_seals_places', sql`first_place >= 1 and last_place >= first_place - 1`),
  ],
)
