/** Orders as they are shown, many at a time, without the facts behind them. */
import type { Attempt, Order, OrderLine } from '../domain/order-facts.ts'
import { type Database, inScope } from './database.ts'

export type ShownOrder = { order: Order; attempts: readonly Attempt[] }

/** The orders of these ids that the scope holds, in the order of the ids, in one round trip. */
export const readOrders = async (
  database: Database,
  scope: string,
  ids: readonly string[],
): Promise<readonly ShownOrder[]> => {
  if (ids.length === 0) return []
  const [orders, lines, attempts] = await inScope(database, scope, (sql) => [
    sql`select * from orders where id = any(${[...ids]})`,
    sql`select * from order_lines where order_id = any(${[...ids]}) order by order_id, line_no`,
    sql`select * from attempts where order_id = any(${[...ids]}) order by created_at, id`,
  ])
  const linesOf = Map.groupBy(lines ?? [], (line) => String(line.orderId))
  const attemptsOf = Map.groupBy(attempts ?? [], (attempt) => String(attempt.orderId))
  const found = new Map((orders ?? []).map((row) => [String(row.id), row]))
  return ids.flatMap((id) => {
    const row = found.get(id)
    if (!row) return []
    const order = {
      ...(row as Omit<Order, 'lines'>),
      lines: (linesOf.get(id) ?? []) as readonly unknown[] as readonly OrderLine[],
    }
    return [{ order, attempts: (attemptsOf.get(id) ?? []) as readonly unknown[] as readonly Attempt[] }]
  })
}
