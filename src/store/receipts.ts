/** Receipts and their gap-free numbers. A number is taken in the transaction that writes its receipt, so a number that is not used is not taken. */
import type { OrderEvent } from '../domain/order-events.ts'
import type { Order } from '../domain/order-facts.ts'
import type { Collector, Receipt, ReceiptKind, ReceiptSerials, SignedReceipt } from '../domain/receipt.ts'
import { stringifyMoney } from '../lib/json.ts'
import {
  type Database,
  everyAgency,
  type Fragment,
  isConnectionError,
  onConnection,
  openTransaction,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
  settleAll,
} from './database.ts'
import { orderQueries } from './order-commit.ts'
import { hear } from './silence.ts'

/** The alias is that of the receipt. */
export const isLive = (sql: Sql) => sql`not exists (select from receipts as later where later.replaces = receipt.id)`

/** The receipts of one order that stand, phí first: those that were replaced are left out. Empty when the scope holds none. */
export const findReceipts = async (database: Database, scope: string, orderId: string): Promise<readonly Receipt[]> =>
  readReceipts(await queryInScope(database, scope, (sql) => standingReceipts(sql, orderId)))

/** The statement of `findReceipts`; `readReceipts` reads its rows. */
export const standingReceipts = (sql: Sql, orderId: string): Query =>
  sql`select * from receipts as receipt where order_id = ${orderId} and ${isLive(sql)} order by kind desc`

/** Amounts inside a stored document are plain JSON integers; the type says bigint, so they become it. */
export const readReceipts = (rows: Rows): readonly Receipt[] =>
  rows.map((row) => ({ ...row, document: withAmounts(row.document) })) as readonly unknown[] as readonly Receipt[]

const withAmounts = (document: Receipt['document']): Receipt['document'] => ({
  ...document,
  amount: asAmount(document.amount),
  fees: (Array.isArray(document.fees) ? document.fees : []).map((fee) => ({
    ...fee,
    amount: asAmount(fee.amount),
    unit_amount: asAmount(fee.unit_amount),
  })),
})

/** What is no amount was put there by somebody else; whoever holds the receipt against its signature says so. */
const asAmount = (value: unknown): bigint => (Number.isSafeInteger(value) ? BigInt(Number(value)) : 0n)

/** The agency whose name a receipt bears; null when it is gone. */
export const findCollector = async (
  database: Database,
  agencyCode: string,
): Promise<(Collector & ReceiptSerials) | null> => {
  const [row] = await queryInScope(database, everyAgency, (sql) => collector(sql, agencyCode))
  return (row as (Collector & ReceiptSerials) | undefined) ?? null
}

/** The statement of `findCollector`, for the scope of every agency. */
export const collector = (sql: Sql, agencyCode: string | Fragment): Query => sql`
  select agency_code, name, tax_code, address, phone, receipt_serial_phi, receipt_serial_le_phi from agencies
  where agency_code = ${agencyCode}`

export type ReceiptIssue = {
  order: Order
  /** One number is taken of each. */
  series: readonly ReceiptSeries[]
  /** Makes the receipts under these numbers, in the order of the series, and the events that tell of them. */
  build: (
    taken: readonly TakenNumber[],
  ) => Promise<{ receipts: readonly SignedReceipt[]; events: readonly OrderEvent[] }>
  /** More statements of the same commit, before the receipts are written. */
  also?: (sql: Sql) => readonly Query[]
  now: Date
}

/** `issuedAt`: now, or when the number before it was issued, by whichever clock that was later. */
export type TakenNumber = { number: number; issuedAt: Date }

export type ReceiptSeries = { kind: ReceiptKind; serial: string }

/**
 * Takes numbers, builds the receipts and commits them with their events, in one transaction: the series' row stays locked until it ends. Throws a conflict
 * (see isConflict) when the order was changed since it was read; no number is used then.
 */
