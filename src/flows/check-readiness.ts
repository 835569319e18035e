/** Whether this process should be sent requests: every reason against it by name, so that whoever is on duty need not guess. */
import { findCachedReads } from '../store/cached-reads.ts'
import { type DatabaseReadiness, readReadiness } from '../store/readiness.ts'
import type { Deps } from './deps.ts'
import { signsWithKeyOfOurs } from './signing-keys.ts'

/**
 * What is looked at. `process`: neither starting nor ending. `reads`: nobody answers in place of the database, asked behind Hyperdrive; a cache that leaves transactions alone is
 * told of and keeps nobody from being ready. `jobs`: background work is being done by somebody; that is told and keeps nobody from being ready, for
 * it says the same of every process, and payments that arrive are kept all the same.
 */
export const readinessChecks = ['process', 'database', 'writable', 'schema', 'reads', 'keys', 'jobs'] as const
export type ReadinessCheck = (typeof readinessChecks)[number]

/** `ok`, `not checked` where an earlier one failed that it depends on, or what is wrong. */
export type Readiness = { isReady: boolean; reason: string | null; checks: Readonly<Record<ReadinessCheck, string>> }

/** These turns are taken every half minute by whoever runs the jobs. */
const watchedTurns = ['catch_up_callbacks', 'watch_providers']
/** Nobody has taken one for so long: neither this process nor any other does background work. */
const stalledMs = 15 * 60_000

/** Never throws. */
export const checkReadiness = async (deps: Deps): Promise<Readiness> => {
  const process = deps.isEnding?.() ? 'draining: it is about to end' : 'ok'
  const read = await readReadiness(deps.db, watchedTurns).catch(() => null)
  const checks = { process, ...(read ? await checksOf(deps, read) : unreachable) }
  const reason = readinessChecks
    .filter((name) => name !== 'jobs')
    .map((name) => checks[name])
    .find((found) => found !== 'ok' && found !== notChecked && found !== harmlessCache)
  return { isReady: reason === undefined, reason: reason ?? null, checks }
}

const notChecked = 'not checked'
const unreachable = {
  database: 'the database cannot be reached',
  writable: notChecked,
  schema: notChecked,
  reads: notChecked,
  keys: notChecked,
  jobs: notChecked,
}

const checksOf = async (deps: Deps, { missing, isReadOnly, turnsUntil }: DatabaseReadiness) => {
  const isStalled = turnsUntil !== null && deps.now().getTime() - turnsUntil.getTime() > stalledMs
  return {
    database: 'ok',
    writable: isReadOnly ? 'the database takes no writes' : 'ok',
    schema: missing.length > 0 ? 'migrations are not applied' : 'ok',
    reads: missing.length > 0 || isReadOnly ? notChecked : await readsCheck(deps),
    keys: missing.length > 0 ? notChecked : await keyCheck(deps),
    jobs: missing.length > 0 ? notChecked : isStalled ? 'nobody does background work' : 'ok',
  }
}

const harmlessCache = 'a cache answers reads outside of transactions: turn it off'
const readsFound = {
  none: 'ok',
  plain: harmlessCache,
  all: 'what is read may be a minute old: something between answers in place of the database',
} as const

const readsCheck = async (deps: Deps): Promise<string> => {
  if (!deps.looksForCachedReads) return 'ok'
  try {
    return readsFound[await findCachedReads(deps.db, { name: `cached_reads ${deps.newToken(16)}`, now: deps.now() })]
  } catch {
    return 'the database cannot be asked twice'
  }
}

const keyCheck = async (deps: Deps): Promise<string> => {
  try {
    return (await signsWithKeyOfOurs(deps)) ? 'ok' : 'the master key does not open what this database holds'
  } catch {
    return 'the signing keys cannot be read'
  }
}
