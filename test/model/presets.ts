// What is explored: small worlds, each whole within its bounds. Every actor is in one of them at least; all at once would be more states than anybody waits for.
import { type Bounds, type Start, startWorld, type World } from './world.ts'

const none: Bounds = {
  attempts: 0,
  calls: false,
  hides: false,
  takes: [],
  takesEach: 1,
  reversals: 0,
  quiet: false,
  refunds: 0,
  sends: false,
  disputes: 0,
  racers: 0,
  crashes: 0,
  cancels: false,
  clock: false,
  extends: false,
  persons: false,
  relents: false,
  anyOrder: false,
  byHand: false,
}

export type Preset = { name: string; start: readonly World[]; bounds: Bounds }
const preset = (name: string, starts: readonly Start[], bounds: Partial<Bounds>): Preset => ({
  name,
  start: starts.map(startWorld),
  bounds: { ...none, ...bounds },
})

const lateOrNot: readonly Start[] = [{}, { takesLateMoney: false }]
/** Refunds are asked about after hours, so that two instants are enough. */
const twoDays = { deadline: 30, instants: [0, 29] }
/** Within the hour; just behind the deadline; and so late that nobody waits any more. */
const anHour = { deadline: 59 / 60, instants: [0, 1, 27] }
const fourDays = { deadline: 30, instants: [0, 29, 53, 77, 101, 200] }
const due = { takes: ['due'] } as const

/** The size that runs with all tests. */
export const presets: readonly Preset[] = [
  preset('starting', [{ hours: anHour }], {
    ...due,
    attempts: 2,
    calls: true,
    hides: true,
    quiet: true,
    crashes: 1,
    clock: true,
  }),
  preset('paying', lateOrNot, { attempts: 2, takes: ['due', 'short'], hides: true, cancels: true, clock: true }),
  preset('late', lateOrNot, { ...due, attempts: 2, hides: true, cancels: true, relents: true }),
  preset('waived', [{ isWaived: true }], { ...due, attempts: 1 }),
  preset('numbers', [{}], { attempts: 2, takes: ['due', 'anonymous', 'taken'], hides: true, anyOrder: true }),
  preset('reversed', lateOrNot, {
    ...due,
    attempts: 2,
    hides: true,
    reversals: 1,
    cancels: true,
    relents: true,
    anyOrder: true,
  }),
  preset('late numbers', lateOrNot, {
    takes: ['due', 'anonymous'],
    attempts: 1,
    hides: true,
    reversals: 1,
    cancels: true,
    relents: true,
    anyOrder: true,
  }),
  preset('twice', [{}], { attempts: 1, takes: ['due', 'anonymous'], takesEach: 2, hides: true, anyOrder: true }),
  preset('two orders', [{ orders: 2 }], { attempts: 1, takes: ['due', 'taken'], cancels: true, racers: 1 }),
  preset('racing', [{}], { ...due, attempts: 2, quiet: true, cancels: true, racers: 1, crashes: 1 }),
  preset('deadlines', [{ hours: fourDays }, { isFirm: true, hours: fourDays }], {
    clock: true,
    cancels: true,
    extends: true,
  }),
  preset('refunding', [{ hours: twoDays }, { hours: twoDays, mayRepeat: true }], {
    ...due,
    attempts: 1,
    refunds: 2,
    sends: true,
    crashes: 1,
    clock: true,
  }),
  preset('again', [{}], { ...due, attempts: 1, refunds: 2, sends: true }),
  preset('reversing', [{}], { ...due, attempts: 1, reversals: 1, refunds: 1, sends: true }),
  preset('surplus', [{}], { ...due, attempts: 2, reversals: 1, sends: true }),
  preset('one twice', [{}], { ...due, attempts: 1, takesEach: 2, reversals: 1, refunds: 1, sends: true }),
  preset('settling', [{}], { ...due, attempts: 1, refunds: 1, sends: true, persons: true }),
  preset('accounting', [{}], { attempts: 2, takes: ['due', 'short'], persons: true }),
  preset('by hand', [{}], { ...due, attempts: 2, sends: true, byHand: true }),
  preset('disputed', [{}], { ...due, attempts: 1, reversals: 1, refunds: 1, sends: true, disputes: 1 }),
]
