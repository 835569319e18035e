/** The newest rows of a table within a scope, by a way that costs what is shown and not what others have. */
import type { Fragment, Sql } from './database.ts'

/** Whose scope has more agencies than this has a large share of all rows, and comes upon them soon among the newest of all. */
const agenciesMax = 50

/**
 * Ids of `table` for which `where` holds (text that begins with `and`, or nothing), newest first (ids sort by time), at most `limit`. Row-level security alone would have a commune's list read
 * through the newest of the whole country; so where the scope has few agencies, each is asked for its newest, by the table's index of agency and id. One of the two ways is gone, which of them PostgreSQL decides
 * before it begins. A range of one value, by which is also sorted, leaves PostgreSQL no index but the one that begins with it: where one agency has nearly all orders, it would look for those of the others along the primary key, to its end.
 */
export const newestIds = (
  sql: Sql,
  {
    table,
    where,
    limit,
    status,
  }: {
    table: 'orders' | 'statements' | 'reconciliations'
    where: Fragment
    limit: number
    /** Of `orders`: a status that is not `paid`. Few have it, and the table has indexes of those. */
    status?: string
  },
): Fragment => {
  const count = sql`(select count(*) from (select from agencies limit ${agenciesMax + 1}) as own)`
  const named = sql(table)
  const [own, all, byStatus] =
    status === undefined
      ? [sql``, sql``, sql``]
      : [
          sql`and status = ${status} and status <> 'paid'`,
          sql`and status between ${status} and ${status} and status <> 'paid'`,
          sql`status desc,`,
        ]
  return sql`
    select id from (
      (select its.id from agencies as own cross join lateral (
        select id from ${named} where agency_code between own.agency_code and own.agency_code ${own} ${where}
        order by agency_code desc, id desc limit ${limit}) as its
      where ${count} <= ${agenciesMax})
      union all
      (select id from ${named} where ${count} > ${agenciesMax} ${all} ${where} order by ${byStatus} id desc limit ${limit})) as found
    order by id desc limit ${limit}`
}

/** The same where `where` finds few by an index of its own, such as those of one account. */
export const newestOfFew = (
  sql: Sql,
  { table, where, limit }: { table: 'statements' | 'reconciliations'; where: Fragment; limit: number },
): Fragment => sql`select id from ${sql(table)} where true ${where} order by id desc limit ${limit}`
