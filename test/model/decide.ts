// How a decision becomes a commit: at once, or held by a process that has read and not yet committed while others go on.

import type { Rules } from './rules.ts'
import { type Action, type Bounds, commit, type Decision, orderAt, type World } from './world.ts'

/** At once; and, where there is room for another process, also held. */
export const decide = (world: World, bounds: Bounds, decision: Decision): Action[] => {
  const kind = decision.isEvidence ? 'evidence' : 'deed'
  const deed = decision.deed ? { deed: decision.deed } : {}
  const now: Action = { label: decision.label, kind, world: carryOut(world, decision), ...deed }
  const racing = world.hands.filter((hand) => hand.kind === 'commit').length
  if (racing >= bounds.racers) return [now]
  const { version } = orderAt(world, decision.order).order
  const held: Action = {
    label: `a process has read, and is about to commit: ${decision.label}`,
    kind: 'outside',
    world: { ...world, hands: [...world.hands, { kind: 'commit', order: decision.order, version, decision }] },
  }
  return [now, held]
}

/** What follows a commit: whoever told of money is answered, and the process goes on. */
export const carryOut = (world: World, decision: Decision): World => {
  const { order, write, acknowledges, hand, asks, requested } = decision
  const isNothing = Object.values(write).every((each) => each === null || each === undefined)
  const written = isNothing ? world : commit(world, order, write)
  return {
    ...written,
    ...(acknowledges && !world.acknowledged.includes(acknowledges)
      ? { acknowledged: [...world.acknowledged, acknowledges].toSorted() }
      : {}),
    ...(asks ? { providers: [...written.providers, asks] } : {}),
    ...(hand ? { hands: [...written.hands, hand] } : {}),
    ...(requested ? { requests: [...written.requests, requested] } : {}),
  }
}

/** A held decision is committed, unless something that it was made on no longer stands: then its process reads again, which is another decision. */
export const committer = (world: World, _bounds: Bounds, rules: Rules): Action[] =>
  world.hands.flatMap((held): Action[] => {
    if (held.kind !== 'commit') return []
    const rest = { ...world, hands: world.hands.filter((each) => each !== held) }
    const { decision } = held
    const label = `it commits what it had read: ${decision.label}`
    const isStale = orderAt(world, held.order).order.version !== held.version
    const again: Action = { label: 'it finds the order changed and begins again', kind: 'outside', world: rest }
    if (isStale && rules.steps.versionIsCompared) return [again]
    if (rules.steps.referenceStandsAtCommit && isReferenceMoved(world, decision)) return [again]
    if (rules.steps.dossierStandsAtCommit && decision.isLate && isPaidElsewhere(world, held.order)) return [again]
    const deed = decision.deed ? { deed: decision.deed } : {}
    return [{ label, kind: decision.isEvidence ? 'evidence' : 'deed', world: carryOut(rest, decision), ...deed }]
  })

/** Whether another attempt captures under the number by now, and did not when it was read. */
const isReferenceMoved = (world: World, { write: { change } }: Decision): boolean => {
  const fact = change?.fact
  if (fact?.kind !== 'captured') return false
  const isTaken = world.orders
    .flatMap(({ money }) => money)
    .some(
      (known) => known.kind === 'captured' && known.reference === fact.reference && known.attemptId !== fact.attemptId,
    )
  return isTaken !== fact.isContested
}

export const isPaidElsewhere = (world: World, index: number): boolean =>
  world.orders.some(({ order }, other) => other !== index && order.status === 'paid')

/** A process ends between two of its steps, whichever. */
export const crash = (world: World, bounds: Bounds): Action[] =>
  world.crashes >= bounds.crashes
    ? []
    : world.hands.map((hand) => ({
        label: `the process crashes ${words(hand)}`,
        kind: 'crash',
        world: { ...world, crashes: world.crashes + 1, hands: world.hands.filter((each) => each !== hand) },
      }))

const words = (hand: World['hands'][number]): string => {
  if (hand.kind === 'commit') return `before it commits: ${hand.decision.label}`
  const subject = hand.kind === 'start' ? hand.attemptId : hand.refundId
  if (hand.at === 'calledFirst') return `after ${subject} was called for and before it is written`
  return hand.at === 'answered'
    ? `after the call for ${subject} and before its answer is noted`
    : `after ${subject} was written and before its provider is called`
}
