/** The column kinds that every table shares: money in whole đồng as bigint, instants with zone, ids as prefixed text. */
import { bigint, text, timestamp } from 'drizzle-orm/pg-core'

export const dong = () => bigint({ mode: 'bigint' })
export const instant = () => timestamp({ withTimezone: true, mode: 'date', precision: 3 })
/** The agency whose row it is. Row-level security compares it with the caller's subtree, so every owned table has it. */
export const agencyCode = () => text().notNull()
