/** Paid orders without the receipts that they call for. */
import type { Order } from '../domain/order-facts.ts'
import { type Database, everyAgency, inScope, type Query, queryInScope, type Rows, type Sql } from './database.ts'
import { numberEvents } from './events.ts'

/** Why a try failed: the agency has no tax code yet, or anything else. */
export const unreceiptedReasons = ['no_tax_code', 'failed'] as const
export type UnreceiptedReason = (typeof unreceiptedReasons)[number]

/** How far back in the feed the frequent searches look. */
const recentEvents = 10_000

/** The orders of the events behind a place, or of the latest where none is told, and those that were tried in vain. */
const lately = (sql: Sql, behind: bigint | null) => sql`
  select id, min(position) as position from (
    select order_id as id, position from events
    where type = 'order.paid' and position > ${behind ?? sql`(select max(position) from events) - ${recentEvents}`}
    union all select order_id, null from receipt_tries) as each_of_them group by id`

/** Of all that were ever paid, or of those that `lately` finds. */
type Among = 'everything' | { behind: bigint | null }

const recently: Among = { behind: null }

/** All paid orders, or those of `lately`, each looked up by its id: the fences keep PostgreSQL from going through all that were ever paid or receipted, whatever its statistics say. */
const paidOrders = (sql: Sql, among: Among) =>
  among === 'everything'
    ? sql`select orders.*, null::bigint as position from orders where status = 'paid'`
    : sql`
        with late as materialized (${lately(sql, among.behind)})
        select found.*, late.position from late cross join lateral (select * from orders where orders.id = late.id offset 0) as found
        where found.status = 'paid'`

/** All of them, or those that `lately` finds, which is quick. */
const unreceipted = (sql: Sql, among: Among) => {
  const fence = among === 'everything' ? sql`` : sql`offset 0`
  return sql`
    select paid.id, paid.position, paid.paid_at, tried.next_try_at, tried.overdue_at, tried.reason, coalesce(tried.tries, 0) as tries
    from (${paidOrders(sql, among)}) as paid left join receipt_tries as tried on tried.order_id = paid.id
    where exists (
      select from order_lines as line
      where line.order_id = paid.id and line.kind in ('phi', 'le_phi') and line.amount > 0
        and not exists (select from receipts as receipt where receipt.order_id = paid.id and receipt.kind = line.kind ${fence}) ${fence})`
}

/** What these answer, once the first events without a place have theirs; given by themselves, for a search may take long and readers of the feed wait for who gives places. */
const numbered = async (database: Database, build: (sql: Sql) => readonly Query[]): Promise<readonly Rows[]> => {
  await numberEvents(database)
  return inScope(database, everyAgency, build)
}

/** Up to which place of the feed a process found none missing but what it tries again, and when it last looked further back. */
type Seen = { behind: bigint; lookedAt: number }
const seenBy = new WeakMap<Database, Seen>()
/** An order that was not paid when its event was passed by, and is again: nobody searches for such, and the next look finds it. */
const lookAgainMs = 60_000

/**
 * Those whose next try is due, at most `limit`, by id. A process looks at what was paid since it last found no more than these, once a minute at the latest 10,000 events, and with `everything` at all orders: each second
 * the latest 10,000 were 40 to 240 ms of PostgreSQL.
 */
export const findUnreceipted = async (
  database: Database,
  { limit, everything, now }: { limit: number; everything: boolean; now: Date },
): Promise<readonly { id: string; tries: number }[]> => {
  const seen = seenBy.get(database)
  const isLook = !seen || Math.abs(now.getTime() - seen.lookedAt) >= lookAgainMs
  const among: Among = everything ? 'everything' : { behind: isLook ? null : seen.behind }
  const [reached, rows = []] = await numbered(database, (sql) => [
    sql`select max(position) as position from events`,
    sql`
      select id, tries, position from (${unreceipted(sql, among)}) as waiting
      where next_try_at is null or next_try_at <= ${now} order by id limit ${limit}`,
  ])
  // What was found is searched for until it has its receipts, and so is what was not found for want of room.
  if (!everything && rows.length < limit) {
    const places = rows.flatMap(({ position }) => (position === null ? [] : [(position as bigint) - 1n]))
    const behind = places.reduce((a, b) => (a < b ? a : b), (reached?.[0]?.position as bigint | null) ?? 0n)
    seenBy.set(database, { behind, lookedAt: isLook ? now.getTime() : seen.lookedAt })
  }
  return rows.map((row) => ({ id: String(row.id), tries: Number(row.tries) }))
}

/** Those that were paid before then and that nobody was told of. */
export const findOverdueReceipts = async (
  database: Database,
  { before, limit }: { before: Date; limit: number },
): Promise<readonly { id: string; reason: UnreceiptedReason | null }[]> => {
  const [rows = []] = await numbered(database, (sql) => [
    sql`
      select id, reason from (${unreceipted(sql, recently)}) as waiting
      where overdue_at is null and paid_at < ${before} order by id limit ${limit}`,
  ])
  return rows.map((row) => ({ id: String(row.id), reason: row.reason as UnreceiptedReason | null }))
}

export const countUnreceipted = async (database: Database): Promise<{ count: number; oldest: Date | null }> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select count(*)::int as count, min(paid_at) as oldest from (${unreceipted(sql, recently)}) as waiting`,
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
