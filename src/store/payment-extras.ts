/** What an adapter needs of an attempt besides its state: bank, payer's address, and what the adapter asked to be remembered. */
import { type Database, everyAgency, queryInScope } from './database.ts'

export type PaymentExtras = { bankCode: string | null; payerIp: string; memo: Record<string, string> }

/** Empty when there is no such attempt. */
export const readPaymentExtras = async (database: Database, attemptId: string): Promise<PaymentExtras> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select bank_code, payer_ip, memo from attempts where id = ${attemptId}`,
  )
  return (row as PaymentExtras | undefined) ?? { bankCode: null, payerIp: '', memo: {} }
}

export type BillExtras = { agencyName: string; payerSealed: Uint8Array | null }

/** The name of the agency that is owed, and the payer's sealed personal data. */
export const readBillExtras = async (database: Database, orderId: string): Promise<BillExtras> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select agency.name as agency_name, orders.payer_sealed from orders
      join agencies as agency on agency.agency_code = orders.agency_code where orders.id = ${orderId}`,
  )
  return (row as BillExtras | undefined) ?? { agencyName: '', payerSealed: null }
}
