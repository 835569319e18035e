/** Finding refunds; they are written with their order by store/order-commit.ts. */
import { type Database, queryInScope } from './database.ts'

/** The order that a refund belongs to, within the scope; null when there is none. */
export const findRefundOrder = async (database: Database, scope: string, refundId: string): Promise<string | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select order_id from refunds where id = ${refundId}`)
  return typeof row?.orderId === 'string' ? row.orderId : null
}

/** Up to what amount an agency lets refunds go without a checker, in đồng. */
export const readRefundLimit = async (database: Database, agencyCode: string): Promise<bigint> => {
  const [row] = await queryInScope(
    database,
    '*',
    (sql) => sql`select refund_limit from agencies where agency_code = ${agencyCode}`,
  )
  return typeof row?.refundLimit === 'bigint' ? row.refundLimit : 0n
}
