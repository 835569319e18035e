// Who is killed, and at which moment: drawn from a seed before the first one dies.
import { type Chance, createChance } from '../score/random.ts'
import type { Moment } from './moments.ts'

export type Strike = {
  /** `machine` is both gateways and the database at once, as when the power goes. */
  target: 'gateway' | 'database' | 'machine'
  /** Which gateway, where the moment itself does not say. */
  gateway: number
  /** What is waited for; `start` is the start of the gateway that the strike before has killed. */
  on: Moment | 'any time' | 'start'
  /** Time in which the town gets on with its work before the moment is waited for. */
  pauseMs: number
  /** From the moment to the kill. */
  delayMs: number
}

export type Plan = {
  seed: number
  /** Gateways and databases that die, each death counted once. */
  kills: number
  databaseKills: number
  gateways: number
  /** The mean time from one strike to the next. */
  paceMs: number
}

/** How often each moment is drawn. A request is under way for some 5 to 50 ms, and what it has begun behind its answer for somewhat longer. */
const weights: Readonly<Record<Moment | 'any time', number>> = {
  'any time': 8,
  order: 3,
  attempt: 3,
  callback: 6,
  return: 2,
  cancel: 1,
  refund: 3,
  approval: 2,
  'provider call': 3,
  webhook: 3,
  statement: 3,
  reconciliation: 3,
}
const delayMaxMs = 40
/** What is done behind the answer: an import, a run. */
const longDelayMaxMs = 250
const startShare = 0.2
/** A start is over after that, give or take. */
const startMs = 1_800
/** One database in five dies together with everything else. */
const databasesPerMachine = 5

/** The strikes in their order. The same plan gives the same strikes; what they hit depends on the machine's own time as well. */
export const drawStrikes = (plan: Plan): Strike[] => {
  const chance = createChance(plan.seed)
  const machines = Math.min(
    Math.floor(plan.databaseKills / databasesPerMachine),
    Math.floor(plan.kills / plan.gateways),
  )
  const targets: Strike['target'][] = chance.shuffled([
    ...Array.from({ length: machines }, () => 'machine' as const),
    ...Array.from({ length: plan.databaseKills - machines }, () => 'database' as const),
    ...Array.from({ length: plan.kills - machines * plan.gateways }, () => 'gateway' as const),
  ])
  const strikes: Strike[] = []
  for (const target of targets) {
    const before = strikes.at(-1)
    const isStart = before && before.target !== 'database' && target !== 'machine' && chance.isTrue(startShare)
    const gateway = isStart ? before.gateway : chance.below(plan.gateways)
    strikes.push({ target, gateway, ...(isStart ? atStart(chance) : atMoment(chance, plan.paceMs)) })
  }
  return strikes
}

const atStart = (chance: Chance) => ({ on: 'start' as const, pauseMs: 0, delayMs: chance.below(startMs) })

const atMoment = (chance: Chance, paceMs: number) => {
  const on = chance.weighted(weights)
  const isLong = on === 'statement' || on === 'reconciliation'
  // Between nothing and four times the pace, mostly short: waiting for the moment takes time as well.
  const pauseMs = Math.min(-Math.log((1 + chance.below(999_999)) / 1_000_000), 4) * paceMs
  return { on, pauseMs: Math.round(pauseMs), delayMs: chance.below(isLong ? longDelayMaxMs : delayMaxMs) }
}
