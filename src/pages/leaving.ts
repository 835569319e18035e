/** How the browser leaves for a provider: what the provider asked for, read from the store and checked once more. */
import { z } from 'zod'
import type { StartedAttempt } from '../flows/start-attempt.ts'
import { safeUrl } from './security.ts'

export type Leaving = NonNullable<StartedAttempt['action']>

const stored = z.discriminatedUnion('type', [
  z.object({ type: z.literal('redirect'), url: z.string() }),
  z.object({ type: z.literal('form'), url: z.string(), fields: z.record(z.string(), z.string()) }),
  z.object({ type: z.literal('qr'), payload: z.string(), image_url: z.string() }),
])

/** The action if a browser may follow it; null when there is none, or its address is none that a citizen may be sent to. */
export const leavingOf = (action: unknown, mode: 'demo' | 'production'): Leaving | null => {
  const parsed = stored.safeParse(action)
  if (!parsed.success) return null
  const { data } = parsed
  return safeUrl(data.type === 'qr' ? data.image_url : data.url, mode) ? data : null
}
