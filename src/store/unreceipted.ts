/** Paid orders without the receipts that they call for. */
import type { Order } from '../domain/order-facts.ts'
import { type Database, everyAgency, inScope, type Query, queryInScope, type Rows, type Sql } from './database.ts'

/** Why a try failed: the agency has no tax code yet, or anything else. */
export const unreceiptedReasons = ['no_tax_code', 'failed'] as const
export type UnreceiptedReason = (typeof unreceiptedReasons)[number]

/** How far back in the feed the frequent searches look. */
const recentEvents = 10_000

/** The orders of the latest events and those that were tried in vain. */
const lately = (sql: Sql) => sql`
  select order_id as id from events where type = 'order.paid' and position > (select max(position) from events) - ${recentEvents}
  union select order_id from receipt_tries`

/** All paid orders, or those of `lately`, each looked up by its id: the fences keep PostgreSQL from going through all that were ever paid, whatever its statistics say. */
const paidOrders = (sql: Sql, everything: boolean) =>
  everything
    ? sql`select * from orders where status = 'paid'`
    : sql`
        with late as materialized (${lately(sql)})
        select found.* from late cross join lateral (select * from orders where orders.id = late.id offset 0) as found
        where found.status = 'paid'`

/** All of them, or those that `lately` finds, which is quick. */
const unreceipted = (sql: Sql, everything: boolean) => sql`
  select paid.id, paid.paid_at, tried.next_try_at, tried.overdue_at, tried.reason, coalesce(tried.tries, 0) as tries
  from (${paidOrders(sql, everything)}) as paid left join receipt_tries as tried on tried.order_id = paid.id
  where exists (
    select from order_lines as line
    where line.order_id = paid.id and line.kind in ('phi', 'le_phi') and line.amount > 0
      and not exists (select from receipts as receipt where receipt.order_id = paid.id and receipt.kind = line.kind))`

const numbered = async (database: Database, build: (sql: Sql) => Query): Promise<Rows> => {
  const [, rows] = await inScope(database, everyAgency, (sql) => [sql`select lephi_number_events()`, build(sql)])
  return rows ?? []
}

/** Those whose next try is due, at most `limit`, oldest first. */
export const findUnreceipted = async (
  database: Database,
  { limit, everything, now }: { limit: number; everything: boolean; now: Date },
): Promise<readonly { id: string; tries: number }[]> => {
  const rows = await numbered(
    database,
    (sql) => sql`
      select id, tries from (${unreceipted(sql, everything)}) as waiting
      where next_try_at is null or next_try_at <= ${now} order by id limit ${limit}`,
  )
  return rows.map((row) => ({ id: String(row.id), tries: Number(row.tries) }))
}

/** Those that were paid before then and that nobody was told of. */
export const findOverdueReceipts = async (
  database: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<readonly { id: string; reason: UnreceiptedReason | null }[]> => {
  const rows = await numbered(
    database,
    (sql) => sql`
      select id, reason from (${unreceipted(sql, false)}) as waiting
      where overdue_at is null and paid_at < ${before} order by id limit ${limit}`,
  )
  return rows.map((row) => ({ id: String(row.id), reason: row.reason as UnreceiptedReason | null }))
}

export const countUnreceipted = async (database: Database): Promise<{ count: number; oldest: Date | null }> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select count(*)::int as count, min(paid_at) as oldest from (${unreceipted(sql, false)}) as waiting`,
  )
  return { count: Number(row?.count ?? 0), oldest: (row?.oldest as Date | null | undefined) ?? null }
}

export type UnreceiptedOrder = {
  orderId: string
  dossierCode: string
  agencyCode: string
  paidAt: Date
  reason: UnreceiptedReason | null
  tries: number
  nextTryAt: Date
  overdueAt: Date | null
}

/** Those that were tried in vain; by id. */
export const listUnreceipted = async (
  database: Database,
  scope: string,
  { after, limit }: { after: string | null; limit: number },
): Promise<readonly UnreceiptedOrder[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select tried.order_id, paid.dossier_code, tried.agency_code, paid.paid_at, tried.reason, tried.tries, tried.next_try_at, tried.overdue_at
      from receipt_tries as tried join orders as paid on paid.id = tried.order_id
      where tried.order_id > ${after ?? ''} and paid.status = 'paid' order by tried.order_id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly UnreceiptedOrder[]
}

/** The statement that has those tried again now that wait for what the agency has got. */
export const tryAgain = (sql: Sql, agencyCode: string, now: Date): Query => sql`
  update receipt_tries set next_try_at = ${now} where agency_code = ${agencyCode} and reason = 'no_tax_code' and next_try_at > ${now}`

/** Counts a try that failed. */
export const noteFailedTry = async (
  database: Database,
  { orderId, nextTryAt, reason }: { orderId: string; nextTryAt: Date; reason: UnreceiptedReason },
): Promise<void> => {
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      insert into receipt_tries as tried (order_id, agency_code, tries, next_try_at, reason)
      select id, agency_code, 1, ${nextTryAt}::timestamptz, ${reason} from orders where id = ${orderId}
      on conflict on constraint receipt_tries_pkey do update set tries = tried.tries + 1, next_try_at = excluded.next_try_at, reason = excluded.reason`,
  )
}

/** The statement that keeps that an order's late receipt was told of. */
export const markOverdue = (sql: Sql, { id, agencyCode }: Order, now: Date): Query => sql`
  insert into receipt_tries (order_id, agency_code, next_try_at, overdue_at) values (${id}, ${agencyCode}, ${now}, ${now})
  on conflict on constraint receipt_tries_pkey do update set overdue_at = excluded.overdue_at`
