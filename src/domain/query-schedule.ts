/** When the gateway asks again: providers about attempts and refunds that have no end yet, and about orders whose deadline has passed. */
import { ladderOf } from '../lib/retry-ladder.ts'

const hour = 3_600
const day = 24 * hour

/** Waits in seconds between the queries of one attempt: 15 s, 1 min, 5 min, 15 min, 1 h after its start, hourly to 24 h, daily to 35 days. */
const queryWaits = ladderOf(
  [15, 45, 240, 600, 2_700],
  { everySeconds: hour, untilSeconds: day },
  { everySeconds: day, untilSeconds: 35 * day },
)

/** Waits in seconds between the questions about a capture that a callback told of: as for an attempt, for a day. */
const confirmWaits = ladderOf([15, 45, 240, 600, 2_700], { everySeconds: hour, untilSeconds: day })

/** That long after a callback its provider's own books may lag behind it; from then on their denial is a disagreement. */
export const confirmGraceMs = hour * 1_000

/** Waits in seconds of an order that cannot be closed because its provider does not answer: until a day after the deadline. */
const expiryWaits = ladderOf([60, 240, 600, 900, 1_800], { everySeconds: hour, untilSeconds: day })

/** How long after its own deadline an attempt is still believed to be on its way, when the provider says that it has no such payment. */
export const expiryGraceMs = 15 * 60_000

/** After that long, a provider's word that it has no such refund is evidence that it never took the refund. */
export const refundGraceMs = hour * 1_000

/**
 * For that long a refund whose call had no answer, and that its provider does not have, is sent again under its own reference. Providers keep references longer
 * than that or answer that the first call is in progress; afterwards only a statement or a person ends it.
 */
export const resendUntilMs = 7 * day * 1_000

/** The next time on the schedule of an attempt or refund that was sent at `startedAt`; null after 35 days, when only a statement or a person ends it. */
export const nextQueryAt = (startedAt: Date, now: Date): Date | null => firstAfter(startedAt, queryWaits, now)

/** When to ask next whether the provider says the same as the callback that was taken at `toldAt`; null after a day, when the statement tells. */
export const nextConfirmAt = (toldAt: Date, now: Date): Date | null => firstAfter(toldAt, confirmWaits, now)

/** When to try again to close an order whose provider did not answer; null a day after the deadline, when it is closed all the same. */
export const nextExpiryAt = (expiresAt: Date, now: Date): Date | null => firstAfter(expiresAt, expiryWaits, now)

/** The clock decides the rung, not the number of tries: a gateway that was off for an hour does not catch up on what it missed. */
const firstAfter = (from: Date, waits: readonly number[], now: Date): Date | null => {
  let at = from.getTime()
  for (const seconds of waits) {
    at += seconds * 1_000
    if (at > now.getTime()) return new Date(at)
  }
  return null
}
