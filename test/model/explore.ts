// Breadth first through every state that the bounds allow: the first broken invariant is found by a shortest way, and the way is told.

import { endsAlike } from './any-order.ts'
import { committer, crash } from './decide.ts'
import { keyOf } from './key.ts'
import { citizen, denier, provider, starter, teller } from './payments.ts'
import { disputer, settler, transfers } from './people.ts'
import { accountant, agency, clock, deadline, moreTime, portal } from './portal-and-clock.ts'
import { asker, caller, checker, maker, payee, refunder, refundTeller, sender } from './refunds.ts'
import { allRules, type Rules } from './rules.ts'
import { statesHold } from './states-hold.ts'
import { stepsHold } from './steps-hold.ts'
import type { Action, Actor, Bounds, World } from './world.ts'

const actors: readonly Actor[] = [
  citizen,
  starter,
  provider,
  teller,
  denier,
  portal,
  deadline,
  moreTime,
  accountant,
  agency,
  maker,
  checker,
  payee,
  sender,
  caller,
  refunder,
  refundTeller,
  asker,
  settler,
  transfers,
  disputer,
  committer,
  crash,
  clock,
]

const ofStates = Object.entries(statesHold)
const ofSteps = Object.entries(stepsHold)
export const invariantCount = ofStates.length + ofSteps.length + 1

export type Broken = { invariant: string; what: string; trace: readonly string[] }
/** `moves`: every change of a state that some step made, as `refund approved → sending`. */
export type Explored = {
  moves: ReadonlySet<string>
  states: number
  transitions: number
  depth: number
  broken: Broken | null
  isWhole: boolean
}
export type Exploring = {
  start: readonly World[]
  bounds: Bounds
  rules?: Rules
  statesMax?: number
  deadlineAt?: number
}

/** Where a state was come from first. */
type Way = { from: number; label: string }

export const explore = ({ start, bounds, rules = allRules, statesMax = 5_000_000 }: Exploring): Explored => {
  const seen = new Set<string>()
  const ways: Way[] = []
  const moves = new Set<string>()
  let transitions = 0
  let depth = 0
  let level: { world: World; at: number }[] = []
  const told = (at: number): string[] => {
    const trace: string[] = []
    for (let way = ways[at]; way && way.from >= 0; way = ways[way.from]) trace.unshift(way.label)
    return trace
  }
  const answer = (broken: Broken | null, isWhole = broken === null): Explored => ({
    moves,
    states: seen.size,
    transitions,
    depth,
    broken,
    isWhole,
  })
  for (const world of start) {
    seen.add(keyOf(world))
    level.push({ world, at: ways.push({ from: -1, label: '' }) - 1 })
  }
  while (level.length > 0) {
    const next: typeof level = []
    for (const { world, at } of level) {
      for (const action of actors.flatMap((actor) => actor(world, bounds, rules))) {
        transitions += 1
        for (const move of movesOf(world, action.world)) moves.add(move)
        const wrong = brokenStep(world, action)
        if (wrong) return answer({ ...wrong, trace: [...told(at), action.label] })
        const key = keyOf(action.world)
        if (seen.has(key)) continue
        seen.add(key)
        const state = brokenState(action.world, rules, bounds)
        if (state) return answer({ ...state, trace: [...told(at), action.label] })
        if (seen.size > statesMax) return answer(null, false)
        next.push({ world: action.world, at: ways.push({ from: at, label: action.label }) - 1 })
      }
    }
    if (next.length > 0) depth += 1
    level = next
  }
  return answer(null)
}

type Wrong = Omit<Broken, 'trace'>

const brokenState = (world: World, rules: Rules, bounds: Bounds): Wrong | null => {
  for (const [invariant, check] of ofStates) {
    const what = check(world, rules, bounds)
    if (what) return { invariant, what }
  }
  const what = bounds.anyOrder ? endsAlike(world, bounds, rules) : null
  return what ? { invariant: 'the same news in any order ends in the same state', what } : null
}

const brokenStep = (before: World, action: Action): Wrong | null => {
  for (const [invariant, check] of ofSteps) {
    const what = check({ before, action, after: action.world })
    if (what) return { invariant, what }
  }
  return null
}

const movesOf = (before: World, after: World): string[] =>
  before.orders.flatMap((was, index) => {
    const is = after.orders[index]
    if (!is || is === was) return []
    const moved = (kind: string, from: readonly Each[], to: readonly Each[]) =>
      from.flatMap(({ id, status }, at) => {
        const next = to[at]
        return next?.id === id && next.status !== status ? [`${kind} ${status} → ${next.status}`] : []
      })
    return [
      ...moved('order', [was.order], [is.order]),
      ...moved('attempt', was.attempts, is.attempts),
      ...moved('refund', was.refunds, is.refunds),
    ]
  })
type Each = { id: string; status: string }

/** A trace to be read: numbered steps, and what is wrong at the end. */
export const tellTrace = ({ invariant, what, trace }: Broken): string =>
  [...trace.map((label, index) => `${index + 1}. ${label}`), `broken: ${invariant} (${what})`].join('\n')
