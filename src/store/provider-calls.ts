/** Evidence of calls to providers, one row per merchant account, minute and operation, and the breaker that follows from starts without an answer. */
import { type Database, enterScope, everyAgency, inScope, type Query, queryInScope, type Sql } from './database.ts'
import { unsynced } from './transaction.ts'

export type CallMade = {
  merchantAccountId: string
  agencyCode: string
  operation: string
  isUnanswered: boolean
  tookMs: number
  at: Date
}

/** After so many starts in a row without an answer, each within so long of the one before, nothing is started any more. */
export const breakerRule = { unansweredMax: 5, withinMs: 10 * 60_000, pauseMs: 30_000, pauseMaxMs: 5 * 60_000 } as const

/** Longer than a start can take: when the holder of a probe has said nothing by then, it is gone. */
const probeMs = 90_000

const minuteMs = 60_000

/** Counts one call; answers true when it opened the breaker. */
export const addCall = async (database: Database, call: CallMade): Promise<boolean> => {
  const answers = await inScope(database, everyAgency, (sql) => [
    // A count that a crash of the server takes is no lost money, and those of one minute wait for one row.
    unsynced(sql),
    insertCall(sql, call),
    ...(call.operation === 'start' ? [call.isUnanswered ? countSilence(sql, call) : closeBreaker(sql, call)] : []),
  ])
  const [breaker] = answers[2] ?? []
  return call.isUnanswered && breaker?.unanswered === breakerRule.unansweredMax
}

const insertCall = (sql: Sql, { merchantAccountId, agencyCode, operation, isUnanswered, tookMs, at }: CallMade) => {
  const latency = Math.max(0, Math.min(Math.round(tookMs), 2_000_000_000))
  const row = {
    merchantAccountId,
    agencyCode,
    operation,
    minute: new Date(Math.floor(at.getTime() / minuteMs) * minuteMs),
    calls: 1,
    unanswered: isUnanswered ? 1 : 0,
    latencyMs: BigInt(latency),
    latencyMaxMs: latency,
  }
  return sql`
    insert into provider_calls ${sql(row)}
    on conflict on constraint provider_calls_merchant_account_id_minute_operation_pk do update set calls = provider_calls.calls + 1,
      unanswered = provider_calls.unanswered + excluded.unanswered, latency_ms = provider_calls.latency_ms + excluded.latency_ms,
      latency_max_ms = greatest(provider_calls.latency_max_ms, excluded.latency_max_ms)`
}

/** One more silence. It opens the breaker, or keeps it open: for twice as long after each probe, up to the longest pause. */
const countSilence = (sql: Sql, { merchantAccountId, agencyCode, at }: CallMade): Query => {
  const { unansweredMax, withinMs, pauseMs, pauseMaxMs } = breakerRule
  const since = new Date(at.getTime() - withinMs)
  return sql`
    with counted as (
      insert into provider_breakers as known (merchant_account_id, agency_code, unanswered, unanswered_at)
      values (${merchantAccountId}, ${agencyCode}, 1, ${at})
      on conflict (merchant_account_id) do update set unanswered_at = greatest(known.unanswered_at, excluded.unanswered_at),
        unanswered = case when known.opened_at is null and known.unanswered_at < ${since} then 1 else known.unanswered + 1 end,
        opened_at = case
          when known.opened_at is not null then known.opened_at
          when known.unanswered_at >= ${since} and known.unanswered + 1 >= ${unansweredMax} then ${at}::timestamptz end,
        open_until = case
          when known.opened_at is not null or (known.unanswered_at >= ${since} and known.unanswered + 1 >= ${unansweredMax})
          then greatest(known.open_until, ${at}::timestamptz + least(${pauseMaxMs}::int, ${pauseMs}::int * power(2, least(known.probes, 10))) * interval '1 millisecond') end
      returning unanswered)
    select unanswered from counted`
}

/** An answer of any kind: the provider is there. Nothing is written while there was nothing to forget. */
const closeBreaker = (sql: Sql, { merchantAccountId }: CallMade): Query => sql`
  update provider_breakers set unanswered = 0, opened_at = null, open_until = null, probes = 0
  where merchant_account_id = ${merchantAccountId} and unanswered > 0`

/**
 * Takes the one probe of a breaker whose pause is over; it belongs to the commit of the attempt that probes, which is in `scope`: the account may be that of an
 * agency above it. Fails as a conflict (see isConflict) when somebody else took it first, or the breaker moved otherwise.
 */
export const takeProbe = (
  sql: Sql,
  { merchantAccountId, now, scope }: { merchantAccountId: string; now: Date; scope: string },
): Query[] => [
  enterScope(sql, everyAgency),
  sql`
    with taken as (
      update provider_breakers set open_until = ${new Date(now.getTime() + probeMs)}, probes = probes + 1
      where merchant_account_id = ${merchantAccountId} and open_until <= ${now} returning 1)
    select lephi_expect((select count(*) from taken), 1, 'probe')`,
  enterScope(sql, scope),
]

/** Forgets evidence of before then, at most `limit` rows. Answers how many. */
export const forgetCalls = async (database: Database, before: Date, limit: number): Promise<number> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      with old as materialized (
        select merchant_account_id, minute, operation, agency_code from provider_calls where minute < ${before} order by minute, merchant_account_id, operation limit ${limit})
      delete from provider_calls as forgotten using old
      where forgotten.merchant_account_id = old.merchant_account_id and forgotten.minute = old.minute and forgotten.operation = old.operation
        and forgotten.agency_code = old.agency_code
      returning 1`,
  )
  return rows.length
}
