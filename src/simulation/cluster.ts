/** The gateway's processes: which of them gets a call, when each of them may use the database, and how they end and start again. */
import type { Deps } from '../flows/deps.ts'
import type { SealingKey } from '../lib/sealed-box.ts'
import type { FetchPort } from '../providers/contract.ts'
import type { Connections } from './gated-database.ts'
import { type GatewayProcess, startProcess } from './gateway-process.ts'
import type { Happenings } from './happenings.ts'
import { brokenCall } from './network.ts'
import type { Random } from './random.ts'
import type { Schedule } from './schedule.ts'
import type { Faults } from './script.ts'
import { createTurns } from './turns.ts'

export type Cluster = {
  /** The processes that live at this moment. */
  living: () => readonly GatewayProcess[]
  /** Hands a request to one of them, as a balancer would; refused where none lives. */
  handle: (path: string, init: RequestInit) => Promise<Response>
  /** Ends all of them, as at the end of a day that is over: nothing of what they hold in memory is needed. */
  restart: () => void
  units: () => number
  /** From now on nothing happens to processes and connections any more. */
  calm: () => void
}

export type ClusterParts = {
  schedule: Schedule
  random: Random
  faults: Faults
  happenings: Happenings
  connections: Connections
  masterKey: SealingKey
  publicUrl: string
  fetch: FetchPort
  fetchPublic: FetchPort
  alter: (deps: Deps) => Deps
  onError: (fields: object, message: string) => void
}

export const openCluster = (parts: ClusterParts): Cluster => {
  const { schedule, random, faults, happenings } = parts
  const size = faults.of('two_processes').length > 0 ? 2 : 1
  if (size === 2) faults.note('two_processes')
  const skew = faults.of('clock_skew')[0]?.value ?? 0
  if (skew !== 0) faults.note('clock_skew')
  const latency = random.fork('gates')
  const balance = random.fork('balance')
  const turns = createTurns({ schedule, faults, happenings, latency })
  const processes: GatewayProcess[] = []
  const incarnations = Array.from({ length: size }, () => 0)
  const startAt = (index: number): void => {
    const count = (incarnations[index] ?? 0) + 1
    incarnations[index] = count
    const skewMs = index === size - 1 ? skew * 1_000 : 0
    const name = `p${index}.${count}`
    const process = startProcess({
      ...parts,
      name,
      index,
      gate: turns.gateOf,
      now: () => new Date(schedule.now().getTime() + skewMs),
      random: random.fork(name),
    })
    processes[index] = process
    void process.death.then(() => {
      schedule.after(latency.int(1_000, 20_000), `start p${index}`, () => {
        if (processes[index] === process) startAt(index)
        return undefined
      })
    })
  }
  for (let index = 0; index < size; index += 1) startAt(index)
  const living = () => processes.filter((process) => process.isAlive())
  return {
    living,
    handle: async (path, init) => {
      const alive = living()
      if (alive.length === 0) throw brokenCall('ECONNREFUSED', 'connect')
      const process = balance.pick(alive)
      const dead = process.death.then((): never => {
        throw brokenCall('ECONNRESET', 'read')
      })
      dead.catch(() => undefined)
      return Promise.race([process.app.request(path, init), dead])
    },
    restart: () => {
      for (const process of living()) {
        process.die()
        startAt(process.index)
      }
    },
    units: turns.units,
    calm: turns.calm,
  }
}
