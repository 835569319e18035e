/** How merchant accounts' providers are doing now, and the watch that notes when that changes. */
import { type HealthStatus, healthOf } from '../domain/provider-health.ts'
import { keptFrom } from '../domain/retention.ts'
import { toRfc3339 } from '../lib/time.ts'
import { forgetCalls } from '../store/provider-calls.ts'
import { findWatchedAccounts, noteStatuses, type Recent, readRecent } from '../store/provider-health.ts'
import type { Deps } from './deps.ts'

export type Health = {
  status: HealthStatus
  /** Null where nothing is known. */
  since: string | null
  attempts: number
  unanswered: number
  captured: number
  failed: number
  calls: number
  unanswered_calls: number
  /** Share of calls that were answered; null without calls. */
  success_rate: number | null
  latency_ms: number | null
  latency_max_ms: number | null
  callback_delay_seconds: number | null
}

const windowMs = 15 * 60_000
const watchedMax = 1_000

/** One entry per account, in that order. `withDelays` looks at callbacks too, which costs more than the rest. */
export const readHealth = async (
  deps: Deps,
  merchantAccountIds: readonly string[],
  { withDelays = false }: { withDelays?: boolean } = {},
): Promise<readonly Health[]> => {
  const now = deps.now()
  const recent = await readRecent(deps.db, { merchantAccountIds, since: healthSince(now), withDelays })
  return recent.map((each) => presentHealth(each, now))
}

/** Health at `now` is that of the time since. */
export const healthSince = (now: Date): Date => new Date(now.getTime() - windowMs)

export const presentHealth = (recent: Recent, now: Date): Health => {
  const { started, silent, captured, failed, calls, unanswered, latencyMs, latencyMaxMs, callbackDelay } = recent
  const status = statusOf(recent)
  const since = sinceOf(recent, status, now)
  return {
    status,
    since: since && toRfc3339(since),
    attempts: started,
    unanswered: silent,
    captured,
    failed,
    calls,
    unanswered_calls: unanswered,
    success_rate: calls === 0 ? null : Math.round(((calls - unanswered) / calls) * 1_000) / 1_000,
    latency_ms: calls === 0 ? null : Math.round(latencyMs / calls),
    latency_max_ms: calls === 0 ? null : latencyMaxMs,
    callback_delay_seconds: callbackDelay === null ? null : Math.round(callbackDelay),
  }
}

const statusOf = ({ started, captured, silent, calls, unanswered, latencyMs, breakerOpenedAt }: Recent): HealthStatus =>
  healthOf({
    attempts: started,
    captured,
    silent,
    calls,
    unanswered,
    latencyMs,
    isBreakerOpen: breakerOpenedAt !== null,
  })

/** A status that the watch has not noted yet has only just begun, and after the one that was noted last: clocks of several processes differ. */
const sinceOf = ({ noted, breakerOpenedAt }: Recent, status: HealthStatus, now: Date): Date | null => {
  if (status === 'unknown') return null
  if (noted?.status === status) return noted.since
  const isLater = breakerOpenedAt !== null && (noted === null || breakerOpenedAt > noted.since)
  return status === 'down' && isLater ? breakerOpenedAt : now
}

/** Notes every change of status, with the log line that somebody on duty waits for. Answers how many there were. */
export const watchProviders = async (deps: Deps): Promise<number> => {
  const now = deps.now()
  const since = healthSince(now)
  const accounts = await findWatchedAccounts(deps.db, { since, limit: watchedMax })
  const recent = await readRecent(deps.db, {
    merchantAccountIds: accounts.map(({ id }) => id),
    since,
    withDelays: false,
  })
  const changes = accounts.flatMap(({ id, agencyCode, provider }, index) => {
    const seen = recent[index]
    const status = seen ? statusOf(seen) : 'unknown'
    const former = seen?.noted?.status ?? 'unknown'
    if (!seen || status === former) return []
    return [{ merchantAccountId: id, agencyCode, provider, former, status, since: sinceOf(seen, status, now) ?? now }]
  })
  await noteStatuses(
    deps.db,
    changes.map(({ provider: _, former: __, ...change }) => change),
  )
  for (const { merchantAccountId, provider, former, status } of changes) {
    const write = status === 'down' || status === 'degraded' ? deps.log.error : deps.log.info
    write({ merchant_account: merchantAccountId, provider, former, status }, 'provider health changed')
  }
  return changes.length
}

/** Evidence of calls is kept for 30 days. */
export const forgetOldCalls = (deps: Deps, limit: number): Promise<number> =>
  forgetCalls(deps.db, keptFrom('provider_calls', deps.now()), limit)

const gaugeOf: Readonly<Record<HealthStatus, number | null>> = { up: 1, degraded: 0.5, down: 0, unknown: null }

/** Sets the gauges of every account that is being used. Never throws: metrics are answered without a database too. */
export const setHealthGauges = async (deps: Deps): Promise<void> => {
  try {
    const since = healthSince(deps.now())
    const accounts = await findWatchedAccounts(deps.db, { since, limit: watchedMax })
    const healths = await readHealth(
      deps,
      accounts.map(({ id }) => id),
      { withDelays: true },
    )
    for (const name of gauges) deps.metrics.clear(name)
    for (const [index, { id, provider }] of accounts.entries()) {
      const health = healths[index]
      if (health) setGauges(deps, { merchant_account: id, provider }, health)
    }
  } catch (error) {
    deps.log.warn({ error }, 'health gauges not set')
  }
}

const gauges = [
  'lephi_provider_status',
  'lephi_provider_success_ratio',
  'lephi_provider_latency_seconds',
  'lephi_provider_callback_delay_seconds',
] as const

const setGauges = (deps: Deps, labels: Record<string, string>, health: Health): void => {
  const set = (name: (typeof gauges)[number], value: number | null) => {
    if (value !== null) deps.metrics.set(name, labels, value)
  }
  set('lephi_provider_status', gaugeOf[health.status])
  set('lephi_provider_success_ratio', health.success_rate)
  set('lephi_provider_latency_seconds', health.latency_ms === null ? null : health.latency_ms / 1_000)
  set('lephi_provider_callback_delay_seconds', health.callback_delay_seconds)
}
