/** How often a caller may call: one token bucket per caller and class, kept in this process, so that no other machine can fail for it. */
import { type BucketLimits, type BucketState, type Taken, take } from '../lib/limiter.ts'

/** `read` and `write` count by client, `token` (and whoever has no token) and `sign_in` by address. */
export type LimitClass = 'read' | 'write' | 'token' | 'sign_in'

export type Allowance = { allowed: boolean; retryAfterSeconds: number; headers: Record<string, string> }

export type Limiter = (limitClass: LimitClass, caller: string, now: Date) => Allowance

/**
 * Callers that are remembered at once. For most classes who is forgotten starts with a full bucket, so memory is bounded before the limit is exact: a payment
 * must not wait for the limiter. Signing in fails the other way, see below.
 */
const callersMax = 50_000

/**
 * A limiter for these limits, given as requests per minute. Each answer has the headers `RateLimit-Policy` and `RateLimit` of
 * draft-ietf-httpapi-ratelimit-headers-10: quota and window in seconds; what remains and the seconds until one more is allowed.
 */
export const createLimiter = (perMinute: Readonly<Record<LimitClass, number>>): Limiter => {
  const buckets = new Map<string, BucketState>()
  const signIns = new Map<string, BucketState>()
  const limits: Record<LimitClass, BucketLimits> = {
    read: bucketOf(perMinute.read),
    write: bucketOf(perMinute.write),
    token: bucketOf(perMinute.token),
    sign_in: bucketOf(perMinute.sign_in),
  }
  return (limitClass, caller, now) => {
    const taken =
      limitClass === 'sign_in'
        ? takeClosed(signIns, neighbourhood(caller), limits.sign_in, now)
        : takeOpen(buckets, `${limitClass} ${caller}`, limits[limitClass], now)
    const headers = {
      'ratelimit-policy': `"${limitClass}";q=${perMinute[limitClass]};w=60`,
      ratelimit: `"${limitClass}";r=${taken.remaining};t=${taken.retryAfterSeconds}`,
    }
    return { allowed: taken.allowed, retryAfterSeconds: taken.retryAfterSeconds, headers }
  }
}

type Buckets = Map<string, BucketState>

const takeOpen = (buckets: Buckets, name: string, limits: BucketLimits, now: Date): Taken => {
  const taken = take(buckets.get(name) ?? null, limits, now)
  // Set anew so that the map's order is that of last use.
  buckets.delete(name)
  buckets.set(name, taken.state)
  if (buckets.size > callersMax) buckets.delete(buckets.keys().next().value ?? '')
  return taken
}

/**
 * Nobody is forgotten who is still being counted: while too many addresses try at once, those that are not known yet are refused. A minute after its last try
 * a bucket is full again, and its address needs no place.
 */
const takeClosed = (buckets: Buckets, name: string, limits: BucketLimits, now: Date): Taken => {
  for (const [known, { at }] of buckets) {
    if (now.getTime() - at.getTime() < windowMs) break
    buckets.delete(known)
  }
  if (!buckets.has(name) && buckets.size >= callersMax)
    return { allowed: false, state: { tokens: 0, at: now }, remaining: 0, retryAfterSeconds: windowMs / 1_000 }
  return takeOpen(buckets, name, limits, now)
}

const windowMs = 60_000

/** One household or office has a /64 of IPv6 to itself (RFC 6177), so that counting single addresses would count nobody. */
const neighbourhood = (caller: string): string => {
  const groups = caller.toLowerCase().split(':')
  if (groups.length < 3) return caller
  const gap = groups.indexOf('')
  const zeros = gap < 0 ? [] : Array.from({ length: Math.max(0, 9 - groups.length) }, () => '0')
  const whole = gap < 0 ? groups : [...groups.slice(0, gap), ...zeros, ...groups.slice(gap + 1)]
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, '') || '0')
    .join(':')
}

const bucketOf = (perMinute: number): BucketLimits => ({ capacity: perMinute, refillPerSecond: perMinute / 60 })
