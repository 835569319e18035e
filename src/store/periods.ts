/** Closes of business days, as they were signed, and what was done to them later. The database holds their order and that nothing is booked under them. */
import { type Database, everyAgency, inScope, type Query, queryInScope, type Sql } from './database.ts'

export type Period = {
  id: string
  agencyCode: string
  merchantAccountId: string
  day: string
  /** Null: every day before. */
  fromDay: string | null
  version: number
  /** JSON text, exactly as it was signed. */
  document: string
  documentHash: string
  signature: string
  previousHash: string | null
  closedBy: string
  closedAt: Date
  countersignedBy: string | null
  countersignedAt: Date | null
  countersignature: string | null
  reopenedBy: string | null
  reopenedAt: Date | null
  reopenReason: string | null
  reopening: string | null
}

export type NewPeriod = Omit<
  Period,
  | 'countersignedBy'
  | 'countersignedAt'
  | 'countersignature'
  | 'reopenedBy'
  | 'reopenedAt'
  | 'reopenReason'
  | 'reopening'
> & { postings: number; evidence: string }

/** A reopening counts only if it bears a signature, or was there before they were signed: lephi_closed_through goes by the same. */
const counts = (act: string) =>
  `${act}.kind = 'reopened' and (${act}.signature is not null or exists (select from unsigned_reopenings where act_id = ${act}.id))`

/** Every close with its acts, to be narrowed by a condition on `period`, `second` and `reopening`. */
export const closes = `
  select period.id, period.agency_code, period.merchant_account_id, period.day, period.from_day, period.version, period.document, period.document_hash,
    period.signature, period.previous_hash, period.closed_by, period.closed_at, second.done_by as countersigned_by, second.done_at as countersigned_at,
    second.signature as countersignature, reopening.done_by as reopened_by, reopening.done_at as reopened_at, reopening.reason as reopen_reason,
    reopening.signature as reopening
  from periods as period
  left join period_acts as second on second.period_id = period.id and second.kind = 'countersigned'
  left join period_acts as reopening on reopening.period_id = period.id and ${counts('reopening')}`

/** Days of which a close was opened again, whether or not another one holds since. */
export const listReopenedDays = async (
  database: Database,
  scope: string,
  { merchantAccountId, from, to }: { merchantAccountId: string; from: string; to: string },
): Promise<readonly string[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select distinct period.day from periods as period join period_acts as act on act.period_id = period.id and ${sql.unsafe(counts('act'))}
      where period.merchant_account_id = ${merchantAccountId} and period.day between ${from} and ${to}`,
  )
  return rows.map((row) => String(row.day))
}

const versionsMax = 100

/** The closes that cover a day, the one that holds first, then the newest; none where the day was never closed. */
export const findPeriods = async (
  database: Database,
  scope: string,
  { merchantAccountId, day }: { merchantAccountId: string; day: string },
): Promise<readonly Period[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      ${sql.unsafe(closes)}
      where period.merchant_account_id = ${merchantAccountId} and period.day >= ${day} and (period.from_day is null or period.from_day <= ${day})
      order by (reopening.id is null) desc, period.closed_at desc, period.day desc, period.version desc limit ${versionsMax}`,
  )
  return rows as readonly unknown[] as readonly Period[]
}

/** What reports and lists need to know of the closes that touch some days. */
export type PeriodState = Pick<
  Period,
  | 'id'
  | 'day'
  | 'fromDay'
  | 'version'
  | 'documentHash'
  | 'closedBy'
  | 'closedAt'
  | 'countersignedBy'
  | 'countersignedAt'
>

/** The closes that hold and cover any of the days, in order; with `asOf` those that held then. */
export const listClosedPeriods = async (
  database: Database,
  scope: string,
  {
    merchantAccountId,
    from,
    to,
    asOf = null,
  }: { merchantAccountId: string; from: string; to: string; asOf?: Date | null },
): Promise<readonly PeriodState[]> => {
  const rows = await queryInScope(
    database,
    scope,
    (sql) => sql`
      select period.id, period.day, period.from_day, period.version, period.document_hash, period.closed_by, period.closed_at,
        second.done_by as countersigned_by, second.done_at as countersigned_at
      from periods as period left join period_acts as second on second.period_id = period.id and second.kind = 'countersigned'
      where period.merchant_account_id = ${merchantAccountId} and period.day >= ${from} and (period.from_day is null or period.from_day <= ${to})
        ${asOf ? sql`and period.closed_at <= ${asOf}` : sql``}
        and not exists (
          select from period_acts as act where act.period_id = period.id and ${sql.unsafe(counts('act'))} ${asOf ? sql`and done_at <= ${asOf}` : sql``})
      order by period.day`,
  )
  return rows as readonly unknown[] as readonly PeriodState[]
}

