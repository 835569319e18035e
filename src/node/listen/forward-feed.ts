// Follows the feed and sends each event on, one after the other: a receiver on a developer's machine sees them in the order of the feed.
import { setTimeout as pause } from 'node:timers/promises'
import { nextDelay } from '../../lib/retry-ladder.ts'
import { type Forwarded, forwardEvent } from './forward-event.ts'
import { type Feed, type FeedEvent, GatewaySilence } from './read-feed.ts'

export type Following = {
  feed: Feed
  /** The last event that is done with; null: none, and the feed is followed from its beginning. */
  after: string | null
  url: string
  secret: string
  /** Ends it, between events or within one, which then is not done with. */
  signal: AbortSignal
  /** Whether it ends with the feed. */
  isOnce: boolean
  /** An event was taken, or given up. */
  done: (event: FeedEvent, forwarded: Forwarded) => Promise<void>
  tell: (text: string) => void
  ladderSeconds?: readonly number[]
}

export type Followed = { taken: number; givenUp: number; after: string | null }

const pollMs = 1_000
const silenceLadderSeconds: readonly number[] = [1, 2, 4, 8, 15]

/** Throws GatewaySilence when the gateway stays silent for half a minute, or an Error that says what it refuses. */
export async function forwardFeed(following: Following): Promise<Followed> {
  const { feed, url, secret, signal, isOnce, done, tell } = following
  const followed: Followed = { taken: 0, givenUp: 0, after: following.after }
  try {
    for (;;) {
      const events = await patiently(() => feed.after(followed.after), following)
      for (const event of events) {
        const forwarded = await forwardEvent(event, {
          url,
          secret,
          signal,
          tell: ({ status, error, waitSeconds }) =>
            tell(`${event.type} ${event.id}: ${status ?? error}, again in ${waitSeconds} s`),
          ...(following.ladderSeconds ? { ladderSeconds: following.ladderSeconds } : {}),
        })
        followed[forwarded.isTaken ? 'taken' : 'givenUp'] += 1
        followed.after = event.id
        await done(event, forwarded)
      }
      if (events.length > 0) continue
      if (isOnce) return followed
      await pause(pollMs, undefined, { signal })
    }
  } catch (error) {
    if (signal.aborted) return followed
    throw error
  }
}

/** The last event that there is; null where there is none, or when it was ended before. */
export async function endOfFeed(following: Pick<Following, 'feed' | 'signal' | 'tell'>): Promise<string | null> {
  try {
    for (let last: string | null = null; ; ) {
      const events = await patiently(() => following.feed.after(last), following)
      if (events.length === 0) return last
      last = events.at(-1)?.id ?? last
    }
  } catch (error) {
    if (following.signal.aborted) return null
    throw error
  }
}

/** A gateway that is started anew while somebody develops is waited for, within bounds. */
const patiently = async <Answer>(
  ask: () => Promise<Answer>,
  { signal, tell }: Pick<Following, 'signal' | 'tell'>,
): Promise<Answer> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await ask()
    } catch (error) {
      const wait = error instanceof GatewaySilence && !signal.aborted ? nextDelay(tries, silenceLadderSeconds) : null
      if (wait === null) throw error
      tell(`${error instanceof Error ? error.message : 'no answer'}, again in ${wait} s`)
      await pause(wait * 1_000, undefined, { signal })
    }
  }
}
