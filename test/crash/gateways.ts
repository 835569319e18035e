// The gateways: each a process of its own, started again as often as it ends, by whatever it ends.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../src/node/postgres-server.ts'

export type Gateways = {
  /** Their places. */
  all: readonly number[]
  /** Those that have said that they serve. */
  serving: () => readonly { index: number; port: number }[]
  /** SIGKILL for the process in this place, once there is one; resolves when it is gone. */
  kill: (index: number) => Promise<void>
  /** Resolves when the next process of this place has been spawned. */
  spawned: (index: number) => Promise<void>
  /** Resolves when this one serves; throws when it does not come to it. */
  serves: (index: number) => Promise<void>
  /** Resolves when all of them serve; throws when they do not come to it. */
  allServe: () => Promise<void>
  tally: GatewayTally
  /** Ends them in order, and starts none again. */
  stop: () => Promise<void>
}

export type GatewayTally = {
  starts: number
  kills: number
  /** Of those, how many had not come to serve yet. */
  killedStarting: number
  /** From spawn to serving. */
  startMs: number[]
  /** Ends that nobody here brought about. */
  ownEnds: { index: number; at: number; served: boolean; code: number | null; signal: string | null }[]
}

export type GatewaysAtHome = {
  /** The bundled entry. */
  entry: string
  count: number
  env: Readonly<Record<string, string>>
  /** Where each keeps its log. */
  folder: string
}

type Place = { index: number; process: ChildProcess | null; port: number; serves: boolean }

const pollMs = 5
const serveTimeoutMs = 600_000
/** A supervisor gives a process that ended by itself a moment. */
const restMs = 200

export const startGateways = ({ entry, count, env, folder }: GatewaysAtHome): Gateways => {
  const tally: GatewayTally = { starts: 0, kills: 0, killedStarting: 0, startMs: [], ownEnds: [] }
  const places = Array.from({ length: count }, (_, index): Place => ({ index, process: null, port: 0, serves: false }))
  const killed = new Set<ChildProcess>()
  let isStopping = false
  const keep = async (place: Place): Promise<void> => {
    while (!isStopping) {
      place.port = await freePort()
      const child = launch({
        entry,
        env: { ...env, PORT: String(place.port) },
        log: join(folder, `gateway-${place.index}.log`),
      })
      const begun = performance.now()
      tally.starts += 1
      place.process = child
      void whenServing(child).then(() => {
        if (place.process !== child || child.exitCode !== null || child.signalCode !== null) return
        place.serves = true
        tally.startMs.push(performance.now() - begun)
      })
      const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
      const served = place.serves
      place.process = null
      place.serves = false
      if (killed.delete(child) || isStopping) continue
      tally.ownEnds.push({ index: place.index, at: performance.now(), served, code, signal })
      await pause(restMs)
    }
  }
  const keeping = places.map((place) => keep(place))
  const at = (index: number): Place => {
    const place = places[index]
    if (!place) throw new RangeError(`there is no gateway ${index}`)
    return place
  }
  const spawned = async (index: number) => {
    while (!at(index).process) await pause(pollMs)
  }
  const serves = async (index: number) => {
    const begun = performance.now()
    while (!at(index).serves) {
      if (performance.now() - begun > serveTimeoutMs)
        throw new Error(`gateway ${index} does not come to serve: see ${folder}`)
      await pause(pollMs)
    }
  }
  return {
    all: places.map(({ index }) => index),
    tally,
    spawned,
    serving: () => places.filter(({ serves }) => serves),
    kill: async (index) => {
      const place = at(index)
      let child = place.process
      // One that has just ended by itself cannot be killed any more.
      while (child?.exitCode !== null || child.signalCode !== null) {
        await pause(pollMs)
        child = place.process
      }
      killed.add(child)
      tally.kills += 1
      if (!place.serves) tally.killedStarting += 1
      place.serves = false
      const gone = once(child, 'exit')
      child.kill('SIGKILL')
      await gone
    },
    serves,
    allServe: async () => {
      for (const { index } of places) await serves(index)
    },
    stop: async () => {
      isStopping = true
      for (const { process: child } of places) child?.kill('SIGTERM')
      await Promise.all(keeping)
    },
  }
}

const launch = ({ entry, env, log }: { entry: string; env: Record<string, string>; log: string }): ChildProcess => {
  const output = openSync(log, 'a', 0o600)
  try {
    return spawn(process.execPath, ['--enable-source-maps', '--max-semi-space-size=8', entry], {
      env,
      stdio: ['ignore', 'pipe', output],
    })
  } finally {
    closeSync(output)
  }
}

const whenServing = async ({ stdout }: ChildProcess): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>()
  if (stdout) createInterface(stdout).on('line', (line) => /^LePhi serves /.test(line) && resolve())
  return promise
}
