// Work that goes on after its answer was sent. Kept track of, so that an ending process first finishes what it has begun.
import type { Log } from '../lib/log.ts'

export type DeferredWork = {
  defer: (work: Promise<unknown>) => void
  /** Resolves when nothing is under way, also not what the work itself has deferred. */
  settled: () => Promise<void>
}

/** What rejects is logged and forgotten. */
export function trackDeferredWork(log: Log): DeferredWork {
  const underWay = new Set<Promise<unknown>>()
  return {
    defer: (work) => {
      const tracked = work
        .catch((error: unknown) => log.error({ error }, 'deferred work failed'))
        .finally(() => underWay.delete(tracked))
      underWay.add(tracked)
    },
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay)
    },
  }
}