export const commitReceipts = async (database: Database, issue: ReceiptIssue): Promise<readonly SignedReceipt[]> => {
  const listen = () => hear(database.hearing)
  return onConnection(database, async (connection) => {
    try {
      // Always in the same order, so that no two wait for each other.
      const series = issue.series.toSorted((a, b) => (a.serial < b.serial ? -1 : 1))
      const taking = [
        connection`begin`,
        openTransaction(database, connection, everyAgency),
        ...series.map((each) => takeNumber(connection, issue, each)),
      ]
      const [, , ...taken] = await settleAll(taking, listen)
      const numbers = issue.series.map((each): TakenNumber => {
        const [row] = taken[series.indexOf(each)] ?? []
        return { number: Number(row?.lastNumber), issuedAt: row?.lastIssuedAt as Date }
      })
      const { receipts, events } = await issue.build(numbers)
      const also = (sql: Sql) => [
        ...(issue.also?.(sql) ?? []),
        ...receipts.map((receipt) => insertReceipt(sql, receipt)),
        sql`delete from receipt_tries where order_id = ${issue.order.id}`,
      ]
      const writes = orderQueries(connection, { read: issue.order, order: {}, events, now: issue.now, also })
      await settleAll([...writes, connection`commit`], listen)
      return receipts
    } catch (error) {
      if (!isConnectionError(error)) await connection`rollback`.catch(() => undefined)
      throw error
    }
  })
}

/**
 * A series of before its kind was fixed becomes that of the kind that uses it first. Clocks of processes differ: a number is never issued before the one that it follows.
 */
const takeNumber = (sql: Sql, { order, now }: ReceiptIssue, { kind, serial }: ReceiptSeries): Query => sql`
  insert into receipt_series as series (agency_code, serial, kind, last_number, last_issued_at)
  values (${order.agencyCode}, ${serial}, ${kind}, 1, ${now})
  on conflict (agency_code, serial) do update set last_number = series.last_number + 1, kind = coalesce(series.kind, excluded.kind),
    last_issued_at = greatest(series.last_issued_at, excluded.last_issued_at)
  returning last_number, last_issued_at`

const insertReceipt = (sql: Sql, { document, ...receipt }: SignedReceipt): Query => sql`
  insert into receipts (id, agency_code, order_id, kind, form, serial, number, amount, token, document, issued_at, replaces, reason, made_by, refund_id, proof, signature)
  values (${receipt.id}, ${receipt.agencyCode}, ${receipt.orderId}, ${receipt.kind}, ${receipt.form}, ${receipt.serial}, ${receipt.number},
    ${receipt.amount}, ${receipt.token}, ${stringifyMoney(document)}::text::jsonb, ${receipt.issuedAt}, ${receipt.replaces},
    ${receipt.reason}, ${receipt.madeBy}, ${receipt.refundId}, ${receipt.proof}, ${receipt.signature})`

/**
 * The first number that is missing, in the order of agencies and serials: one between others, one that was taken and is on no receipt, or one on a receipt that the series
 * does not know of. Null when there is none.
 */
export const findReceiptGap = async (
  database: Database,
): Promise<{ agencyCode: string; serial: string; number: number } | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select agency_code, serial, min(missing) as number from (
        select agency_code, serial, lag(number, 1, 0) over series + 1 as missing, number as upper from receipts
        window series as (partition by agency_code, serial order by number)
        union all
        select agency_code, serial, least(taken, used) + 1, greatest(taken, used) + 1 from (
          select coalesce(series.agency_code, receipt.agency_code) as agency_code, coalesce(series.serial, receipt.serial) as serial,
            coalesce(series.last_number, 0) as taken, count(receipt.id)::int as used
          from receipt_series as series full join receipts as receipt on receipt.agency_code = series.agency_code and receipt.serial = series.serial
          group by 1, 2, 3) as counted
      ) as gaps
      where missing < upper group by agency_code, serial order by agency_code, serial limit 1`,
  )
  return row ? { agencyCode: String(row.agencyCode), serial: String(row.serial), number: Number(row.number) } : null
}
