/** The hosts that an agency's endpoints and accounts may name. Lists are only added; the latest of an agency is in force. */
import type { Caller } from '../domain/access.ts'
import type { HostList } from '../domain/outgoing-hosts.ts'
import { type Database, everyAgency, type Fragment, inScope, isDuplicate, queryInScope, type Sql } from './database.ts'

/** A list as it was set; `hosts` is null where it was taken away. */
export type HostListVersion = { agencyCode: string; hosts: readonly string[] | null; setBy: string; setAt: Date }

/** The lists that bind these agencies, one each at most, the shortest code first. Whoever asks, since what is above a caller binds it too. */
export const findBindingLists = async (database: Database, codes: readonly string[]): Promise<readonly HostList[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select agency_code, hosts from (
        select distinct on (agency_code) agency_code, hosts from outgoing_hosts
        where agency_code = any(${[...codes]}) order by agency_code, set_at desc) as latest
      where hosts is not null order by length(agency_code)`,
  )
  return rows as readonly unknown[] as readonly HostList[]
}

/** The lists that bind the agency whose code `agency` is: its own and those above it, as one value of another statement in the scope of every agency. */
export const bindingListsOf = (sql: Sql, agency: Fragment): Fragment => {
  const steps = sql`string_to_array(${agency}, '.')`
  return sql`(
    select coalesce(jsonb_agg(jsonb_build_object('agencyCode', code, 'hosts', hosts)), '[]')
    from (select array_to_string((${steps})[1:step], '.') as code from generate_series(1, cardinality(${steps})) as step) as each_above
    cross join lateral (select hosts from outgoing_hosts where agency_code = code order by set_at desc limit 1) as latest
    where hosts is not null)`
}

/** The latest lists of one agency, the newest first. */
export const listVersions = async (
  database: Database,
  caller: Pick<Caller, 'agency'>,
  { code, limit }: { code: string; limit: number },
): Promise<readonly HostListVersion[]> => {
  const rows = await queryInScope(
    database,
    caller.agency,
    (sql) => sql`select * from outgoing_hosts where agency_code = ${code} order by set_at desc limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly HostListVersion[]
}

/** Adds a list, unless it is the one in force. False when another was set at the same moment. */
export const addList = async (
  database: Database,
  caller: Pick<Caller, 'agency'>,
  { agencyCode, hosts, setBy, setAt }: HostListVersion,
): Promise<boolean> => {
  const list = hosts ? [...hosts] : null
  try {
    await inScope(database, caller.agency, (sql) => [
      sql`
        insert into outgoing_hosts (agency_code, set_at, hosts, set_by)
        select ${agencyCode}, ${setAt}, ${list}::text[], ${setBy}
        where (select hosts from outgoing_hosts where agency_code = ${agencyCode} order by set_at desc limit 1) is distinct from ${list}::text[]`,
    ])
    return true
  } catch (error) {
    if (isDuplicate(error, 'outgoing_hosts_agency_code_set_at_pk')) return false
    throw error
  }
}
