/** Receipts with what became of them: replaced by another one, or noticed. */
import type { OrderEvent } from '../domain/order-events.ts'
import type { Order } from '../domain/order-facts.ts'
import type { Receipt, ReceiptHistory, SignedNotice } from '../domain/receipt.ts'
import {
  type Database,
  everyAgency,
  type Fragment,
  inScope,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
} from './database.ts'
import { orderQueries } from './order-commit.ts'
import { isLive, readReceipts } from './receipts.ts'

/** The receipt of that id; null when the scope holds none. */
export const findReceiptHistory = async (
  database: Database,
  scope: string,
  id: string,
): Promise<ReceiptHistory | null> => (await histories(database, scope, (sql) => sql`receipt.id = ${id}`))[0] ?? null

/** The receipt that an unguessable link names; null when there is none. */
export const findReceiptByToken = async (database: Database, token: string): Promise<ReceiptHistory | null> =>
  (await histories(database, everyAgency, (sql) => sql`receipt.token = ${token}`))[0] ?? null

/** The receipt that a code names; null when there is none. */
export const findReceiptByNumber = async (
  database: Database,
  { agencyCode, serial, number }: { agencyCode: string; serial: string; number: number },
): Promise<ReceiptHistory | null> => {
  const which = (sql: Sql) =>
    sql`receipt.agency_code = ${agencyCode} and receipt.serial = ${serial} and receipt.number = ${number}`
  return (await histories(database, everyAgency, which))[0] ?? null
}

/** Every receipt of an order, replaced ones included, in the order of their issue. */
export const findReceiptHistories = (
  database: Database,
  scope: string,
  orderId: string,
): Promise<readonly ReceiptHistory[]> => histories(database, scope, (sql) => sql`receipt.order_id = ${orderId}`)

/** Every receipt of each of these orders that has one. */
export const findHistoriesOf = async (
  database: Database,
  orderIds: readonly string[],
): Promise<ReadonlyMap<string, readonly ReceiptHistory[]>> =>
  Map.groupBy(
    await histories(database, everyAgency, (sql) => sql`receipt.order_id = any(${[...orderIds]}::text[])`),
    ({ receipt }) => receipt.orderId,
  )

const histories = async (
  database: Database,
  scope: string,
  which: (sql: Sql) => Fragment,
): Promise<readonly ReceiptHistory[]> => {
  const [receipts, later, notices] = await inScope(database, scope, (sql) => [
    sql`select * from receipts as receipt where ${which(sql)} order by receipt.issued_at, receipt.id`,
    sql`select later.* from receipts as receipt join receipts as later on later.replaces = receipt.id where ${which(sql)}`,
    sql`
      select notice.* from receipts as receipt join receipt_notices as notice on notice.receipt_id = receipt.id
      where ${which(sql)} order by notice.noticed_at, notice.id`,
  ])
  const replacements = readReceipts(later ?? [])
  const told = asNotices(notices ?? [])
  return readReceipts(receipts ?? []).map((receipt) => ({
    receipt,
    replacedBy: replacements.find(({ replaces }) => replaces === receipt.id) ?? null,
    notices: told.filter(({ receiptId }) => receiptId === receipt.id),
  }))
}

const asNotices = (rows: Rows): readonly SignedNotice[] => rows as readonly unknown[] as readonly SignedNotice[]

/** A receipt that stands, and the refunds of its fees that nobody has decided about. */
export type UndecidedReceipt = { receipt: Receipt; refunds: readonly string[] }

/** Receipts of which fees were returned, while neither a receipt in its place nor a notice tells of that refund; by id. */
export const listUndecided = async (
  database: Database,
  scope: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<readonly UndecidedReceipt[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select receipt.*, untold.refunds
      from receipts as receipt cross join lateral (
        select array_agg(refund.id order by refund.id) as refunds
        from refunds as refund
        where refund.order_id = receipt.order_id and refund.status = 'succeeded'
          and exists (select from refund_lines as part join order_lines as line on line.order_id = part.order_id and line.line_no = part.line_no
            where part.refund_id = refund.id and line.kind = receipt.kind)
          and not exists (select from receipts as other where other.order_id = receipt.order_id and other.kind = receipt.kind and other.refund_id = refund.id)
          and not exists (select from receipt_notices as notice join receipts as noticed on noticed.id = notice.receipt_id
            where noticed.order_id = receipt.order_id and noticed.kind = receipt.kind and notice.refund_id = refund.id)
      ) as untold
      where receipt.order_id in (select order_id from refunds where status = 'succeeded') and ${isLive(sql)}
        and untold.refunds is not null and receipt.id > ${after ?? ''}
      order by receipt.id limit ${limit}`,
  )
  return readReceipts(rows).map((receipt, index) => ({ receipt, refunds: (rows[index]?.refunds ?? []) as string[] }))
}

/** Keeps a notice with its event. Throws a conflict (see isConflict) when the order was changed since it was read. */
export const commitNotice = async (
  database: Database,
  { order, notice, events, now }: { order: Order; notice: SignedNotice; events: readonly OrderEvent[]; now: Date },
): Promise<void> => {
  const also = (sql: Sql): Query[] => [
    sql`insert into receipt_notices ${sql({ ...notice, agencyCode: order.agencyCode })}`,
  ]
  await inScope(database, everyAgency, (sql) => orderQueries(sql, { read: order, order: {}, events, now, also }))
}

/** Names of receipts, `agency/serial/number`: the newest of each kind, at most `limit`. */
export type ChangedReceipts = Record<'replaced' | 'refunded' | 'reversed' | 'noticed', readonly string[]> & {
  /** The time of issue from which they are all named; null when none is left out. */
  since: Date | null
}

/** Receipts that another one replaced, and those that stand although fees on them were returned, their payment was taken back, or notice was given of them. */
export const listChangedReceipts = async (database: Database, limit: number): Promise<ChangedReceipts> => {
  const named = (sql: Sql, which: Fragment) => sql`
    select receipt.agency_code, receipt.serial, receipt.number, receipt.issued_at from receipts as receipt
    where ${which} order by receipt.issued_at desc, receipt.id limit ${limit + 1}`
  const lists = await inScope(database, everyAgency, (sql) => [
    named(sql, sql`exists (select from receipts as later where later.replaces = receipt.id)`),
    named(
      sql,
      sql`${isLive(sql)} and receipt.order_id in (select order_id from refunds where status = 'succeeded')
        and exists (select from refunds as refund join refund_lines as part on part.refund_id = refund.id
          join order_lines as line on line.order_id = part.order_id and line.line_no = part.line_no
          where refund.order_id = receipt.order_id and refund.status = 'succeeded' and line.kind = receipt.kind
            and not exists (select from receipts as told where told.order_id = receipt.order_id and told.kind = receipt.kind
              and (told.refund_id = refund.id or told.document -> 'replaces' -> 'left_out' ? refund.id)))`,
    ),
    named(
      sql,
      sql`${isLive(sql)} and receipt.order_id in (select id from orders where status = 'paid' and amount_paid < amount)`,
    ),
    named(sql, sql`${isLive(sql)} and receipt.id in (select receipt_id from receipt_notices)`),
  ])
  const cut = lists.flatMap((rows) => (rows.length > limit ? [rows[limit - 1]?.issuedAt as Date] : []))
  const [replaced = [], refunded = [], reversed = [], noticed = []] = lists.map((rows) =>
    rows.slice(0, limit).map((row) => `${row.agencyCode}/${row.serial}/${row.number}`),
  )
  const since = cut.toSorted((a, b) => b.getTime() - a.getTime())[0] ?? null
  return { replaced, refunded, reversed, noticed, since }
}
