/** Finding refunds; they are written with their order by store/order-commit.ts. */
import { type Database, everyAgency, inScope, queryInScope } from './database.ts'

/** The order that a refund belongs to, within the scope; null when there is none. */
export const findRefundOrder = async (database: Database, scope: string, refundId: string): Promise<string | null> => {
  const [row] = await queryInScope(database, scope, (sql) => sql`select order_id from refunds where id = ${refundId}`)
  return typeof row?.orderId === 'string' ? row.orderId : null
}

export type RefundTerms = {
  /** Up to what amount the agency lets refunds go without a checker, in đồng. */
  limit: bigint
  /** Lines of the order whose fee is not returned when the dossier is rejected, by the price that they were placed under. */
  keptLines: readonly number[]
}

/** What an order's refunds are bound by besides its money. */
export const readRefundTerms = async (
  database: Database,
  { orderId, agencyCode }: { orderId: string; agencyCode: string },
): Promise<RefundTerms> => {
  const [agencies, lines] = await inScope(database, everyAgency, (sql) => [
    sql`select refund_limit from agencies where agency_code = ${agencyCode}`,
    sql`
      select line.line_no from order_lines as line join fee_schedules as fee on fee.id = line.fee_schedule_id
      where line.order_id = ${orderId} and not fee.refundable_when_rejected`,
  ])
  const limit = agencies?.[0]?.refundLimit
  return {
    limit: typeof limit === 'bigint' ? limit : 0n,
    keptLines: (lines ?? []).map((row) => Number(row.lineNo)),
  }
}
