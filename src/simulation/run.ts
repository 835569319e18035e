/** Runs one town from its first morning to its end, and says whether everything held. */
import { sha256Hex } from '../lib/hmac.ts'
import { stringifyMoney } from '../lib/json.ts'
import { addDays, businessDayRange } from '../lib/time.ts'
import type { Database } from '../store/database.ts'
import { digestTables, type TableDigest } from '../store/table-digests.ts'
import { readBooks } from '../store/town-books.ts'
import { readDeeds } from '../store/town-deeds.ts'
import { workOff } from './accountant.ts'
import { allKinds, createFindDue, keepProviders, keepWorking, type Pace, runKinds } from './background.ts'
import type { Broken } from './books.ts'
import { createCaller } from './caller.ts'
import { check, inProcess, replay, sumsAgree } from './checks.ts'
import { liveCitizen } from './citizen.ts'
import { type Customs, kindOf } from './customs.ts'
import type { HappeningCounts } from './happenings.ts'
import { openOffice } from './office.ts'
import { subscribe } from './portal.ts'
import { createRandom } from './random.ts'
import { planRotations } from './rotations.ts'
import { type Ground, type Noise, openTown, type Town, type TownPlan } from './town.ts'
import { readTruth } from './truth.ts'
import { day, type FaultCounts, hour, minute } from './world.ts'

export type Outcome = {
  /** What broke first; null when everything held. */
  broken: Broken | null
  /** How often it was looked at what must hold: after each day, and at the end. The last time is when it broke. */
  checks: number
  /** Over every step, everything that was said and the books at the end, and over the meaning of every table: another run of the same plan has the same one. */
  digest: string
  /** None of a hamlet: of what happened there, the portal is told everything, and all of it is said. */
  tables: readonly TableDigest[]
  orders: number
  paid: number
  /** Đồng that providers took, each compared with what is booked. */
  compared: bigint
  /** What providers took less what is booked at the end, on attempts or as a credit of no known payment; 0 unless an invariant is broken. */
  difference: bigint
  faults: FaultCounts
  happenings: HappeningCounts
  customs: Customs
  units: number
  steps: number
  noise: readonly Noise[]
}

/** Opens the ground, runs, and leaves it again, whatever happens. One at a time in a process. `inspect` sees the town at its end. */
export const runTown = async (
  ground: Ground,
  plan: TownPlan,
  inspect: (town: Town) => Promise<void> = async () => undefined,
): Promise<Outcome> => {
  const scratch = await ground.open()
  let isSound = false
  try {
    const town = await openTown(plan, { scratch, turn: ground.turn })
    try {
      const outcome = await live(town, plan)
      await inspect(town)
      isSound = outcome.broken === null
      return outcome
    } finally {
      town.restore()
    }
  } finally {
    await scratch.leave(isSound)
  }
}

/** How long after its last day a town is looked after: longer than any provider is asked, and than the latest callback of its script; most small towns have no such. */
const quietDaysOf = (plan: TownPlan): number => {
  const isLate = plan.script.some(({ kind, value }) => kind === 'callback_late' && value > 2 * 86_400)
  return isLate || createRandom(plan.seed).fork('quiet').chance(0.1) ? 37 : 3
}

const live = async (town: Town, plan: TownPlan): Promise<Outcome> => {
  const { world } = town
  const opening = hoursOf(town)
  const shortestMs = world.random.fork('pace').pick([2_000, 10_000, 30_000])
  const pace: Pace = { shortestMs, isOpen: opening.isOpen, isQuiet: false }
  begin(town, plan, { pace, openMs: opening.openMs })
  const endOf = (index: number) => businessDayRange(addDays(town.firstDay, index)).to
  const checksMax = plan.checksMax ?? plan.size.days + 1
  let checks = 0
  while (checks < Math.min(checksMax, plan.size.days)) {
    await world.schedule.runUntil(endOf(checks))
    checks += 1
    const broken = await check(town, 'day')
    if (broken) return summary(town, plan, { broken, checks })
  }
  if (checks === checksMax) return summary(town, plan, { broken: null, checks })
  pace.isQuiet = true
  await world.schedule.runUntil(endOf(plan.size.days + quietDaysOf(plan)))
  const broken = (await finish(town)) ?? (await check(town, 'end')) ?? (await replay(town))
  return summary(town, plan, { broken, checks: checks + 1 })
}

const opensAt = 7 * hour
/** Not every file comes on its evening; at the end all of them do. */
const eveningShare = 0.6

/** When citizens come, in which towns differ: all at once, or over the day. Half an hour after the last one, and in the evening, somebody may still be about. */
const hoursOf = ({ world }: Town): { openMs: number; isOpen: () => boolean } => {
  const openMs = world.random.fork('opening').pick([1, 4, 14]) * hour
  const midnight = world.schedule.now().getTime()
  return {
    openMs,
    isOpen: () => {
      const sinceMidnight = (world.schedule.now().getTime() - midnight) % day
      return (sinceMidnight >= opensAt && sinceMidnight < opensAt + openMs + hour / 2) || sinceMidnight > 22 * hour
    },
  }
}

