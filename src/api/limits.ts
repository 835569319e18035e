/** How often a caller may call: one token bucket per caller and class, kept in this process, so that no other machine can fail for it. */
import { type BucketLimits, type BucketState, take } from '../lib/limiter.ts'

/** `read` and `write` count by client, `token` (and whoever has no token) by address. */
export type LimitClass = 'read' | 'write' | 'token'

export type Allowance = { allowed: boolean; retryAfterSeconds: number; headers: Record<string, string> }

export type Limiter = (limitClass: LimitClass, caller: string, now: Date) => Allowance

/** Callers that are remembered at once. Who is forgotten starts with a full bucket, so memory is bounded before the limit is exact. */
const callersMax = 50_000

/**
 * A limiter for these limits, given as requests per minute. Each answer has the headers `RateLimit-Policy` and `RateLimit` of
 * draft-ietf-httpapi-ratelimit-headers-10: quota and window in seconds; what remains and the seconds until one more is allowed.
 */
export const createLimiter = (perMinute: Readonly<Record<LimitClass, number>>): Limiter => {
  const buckets = new Map<string, BucketState>()
  const limits: Record<LimitClass, BucketLimits> = {
    read: bucketOf(perMinute.read),
    write: bucketOf(perMinute.write),
    token: bucketOf(perMinute.token),
  }
  return (limitClass, caller, now) => {
    const name = `${limitClass} ${caller}`
    const taken = take(buckets.get(name) ?? null, limits[limitClass], now)
    // Set anew so that the map's order is that of last use.
    buckets.delete(name)
    buckets.set(name, taken.state)
    if (buckets.size > callersMax) buckets.delete(buckets.keys().next().value ?? '')
    const headers = {
      'ratelimit-policy': `"${limitClass}";q=${perMinute[limitClass]};w=60`,
      ratelimit: `"${limitClass}";r=${taken.remaining};t=${taken.retryAfterSeconds}`,
    }
    return { allowed: taken.allowed, retryAfterSeconds: taken.retryAfterSeconds, headers }
  }
}

const bucketOf = (perMinute: number): BucketLimits => ({ capacity: perMinute, refillPerSecond: perMinute / 60 })
