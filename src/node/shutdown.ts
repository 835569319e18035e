// Taking things down: in an order that loses nothing, each step with a bound, so that one that hangs does not keep the others from ending well.
import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../lib/log.ts'

/** What is ended, in this order, and how long each may take. */
const steps = {
  /** Nothing new comes in, and what came in is answered. */
  listening: 6_000,
  'background work': 2_000,
  simulators: 2_000,
  'deferred work': 2_000,
  /** Breaks calls that are still waiting for an answer; the query schedule asks again after the next start. */
  'outgoing calls': 1_000,
  'interrupted work': 1_000,
  database: 8_000,
  /** What was done until now is sent to whoever collects spans. */
  traces: 3_000,
} as const satisfies Record<string, number>

export type ShutdownStep = keyof typeof steps

export type Shutdown = {
  add: (step: ShutdownStep, end: () => Promise<unknown>) => void
  /** Ends everything that was added, once; calling it again waits for the same end. Never rejects. */
  run: () => Promise<void>
}

/** Nothing is ended that was not added, so that a start which fails halfway takes down what it has started. */
export function createShutdown(log: Log): Shutdown {
  const ends = new Map<string, () => Promise<unknown>>()
  let running: Promise<void> | undefined
  const runAll = async () => {
    for (const [step, timeoutMs] of Object.entries(steps)) {
      const end = ends.get(step)
      if (end) await endWithin(log, { step, end, timeoutMs })
    }
  }
  return {
    add: (step, end) => void ends.set(step, end),
    run: () => {
      running ??= runAll()
      return running
    },
  }
}

const endWithin = async (
  log: Log,
  { step, end, timeoutMs }: { step: string; end: () => Promise<unknown>; timeoutMs: number },
): Promise<void> => {
  const timer = new AbortController()
  const late = pause(timeoutMs, true, { signal: timer.signal }).catch(() => false)
  const ended = end().then(
    () => false,
    (error: unknown) => {
      log.error({ step, error }, 'a part did not end well')
      return false
    },
  )
  if (await Promise.race([ended, late])) log.warn({ step, timeout_ms: timeoutMs }, 'a part did not end in time')
  timer.abort()
}
