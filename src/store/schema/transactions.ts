/** What PostgreSQL itself says of the order of transactions (manual, 9.28.8): by these, not by clocks, it is told what somebody could read. */
import { customType } from 'drizzle-orm/pg-core'

/** The number of a transaction, as text: it grows for as long as the server's data live, and begins anew where they are loaded into another. */
export const transactionId = customType<{ data: string; driverData: string }>({ dataType: () => 'xid8' })

/** Which transactions had ended at a moment, as text. */
export const snapshot = customType<{ data: string; driverData: string }>({ dataType: () => 'pg_snapshot' })
