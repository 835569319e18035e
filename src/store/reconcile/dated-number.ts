/** A bank's number that comes again is told in notices together with its day (providers/bank-number.ts); a statement has number and day by themselves. */
import type { Fragment } from '../database.ts'
import type { Transaction } from '../transaction.ts'

/** The name under which such a credit was kept, as SQL. */
export const datedNumber = (sql: Transaction, number: Fragment, day: Fragment): Fragment =>
  sql`${number} || '-' || to_char(${day}, 'YYYYMMDD')`
