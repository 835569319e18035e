/** From what a browser's return names to the page that the citizen is sent to. */
import type { AttemptStatus } from '../domain/states.ts'
import { type Database, everyAgency, queryInScope } from './database.ts'

/** The order's checkout token, the attempt's id and how it stands; null when the account has no such reference. */
export const findReturn = async (
  database: Database,
  merchantAccountId: string,
  merchantReference: string,
): Promise<{ checkoutToken: string; orderId: string; attemptId: string; status: AttemptStatus } | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select orders.checkout_token, orders.id as order_id, attempts.id as attempt_id, attempts.status from attempts join orders on orders.id = attempts.order_id
      where attempts.merchant_account_id = ${merchantAccountId} and attempts.merchant_reference = ${merchantReference}`,
  )
  if (!row) return null
  const { checkoutToken, orderId, attemptId, status } = row
  return {
    ...{ checkoutToken: String(checkoutToken), orderId: String(orderId), attemptId: String(attemptId) },
    status: status as AttemptStatus,
  }
}