/** Everybody begins their day. */
const begin = (town: Town, plan: TownPlan, { pace, openMs }: { pace: Pace; openMs: number }): void => {
  const { world, owner } = town
  const { schedule, random } = world
  const portal = createCaller(world, 'portal')
  const office = openOffice(world)
  schedule.start('subscription', () => subscribe(portal, random.fork('subscription')))
  schedule.start('providers', () => keepProviders(world, pace))
  watchProcesses(town, pace, owner)
  planRotations(world, town.reopenProviders)
  const arrival = random.fork('arrivals')
  for (let number = 1; number <= plan.size.orders; number += 1) {
    const index = arrival.int(0, plan.size.days - 1)
    const at = index * day + opensAt + arrival.int(0, openMs)
    schedule.start(`citizen ${number}`, async () => {
      await schedule.sleep(at)
      await liveCitizen(world, portal, number)
    })
  }
  for (let index = 0; index < plan.size.days; index += 1) {
    const today = addDays(town.firstDay, index)
    schedule.start(`evening of ${today}`, async () => {
      await schedule.sleep(index * day + 22 * hour + 30 * minute)
      const period = { from: index === 0 ? today : addDays(today, -1), to: today }
      await workOff(office, period, { share: eveningShare, withFiles: world.customs.reconciles })
    })
  }
}

/** Each process works in the background from its start to its death, and so does the one that takes its place. */
const watchProcesses = ({ world }: Town, pace: Pace, watcher: Database): void => {
  const seen = new Set<string>()
  const findDue = createFindDue(world, watcher)
  const look = () => {
    for (const process of world.cluster.living()) {
      if (seen.has(process.name)) continue
      seen.add(process.name)
      const random = world.random.fork(`work ${process.name}`)
      world.schedule.start(`work of ${process.name}`, () => keepWorking(world, process, { findDue, pace, random }))
      void process.death.then(() => world.schedule.after(30_000, 'look', again))
    }
  }
  const again = () => {
    look()
    return undefined
  }
  look()
}

/** Nothing more goes wrong: processes start anew, every file is imported, all work is done. Where nobody reconciles, files are read only if the sums differ. */
const finish = async (town: Town): Promise<Broken | null> => {
  const { cluster, customs } = town.world
  cluster.calm()
  cluster.restart()
  const broken = await lastEvening(town, customs.reconciles)
  if (broken || customs.reconciles || (await sumsAgree(town))) return broken
  town.world.happenings.note('reads_files_after_all')
  return lastEvening(town, true)
}

const lastEvening = async (town: Town, withFiles: boolean): Promise<Broken | null> => {
  const { schedule } = town.world
  const office = openOffice(town.world)
  const done = { isDone: false }
  schedule.start('the last evening', async () => {
    await workOff(office, { from: town.firstDay, to: addDays(town.firstDay, 60) }, { share: 1, withFiles })
    done.isDone = true
  })
  await schedule.runUntil(new Date(schedule.now().getTime() + 3 * day))
  if (!done.isDone)
    return { invariant: 'work comes to an end', what: 'the accountants wait for ever', rows: schedule.unfinished() }
  await inProcess(town, async (process) => runKinds(process, allKinds))
  return null
}

const digestOf = (tables: readonly TableDigest[], told: readonly string[]): string =>
  sha256Hex([...tables.map(({ table, rows, sha256 }) => `${table} ${rows} ${sha256}`), ...told].join('\n'))

const summary = async (
  town: Town,
  plan: TownPlan,
  found: { broken: Broken | null; checks: number },
): Promise<Outcome> => {
  const { world, owner, noise } = town
  const tables = kindOf(plan.size, plan.providers) === 'hamlet' ? [] : await digestTables(owner)
  const orders = await readBooks(owner)
  const truth = readTruth(world)
  const deeds = await readDeeds(owner)
  const booked =
    orders
      .flatMap(({ attempts }) => attempts)
      .reduce((total, { captured, reversed }) => total + captured - reversed, 0n) +
    deeds.credits.reduce((total, { held }) => total + held, 0n)
  return {
    ...found,
    digest: digestOf(tables, [world.schedule.trace(), stringifyMoney({ orders, deeds })]),
    tables,
    orders: plan.size.orders,
    paid: orders.filter(({ status }) => status === 'paid').length,
    compared: truth.taken,
    difference: truth.taken - booked,
    faults: world.faults.counts(),
    happenings: world.happenings.counts(),
    customs: world.customs,
    units: world.cluster.units(),
    steps: world.schedule.steps(),
    noise,
  }
}
