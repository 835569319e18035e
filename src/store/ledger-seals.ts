/** Signed days over the ledger: each follows the one before it, none is ever changed, and writing one tells the auditors in the same commit. */
import type { SignedSeal } from '../domain/ledger-seal.ts'
import { addDays, businessDay, businessDayRange } from '../lib/time.ts'
import {
  type Database,
  everyAgency,
  type Fragment,
  interactively,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
} from './database.ts'
import type { Transaction } from './transaction.ts'

export const asSeals = (rows: Rows): readonly SignedSeal[] => rows as readonly unknown[] as readonly SignedSeal[]

const columns = (sql: Sql) => sql`
  agency_code, day, first_place, last_place, root, chain_hash, previous_root, format, kid, jws, sealed_at`

export type SealFilter = {
  /** A tenant; null for all of them. */
  agencyCode: string | null
  from: string | null
  to: string | null
  /** Behind that day and, on it, behind that tenant. */
  after: { day: string; agencyCode: string } | null
  limit: number
}

/** Seals in the order of their days. Roots are no secret within the tenant: they are printed on what citizens get. */
export const listSeals = async (database: Database, filter: SealFilter): Promise<readonly SignedSeal[]> =>
  asSeals(
    await queryInScope(
      database,
      everyAgency,
      (sql) => sql`
        select ${columns(sql)} from ledger_seals
        where true ${filter.agencyCode ? sql`and agency_code = ${filter.agencyCode}` : sql``}
          ${filter.from ? sql`and day >= ${filter.from}::date` : sql``} ${filter.to ? sql`and day <= ${filter.to}::date` : sql``}
          ${filter.after ? sql`and (day, agency_code) > (${filter.after.day}::date, ${filter.after.agencyCode})` : sql``}
        order by day, agency_code limit ${filter.limit}`,
    ),
  )

/** The seal that a place is under; null while its day is not sealed. */
export const sealOfPlace = async (
  database: Database,
  { agencyCode, place }: { agencyCode: string; place: bigint },
): Promise<SignedSeal | null> => {
  const [seal] = asSeals(
    await queryInScope(
      database,
      everyAgency,
      (sql) => sql`
        select ${columns(sql)} from ledger_seals
        where agency_code = ${agencyCode} and first_place <= ${place} and last_place >= ${place} limit 1`,
    ),
  )
  return seal ?? null
}

/** The seal of an agency's tenant for a business day, for what is printed about that day; null where there is none. */
export const sealOf = async (database: Database, agencyCode: string, day: string): Promise<SignedSeal | null> => {
  const [seal] = asSeals(
    await queryInScope(database, everyAgency, (sql) => sealsOf(sql, agencyCode, sql`and day = ${day}::date`)),
  )
  return seal ?? null
}

/** The latest seal of an agency's tenant that was written by then; null where there is none. */
export const latestSeal = async (database: Database, agencyCode: string, at: Date): Promise<SignedSeal | null> => {
  const [seal] = asSeals(await queryInScope(database, everyAgency, (sql) => latestSealBy(sql, agencyCode, at)))
  return seal ?? null
}

/** The statement of `latestSeal`, for the scope of every agency; `asSeals` reads its rows. */
export const latestSealBy = (sql: Sql, agencyCode: string | Fragment, at: Date): Query =>
  sealsOf(sql, agencyCode, sql`and sealed_at <= ${at}`)

const sealsOf = (sql: Sql, agencyCode: string | Fragment, which: Fragment): Query => sql`
  select ${columns(sql)} from ledger_seals
  where agency_code = split_part(${agencyCode}, '.', 1) ${which} order by day desc limit 1`

/** A day that can be sealed: its records' places, and what it follows. */
export type SealableDay = Pick<SignedSeal, 'agencyCode' | 'day' | 'firstPlace' | 'lastPlace' | 'previousRoot'> & {
  /** The chain's hash at the last place; null where the chain has none yet. */
  chainHash: Uint8Array | null
}

export type SealWriter = {
  now: Date
  /** Signs the day as sealed at that instant; `eachLeaf` hands over its leaves in order. */
  sign: (
    day: SealableDay & { sealedAt: Date },
    eachLeaf: (take: (leaf: Uint8Array) => void) => Promise<void>,
  ) => Promise<SignedSeal>
  event: (seal: SignedSeal) => { id: string; data: string }
}

/**
 * Seals the tenant's next day and tells of it, in one transaction. Null when that day is not over or nothing was ever chained. Chaining and
 * sealing hold the same lock, so that nothing gets a place on a day while it is being sealed. A seal is for good, so a day is over only when both clocks say so,
 * that of the process and that of the database.
 */
export const sealNextDay = async (
  database: Database,
  agencyCode: string,
  { now, sign, event }: SealWriter,
): Promise<SignedSeal | null> =>
  interactively(database, everyAgency, async (sql) => {
    await sql`select pg_advisory_xact_lock(hashtext('lephi_ledger_chain'))`
    const next = await nextDay(sql, agencyCode)
    const [clock] = await sql`select least(${now}::timestamptz, lephi_clock())::timestamptz(3) as at`
    const sealedAt = clock?.at as Date
    if (!next || businessDayRange(next.day).to > sealedAt) return null
    const seal = await sign({ ...next, sealedAt }, async (take) => {
      const rows = sql`
        select leaf from ledger_chain where agency_code = ${agencyCode} and place between ${next.firstPlace} and ${next.lastPlace}
        order by place`
      for await (const piece of rows.cursor(leavesPerFetch)) for (const row of piece) take(row.leaf as Uint8Array)
    })
    await sql`insert into ledger_seals ${sql({ ...seal })}`
    const { id, data } = event(seal)
    const subject = `ledger:${agencyCode}`
    await sql`
      insert into events (id, agency_code, type, subject_id, sequence, data, created_at)
      select ${id}, ${agencyCode}, 'ledger.sealed', ${subject}, coalesce(max(sequence), 0) + 1, ${data}::text::json, ${sealedAt}::timestamptz
      from events where subject_id = ${subject}`
    return seal
  })

const leavesPerFetch = 5_000

const nextDay = async (sql: Transaction, agencyCode: string): Promise<SealableDay | null> => {
  const [last] = await sql`
    select day, last_place, root from ledger_seals where agency_code = ${agencyCode} order by day desc limit 1`
  const [begun] =
    await sql`select chained_at from ledger_chain where agency_code = ${agencyCode} order by place limit 1`
  if (!begun) return null
  const day = last ? addDays(String(last.day), 1) : businessDay(begun.chainedAt as Date)
  const firstPlace = last ? (last.lastPlace as bigint) + 1n : 1n
  const [found] = await sql`
    select coalesce(max(place), ${firstPlace}::bigint - 1) as place from ledger_chain
    where agency_code = ${agencyCode} and place >= ${firstPlace} and chained_at < ${businessDayRange(day).to}`
  const lastPlace = found?.place as bigint
  const [head] = await sql`select hash from ledger_chain where agency_code = ${agencyCode} and place = ${lastPlace}`
  const previousRoot = last ? String(last.root) : null
  return { agencyCode, day, firstPlace, lastPlace, previousRoot, chainHash: (head?.hash as Uint8Array) ?? null }
}
