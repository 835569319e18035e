/**
 * Places in the chain over the ledger. They are given by one function of the database (lephi_chain_latest in drizzle/*_places_in_order.sql) after the records' own
 * commits; here are calling it and reading back, place by place, what was hashed together with what the ledger holds now.
 */
import type {
  ChainedEntry,
  ChainedEvent,
  ChainedFact,
  ChainedPosting,
  ChainedRecord,
} from '../domain/ledger-canonical.ts'
import { type Database, everyAgency, inScope, interactively, type Query, queryInScope, type Sql } from './database.ts'

/** The search through everything grows with the ledger and is made once an hour: the timeout of ordinary statements would end it every time. */
const searchTimeout = '30min'

/** How far the search for records without a place goes: `latest` and `recent` look at what is younger than so many of the latest places of each kind, which costs what it looks at. */
export type Reach = 'latest' | 'recent' | 'everything'
const placesBack = { latest: 300, recent: 10_000, everything: null } as const satisfies Record<Reach, number | null>

/**
 * Gives committed records without a place theirs, at most `batch`, and answers how many; null when others hold the chain. Whether everything has more than the recent search finds is looked
 * up first, so that it keeps nobody waiting for the chain.
 */
export const chainLedger = async (
  database: Database,
  { now, batch, reach }: { now: Date; batch: number; reach: Reach },
): Promise<number | null> => {
  const isPatient = reach === 'everything'
  const back = isPatient && !(await isAnyPassedBy(database)) ? placesBack.recent : placesBack[reach]
  const results = await inScope(database, everyAgency, (sql) => [
    ...(isPatient ? [searchPatiently(sql)] : []),
    sql`
      select case when pg_try_advisory_xact_lock(hashtext('lephi_ledger_chain'))
        then lephi_chain_latest(least(${now}::timestamptz, lephi_clock()), ${batch}::integer, ${back}::integer) end as chained`,
  ])
  const [row] = results.at(-1) ?? []
  return row?.chained === null || row?.chained === undefined ? null : Number(row.chained)
}

const searchPatiently = (sql: Sql): Query => sql`select set_config('statement_timeout', ${searchTimeout}, true)`

/** The first id of a kind that the recent search looks at. */
const recentFloor = (sql: Sql, kind: ChainedRecord['kind']): Query =>
  sql`(select lephi_chain_floor(${kind}, ${placesBack.recent}::integer))`

/** Whether a record has no place that the recent search does not see. */
const isAnyPassedBy = async (database: Database): Promise<boolean> => {
  const [, rows] = await inScope(database, everyAgency, (sql) => [
    searchPatiently(sql),
    sql`
      select exists(select from journal_entries as record where id < ${recentFloor(sql, 'entry')}
          and not exists (select from ledger_chain where kind = 'entry' and record_id = record.id))
        or exists(select from money_facts as record where id < ${recentFloor(sql, 'fact')}
          and not exists (select from ledger_chain where kind = 'fact' and record_id = record.id))
        or exists(select from events as record where id < ${recentFloor(sql, 'event')} and type <> 'ledger.sealed'
          and not exists (select from ledger_chain where kind = 'event' and record_id = record.id)) as is_any`,
  ])
  return rows?.[0]?.isAny === true
}

/** When the first record was written, by id, that has no place yet, among those that the recent search sees; null when all have one. */
export const oldestUnchained = async (database: Database): Promise<Date | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select least(
        (select posted_at from journal_entries as record where id >= ${recentFloor(sql, 'entry')}
          and not exists (select from ledger_chain where kind = 'entry' and record_id = record.id) order by id limit 1),
        (select received_at from money_facts as record where id >= ${recentFloor(sql, 'fact')}
          and not exists (select from ledger_chain where kind = 'fact' and record_id = record.id) order by id limit 1),
        (select created_at from events as record where id >= ${recentFloor(sql, 'event')} and type <> 'ledger.sealed'
          and not exists (select from ledger_chain where kind = 'event' and record_id = record.id) order by id limit 1)) as oldest`,
  )
  return (row?.oldest as Date | null | undefined) ?? null
}

/** Every tenant that has a chain or a seal. */
export const chainTenants = async (database: Database): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with recursive tenants as (
        select min(agency_code) as code from ledger_chain
        union all
        select (select min(agency_code) from ledger_chain where agency_code > tenants.code) from tenants where code is not null)
      select code from tenants where code is not null union select distinct agency_code from ledger_seals order by 1`,
  )
  return rows.map((row) => String(row.code))
}

/** A place, and what the ledger holds now under the id that was given it; `record` is null where that is gone. */
export type Place = {
  place: bigint
  kind: ChainedRecord['kind']
  recordId: string
  leaf: Uint8Array
  hash: Uint8Array
  chainedAt: Date
  record: ChainedRecord | null
}

