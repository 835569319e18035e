/** What the citizen's browser has to do for an attempt, as it was kept when the provider took it. */
import type { PayeeAccount } from '../domain/order-facts.ts'
import { type Database, everyAgency, queryInScope } from './database.ts'

/** The stored action as it was written; null when the provider has given none, or there is no such attempt. */
export const readAttemptAction = async (database: Database, attemptId: string): Promise<unknown> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select action from attempts where id = ${attemptId}`,
  )
  return row?.action ?? null
}

/** The account that money of the attempt's merchant account goes to; null when there is no such attempt. */
export const readAttemptPayee = async (database: Database, attemptId: string): Promise<PayeeAccount | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select account.payee_account from attempts as attempt
      join merchant_accounts as account on account.id = attempt.merchant_account_id
      where attempt.id = ${attemptId}`,
  )
  return (row?.payeeAccount as PayeeAccount | undefined) ?? null
}
