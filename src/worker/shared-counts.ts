/**
 * The counters that all isolates of one Cloudflare location share (rate-limit bindings). They count by location and a little late, so they only come behind the
 * isolate's own buckets, for what strangers do: ask for tokens, sign in, press a citizen's buttons, look receipts up. Callbacks and returns are counted nowhere.
 */
import type { RateLimit } from '@cloudflare/workers-types'
import type { LimitClass } from '../api/limits.ts'
import type { SharedCount } from '../api/shared-count.ts'

/** The bindings of wrangler.toml. `read` and `write` count by client, who is known and has a limit against running away only: the isolate's own bucket is enough. */
export const countBindings = {
  token: 'COUNT_TOKEN',
  checkout: 'COUNT_CHECKOUT',
  verify: 'COUNT_VERIFY',
  sign_in: 'COUNT_SIGN_IN',
} as const satisfies Partial<Record<LimitClass, string>>

/** Asks the binding of a class; null where there is none, or none that answers. */
export const sharedCount =
  (env: Readonly<Record<string, unknown>>): SharedCount =>
  async (limitClass, caller) => {
    const name = Object.entries(countBindings).find(([counted]) => counted === limitClass)?.[1]
    if (name === undefined) return true
    const binding = env[name]
    if (!isRateLimit(binding)) return null
    const { success } = await binding.limit({ key: caller })
    return success
  }

const isRateLimit = (binding: unknown): binding is RateLimit =>
  typeof binding === 'object' && binding !== null && 'limit' in binding
