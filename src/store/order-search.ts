/** Finding orders: newest first, by keyset, so that the thousandth page costs what the first does. */
import { type Database, queryInScope, type Rows, type Sql } from './database.ts'
import { newestIds } from './newest.ts'

export type OrderFilter = {
  dossierCode?: string | undefined
  agencyCode?: string | undefined
  status?: string | undefined
  createdFrom?: Date | undefined
  createdTo?: Date | undefined
  providerReference?: string | undefined
  merchantReference?: string | undefined
  /** Words of the payer's name, each of which begins a word of it, in any order. */
  payerWords?: readonly string[] | undefined
  amount?: bigint | undefined
  /** Those of which an attempt or a refund is unknown: its provider has not answered. */
  isUnknown?: boolean | undefined
  /** The id of the last order of the page before. */
  before?: string | undefined
  limit: number
}

/** Ids of matching orders within the scope, newest first (ids sort by time), one more than `limit` when there are more. Of a time that is asked for, the newest by that time. */
export const findOrderIds = async (
  database: Database,
  scope: string,
  filter: OrderFilter,
): Promise<readonly string[]> => {
  const { dossierCode, agencyCode, status, createdFrom, createdTo, providerReference, before } = filter
  const { merchantReference, payerWords, amount, isUnknown } = filter
  // By id the database would begin at the newest of all orders and read on until it comes to that time: half a million rows for an hour in the middle of a million.
  const isOfTime = createdFrom !== undefined || createdTo !== undefined
  const isAnyOf = [dossierCode, agencyCode, providerReference, merchantReference, payerWords, amount].every(
    (wanted) => wanted === undefined,
  )
  if (isAnyOf && !isUnknown && !isOfTime) {
    const isPaid = status === 'paid'
    const where = (sql: Sql) =>
      sql`${isPaid ? sql`and status = 'paid'` : sql``} ${before === undefined ? sql`` : sql`and id < ${before}`}`
    const newest = await queryInScope(database, scope, (sql) =>
      newestIds(sql, {
        ...{ table: 'orders', where: where(sql), limit: filter.limit + 1 },
        ...(status === undefined || isPaid ? {} : { status }),
      }),
    )
    return newest.map((row) => String(row.id))
  }
  const rows: Rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select orders.id from orders
      where true
        ${dossierCode === undefined ? sql`` : sql`and orders.dossier_code = ${dossierCode}`}
        ${agencyCode === undefined ? sql`` : sql`and (orders.agency_code = ${agencyCode} or starts_with(orders.agency_code, ${`${agencyCode}.`}))`}
        ${status === undefined ? sql`` : sql`and orders.status = ${status}`}
        ${createdFrom === undefined ? sql`` : sql`and orders.created_at >= ${createdFrom}`}
        ${createdTo === undefined ? sql`` : sql`and orders.created_at < ${createdTo}`}
        ${
          providerReference === undefined
            ? sql``
            : sql`and orders.id in (
          select order_id from attempts where provider_reference = ${providerReference} or merchant_reference = ${providerReference})`
        }
        ${
          merchantReference === undefined
            ? sql``
            : sql`and orders.id in (select order_id from attempts where merchant_reference = ${merchantReference})`
        }
        ${amount === undefined ? sql`` : sql`and orders.amount = ${amount}`}
        ${isUnknown ? sql`and orders.id in (${withUnknown(sql)})` : sql``}
        ${payerWords === undefined ? sql`` : payerWords.map((word) => sql`and orders.id in (${havingWord(sql, word)})`)}
        ${before === undefined ? sql`` : isOfTime ? sql`and (orders.created_at, orders.id) < (${createdAtOf(sql, before)}, ${before})` : sql`and orders.id < ${before}`}
      order by ${isOfTime ? sql`orders.created_at desc, orders.id desc` : sql`orders.id desc`} limit ${filter.limit + 1}`,
  )
  return rows.map((row) => String(row.id))
}

/** Orders are never deleted, so the last one of a page is there when the next page is asked for. */
const createdAtOf = (sql: Sql, id: string) => sql`(select created_at from orders where id = ${id})`

const withUnknown = (sql: Sql) => sql`
  select order_id from attempts where status = 'unknown' union select order_id from refunds where status = 'unknown'`

/** Orders with a payer of whose name a word begins so. The operators are those of the index, which row-level security leaves to be used. */
const havingWord = (sql: Sql, word: string) => sql`
  select order_id from payer_words where word ~>=~ lephi_fold(${word}) and word ~<~ (lephi_fold(${word}) || chr(1114111))`

/** What is owed for a dossier within the scope: the newest open orders, at most `limit`, and how many and how much (in đồng) all of them are. */
export const findOwed = async (
  database: Database,
  scope: string,
  { dossierCode, limit }: { dossierCode: string; limit: number },
): Promise<{ ids: readonly string[]; count: number; amount: bigint }> => {
  const rows: Rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select id, count(*) over ()::int as count, sum(amount) over ()::bigint as amount from orders
      where dossier_code = ${dossierCode} and status = 'open' order by id desc limit ${limit}`,
  )
  return { ids: rows.map((row) => String(row.id)), count: rows[0]?.count ?? 0, amount: rows[0]?.amount ?? 0n }
}
