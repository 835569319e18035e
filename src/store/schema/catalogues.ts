/** Lists of codes that others keep (budget items, procedures, reliefs, banks), as they were imported: data with dates. */
import { sql } from 'drizzle-orm'
import { check, date, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { agencyCode, instant } from './columns.ts'

/** An entry binds its agency and those below it. Only its last day may be changed: another name is another entry, from a later day on. */
export const catalogueEntries = pgTable(
  'catalogue_entries',
  {
    id: text().primaryKey(),
    agencyCode: agencyCode(),
    /** `budget_items`, `procedures`, `reliefs` or `banks`. */
    catalogue: text().notNull(),
    /** Of procedures the national code, such as 1.001193. */
    code: text().notNull(),
    name: text().notNull(),
    nameEn: text(),
    /** What a procedure charges; of other catalogues none. */
    feeCodes: text().array().notNull().default(sql`'{}'`),
    /** The document that says so. */
    source: text(),
    validFrom: date({ mode: 'string' }).notNull(),
    /** The last day; null while it has no end. */
    validTo: date({ mode: 'string' }),
    createdAt: instant().notNull().defaultNow(),
  },
  (table) => [
    uniqueIndex('catalogue_entries_by_code').on(table.agencyCode, table.catalogue, table.code, table.validFrom),
    check('catalogue_entry_days', sql`valid_to is null or valid_to >= valid_from`),
  ],
)
