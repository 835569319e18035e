/** How far clocks may be apart before it matters. */
import { broken, doubtful, type Finding, fine } from './finding.ts'

/** `aheadMs`: how far the other clock is ahead of this machine's; negative where it is behind. */
export type ClockReading = { of: string; aheadMs: number }

/** Signed messages and sign-in are refused from about here on: the tolerance for ID tokens, and for webhooks of portals that follow their standard closely. */
export const skewMaxMs = 30_000
/** A `Date` header has whole seconds, and an answer takes its time. */
const noticedMs = 5_000

/** One finding for all clocks that agree, and one for each that does not. */
export const clockFindings = (readings: readonly ClockReading[]): Finding[] => {
  const apart = readings.filter(({ aheadMs }) => Math.abs(aheadMs) > noticedMs)
  const near = readings.filter(({ aheadMs }) => Math.abs(aheadMs) <= noticedMs)
  const unread = readings.filter(({ aheadMs }) => Number.isNaN(aheadMs))
  return [
    ...unread.map(({ of }) =>
      broken('clock', {
        found: `that of ${of} tells no time`,
        todo: 'Restore lephi_clock() as the migrations made it: seals and retention go by it',
      }),
    ),
    ...(near.length > 0 ? [fine('clock', `agrees with ${near.map(({ of }) => of).join(', ')}`)] : []),
    ...apart.map(({ of, aheadMs }) => {
      const seconds = Math.round(Math.abs(aheadMs) / 1_000)
      const found = `that of ${of} is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} this machine's`
      const todo =
        'Set both machines by NTP (timedatectl set-ntp true, then timedatectl timesync-status): signatures and deadlines go by the clock'
      return Math.abs(aheadMs) > skewMaxMs ? broken('clock', { found, todo }) : doubtful('clock', { found, todo })
    }),
  ]
}
