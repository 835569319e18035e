/** What administrators changed and reports print: how it was until then. Written with the change, never changed itself. */
import { index, integer, jsonb, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'

export const formerAgencies = pgTable(
  'former_agencies',
  {
    agencyCode: agencyCode(),
    until: instant().notNull(),
    name: text().notNull(),
    taxCode: text(),
    budgetUnitCode: text(),
    address: text(),
  },
  (table) => [primaryKey({ columns: [table.agencyCode, table.until] })],
)

/** The contract's tariff and times, by which a provider is measured, and the account that it pays out to. */
export const formerMerchantAccounts = pgTable(
  'former_merchant_accounts',
  {
    merchantAccountId: text().notNull(),
    until: instant().notNull(),
    agencyCode: agencyCode(),
    providerFee: jsonb().notNull(),
    cutoff: text().notNull(),
    settlementDays: integer().notNull(),
    payeeAccount: jsonb().notNull(),
  },
  (table) => [primaryKey({ columns: [table.merchantAccountId, table.until] }), index().on(table.agencyCode)],
)
