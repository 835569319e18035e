/** When each process may use the database, and how a unit of work ends: the gate before it, and the fates that the script has in store. */
import type { Fate, Gate, Passage } from './gated-database.ts'
import type { GatewayProcess } from './gateway-process.ts'
import type { Happenings } from './happenings.ts'
import type { Random } from './random.ts'
import type { Schedule } from './schedule.ts'
import type { Faults } from './script.ts'

export type Turns = {
  gateOf: (process: GatewayProcess) => Gate
  /** Units of work so far, of all processes. */
  units: () => number
  /** From now on nothing happens to processes and connections any more. */
  calm: () => void
}

type TurnParts = { schedule: Schedule; faults: Faults; happenings: Happenings; latency: Random }
type State = { units: number; busy: GatewayProcess | null; downUntil: number; isCalm: boolean }

const phases = ['before', 'within', 'after'] as const
const phaseOf = (value: number) => phases[value] ?? 'before'

export const createTurns = (parts: TurnParts): Turns => {
  const { schedule, latency } = parts
  const state: State = { units: 0, busy: null, downUntil: 0, isCalm: false }
  return {
    gateOf: (process) => () =>
      new Promise((resolve) => {
        // A dead process asks for nothing any more, and draws nothing from the town's chance.
        if (!process.isAlive()) return
        // What a process asks for while a unit of its own has the town to itself is asked for by that unit: a statement's import notes its progress beside its own
        // transaction. Everything else of the process stands still meanwhile.
        if (state.busy === process) return resolve(nested)
        const ms = latency.chance(0.02) ? latency.int(100, 2_500) : latency.int(0, 12)
        schedule.after(ms, `unit ${process.name}`, () => {
          if (!process.isAlive()) return undefined
          const { passage, ended } = begin(parts, state, process)
          resolve(passage)
          return ended
        })
      }),
    units: () => state.units,
    calm: () => {
      state.isCalm = true
    },
  }
}

const nothing = () => undefined
const nested: Passage = { fate: { end: 'well' }, isNested: true, die: nothing, over: nothing }

const begin = (parts: TurnParts, state: State, process: GatewayProcess): { passage: Passage; ended: Promise<void> } => {
  const ended = Promise.withResolvers<void>()
  state.busy = process
  const over = () => {
    state.busy = null
    ended.resolve()
  }
  return { passage: { fate: fateOf(parts, state), isNested: false, die: process.die, over }, ended: ended.promise }
}

const fateOf = ({ schedule, faults, happenings, latency }: TurnParts, state: State): Fate => {
  state.units += 1
  if (state.isCalm) return { end: 'well' }
  if (schedule.now().getTime() < state.downUntil) return { end: 'breaks', phase: 'before' }
  const crash = faults.take('crash', state.units)
  if (crash) {
    const phase = phaseOf(crash.value)
    happenings.note(`crash_${phase}_unit`)
    return { end: 'dies', phase }
  }
  const restart = faults.take('database_restart', state.units)
  if (!restart) return { end: 'well' }
  state.downUntil = schedule.now().getTime() + latency.int(0, 3_000)
  const phase = phaseOf(restart.value)
  happenings.note(`restart_${phase}_unit`)
  return { end: 'breaks', phase }
}
