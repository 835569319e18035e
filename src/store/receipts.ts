/** Receipts and their gap-free numbers. A number is taken in the transaction that writes its receipt, so a number that is not used is not taken. */
import type { OrderEvent } from '../domain/order-events.ts'
import type { Order } from '../domain/order-facts.ts'
import type { Collector, Receipt } from '../domain/receipt.ts'
import { stringifyMoney } from '../lib/json.ts'
import {
  type Database,
  everyAgency,
  inScope,
  isConnectionError,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
  settleAll,
  takeConnection,
} from './database.ts'
import { orderQueries } from './order-commit.ts'

/** The receipts of one order, phí first; empty when the scope holds none. */
export const findReceipts = async (database: Database, scope: string, orderId: string): Promise<readonly Receipt[]> =>
  readReceipts(
    await queryInScope(
      database,
      scope,
      (sql) => sql`select * from receipts where order_id = ${orderId} order by kind desc`,
    ),
  )

/** The receipt that an unguessable link names; null when there is none. */
export const findReceiptByToken = async (database: Database, token: string): Promise<Receipt | null> => {
  const rows = await queryInScope(database, everyAgency, (sql) => sql`select * from receipts where token = ${token}`)
  return readReceipts(rows)[0] ?? null
}

/** Amounts inside a stored document are plain JSON integers; the type says bigint, so they become it. */
const readReceipts = (rows: Rows): readonly Receipt[] =>
  rows.map((row) => ({ ...row, document: withAmounts(row.document) })) as readonly unknown[] as readonly Receipt[]

const withAmounts = (document: Receipt['document']): Receipt['document'] => ({
  ...document,
  amount: BigInt(document.amount),
  fees: document.fees.map((fee) => ({ ...fee, amount: BigInt(fee.amount), unit_amount: BigInt(fee.unit_amount) })),
})

/** The agency whose name a receipt bears; null when it is gone. */
export const findCollector = async (database: Database, agencyCode: string): Promise<Collector | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select agency_code, name, tax_code, address, phone from agencies where agency_code = ${agencyCode}`,
  )
  return (row as Collector | undefined) ?? null
}

export type ReceiptIssue = {
  order: Order
  serial: string
  count: number
  /** Makes the receipts, `count` of them, numbered from `first`, and the events that tell of them. */
  build: (first: number) => { receipts: readonly Receipt[]; events: readonly OrderEvent[] }
  now: Date
}

/**
 * Takes numbers, builds the receipts and commits them with their events, in one transaction: the series' row stays locked until it ends. Throws a conflict
 * (see isConflict) when the order was changed since it was read; no number is used then.
 */
export const commitReceipts = async (database: Database, issue: ReceiptIssue): Promise<readonly Receipt[]> => {
  const connection = await takeConnection(database.sql)
  let isLost = false
  try {
    const [, , taken] = await settleAll([
      connection`begin`,
      connection`select set_config('lephi.agency', ${everyAgency}, true)`,
      takeNumbers(connection, issue),
    ])
    const { receipts, events } = issue.build(Number(taken?.[0]?.lastNumber) - issue.count + 1)
    const also = (sql: Sql) => receipts.map((receipt) => insertReceipt(sql, receipt))
    await settleAll([
      ...orderQueries(connection, { read: issue.order, order: {}, events, now: issue.now, also }),
      connection`commit`,
    ])
    return receipts
  } catch (error) {
    isLost = isConnectionError(error)
    if (!isLost) await connection`rollback`.catch(() => undefined)
    throw error
  } finally {
    // As in inScope: a connection that broke has left the pool by itself.
    if (!isLost) connection.release()
  }
}

const takeNumbers = (sql: Sql, { order, serial, count }: ReceiptIssue): Query => sql`
  insert into receipt_series as series (agency_code, serial, last_number) values (${order.agencyCode}, ${serial}, ${count})
  on conflict (agency_code, serial) do update set last_number = series.last_number + ${count}
  returning last_number`

const insertReceipt = (sql: Sql, { document, ...receipt }: Receipt): Query => sql`
  insert into receipts (id, agency_code, order_id, kind, form, serial, number, amount, token, document, issued_at)
  values (${receipt.id}, ${receipt.agencyCode}, ${receipt.orderId}, ${receipt.kind}, ${receipt.form}, ${receipt.serial}, ${receipt.number},
    ${receipt.amount}, ${receipt.token}, ${stringifyMoney(document)}::text::jsonb, ${receipt.issuedAt})`

/** What a paid order calls for and does not have; the alias is that of the order. */
const lacksReceipt = (sql: Sql) => sql`
  exists (
    select from order_lines as line
    where line.order_id = paid.id and line.kind in ('phi', 'le_phi') and line.amount > 0
      and not exists (select from receipts as receipt where receipt.order_id = paid.id and receipt.kind = line.kind))`

/** How far back in the feed the frequent search looks. */
const recentEvents = 10_000

/**
 * Paid orders without the receipts that they call for, at most `limit`: among those of the latest events, which is quick; with `everything` among all.
 * Oldest first.
 */
export const findUnreceipted = async (
  database: Database,
  { limit, everything }: { limit: number; everything: boolean },
): Promise<readonly string[]> => {
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    sql`select lephi_number_events()`,
    everything
      ? sql`select paid.id from orders as paid where paid.status = 'paid' and ${lacksReceipt(sql)} order by paid.id limit ${limit}`
      : sql`
          select distinct paid.id
          from events as event join orders as paid on paid.id = event.order_id and paid.status = 'paid'
          where event.type = 'order.paid' and event.position > (select max(position) from events) - ${recentEvents} and ${lacksReceipt(sql)}
          order by paid.id limit ${limit}`,
  ])
  return (rows ?? []).map((row) => String(row.id))
}
