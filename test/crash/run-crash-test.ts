// A crash test from its first order to its last comparison.

import { letAccountantReconcile } from './accountant.ts'
import { letCheckerApprove, letPortalRefund } from './back-office.ts'
import { type Reader, readBooks } from './books-here.ts'
import { letCitizensPay, type Townsfolk } from './citizens.ts'
import { compareCallbacks } from './compare-callbacks.ts'
import { compareMoney, type MoneyCompared } from './compare-money.ts'
import { comparePromises, compareWebhooks } from './compare-promises.ts'
import { findBroken } from './invariants.ts'
import { drawStrikes, type Strike } from './kill-schedule.ts'
import { type OwnCheck, runOwnChecks } from './own-checks.ts'
import { noPromises } from './promises.ts'
import { comeToRest, type Healed } from './rest.ts'
import { type StormTally, strikeAll } from './storm.ts'
import { type CrashTown, gatewayCount, readFeed } from './town.ts'

export type CrashOptions = {
  seed: number
  kills: number
  databaseKills: number
  citizens: number
  /** How long the kills are to take, about. */
  stormSeconds: number
  /** How long leases of dead processes and retries are waited for afterwards, at most. */
  restSeconds: number
}

export type Compared = {
  money: MoneyCompared
  /** Rules of the database that are broken. */
  broken: readonly string[]
  /** What somebody was told and is not so. */
  promises: readonly string[]
  webhooks: readonly string[]
  counts: Readonly<Record<string, number>>
}

export type CrashResult = Compared & {
  options: CrashOptions
  storm: StormTally & { seconds: number }
  healed: Healed
  checks: readonly OwnCheck[]
  /** Ends of gateways that neither a kill nor the database's being away explains. */
  unexplainedEnds: readonly string[]
  unanswered: readonly string[]
  /** By path and code. */
  refusals: ReadonlyMap<string, number>
  /** Compares once more, with the database as it is then. */
  compare: () => Promise<Compared>
}

const progressEveryMs = 5_000
/** A gateway that finds no database at its start says so and ends; it may have begun to look while the database was still recovering. One that serves outlives its database. */
const downMarginMs = 15_000

export const runCrashTest = async (
  town: CrashTown,
  options: CrashOptions,
  print: (line: string) => void,
): Promise<CrashResult> => {
  const begun = new Date()
  const strikes = drawStrikes({ ...options, gateways: gatewayCount, paceMs: paceOf(options) })
  const storm: StormTally & { seconds: number } = { byMoment: new Map(), done: 0, seconds: 0 }
  let isOver = false
  const { caller, providers, front, inbox } = town
  const promises = noPromises()
  const folk: Townsfolk = {
    publicUrl: front.url,
    caller,
    providers,
    promises,
    begun,
    seed: options.seed,
    listed: new Set(),
    goesOn: () => !isOver,
  }
  const timer = setInterval(() => print(progressLine(town, { strikes, storm, begun, promises })), progressEveryMs)
  const work = Promise.all([
    letCitizensPay(folk, options.citizens),
    letPortalRefund(folk, inbox),
    letCheckerApprove(folk),
    letAccountantReconcile(folk),
  ])
  try {
    // Who breaks off the work breaks off the test.
    await Promise.race([strikeAll(strikes, { ...town, tally: storm }), work])
    storm.seconds = Math.round((Date.now() - begun.getTime()) / 1_000)
    isOver = true
    await work
  } finally {
    isOver = true
    clearInterval(timer)
  }
  await town.gateways.allServe()
  const healed = await comeToRest({ town: folk, sql: town.sql, restSeconds: options.restSeconds, print })
  const feed = await readFeed(caller)
  await town.gateways.stop()
  const checks = await runOwnChecks(town.env, begun)
  const compare = () => compareAll(town.sql, { town, promises, feed })
  return {
    ...(await compare()),
    options,
    storm,
    healed,
    checks,
    unexplainedEnds: unexplainedEnds(town),
    unanswered: caller.tally.unanswered,
    refusals: promises.refusals,
    compare,
  }
}

/** What is left of the time between two strikes once the moment has come and, of a database, its recovery is over. */
const paceOf = ({ kills, databaseKills, stormSeconds }: CrashOptions): number =>
  Math.max(0, (stormSeconds * 1_000) / Math.max(1, kills + databaseKills) - 350)

/** Everything that anybody was told, and every đồng, against what the database holds. */
export const compareAll = async (
  sql: Reader,
  {
    town,
    promises,
    feed,
  }: {
    town: Pick<CrashTown, 'providers' | 'inbox' | 'known'>
    promises: ReturnType<typeof noPromises>
    feed: readonly string[]
  },
): Promise<Compared> => {
  const kept = await comparePromises(sql, promises)
  const confirmed = await compareCallbacks(sql, town.providers)
  const heard = await compareWebhooks(sql, { inbox: town.inbox, feed, known: town.known })
  return {
    money: compareMoney(town.providers.books(), await readBooks(sql)),
    broken: await findBroken(sql),
    promises: [...kept.findings, ...confirmed.findings],
    webhooks: heard.findings,
    counts: { ...kept.counts, ...confirmed.counts, ...heard.counts },
  }
}

const unexplainedEnds = ({ gateways, database }: CrashTown): string[] =>
  gateways.tally.ownEnds
    .filter(({ at, served }) => served || !database.wasDown(at, downMarginMs))
    .map(({ index, code, signal }) => `gateway ${index} ended by itself: ${signal ?? `exit ${code}`}`)

type Progress = { strikes: readonly Strike[]; storm: StormTally; begun: Date; promises: ReturnType<typeof noPromises> }

const progressLine = (
  { gateways, database, inbox, providers }: CrashTown,
  { strikes, storm, begun, promises }: Progress,
): string => {
  const seconds = Math.round((Date.now() - begun.getTime()) / 1_000)
  const captured = providers.books().filter(({ kind, status }) => kind === 'payment' && status === 'success').length
  return `${String(seconds).padStart(5)} s: ${storm.done} of ${strikes.length} strikes, ${gateways.tally.kills} gateways and ${database.kills()} databases killed, ${promises.orders.size} orders, ${captured} captured, ${inbox.received.size} webhooks`
}
