/**
 * A count that several processes share, behind the one that each keeps by itself (limits.ts). It may be late, absent or broken: then sign-in is refused, since guessing
 * would go uncounted, and everything else is let through with the process's own count. Callbacks and returns are asked about nowhere.
 */
import type { Allowance, LimitClass, Limiter, LimiterIsFull } from './limits.ts'

/** Counts one more of a caller; false when that is too many, null when it cannot count. May throw. */
export type SharedCount = (limitClass: LimitClass, caller: string) => Promise<boolean | null>

/** A limiter that may have to ask elsewhere. */
export type AnyLimiter = (limitClass: LimitClass, caller: string, now: Date) => Allowance | Promise<Allowance>

/** Over how many seconds the others count. */
const windowSeconds = 60

export const withSharedCount =
  (limiter: Limiter, count: SharedCount, isFull: LimiterIsFull): AnyLimiter =>
  async (limitClass, caller, now) => {
    const own = limiter(limitClass, caller, now)
    if (!own.allowed) return own
    const counted = await count(limitClass, caller).catch(() => null)
    if (counted === true) return own
    const isClosed = limitClass === 'sign_in'
    if (counted === null) isFull(isClosed ? 'closed' : 'open', limitClass, now)
    return counted === null && !isClosed ? own : refused(own, limitClass)
  }

const refused = ({ headers }: Allowance, limitClass: LimitClass): Allowance => ({
  allowed: false,
  retryAfterSeconds: windowSeconds,
  headers: { ...headers, ratelimit: `"${limitClass}";r=0;t=${windowSeconds}` },
})
