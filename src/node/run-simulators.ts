// The simulated providers inside the demo's process: their clock, and a memory that outlives it.
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Hono } from 'hono'
import type { Deps } from '../flows/deps.ts'
import { overviewRoutes } from '../simulators/overview.tsx'
import { simulatedProviders } from '../simulators/register.ts'
import { createSimulators, type SimulatorAccounts, type Simulators } from '../simulators/simulator.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { startTicker } from './ticker.ts'

export type RunningSimulators = {
  /** To be mounted at `/simulators`. */
  app: Hono
  /** Where a payer's bank app is played; null where none is. */
  bankAppHref: string | null
  /** Does what is due at the providers. */
  tick: () => Promise<void>
  /** Stops the clock and writes the memory down. */
  stop: () => Promise<void>
}

type SimulatorPorts = Pick<Deps, 'fetch' | 'now' | 'newId' | 'publicUrl' | 'log'>

type SimulatorsAtHome = {
  accounts: SimulatorAccounts
  dataDir: string
  /** Where orders are made for trying things out; null where nothing is. */
  portalHref: string | null
  /** What payers read that they pay. */
  merchantName: string
}

/** Pages at which a payer begins by a code. */
const bankApps = Object.entries(simulatedProviders).flatMap(([name, { page }]) =>
  page === undefined ? [] : [`/simulators/${name}/${page}`],
)

const tickEveryMs = 1_000
const saveEveryMs = 2_000
/** Writing takes at most this share of the time, however much there is to remember. */
const saveShareMax = 1 / 20
const stopTimeoutMs = 1_000

/** Restores what `dataDir` remembers, and starts the clock. A memory that cannot be read is put aside, since the demo must start all the same. */
export async function runSimulators(
  ports: SimulatorPorts,
  { accounts, dataDir, portalHref, merchantName }: SimulatorsAtHome,
): Promise<RunningSimulators> {
  const { fetch, now, newId, publicUrl, log } = ports
  const simulators = createSimulators({
    fetch,
    now,
    newId: () => newId('sim'),
    publicUrl,
    accounts,
    merchantName,
    magicAmounts: true,
  })
  const path = join(dataDir, 'simulators.json')
  let saved = await restore(simulators, path, log)
  const save = async () => {
    const text = simulators.snapshot()
    if (text === saved) return
    await writePrivateFile(path, text)
    saved = text
  }
  const clock = startTicker({ round: () => report(log, simulators.tick), everyMs: tickEveryMs, backoffMaxMs: 30_000 })
  let restUntil = 0
  const saver = startTicker({
    everyMs: saveEveryMs,
    backoffMaxMs: 60_000,
    round: async () => {
      const begun = performance.now()
      if (begun < restUntil) return { isMore: false, isFailed: false }
      const done = await report(log, save)
      restUntil = begun + (performance.now() - begun) / saveShareMax
      return done
    },
  })
  return {
    app: new Hono().route('/', overviewRoutes({ ...simulators, now, portalHref })).route('/', simulators.app),
    bankAppHref: bankApps[0] ?? null,
    tick: simulators.tick,
    stop: async () => {
      // A callback to a gateway that no longer answers may take its time; it is sent again after the next start.
      await Promise.race([Promise.all([clock.stop(), saver.stop()]), pause(stopTimeoutMs)])
      await save()
    },
  }
}

const report = async (log: SimulatorPorts['log'], work: () => Promise<void>) => {
  try {
    await work()
    return { isMore: false, isFailed: false }
  } catch (error) {
    log.error({ error }, 'the simulators failed')
    return { isMore: false, isFailed: true }
  }
}

const restore = async (simulators: Simulators, path: string, log: SimulatorPorts['log']): Promise<string> => {
  const text = await readPrivateFile(path)
  if (text === null) return ''
  try {
    simulators.restore(text)
    return text
  } catch (error) {
    await rename(path, `${path}.unreadable`)
    log.warn({ path: `${path}.unreadable`, error }, 'the memory of the simulators was put aside: it cannot be read')
    return ''
  }
}
