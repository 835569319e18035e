// A token bucket, pure: the caller keeps the state, in memory or in a row.

/** The most at once, and how fast it fills again. */
export type BucketLimits = { capacity: number; refillPerSecond: number }

/** What is left, and when that was true. */
export type BucketState = { tokens: number; at: Date }

export type Taken = {
  allowed: boolean
  /** To be kept, also after a refusal. */
  state: BucketState
  /** Whole requests still allowed at once. */
  remaining: number
  /** Whole seconds until one is allowed again: 0 when allowed. For Retry-After. */
  retryAfterSeconds: number
}

/**
 * Takes one token from a bucket; a new caller (`null`) starts with a full one. A clock that steps back neither fills nor
 * empties. A bucket that never fills answers with an hour.
 */
export function take(state: BucketState | null, limits: BucketLimits, now: Date): Taken {
  const { capacity, refillPerSecond } = limits
  const seconds = state ? Math.max(0, now.getTime() - state.at.getTime()) / 1000 : 0
  const filled = Math.min(capacity, state ? state.tokens + seconds * refillPerSecond : capacity)
  const allowed = filled >= 1
  const tokens = allowed ? filled - 1 : filled
  const at = state && state.at > now ? state.at : now
  return {
    allowed,
    state: { tokens, at },
    remaining: Math.floor(tokens),
    retryAfterSeconds: allowed ? 0 : Math.min(3_600, Math.max(1, Math.ceil((1 - filled) / refillPerSecond))),
  }
}

/** Takes one token from the bucket of that name. */
export type Buckets = (name: string, now: Date) => Taken

/**
 * Buckets of equal limits by name, in memory. At most `namesMax` are remembered: the one used longest ago is forgotten first and starts with a full bucket,
 * so that memory is bounded before the limit is exact.
 */
export function createBuckets(limits: BucketLimits, namesMax: number): Buckets {
  const states = new Map<string, BucketState>()
  return (name, now) => {
    const taken = take(states.get(name) ?? null, limits, now)
    // Set anew so that the map's order is that of last use.
    states.delete(name)
    states.set(name, taken.state)
    if (states.size > namesMax) states.delete(states.keys().next().value ?? '')
    return taken
  }
}
