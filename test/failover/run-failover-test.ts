// A failover test from its first order to its last comparison: the primary is lost again and again under load, and nothing else is hurt.
import { setTimeout as pause } from 'node:timers/promises'
import { letAccountantReconcile } from '../crash/accountant.ts'
import { letCheckerApprove, letPortalRefund } from '../crash/back-office.ts'
import { letCitizensPay, type Townsfolk } from '../crash/citizens.ts'
import { type OwnCheck, runOwnChecks } from '../crash/own-checks.ts'
import { noPromises } from '../crash/promises.ts'
import { comeToRest, type Healed } from '../crash/rest.ts'
import { type Compared, compareAll } from '../crash/run-crash-test.ts'
import { readFeed, type Town } from '../crash/town.ts'
import { createChance } from '../score/random.ts'
import { type Acknowledged, listenTo } from './acknowledged.ts'
import type { Cluster } from './cluster.ts'
import { drawKills, type KillKind, killPrimary } from './kills.ts'

export type FailoverTown = Town<Cluster>

export type FailoverOptions = { seed: number; kills: number; citizens: number; restSeconds: number }

/** `recoveryMs`: from the kill to the first order that the new primary acknowledged. `silentMs`: the longest time without any, until then. */
export type Failover = { kind: KillKind; from: string; to: string; recoveryMs: number; silentMs: number }

export type FailoverResult = Compared & {
  options: FailoverOptions
  failovers: readonly Failover[]
  seconds: number
  healed: Healed
  checks: readonly OwnCheck[]
  /** Ends of gateways: nobody killed one. */
  ownEnds: readonly string[]
  unanswered: readonly string[]
  refusals: ReadonlyMap<string, number>
  /** Answers of "something went wrong on our side", by route. */
  internalErrors: ReadonlyMap<string, number>
}

/** Load before each kill. */
const pauseMs = { least: 4_000, more: 4_000 }
const electionTimeoutMs = 120_000
const pollMs = 100

export const runFailoverTest = async (
  town: FailoverTown,
  options: FailoverOptions,
  print: (line: string) => void,
): Promise<FailoverResult> => {
  const begun = new Date()
  const { providers, front, inbox } = town
  const orders = listenTo(town.caller)
  const promises = noPromises()
  let isOver = false
  const folk: Townsfolk = {
    ...{ publicUrl: front.url, caller: orders.caller, providers, promises, begun, seed: options.seed },
    listed: new Set(),
    goesOn: () => !isOver,
  }
  const work = Promise.all([
    letCitizensPay(folk, options.citizens),
    letPortalRefund(folk, inbox),
    letCheckerApprove(folk),
    letAccountantReconcile(folk),
  ])
  const failovers: Failover[] = []
  const strike = async () => {
    const chance = createChance(options.seed + 1)
    for (const [index, kind] of drawKills(options.seed, options.kills).entries()) {
      await pause(pauseMs.least + chance.below(pauseMs.more))
      const failover = await failOver(town.database, { orders, kind, print })
      failovers.push(failover)
      print(
        `${index + 1} of ${options.kills}: ${failover.from} lost (${kind}), ${failover.to} took over; first order acknowledged after ${seconds(failover.recoveryMs)} s, none for ${seconds(failover.silentMs)} s; ${promises.orders.size} orders so far`,
      )
    }
  }
  try {
    // Who breaks off the work breaks off the test.
    await Promise.race([strike(), work])
    isOver = true
    await work
  } finally {
    isOver = true
  }
  const took = Math.round((Date.now() - begun.getTime()) / 1_000)
  const healed = await comeToRest({ town: folk, sql: town.sql, restSeconds: options.restSeconds, print })
  const feed = await readFeed(town.caller)
  await town.gateways.stop()
  const checks = await runOwnChecks(town.env, begun)
  return {
    ...(await compareAll(town.sql, { town, promises, feed })),
    ...{ options, failovers, seconds: took, healed, checks },
    ownEnds: town.gateways.tally.ownEnds.map(
      ({ index, code, signal }) => `gateway ${index} ended by itself: ${signal ?? `exit ${code}`}`,
    ),
    unanswered: town.caller.tally.unanswered,
    refusals: promises.refusals,
    internalErrors: town.caller.tally.internalErrors,
  }
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(1)

/** Loses the primary, waits for another one and its first order, fences what stands still, and replaces the node. */
const failOver = async (
  cluster: Cluster,
  { orders, kind, print }: { orders: Acknowledged; kind: KillKind; print: (line: string) => void },
): Promise<Failover> => {
  const from = await cluster.whole()
  const killedAt = performance.now()
  await killPrimary(cluster, from, kind)
  print(`${from} is lost (${kind})`)
  const to = await untilAnother(cluster, from)
  print(`${to} is the primary, ${seconds(performance.now() - killedAt)} s later`)
  await cluster.fence(from)
  const firstAt = await orders.next(electionTimeoutMs)
  print(`the first order is acknowledged ${seconds(firstAt - killedAt)} s after the loss; ${from} is replaced`)
  const silentMs = orders.longestGap(killedAt, firstAt)
  await cluster.replace(from)
  await cluster.whole()
  return { kind, from, to, recoveryMs: firstAt - killedAt, silentMs }
}

const untilAnother = async (cluster: Cluster, lost: string): Promise<string> => {
  const begun = performance.now()
  while (performance.now() - begun < electionTimeoutMs) {
    const name = await cluster.primary()
    if (name !== null && name !== lost) return name
    await pause(pollMs)
  }
  throw new Error(`no other node became the primary in ${electionTimeoutMs / 1_000} s`)
}
