/** What a look at an installation asks the database: who is where, what an agency lacks, and which endpoints are owed something. */
import { type Database, everyAgency, queryInScope } from './database.ts'

export type ServerFacts = {
  version: string
  major: number
  login: string
  /** The TLS version of this connection, as the server sees it; null where it is open. Behind a pooler it is that of the pooler's own. */
  tls: string | null
  /** Whether the role that the gateway works as is there, and the login may take it. */
  mayWork: boolean
}

/** For a connection as the login itself, before anything is known of the tables. Throws when the database cannot be reached. */
export const readServer = async (database: Database, role: string): Promise<ServerFacts> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select current_setting('server_version') as version, current_setting('server_version_num')::int / 10000 as major,
        session_user as login, (select ssl.version from pg_stat_ssl as ssl where ssl.pid = pg_backend_pid() and ssl.ssl) as tls,
        coalesce((select pg_has_role(session_user, oid, 'member') from pg_roles where rolname = ${role}), false) as may_work`,
  )
  return {
    version: String(row?.version),
    major: Number(row?.major),
    login: String(row?.login),
    tls: (row?.tls ?? null) as string | null,
    mayWork: row?.mayWork === true,
  }
}

/** Nothing is asked but the way there and back. */
export const pingServer = async (database: Database): Promise<void> => {
  await queryInScope(database, everyAgency, (sql) => sql`select 1`)
}

/** The database machine's clock. */
export const readServerClock = async (database: Database): Promise<Date> => {
  const [row] = await queryInScope(database, everyAgency, (sql) => sql`select lephi_clock() as at`)
  return row?.at as Date
}

export type AgencyStanding = {
  agencyCode: string
  hasTaxCode: boolean
  /** A price of its own, or of an agency above it, on that day. */
  hasFees: boolean
  /** Whether prices are compared at all. */
  comparesFees: boolean
  /** An active merchant account of its own, or of an agency above it. */
  hasAccount: boolean
}

/** What every agency has by itself or from those above it, by code. */
export const readAgencyStandings = async (
  database: Database,
  { day, limit }: { day: string; limit: number },
): Promise<readonly AgencyStanding[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select agency_code, tax_code is not null as has_tax_code, fee_check <> 'off' as compares_fees,
        exists (
          select from fee_schedules as fee
          where (fee.agency_code = agency.agency_code or starts_with(agency.agency_code, fee.agency_code || '.'))
            and fee.valid_from <= ${day}::date and (fee.valid_to is null or fee.valid_to >= ${day}::date)) as has_fees,
        exists (
          select from merchant_accounts as account
          where account.status = 'active' and (account.agency_code = agency.agency_code or starts_with(agency.agency_code, account.agency_code || '.'))) as has_account
      from agencies as agency order by agency_code limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly AgencyStanding[]
}

/** Agencies of one tax code that number receipts in the same series, so that two receipts of one collector have one number. */
export const readSharedSeries = async (
  database: Database,
  limit: number,
): Promise<readonly { taxCode: string; serial: string; agencies: readonly string[] }[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select tax_code, serial, array_agg(agency_code order by agency_code) as agencies
      from agencies cross join lateral (values (receipt_serial_phi), (receipt_serial_le_phi)) as own (serial)
      where tax_code is not null group by tax_code, serial having count(*) > 1 order by tax_code, serial limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly { taxCode: string; serial: string; agencies: readonly string[] }[]
}

export type EndpointStanding = {
  id: string
  agencyCode: string
  url: string
  /** Deliveries that were tried and not taken, and are tried again. */
  waiting: number
  since: Date
  /** The last one that it took. */
  lastTakenAt: Date | null
}

/** Endpoints in use that have not taken something yet that they were sent. */
export const readWaitingEndpoints = async (database: Database, limit: number): Promise<readonly EndpointStanding[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select endpoint.id, endpoint.agency_code, endpoint.url, owed.waiting, owed.since,
        (select max(taken.delivered_at) from webhook_deliveries as taken where taken.webhook_endpoint_id = endpoint.id) as last_taken_at
      from webhook_endpoints as endpoint
      join (
        select webhook_endpoint_id, count(*)::int as waiting, min(created_at) as since from webhook_deliveries
        where next_attempt_at is not null and attempt_count > 0 group by 1) as owed on owed.webhook_endpoint_id = endpoint.id
      where endpoint.disabled_at is null order by endpoint.id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly EndpointStanding[]
}

/** Who may call the gateway as what: clients of the system or an agency that hold `admin` and are not revoked or over. */
export const countAdminClients = async (database: Database, now: Date): Promise<number> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select count(*)::int as count from clients
      where 'admin' = any(scopes) and revoked_at is null and (expires_at is null or expires_at > ${now})`,
  )
  return Number(row?.count ?? 0)
}
