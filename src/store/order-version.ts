/** How often an order has been changed, for whoever waits for the next change. */
import { type Database, everyAgency, queryInScope } from './database.ts'

/** The version of the order that a checkout token names; null when there is none. */
export const readOrderVersion = async (database: Database, checkoutToken: string): Promise<number | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select version from orders where checkout_token = ${checkoutToken}`,
  )
  return row ? Number(row.version) : null
}
