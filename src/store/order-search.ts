/** Finding orders: newest first, by keyset, so that the thousandth page costs what the first does. */
import { type Database, queryInScope, type Rows } from './database.ts'

export type OrderFilter = {
  dossierCode?: string | undefined
  agencyCode?: string | undefined
  status?: string | undefined
  createdFrom?: Date | undefined
  createdTo?: Date | undefined
  providerReference?: string | undefined
  /** The id of the last order of the page before. */
  before?: string | undefined
  limit: number
}

/** Ids of matching orders within the scope, newest first (ids sort by time), one more than `limit` when there are more. */
export const findOrderIds = async (
  database: Database,
  scope: string,
  filter: OrderFilter,
): Promise<readonly string[]> => {
  const { dossierCode, agencyCode, status, createdFrom, createdTo, providerReference, before } = filter
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
        ${before === undefined ? sql`` : sql`and orders.id < ${before}`}
      order by orders.id desc limit ${filter.limit + 1}`,
  )
  return rows.map((row) => String(row.id))
}

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
