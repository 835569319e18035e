/** What finds things by the words that people know of them. */
import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { agencyCode } from './columns.ts'

/**
 * The words of an order's payer, small and without marks, filled by a trigger. A text search index would do the same on the name itself, but its operators are not
 * leakproof, so that PostgreSQL does not use it below row-level security; those of text_pattern_ops are (manual, section 41.5).
 */
export const payerWords = pgTable(
  'payer_words',
  {
    orderId: text().notNull(),
    agencyCode: agencyCode(),
    word: text().notNull(),
  },
  (table) => [
    primaryKey({ name: 'payer_words_order_id_word_pk', columns: [table.orderId, table.word, table.agencyCode] }),
    index('payer_words_by_word').on(table.word.op('text_pattern_ops'), table.orderId),
  ],
)
