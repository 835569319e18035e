/** How often a caller may call: one token bucket per caller and class, kept in this process, so that no other machine can fail for it. */
import { type BucketLimits, type BucketState, type Taken, take } from '../lib/limiter.ts'
import { networkOf } from '../lib/network.ts'

/**
 * `read` and `write` count by client; `token` (and whoever has no token), `checkout` (a citizen's presses), `verify` and `sign_in` by network. Callbacks and returns have
 * no class: nothing may keep news of money from its place.
 */
export const limitClasses = ['read', 'write', 'token', 'checkout', 'verify', 'sign_in'] as const
export type LimitClass = (typeof limitClasses)[number]

export type Allowance = { allowed: boolean; retryAfterSeconds: number; headers: Record<string, string> }

export type Limiter = (limitClass: LimitClass, caller: string, now: Date) => Allowance

/** What the limiter cannot do: `open` lets further callers pass uncounted, `closed` turns them away. */
export type LimiterIsFull = (way: 'open' | 'closed', limitClass: LimitClass, now: Date) => void

/**
 * Callers that are remembered at once. For most classes who is forgotten starts with a full bucket, so memory is bounded before the limit is exact: a payment
 * must not wait for the limiter. Signing in fails the other way, see below. Either is told.
 */
const callersMax = 50_000

/**
 * A limiter for these limits, given as requests per minute. Each answer has the headers `RateLimit-Policy` and `RateLimit` of
 * draft-ietf-httpapi-ratelimit-headers-10: quota and window in seconds; what remains and the seconds until one more is allowed.
 */
export const createLimiter = (
  perMinute: Readonly<Record<LimitClass, number>>,
  isFull: LimiterIsFull = () => undefined,
): Limiter => {
  const buckets = new Map<string, BucketState>()
  const signIns = new Map<string, BucketState>()
  return (limitClass, caller, now) => {
    const limits = bucketOf(perMinute[limitClass])
    const told = (way: 'open' | 'closed') => isFull(way, limitClass, now)
    const taken =
      limitClass === 'sign_in'
        ? takeClosed(signIns, { name: networkOf(caller), limits, now, told })
        : takeOpen(buckets, { name: `${limitClass} ${caller}`, limits, now, told })
    const headers = {
      'ratelimit-policy': `"${limitClass}";q=${perMinute[limitClass]};w=60`,
      ratelimit: `"${limitClass}";r=${taken.remaining};t=${taken.retryAfterSeconds}`,
    }
    return { allowed: taken.allowed, retryAfterSeconds: taken.retryAfterSeconds, headers }
  }
}

type Buckets = Map<string, BucketState>
type Taking = { name: string; limits: BucketLimits; now: Date; told: (way: 'open' | 'closed') => void }

const takeOpen = (buckets: Buckets, { name, limits, now, told }: Taking): Taken => {
  const taken = take(buckets.get(name) ?? null, limits, now)
  // Set anew so that the map's order is that of last use.
  buckets.delete(name)
  buckets.set(name, taken.state)
  if (buckets.size > callersMax) {
    const [longestAgo] = buckets
    if (longestAgo) buckets.delete(longestAgo[0])
    // A minute after its last use a bucket is full again, and forgetting it lets nobody pass.
    if (longestAgo && now.getTime() - longestAgo[1].at.getTime() < windowMs) told('open')
  }
  return taken
}

/**
 * Nobody is forgotten who is still being counted: while too many addresses try at once, those that are not known yet are refused. A minute after its last try
 * a bucket is full again, and its address needs no place.
 */
const takeClosed = (buckets: Buckets, taking: Taking): Taken => {
  const { name, now, told } = taking
  for (const [known, { at }] of buckets) {
    if (now.getTime() - at.getTime() < windowMs) break
    buckets.delete(known)
  }
  if (buckets.has(name) || buckets.size < callersMax) return takeOpen(buckets, taking)
  told('closed')
  return { allowed: false, state: { tokens: 0, at: now }, remaining: 0, retryAfterSeconds: windowMs / 1_000 }
}

const windowMs = 60_000

const bucketOf = (perMinute: number): BucketLimits => ({ capacity: perMinute, refillPerSecond: perMinute / 60 })
