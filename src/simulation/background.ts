/**
 * The background work of each process, and the providers' own clock. A process of a real gateway looks for work every second; here it is asked of the database what is due,
 * so that a day without work costs nothing, and only that is looked for. Everything else it does now and then.
 */
import { type Job, jobs, longJobs, runJobs } from '../flows/run-jobs.ts'
import type { Database } from '../store/database.ts'
import { type DueWork, findDueWork } from '../store/due-work.ts'
import type { GatewayProcess } from './gateway-process.ts'
import type { Random } from './random.ts'
import { hour, minute, second, type World } from './world.ts'

const everyJob: Readonly<Record<string, Job>> = { ...jobs, ...longJobs }

/**
 * How a town's processes rest between two looks. `shortestMs` is drawn for each town. While nobody is about, and once the town has gone quiet, they look more seldom where nothing
 * is due.
 */
export type Pace = { shortestMs: number; isOpen: () => boolean; isQuiet: boolean }

const longestMs = ({ isOpen, isQuiet }: Pace): number => (isQuiet ? 24 * hour : isOpen() ? 4 * minute : hour)

/** What is due by then, and later. */
export type FindDue = (now: Date) => Promise<DueWork>

/** Asks the database, and again only when there was a unit of work since: nothing else can have changed the answer. */
export const createFindDue = ({ schedule, cluster }: World, watcher: Database): FindDue => {
  let last: { units: number; due: DueWork } | null = null
  return async (now) => {
    const units = cluster.units()
    if (last?.units !== units) last = { units, due: await schedule.outside(() => findDueWork(watcher, now)) }
    return last.due
  }
}

/** Looks after one process for as long as it lives. */
export const keepWorking = async (
  world: World,
  process: GatewayProcess,
  { findDue, pace, random }: { findDue: FindDue; pace: Pace; random: Random },
): Promise<void> => {
  let inVain = 0
  while (process.isAlive()) {
    const due = await findDue(process.deps.now())
    const now = process.deps.now()
    const ripe = due.filter(({ at }) => at <= now).map(({ job }) => job)
    // Several pieces at once, or one after the other: how many a process takes on is its own business.
    const limit = random.pick([1, 2, 2, 3, 6])
    await runKinds(process, random.chance(1 / 200) ? allKinds : ripe, limit)
    if (!process.isAlive()) return
    inVain = ripe.length > 0 ? inVain + 1 : 0
    // In a quiet town, what stays due although it was tried is tried ever more seldom.
    const shortest = pace.isQuiet ? Math.min(pace.shortestMs * 2 ** Math.min(inVain >> 3, 8), hour) : pace.shortestMs
    const next = due.find(({ at }) => at > now)?.at.getTime() ?? Number.POSITIVE_INFINITY
    const wanted = ripe.length > 0 ? shortest : next - now.getTime()
    await world.schedule.sleep(Math.min(Math.max(wanted, shortest * (0.5 + random.next())), longestMs(pace)))
  }
}

/** One after the other, so that each sees what the one before has done; within a kind several pieces go on at once. */
export const runKinds = async (process: GatewayProcess, names: readonly string[], limit = 200): Promise<void> => {
  for (const name of Object.keys(everyJob)) {
    const job = everyJob[name]
    if (job && names.includes(name)) await runJobs(process.deps, { limit, run: { [name]: job } })
  }
}

export const allKinds = Object.keys(everyJob)

/** The providers' own clock: callbacks that are due, refunds that move on. */
export const keepProviders = async (world: World, pace: Pace): Promise<void> => {
  const random = world.random.fork('providers clock')
  for (;;) {
    await world.schedule.sleep(pace.isQuiet ? 3 * hour : pace.isOpen() ? random.int(20, 40) * second : 10 * minute)
    world.answering += 1
    await world.simulators.tick()
    world.answering -= 1
  }
}
