/** From what a browser's return names to the page that the citizen is sent to. */
import { type Database, everyAgency, queryInScope } from './database.ts'

/** The order's checkout token and the attempt's id; null when the account has no such reference. */
export const findReturn = async (
  database: Database,
  merchantAccountId: string,
  merchantReference: string,
): Promise<{ checkoutToken: string; orderId: string; attemptId: string } | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select orders.checkout_token, orders.id as order_id, attempts.id as attempt_id from attempts join orders on orders.id = attempts.order_id
      where attempts.merchant_account_id = ${merchantAccountId} and attempts.merchant_reference = ${merchantReference}`,
  )
  return row
    ? { checkoutToken: String(row.checkoutToken), orderId: String(row.orderId), attemptId: String(row.attemptId) }
    : null
}
