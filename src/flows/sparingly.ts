/**
 * What strangers can make the gateway do by asking again and again is done only so often: asking a provider, reading keys, storing what nobody signed. Counted
 * in this process; a second process doubles the allowance, which is still one.
 */
import { type BucketLimits, type Buckets, createBuckets } from '../lib/limiter.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import type { Deps } from './deps.ts'
import { type Finding, type QueryTarget, queryAttempt } from './query-attempt.ts'

const allowances = {
  /** By attempt: a provider is asked for a citizen's impatience. The schedule asks besides. */
  ask_provider: { capacity: 1, refillPerSecond: 1 / 10 },
  /** By attempt that had failed or expired: its provider or a browser that comes back hints at news of it. */
  ask_over: { capacity: 2, refillPerSecond: 1 / 300 },
  /** By merchant account: its keys are read again because a signature fitted none. */
  read_keys: { capacity: 1, refillPerSecond: 1 / 5 },
  /** For all together: callbacks that name no merchant account of ours are kept. At most 64 KB each, so less than 1 GB a day. */
  keep_unaddressed: { capacity: 60, refillPerSecond: 1 / 10 },
  /** By merchant account: callbacks that are addressed rightly and not believed are kept. */
  keep_refused: { capacity: 300, refillPerSecond: 1 / 10 },
  /** By merchant account and content: a genuine callback is kept that was kept and answered already. */
  keep_same: { capacity: 100, refillPerSecond: 1 / 60 },
  /** By key: that it proved a callback is written down. */
  note_key: { capacity: 1, refillPerSecond: 1 / 60 },
} as const satisfies Record<string, BucketLimits>

const namesMax = 10_000
type Name = keyof typeof allowances
/** By sealed box, which there is one of in a process, while connections may come and go with each request. */
const kept = new WeakMap<SealedBox, Map<Name, Buckets>>()

/** Whether this may be done now for that one; a yes is counted. */
export const mayNow = (deps: Deps, name: Name, about: string): boolean => {
  const all = kept.get(deps.box) ?? new Map<Name, Buckets>()
  kept.set(deps.box, all)
  const buckets = all.get(name) ?? createBuckets(allowances[name], namesMax)
  all.set(name, buckets)
  return buckets(about, deps.now()).allowed
}

/** Like queryAttempt, for people who wait: at most once in ten seconds for one attempt; `asked_lately` when nobody was asked now. */
export const queryAttemptSparingly = async (deps: Deps, target: QueryTarget): Promise<Finding | 'asked_lately'> =>
  mayNow(deps, 'ask_provider', target.id) ? queryAttempt(deps, target) : 'asked_lately'
