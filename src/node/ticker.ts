// Calls a piece of background work again and again: never twice at the same time, at once when there is more to do, and ever more slowly while it fails.

export type Ticker = {
  /** No further round begins; resolves when the one that runs is over. */
  stop: () => Promise<void>
}

export type TickerOptions = {
  /** Whether more is waiting, so that the next round begins at once. */
  round: () => Promise<{ isMore: boolean; isFailed: boolean }>
  everyMs: number
  /** The first round begins so much later. */
  afterMs?: number
  /** The longest pause while rounds fail one after the other. */
  backoffMaxMs: number
}

/** Starts at once, or after `afterMs`. A round that throws counts as failed; `round` reports its own errors. */
export function startTicker({ round, everyMs, afterMs = 0, backoffMaxMs }: TickerOptions): Ticker {
  const stopped = Promise.withResolvers<void>()
  let isStopping = false
  let failures = 0
  const loop = async () => {
    if (afterMs > 0) await wait(afterMs, stopped.promise)
    while (!isStopping) {
      const { isMore, isFailed } = await round().catch(() => ({ isMore: false, isFailed: true }))
      failures = isFailed ? failures + 1 : 0
      if (isMore && !isFailed) {
        // Lets requests in between two rounds.
        await new Promise((resolve) => setImmediate(resolve))
        continue
      }
      await wait(Math.min(everyMs * 2 ** Math.min(failures, 16), Math.max(everyMs, backoffMaxMs)), stopped.promise)
    }
  }
  const running = loop()
  return {
    stop: () => {
      isStopping = true
      stopped.resolve()
      return running
    },
  }
}

const wait = async (ms: number, stopped: Promise<void>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  await Promise.race([promise, stopped])
  clearTimeout(timer)
}
