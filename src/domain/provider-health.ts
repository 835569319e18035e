/** How a provider is doing, judged by what our own calls and payments of the last minutes came to. */

export const healthStatuses = ['up', 'degraded', 'down', 'unknown'] as const
export type HealthStatus = (typeof healthStatuses)[number]

/** What was seen within the window. `captured`: attempts of the window that were paid. `silent`: attempts that never reached the provider or got no answer. */
export type HealthEvidence = {
  attempts: number
  captured: number
  silent: number
  calls: number
  unanswered: number
  /** Of all calls together. */
  latencyMs: number
  isBreakerOpen: boolean
}

/** Below that many, nothing is said of a share. */
const sampleMin = 5
const slowMs = 8_000

/** The first line that holds is the status. */
const rules: readonly { status: HealthStatus; holds: (seen: HealthEvidence) => boolean }[] = [
  { status: 'down', holds: ({ isBreakerOpen }) => isBreakerOpen },
  // Where payments come in, citizens reach the provider, even if we do not: its queries may be closed to us.
  {
    status: 'down',
    holds: ({ calls, unanswered, captured }) => captured === 0 && calls >= sampleMin && unanswered * 10 >= calls * 9,
  },
  { status: 'degraded', holds: ({ calls, unanswered }) => calls >= sampleMin && unanswered * 3 >= calls },
  { status: 'degraded', holds: ({ attempts, silent }) => attempts >= sampleMin && silent * 3 >= attempts },
  { status: 'degraded', holds: ({ calls, latencyMs }) => calls >= sampleMin && latencyMs >= calls * slowMs },
  { status: 'unknown', holds: ({ attempts, calls }) => attempts === 0 && calls === 0 },
]

export const healthOf = (seen: HealthEvidence): HealthStatus => rules.find(({ holds }) => holds(seen))?.status ?? 'up'
