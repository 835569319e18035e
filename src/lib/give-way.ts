// One thread does everything: whoever reads a long file lets the callbacks of payments that came meanwhile go first. Awaiting what is at hand does not do that,
// for it runs on in the same turn of the event loop.

/** Ends this turn of the event loop: whatever has come in since it began is done before the promise is kept. */
const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    // Timers are the web's own way, and a millisecond late at best; where there is the quicker one it is taken.
    if (typeof setImmediate === 'function') setImmediate(resolve)
    else setTimeout(resolve, 0)
  })

/** So many bytes of a file are read in one turn at most: about ten milliseconds' work for the slowest reader. */
export const turnBytes = 65_536

/** Counts the bytes that were done, and answers what to wait for whenever they make a turn. */
export const givingWay = (): ((bytes: number) => Promise<void> | undefined) => {
  let done = 0
  return (bytes) => {
    done += bytes
    if (done < turnBytes) return undefined
    done = 0
    return nextTurn()
  }
}
