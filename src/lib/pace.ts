// Work for which nobody waits takes its turns a little apart while somebody is being served: a second's worth of it at once would have the processor and the database to itself, and whoever
// comes in that moment waits for all of it. Nothing is held up for long, however busy it is: so many turns a second are always had.

export type Pace = () => Promise<void>

/** Turns begin so many milliseconds apart, while somebody is served and for so many turns after. */
const [apartMs, turnsAfter] = [20, 50]

/** What to wait for before each turn; nothing while nobody was served lately, or where nobody can say so, as on Workers, where a piece of background work has its process for itself. */
export const createPace = (isServing: () => boolean = () => false): Pace => {
  let apart = Promise.resolve()
  let left = 0
  return () => {
    if (isServing()) left = turnsAfter
    if (left === 0) return Promise.resolve()
    left -= 1
    const turn = apart
    apart = turn.then(() => new Promise((resolve) => setTimeout(resolve, apartMs)))
    return turn
  }
}