/** Every close behind a place, by account, day and version, for whoever checks them. */
export const periodsAfter = async (
  database: Database,
  { after, limit }: { after: Pick<Period, 'merchantAccountId' | 'day' | 'version'> | null; limit: number },
): Promise<readonly Period[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      ${sql.unsafe(closes)}
      where (period.merchant_account_id, period.day, period.version)
        > (${after?.merchantAccountId ?? ''}, ${after?.day ?? '0001-01-01'}::date, ${after?.version ?? 0}::integer)
      order by period.merchant_account_id, period.day, period.version limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly Period[]
}

/** Every file and run that a close names, as text; null where it is one of before. */
export const readEvidence = async (database: Database, id: string): Promise<string | null> => {
  const [row] = await queryInScope(database, everyAgency, (sql) => sql`select evidence from periods where id = ${id}`)
  return (row?.evidence as string | null | undefined) ?? null
}

/** A close that the feed told of and that is not there, for whoever checks them: at most one. */
export const findGonePeriod = async (
  database: Database,
): Promise<Pick<Period, 'id' | 'merchantAccountId' | 'day'> | null> => {
  const [row] = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select subject_id as id, data ->> 'merchant_account' as merchant_account_id, data ->> 'day' as day from events
      where type = 'period.closed' and not exists (select from periods where id = events.subject_id) order by id limit 1`,
  )
  return row ? { id: String(row.id), merchantAccountId: String(row.merchantAccountId), day: String(row.day) } : null
}

/** Reopenings without a signature, for whoever checks them; `isOld` where the migration found the very same, of a close that was signed before. */
export const findUnsignedReopenings = async (
  database: Database,
): Promise<readonly (Pick<Period, 'id' | 'merchantAccountId' | 'day'> & { isOld: boolean })[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select period.id, period.merchant_account_id, period.day, coalesce(period.closed_at <= listed.listed_at and listed.act_hash = encode(sha256(convert_to(
          json_build_array(act.id, act.agency_code, act.period_id, act.done_by, (extract(epoch from act.done_at) * 1000)::bigint, act.reason)::text, 'UTF8')), 'hex'),
        false) as is_old
      from period_acts as act join periods as period on period.id = act.period_id left join unsigned_reopenings as listed on listed.act_id = act.id
      where act.kind = 'reopened' and act.signature is null order by is_old, period.merchant_account_id, period.day, period.id limit ${unsignedMax}`,
  )
  return rows as readonly unknown[] as readonly (Pick<Period, 'id' | 'merchantAccountId' | 'day'> & {
    isOld: boolean
  })[]
}
const unsignedMax = 1_000

/** A close waits no longer than that for bookings under way, which wait behind it: the caller tries again. */
const closeWaits = '500ms'

/**
 * Stores a close and tells of it. Refused by the database with a conflict (see isConflict) when something was booked or closed since it was read, and as busy
 * (55P03) when bookings under way do not end.
 */
export const insertPeriod = async (
  database: Database,
  scope: string,
  { period, eventId }: { period: NewPeriod; eventId: string },
): Promise<void> => {
  await inScope(database, scope, (sql) => [
    sql`select set_config('lock_timeout', ${closeWaits}, true)`,
    sql`insert into periods ${sql(period)}`,
    insertEvent(sql, { periodId: period.id, eventId, type: 'period.closed', at: period.closedAt }),
  ])
}

export type PeriodAct = {
  id: string
  periodId: string
  kind: 'countersigned' | 'reopened'
  doneBy: string
  doneAt: Date
  reason: string | null
  signature: string | null
  eventId: string
}

/** Refused by the database: `period_four_eyes` to who closed it, `period_last` for a reopening below a later close, `period_acts_once` when it was done before. */
export const insertPeriodAct = async (
  database: Database,
  scope: string,
  { eventId, ...act }: PeriodAct,
): Promise<void> => {
  await inScope(database, scope, (sql) => [
    sql`select set_config('lock_timeout', ${closeWaits}, true)`,
    sql`
      insert into period_acts (id, agency_code, period_id, kind, done_by, done_at, reason, signature)
      select ${act.id}, agency_code, id, ${act.kind}, ${act.doneBy}, ${act.doneAt}::timestamptz, ${act.reason}, ${act.signature}
      from periods where id = ${act.periodId}`,
    insertEvent(sql, { periodId: act.periodId, eventId, type: `period.${act.kind}`, at: act.doneAt }),
  ])
}

type PeriodEvent = { periodId: string; eventId: string; type: string; at: Date }

const insertEvent = (sql: Sql, { periodId, eventId, type, at }: PeriodEvent): Query => sql`
  insert into events (id, agency_code, type, subject_id, sequence, data, created_at)
  select ${eventId}, agency_code, ${type}, id, (select coalesce(max(sequence), 0) + 1 from events where subject_id = ${periodId}),
    json_build_object('id', id, 'merchant_account', merchant_account_id, 'day', day, 'version', version, 'sha256', document_hash,
      'status', case when ${type} = 'period.reopened' then 'open' else 'closed' end), ${at}::timestamptz
  from periods where id = ${periodId}`
