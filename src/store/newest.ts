/** The newest rows of a table within a scope, by a way that costs what is shown and not what others have. */
import type { Fragment, Sql } from './database.ts'

/** Whose scope has more agencies than this has a large share of all rows, and comes upon them soon among the newest of all. */
const agenciesMax = 50

/**
 * Ids of `table` for which `where` holds (text that begins with `and`, or nothing), newest first (ids sort by time), at most `limit`. Row-level security alone would have a commune's list read
 * through the newest of the whole country; so where the scope has few agencies, each is asked for its newest, by the table's index of agency and id. One of the two ways is gone, which of them PostgreSQL decides
 * before it begins.
 */
export const newestIds = (
  sql: Sql,
  {
    table,
    where,
    limit,
    isFew = false,
  }: {
    table: 'orders' | 'statements' | 'reconciliations'
    where: Fragment
    limit: number
    /** Whether `where` finds few by an index of its own, such as those of one account. */
    isFew?: boolean
  },
): Fragment => {
  if (isFew) return sql`select id from ${sql(table)} where true ${where} order by id desc limit ${limit}`
  const count = sql`(select count(*) from (select from agencies limit ${agenciesMax + 1}) as own)`
  const named = sql(table)
  return sql`
    select id from (
      (select its.id from agencies as own cross join lateral (
        select id from ${named} where agency_code = own.agency_code ${where} order by id desc limit ${limit}) as its
      where ${count} <= ${agenciesMax})
      union all
      (select id from ${named} where ${count} > ${agenciesMax} ${where} order by id desc limit ${limit})) as found
    order by id desc limit ${limit}`
}
