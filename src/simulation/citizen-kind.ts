/** What a citizen is like, and what they have in hand: drawn of the seed alone. */
import type { Caller } from './caller.ts'
import type { Happening } from './happenings.ts'
import type { Random } from './random.ts'
import { second, type World } from './world.ts'

/** How many in a hundred live like that. */
const ways = {
  pays: 48,
  abandons: 7,
  never_comes: 3,
  fails_first: 10,
  pays_twice: 8,
  pays_late: 6,
  presses_cancel: 4,
  is_cancelled: 4,
  wants_it_back: 10,
} as const satisfies Partial<Record<Happening, number>>
export type Way = keyof typeof ways

/** The first that is drawn of a citizen. */
export const drawWay = (random: Random): Way => {
  let left = random.int(1, 100)
  for (const [way, share] of Object.entries(ways) as [Way, number][]) {
    left -= share
    if (left <= 0) return way
  }
  return 'pays'
}

export type Citizen = {
  world: World
  portal: Caller
  number: number
  random: Random
  payments: { count: number }
  /** Chooses a provider on our page, and not on the portal's own. */
  isOnPage: boolean
}

/** `checkout` is the path of our page for it. */
export type Order = { id: string; checkout: string }
/** A payment that has begun. `number` is what faults name it by; `code` is the text of a code to be scanned, empty where there is none. */
export type Attempt = { id: string; reference: string; provider: string; code: string; number: number }

export const pause = ({ world, random }: Citizen, from: number, to: number): Promise<void> =>
  world.schedule.sleep(random.int(from, to) * second)
