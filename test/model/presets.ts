// What is explored: small worlds, each whole within its bounds. Every actor is in one of them at least; all at once would be too many states to see the end of.
import { type Bounds, type Start, startWorld, type World } from './world.ts'

const none: Bounds = {
  attempts: 0,
  takes: [],
  takesEach: 1,
  reversals: 0,
  quiet: false,
  refunds: 0,
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

/** The size that runs with all tests. */
export const presets: readonly Preset[] = [
  preset('starting', [{}], { attempts: 2, takes: ['due'], quiet: true, crashes: 1, clock: true }),
  preset('paying', lateOrNot, {
    attempts: 2,
    takes: ['due', 'short'],
    reversals: 1,
    cancels: true,
    clock: true,
    relents: true,
  }),
  preset('waived', [{ isWaived: true }], { attempts: 1, takes: ['due'] }),
  preset('numbers', [{}], { attempts: 2, takes: ['due', 'anonymous', 'taken'], takesEach: 2, anyOrder: true }),
  preset('two orders', [{ orders: 2 }], { attempts: 1, takes: ['due', 'taken'], cancels: true, racers: 1 }),
  preset('racing', [{}], {
    attempts: 2,
    takes: ['due'],
    reversals: 1,
    quiet: true,
    cancels: true,
    racers: 1,
    crashes: 1,
  }),
  preset(
    'deadlines',
    [{}, { isFirm: true }].map((start) => ({ ...start, hours: { deadline: 30, instants: [0, 29, 53, 77, 101, 200] } })),
    {
      clock: true,
      cancels: true,
      extends: true,
    },
  ),
  preset('refunding', [{}, { mayRepeat: true }], {
    attempts: 1,
    takes: ['due'],
    reversals: 1,
    refunds: 2,
    crashes: 1,
    clock: true,
  }),
  preset('surplus', [{}], { attempts: 2, takes: ['due'], reversals: 1, refunds: 1, persons: true }),
  preset('by hand', [{}], { attempts: 2, takes: ['due'], refunds: 1, byHand: true }),
  preset('disputed', [{}], { attempts: 1, takes: ['due'], reversals: 1, refunds: 1, disputes: 1 }),
]
