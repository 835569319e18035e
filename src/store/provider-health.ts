/** How merchant accounts' providers have been doing lately, from our own calls, attempts and callbacks. */
import type { HealthStatus } from '../domain/provider-health.ts'
import {
  type Database,
  everyAgency,
  type Fragment,
  inScope,
  type Query,
  queryInScope,
  type Rows,
  type Sql,
} from './database.ts'

export type Recent = {
  merchantAccountId: string
  /** Attempts: started, left without an answer, paid, and ended by the provider without money. */
  started: number
  silent: number
  captured: number
  failed: number
  /** Calls of every kind. */
  calls: number
  unanswered: number
  latencyMs: number
  latencyMaxMs: number
  breakerOpenedAt: Date | null
  /** The status that was noted last, and since when it is so. */
  noted: { status: HealthStatus; since: Date } | null
  /** From payment to callback, in seconds on average; null without a callback, or where it was not asked for. */
  callbackDelay: number | null
}

export type HealthQuestion = { merchantAccountIds: readonly string[]; since: Date; withDelays: boolean }

/** One entry for each account that was asked about, in that order; all in one round trip. */
export const readRecent = async (database: Database, question: HealthQuestion): Promise<readonly Recent[]> => {
  const ids = [...question.merchantAccountIds]
  const rows = await inScope(database, everyAgency, (sql) => [
    attemptsOf(sql, sql`${ids}::text[]`, question.since),
    ...callQueries(sql, sql`${ids}::text[]`, question.since),
    ...(question.withDelays ? [delaysOf(sql, ids, question.since)] : []),
  ])
  return recentOf(ids, rows)
}

/** The statements of `readRecent` about calls and what is noted, for the scope of every agency. `ids` is an array of text, or a subquery that makes one. */
export const callQueries = (sql: Sql, ids: Fragment, since: Date): Query[] => [
  sql`
    select merchant_account_id, sum(calls)::int as calls, sum(unanswered)::int as unanswered,
      sum(latency_ms)::float8 as latency_ms, max(latency_max_ms) as latency_max_ms
    from provider_calls where merchant_account_id = any(${ids}) and minute > ${since} group by merchant_account_id`,
  sql`select merchant_account_id, opened_at as breaker_opened_at from provider_breakers where merchant_account_id = any(${ids})`,
  sql`
    select latest.* from unnest(${ids}::text[]) as account (id) cross join lateral (
      select merchant_account_id, status, since from provider_statuses where merchant_account_id = account.id order by since desc limit 1) as latest`,
]

/** Puts the answers of `attemptsOf`, `callQueries` and the delays behind them together: one entry for each account, in that order. */
export const recentOf = (ids: readonly string[], answers: readonly Rows[]): readonly Recent[] => {
  const [attempts, calls, breakers, statuses, delays] = answers
  const find = (rows: readonly Record<string, unknown>[] | undefined, id: string) =>
    rows?.find((row) => row.merchantAccountId === id)
  return ids.map((id) => {
    const noted = find(statuses, id)
    const seen = {
      ...nothingSeen,
      ...find(attempts, id),
      ...find(calls, id),
      ...find(breakers, id),
      ...find(delays, id),
      merchantAccountId: id,
    }
    return { ...seen, noted: noted ? (noted as NonNullable<Recent['noted']>) : null }
  })
}

const nothingSeen: Omit<Recent, 'merchantAccountId' | 'noted'> = {
  started: 0,
  silent: 0,
  captured: 0,
  failed: 0,
  calls: 0,
  unanswered: 0,
  latencyMs: 0,
  latencyMaxMs: 0,
  breakerOpenedAt: null,
  callbackDelay: null,
}

/** Reads every attempt of the window. */
export const attemptsOf = (sql: Sql, ids: Fragment, since: Date): Query => sql`
  select merchant_account_id, count(*)::int as started,
    count(*) filter (where status = 'unknown' or failure_code = 'unreachable')::int as silent,
    count(*) filter (where status = 'captured')::int as captured,
    count(*) filter (where status = 'failed' and failure_code is distinct from 'unreachable')::int as failed
  from attempts where merchant_account_id = any(${ids}) and created_at >= ${since}
  group by merchant_account_id`

/**
 * The first genuine callback of each payment against the time of the payment; a provider's clock may be ahead of ours. Where nobody told that time it stands
 * at the moment at which we heard of it, and says nothing.
 */
const delaysOf = (sql: Sql, ids: string[], since: Date): Query => sql`
  select merchant_account_id, avg(delay)::float8 as callback_delay from (
    select callback.merchant_account_id, greatest(0, extract(epoch from min(callback.received_at) - min(fact.occurred_at))) as delay
    from callbacks as callback
    join attempts as attempt on attempt.merchant_account_id = callback.merchant_account_id
      and attempt.merchant_reference = callback.claimed_reference
    join money_facts as fact on fact.attempt_id = attempt.id and fact.kind = 'captured'
      and fact.occurred_at <> fact.received_at
    where callback.merchant_account_id = any(${ids}) and callback.received_at >= ${since} and callback.reading = 'genuine'
      and callback.replay_of is null
    group by callback.merchant_account_id, attempt.id) as told
  group by merchant_account_id`

export type WatchedAccount = { id: string; agencyCode: string; provider: string }

/** Active accounts that were used since then, or whose last noted status is not `unknown`. At most `limit`. */
export const findWatchedAccounts = async (
  database: Database,
  { since, limit }: { since: Date; limit: number },
): Promise<readonly WatchedAccount[]> => {
  const rows = await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      select id, agency_code, provider from merchant_accounts as account
      where status = 'active' and (
        exists (select from provider_calls where merchant_account_id = account.id and minute > ${since})
        or exists (select from attempts where merchant_account_id = account.id and created_at >= ${since})
        or exists (select from provider_breakers where merchant_account_id = account.id and opened_at is not null)
        or (select status from provider_statuses where merchant_account_id = account.id order by since desc limit 1) <> 'unknown')
      order by id limit ${limit}`,
  )
  return rows as readonly unknown[] as readonly WatchedAccount[]
}

/** Notes that an account's provider is so from now on. */
export const noteStatuses = async (
  database: Database,
  changes: readonly { merchantAccountId: string; agencyCode: string; status: HealthStatus; since: Date }[],
): Promise<void> => {
  if (changes.length === 0) return
  await queryInScope(
    database,
    everyAgency,
    (sql) => sql`
      insert into provider_statuses ${sql(changes)}
      on conflict (merchant_account_id, since) do update set status = excluded.status`,
  )
}
