// When to try again: a ladder is the list of waits between tries, in seconds.

/**
 * The seconds to wait before the next try, after `attempt` tries (1 after the first). null when the ladder has ended:
 * it is for the caller to say what giving up means.
 */
export function nextDelay(attempt: number, ladderSeconds: readonly number[]): number | null {
  if (!Number.isInteger(attempt) || attempt < 1) throw new RangeError('attempt counts from 1')
  return ladderSeconds[attempt - 1] ?? null
}

/** Tries every so many seconds until so many seconds after the start. */
export type Stretch = { everySeconds: number; untilSeconds: number }

/**
 * A ladder of the given first waits, followed by stretches, each up to its end counted from the start of all:
 * `ladderOf([15, 60], { everySeconds: 3600, untilSeconds: 86400 })`. At most 10,000 rungs.
 */
export function ladderOf(first: readonly number[], ...stretches: readonly Stretch[]): readonly number[] {
  const ladder = [...first]
  let elapsed = first.reduce((sum, wait) => sum + wait, 0)
  for (const { everySeconds, untilSeconds } of stretches) {
    if (!(everySeconds > 0)) throw new RangeError('a stretch needs a wait above 0')
    while (elapsed + everySeconds <= untilSeconds) {
      if (ladder.push(everySeconds) > 10_000) throw new RangeError('a ladder has at most 10,000 rungs')
      elapsed += everySeconds
    }
  }
  return ladder
}