/** The next places of a tenant behind `after`, in order, at most `limit`. */
export const readPlaces = async (
  database: Database,
  { agencyCode, after, limit }: { agencyCode: string; after: bigint; limit: number },
): Promise<readonly Place[]> => {
  const chosen = (sql: Sql) => sql`
    select kind, record_id from ledger_chain where agency_code = ${agencyCode} and place > ${after} order by place limit ${limit}`
  const [places, entries, postings, facts, events] = await inScope(database, everyAgency, (sql) => [
    sql`
      select place, kind, record_id, leaf, hash, chained_at from ledger_chain
      where agency_code = ${agencyCode} and place > ${after} order by place limit ${limit}`,
    sql`
      select entry.* from (${chosen(sql)}) as chosen join journal_entries as entry on entry.id = chosen.record_id
      where chosen.kind = 'entry'`,
    sql`
      select posting.* from (${chosen(sql)}) as chosen join postings as posting on posting.entry_id = chosen.record_id
      where chosen.kind = 'entry'`,
    sql`
      select fact.* from (${chosen(sql)}) as chosen join money_facts as fact on fact.id = chosen.record_id
      where chosen.kind = 'fact'`,
    sql`
      select event.id, event.agency_code, type, subject_id, order_id, sequence, data::text as data, event.hash, created_at
      from (${chosen(sql)}) as chosen join events as event on event.id = chosen.record_id where chosen.kind = 'event'`,
  ])
  const linesOf = (postings ?? []) as readonly unknown[] as readonly (ChainedPosting & { entryId: string })[]
  const lines = Map.groupBy(linesOf, (line) => line.entryId)
  const records = new Map<string, Place['record']>()
  for (const row of entries ?? []) {
    const entry = { ...(row as Omit<ChainedEntry, 'postings'>), postings: lines.get(row.id) ?? [] }
    records.set(`entry ${row.id}`, { kind: 'entry', entry })
  }
  for (const row of facts ?? []) records.set(`fact ${row.id}`, { kind: 'fact', fact: row as ChainedFact })
  for (const row of events ?? []) records.set(`event ${row.id}`, { kind: 'event', event: row as ChainedEvent })
  return (places ?? []).map((row) => {
    const place = row as Omit<Place, 'record'>
    return { ...place, record: records.get(`${place.kind} ${place.recordId}`) ?? null }
  })
}

/** The place that was given to an entry; null while it has none. */
export const findPlace = async (
  database: Database,
  entryId: string,
): Promise<{ agencyCode: string; place: bigint } | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`select agency_code, place from ledger_chain where kind = 'entry' and record_id = ${entryId}`,
  )
  return row ? { agencyCode: String(row.agencyCode), place: row.place as bigint } : null
}

/** Whether the scope holds that entry. */
export const seesEntry = async (database: Database, scope: string, entryId: string): Promise<boolean> => {
  const rows = await queryInScope(database, scope, (sql) => sql`select from journal_entries where id = ${entryId}`)
  return rows.length > 0
}

const leavesPerFetch = 5_000

/** The leaves of a run of places, in order, a piece at a time, so that memory does not grow with the day. */
export const eachLeaf = async (
  database: Database,
  { agencyCode, first, last }: { agencyCode: string; first: bigint; last: bigint },
  take: (leaf: Uint8Array) => void,
): Promise<void> =>
  interactively(database, everyAgency, async (sql) => {
    const rows = sql`
      select leaf from ledger_chain where agency_code = ${agencyCode} and place between ${first} and ${last} order by place`
    for await (const piece of rows.cursor(leavesPerFetch)) for (const row of piece) take(row.leaf as Uint8Array)
  })

/** Records without a place: how many, and the oldest entry among them by when it says that it was posted. */
export type Unchained = { count: number; oldest: { id: string; postedAt: Date } | null }

/** Looks at the whole ledger of a tenant, however long that takes. */
export const findUnchained = async (database: Database): Promise<ReadonlyMap<string, Unchained>> =>
  interactively(database, everyAgency, async (sql) => {
    await sql`select set_config('statement_timeout', '60min', true)`
    const rows = await sql`
      with waiting as (
        select id, split_part(agency_code, '.', 1) as tenant, posted_at from journal_entries as record
        where not exists (select from ledger_chain where kind = 'entry' and record_id = record.id)
        union all
        select id, split_part(agency_code, '.', 1), null from money_facts as record
        where not exists (select from ledger_chain where kind = 'fact' and record_id = record.id)
        union all
        select id, split_part(agency_code, '.', 1), null from events as record
        where type <> 'ledger.sealed' and not exists (select from ledger_chain where kind = 'event' and record_id = record.id))
      select tenant, count(*)::int as count, min(posted_at) as posted_at,
        (array_agg(id order by posted_at, id) filter (where posted_at is not null))[1] as id
      from waiting group by tenant`
    return new Map(
      rows.map((row) => [
        String(row.tenant),
        {
          count: Number(row.count),
          oldest: row.id === null ? null : { id: String(row.id), postedAt: row.postedAt as Date },
        },
      ]),
    )
  })
