/** Opens a town: the gateway's processes over a scratch database, the providers, the network between them, and everybody who lives there, all from one seed. */
import type { Deps } from '../flows/deps.ts'
import { createIdSource } from '../lib/id.ts'
import { createSealedBox } from '../lib/sealed-box.ts'
import { businessDayRange } from '../lib/time.ts'
import type { FetchPort } from '../providers/contract.ts'
import type { Simulators } from '../simulators/simulator.ts'
import type { Database } from '../store/database.ts'
import { openCluster } from './cluster.ts'
import { type Customs, drawCustoms, kindOf } from './customs.ts'
import type { Connections } from './gated-database.ts'
import { openHappenings } from './happenings.ts'
import { createNetwork, type Road, routed } from './network.ts'
import { portalUrl, receiveWebhooks } from './portal.ts'
import { createRandom, type Random } from './random.ts'
import { foundTown, openProviders, providersOfTown } from './register-merchants.ts'
import { createSchedule, type Schedule } from './schedule.ts'
import { openFaults, type Script, type TownSize } from './script.ts'
import { stillRuntime } from './still-runtime.ts'
import { type Account, newSeen, type World } from './world.ts'

/** What a simulation stands on: a database that is there for it alone, and the runtime's event loop. */
export type Ground = {
  /** A fresh, migrated database: the gateway's connections, and one that may read and write everything. */
  open: () => Promise<Scratch>
  /** Resolves when everything that could go on by itself has gone on, in as many turns of the event loop as it takes. */
  turn: () => Promise<void>
}
/** `leave` ends its use; what a town that is not `isSound` has left is for nobody else. */
export type Scratch = Connections & { owner: Database; leave: (isSound: boolean) => Promise<void> }

export type TownPlan = {
  seed: string
  size: TownSize
  script: Script
  /** How many of the providers the town has. */
  providers: number
  /** What a tester wraps around what each process is handed. */
  alter?: (deps: Deps) => Deps
  /** What its people do; absent: drawn. */
  customs?: Customs
  watch?: (line: string) => void
  /** Ends after so many looks at what must hold: for whoever wants to know again what broke by then. */
  checksMax?: number
}

export type Noise = { message: string; error: string }

export type Town = {
  world: World
  owner: Database
  reopenProviders: (accounts: Account[]) => Simulators
  /** Errors that the processes logged. */
  noise: Noise[]
  firstDay: string
  /** Lets the runtime be what it was. */
  restore: () => void
}

const publicUrl = 'http://gateway.town'

/** Working days, a Friday, the end of a month and of a year, and the days before Tết 2027 (6 February). */
const firstDays = ['2026-11-23', '2026-11-27', '2026-11-30', '2026-12-31', '2027-02-03']

export const openTown = async (
  plan: TownPlan,
  { scratch, turn }: { scratch: Scratch; turn: Ground['turn'] },
): Promise<Town> => {
  const random = createRandom(plan.seed)
  const firstDay = random.fork('calendar').pick(firstDays)
  const start = businessDayRange(firstDay).from
  const schedule = createSchedule({ start, turn, ...(plan.watch ? { watch: plan.watch } : {}) })
  const faults = openFaults(plan.script)
  const happenings = openHappenings()
  const network = createNetwork(schedule, random.fork('network'))
  const masterKey = { id: 'town', key: random.fork('master key').bytes(32) }
  const newId = createIdSource({ now: () => start, random: random.fork('ids').bytes })
  const founding = { random, newId, box: createSealedBox([masterKey]), publicUrl, at: start }
  const providers = providersOfTown(random.fork('providers'), plan.providers)
  const { accounts, clients } = await foundTown(scratch.main, { ...founding, providers })
  const noise: Noise[] = []
  const restore = stillRuntime({ schedule, random: random.fork('runtime') })
  const reopenProviders = providersSide({ schedule, random: random.fork('providers side'), world: () => world })
  const cluster = openCluster({
    schedule,
    random: random.fork('cluster'),
    faults,
    happenings,
    connections: scratch,
    masterKey,
    publicUrl,
    fetch: (url, init) => outgoing(world)(url, init),
    fetchPublic: (url, init) => routed([[portalUrl, toPortal]])(url, init),
    alter: plan.alter ?? ((deps) => deps),
    onError: (fields, message) => {
      if (noise.length < 1_000) noise.push({ message, error: errorIn(fields) })
    },
  })
  const world: World = {
    schedule,
    random,
    faults,
    network,
    cluster,
    publicUrl,
    simulators: reopenProviders(accounts),
    accounts,
    clients,
    customs: plan.customs ?? drawCustoms(random.fork('customs'), kindOf(plan.size, plan.providers)),
    happenings,
    seen: newSeen(),
    answering: 0,
  }
  const toPortal = receiveWebhooks(world)
  return { world, owner: scratch.owner, reopenProviders, noise, firstDay, restore }
}

type SideParts = { schedule: Schedule; random: Random; world: () => World }

/** Makes the providers' side, any number of times; what they call reaches whichever process the balancer picks. */
const providersSide = ({ schedule, random, world }: SideParts): Town['reopenProviders'] => {
  const newId = createIdSource({ now: schedule.now, random: random.bytes })
  const toGateway: FetchPort = (url, init) => {
    const path = url.replace(publicUrl, '')
    const { network, cluster } = world()
    return network.carry({ road: 'open', label: 'callback', init }, () => cluster.handle(path, withoutSignal(init)))
  }
  return (accounts) =>
    openProviders({
      publicUrl,
      accounts,
      now: schedule.now,
      newId: () => newId('sim').replace('_', ''),
      fetch: routed([[publicUrl, toGateway]]),
    })
}

/** Who hangs up does not end the work of the other side. */
const withoutSignal = ({ signal: _, ...init }: RequestInit): RequestInit => init

const roads = {
  timeout_before: 'lost_there',
  timeout_after: 'lost_back',
  broken_off: 'reset_back',
  refused: 'refused',
} as const

/** Calls to providers, each with what the script has in store for it. */
const outgoing = (world: World): FetchPort => {
  const simulators = `${publicUrl}/simulators`
  return routed([
    [
      simulators,
      (url, init) => {
        world.seen.calls += 1
        const call = { road: roadOf(world, world.seen.calls), label: 'provider', init }
        return world.network.carry(call, async () =>
          world.simulators.app.request(url.replace(simulators, ''), withoutSignal(init)),
        )
      },
    ],
  ])
}

const roadOf = (world: World, number: number): Road => {
  for (const [kind, road] of Object.entries(roads) as [keyof typeof roads, Road][])
    if (world.faults.take(kind, number)) return road
  return 'open'
}

const errorIn = (fields: object): string => {
  const error: unknown = 'error' in fields ? fields.error : null
  return error instanceof Error ? `${error.name}: ${error.message}`.slice(0, 300) : String(error).slice(0, 300)
}
