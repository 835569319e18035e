/** Citizens' buttons are counted by network, so that nobody presses them for a thousand others. */
import type { Context } from 'hono'
import { Refusal } from '../domain/refusal.ts'
import type { PageEnv } from './page-env.ts'

/** Counts a request; answers the seconds to wait before one is allowed: 0 when it is allowed now. `env` is what the runtime handed to fetch. */
export type Allow = (limitClass: 'checkout' | 'verify', request: Request, env: unknown) => Promise<number>

/** Throws Refusal `too_many_requests`. */
export const slowDown = async (
  c: Context<PageEnv>,
  allow: Allow | undefined,
  limitClass: 'checkout' | 'verify',
): Promise<void> => {
  const retryAfterSeconds = (await allow?.(limitClass, c.req.raw, c.env)) ?? 0
  if (retryAfterSeconds > 0)
    throw new Refusal('too_many_requests', `Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds })
}
