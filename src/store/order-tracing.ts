/** Finding orders for whoever knows a code and the amount: without either there is no row. */
import { type Database, everyAgency, inScope, type Query, type Sql } from './database.ts'

export type TraceKey = {
  /** The dossier's code, normalised. */
  dossierCode: string
  /** The order's tracing code, or that of a case about it; null when what was written can be none. */
  tracingCode: string | null
  orderId: string | null
  amount: bigint
}

/** An order, and by when what is wrong with its money must be dealt with. */
export type TracedOrder = { id: string; dueOn: string | null }

/** The newest orders of that code and that amount, at most `limit`. */
export const findTraced = async (database: Database, key: TraceKey, limit: number): Promise<readonly TracedOrder[]> => {
  const { dossierCode, tracingCode, orderId, amount } = key
  const [rows] = await inScope(database, everyAgency, (sql) => [
    sql`
      with found as materialized (
        select id from orders where dossier_code = ${dossierCode}
        union select id from orders where tracing_code = ${tracingCode}
        union select order_id from tracing_cases where code = ${tracingCode} and order_id is not null
        union select id from orders where id = ${orderId})
      select orders.id, (select max(due_on) from discrepancies where order_id = orders.id and status <> 'resolved') as due_on
      from orders join found using (id) where orders.amount = ${amount}
      order by orders.created_at desc, orders.id desc limit ${limit}`,
  ])
  return (rows ?? []).map(({ id, dueOn }) => ({ id: String(id), dueOn: dueOn === null ? null : String(dueOn) }))
}

/** By when what is wrong with an order's money must be dealt with: one row with `dueOn`, null when nothing is, or no day is set. For the scope of every agency. */
export const dueDay = (sql: Sql, orderId: string): Query =>
  sql`select max(due_on) as due_on from discrepancies where order_id = ${orderId} and status <> 'resolved'`
