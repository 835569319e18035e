// Work for which nobody waits takes its turns a little apart while somebody is being served: a second's worth of it at once would have the processor and the database to itself, and whoever
// comes in that moment waits for all of it. Nothing is held up for long, however busy it is: so many turns a second are always had.

export type Pace = () => Promise<void>

/** Turns begin so many milliseconds apart, while it is busy and for so long after. */
const [apartMs, busyMs] = [20, 1_000]

/** What to wait for before each turn; at once while `isBusy` has not said so lately. `now` is in milliseconds, and never goes back. */
export const createPace = (isBusy: () => boolean, now: () => number = () => performance.now()): Pace => {
  let [next, busyUntil] = [0, 0]
  return async () => {
    const at = now()
    if (isBusy()) busyUntil = at + busyMs
    if (at >= busyUntil) return
    const turn = Math.max(at, next)
    next = turn + apartMs
    if (turn > at) await new Promise((resolve) => setTimeout(resolve, turn - at))
  }
}
