/**
 * One pass over everything that is due. A ticker calls it on Node, `scheduled` on Workers; any number of processes may, at the same time, since each piece
 * of work is taken with a lease.
 */
import { nextQueryAt } from '../domain/query-schedule.ts'
import { keptFrom } from '../domain/retention.ts'
import { drain } from '../lib/drain.ts'
import { createPace } from '../lib/pace.ts'
import { numberEvents } from '../store/events.ts'
import {
  adoptApprovedRefunds,
  type DueAttempt,
  type DueCapture,
  type DueRefund,
  type DueTable,
  forgetIdempotencyKeys,
  giveTurnBack,
  type Lease,
  releaseLease,
  takeDue,
  takeTurn,
} from '../store/jobs.ts'
import { chaseReceipts, noteOverdueReceipts } from './chase-receipts.ts'
import { confirmCapture } from './confirm-capture.ts'
import { endingAt } from './deadline.ts'
import { deliverWebhooks } from './deliver-webhooks.ts'
import type { Deps } from './deps.ts'
import { sweepDrafts } from './draft-statement.ts'
import { enforceRetention } from './enforce-retention.ts'
import { expireOrder } from './expire-order.ts'
import { importWaiting } from './import-statement.ts'
import { keepMonths } from './keep-months.ts'
import { queryAttempt } from './query-attempt.ts'
import { queryRefund } from './query-refund.ts'
import { forgetOldCalls, watchProviders } from './read-health.ts'
import { runWaitingReconciliations } from './reconcile.ts'
import { catchUpCallbacks } from './replay-callbacks.ts'
import { prolongUsedKeys } from './retire-key.ts'
import { chainBatch, chainRecords, measureUnchained, sealDays } from './seal-ledger.ts'
import { sendRefund } from './send-refund.ts'
import { signFormerReceipts } from './sign-receipt.ts'
import { noteOverdueRefunds } from './watch-refunds.ts'

/** Does what is due of one kind, at most `limit` pieces, and answers how many it did. */
export type Job = (deps: Deps, limit: number) => Promise<number>

export type Passed = { counts: Record<string, number>; failed: readonly string[] }

/**
 * Longer than the work on one thing can take: a provider call ends after 30 s, an adapter makes at most a few of them, and an expiry asks about all
 * attempts at once.
 */
const leaseMs = 3 * 60_000
/** What of it is left for writing down what a provider answered. */
const writingMs = 10_000
const concurrency = 6

/** So many queries in a row, each without an answer for so long, and the account's others wait that long: one silent provider must not hold up the rest. */
const silence = { inARow: 3, lastsMs: 2_000, pauseMs: 60_000 }

const queryAttempts: Job = (deps, limit) => {
  const silences = new Map<string, number>()
  return drainTable(deps, limit, 'attempts', async (held, leased) => {
    const account = held.merchantAccountId
    const beganAt = deps.now().getTime()
    if ((silences.get(account) ?? 0) >= silence.inARow) {
      await releaseLease(deps.db, 'attempts', held, new Date(beganAt + silence.pauseMs))
      return
    }
    const finding = await queryAttempt(leased, held)
    const isSilent = finding === 'no_answer' && deps.now().getTime() - beganAt >= silence.lastsMs
    silences.set(account, isSilent ? (silences.get(account) ?? 0) + 1 : 0)
    const nextAt = finding === 'cannot_ask' ? null : askAgainAt(deps, held, held.createdAt)
    await releaseLease(deps.db, 'attempts', held, handedOn(deps, nextAt))
  })
}

/** Nothing waits for it, so a provider's silence just ends the round for that capture. */
const confirmCaptures: Job = (deps, limit) =>
  drainTable(deps, limit, 'confirmations', async (held, leased) => {
    const { nextAt, isNoted } = await confirmCapture(leased, held)
    if (!isNoted) await releaseLease(deps.db, 'confirmations', held, handedOn(deps, nextAt))
  })

/** An approved refund whose sending was interrupted before anything left is sent; one that was sent is asked about. */
const settleRefunds: Job = async (deps, limit) => {
  await adoptApprovedRefunds(deps.db, new Date(deps.now().getTime() + adoptAfterMs))
  return drainTable(deps, limit, 'refunds', async (held, leased) => {
    if (held.status === 'approved') {
      await sendRefund(leased, held.id)
      return
    }
    const sentAt = held.sentAt ?? held.createdAt
    const finding = await queryRefund(leased, { ...held, sentAt })
    const nextAt = finding === 'cannot_ask' ? null : askAgainAt(deps, held, sentAt)
    await releaseLease(deps.db, 'refunds', held, handedOn(deps, nextAt))
  })
}

/** The process that approved a refund sends it at once; that long after, it is taken to have ended. */
const adoptAfterMs = 60_000

const expireOrders: Job = (deps, limit) =>
  drainTable(deps, limit, 'orders', async (held, leased) => {
    const expiry = await expireOrder(leased, held.id)
    await releaseLease(deps.db, 'orders', held, expiry.result === 'postponed' ? expiry.until : null)
  })

/** How often all paid orders are searched, and not only those of the latest events. */
const sweepMs = 3_600_000

/** Payments that wait for a receipt come first: signing those of before may go on for hours after an update. */
const issueMissingReceipts: Job = async (deps, limit) => {
  const own = turn(deps)
  const everything = await takeTurn(deps.db, 'receipt_sweep', { ...own, everyMs: sweepMs })
  let [tried, againMs] = [0, sweepFailedMs]
  try {
    tried = await chaseReceipts(deps, { limit, everything })
    againMs = 0
  } finally {
    // What was too much for one pass, or that this process's end broke off, must not wait for the next hour: the searches in between do not find it.
    const at = new Date(deps.now().getTime() + againMs)
    const isOver = againMs === 0 && tried < limit && !deps.isEnding?.()
    if (everything && !isOver) await giveTurnBack(deps.db, 'receipt_sweep', { ...own, at })
  }
  return tried + (await signFormer(deps))
}

const signFormer = async (deps: Deps): Promise<number> => {
  const own = turn(deps)
  if (!(await takeTurn(deps.db, 'sign_receipts', { ...own, everyMs: signFormerMs }))) return 0
  const { signed, isDone } = await signFormerReceipts(deps, signedPerPass)
  if (!isDone) await giveTurnBack(deps.db, 'sign_receipts', { ...own, at: own.now })
  return signed
}
const signedPerPass = 500

/** How often receipts of before they were signed at their issue are looked for; there are none any more once they are done. */
const signFormerMs = 300_000

const watchLateReceipts: Job = async (deps, limit) =>
  (await takeTurn(deps.db, 'watch_receipts', { ...turn(deps), everyMs: 300_000 }))
    ? noteOverdueReceipts(deps, Math.min(limit, 100))
    : 0

const forgetOldKeys: Job = async (deps, limit) => {
  if (!(await takeTurn(deps.db, 'forget_idempotency_keys', { ...turn(deps), everyMs: 60_000 }))) return 0
  return forgetIdempotencyKeys(deps.db, keptFrom('first_answers', deps.now()), limit)
}

const catchUp: Job = async (deps, limit) => {
  if (!(await takeTurn(deps.db, 'catch_up_callbacks', { ...turn(deps), everyMs: 30_000 }))) return 0
  return catchUpCallbacks(deps, limit)
}

const watch: Job = async (deps) =>
  (await takeTurn(deps.db, 'watch_providers', { ...turn(deps), everyMs: 30_000 })) ? watchProviders(deps) : 0

const watchOverdue: Job = async (deps, limit) =>
  (await takeTurn(deps.db, 'watch_refunds', { ...turn(deps), everyMs: 300_000 }))
    ? noteOverdueRefunds(deps, Math.min(limit, 100))
    : 0

const keepUsedKeys: Job = async (deps) =>
  (await takeTurn(deps.db, 'keep_used_keys', { ...turn(deps), everyMs: 30_000 })) ? prolongUsedKeys(deps) : 0

const forgetEvidence: Job = async (deps, limit) =>
  (await takeTurn(deps.db, 'forget_provider_calls', { ...turn(deps), everyMs: 60_000 }))
    ? forgetOldCalls(deps, limit)
    : 0

const forgetDrafts: Job = async (deps, limit) =>
  (await takeTurn(deps.db, 'forget_statement_drafts', { ...turn(deps), everyMs: 300_000 }))
    ? sweepDrafts(deps, Math.min(limit, 20))
    : 0

/** How often records get their places, and how often it is looked for some that were passed by: a transaction that committed late, a process whose clock is behind. */
const [chainEveryMs, lookAgainMs] = [1_000, 50_000]

const chain: Job = async (deps) => {
  if (!(await takeTurn(deps.db, 'chain_ledger', { ...turn(deps), everyMs: chainEveryMs }))) return 0
  const own = turn(deps)
  const isLook = await takeTurn(deps.db, 'chain_ledger_look', { ...own, everyMs: lookAgainMs })
  const reach = isLook ? 'recent' : 'latest'
  const pace = createPace(deps.isServing)
  let [chained, isDone] = [0, false]
  try {
    while (!isDone && chained < chainedMax && !deps.isEnding?.()) {
      await pace()
      // In small pieces while requests are served; a wide search is too dear to be made for each.
      const batch = reach === 'latest' && deps.isServing?.() ? servedBatch : chainBatch
      const more = await chainRecords(deps, { reach, batch })
      if (more === null) break
      chained += more
      // Not "until there is none": under load there is always one more, and each search costs what it looks through.
      isDone = more < batch
    }
    return chained
  } finally {
    // What others held up, or was too much for one pass, must not wait for the next look.
    const at = new Date(deps.now().getTime() + chainEveryMs)
    if (isLook && !isDone) await giveTurnBack(deps.db, 'chain_ledger_look', { ...own, at })
  }
}
/** A hundredth of a second's work. */
const servedBatch = 250
/** In one pass: about three seconds of work. */
const chainedMax = 100_000

const measureChain: Job = async (deps) => {
  await measureUnchained(deps)
  return 0
}

/** The search through the whole ledger, which takes long where it is large; the frequent ones go on meanwhile. */
const sweepChain: Job = async (deps) => {
  const own = turn(deps)
  if (!(await takeTurn(deps.db, 'chain_ledger_sweep', { ...own, everyMs: sweepMs }))) return 0
  let againMs: number | null = sweepFailedMs
  try {
    const chained = await chainRecords(deps, { reach: 'everything' })
    // What others held up, or was too much for one batch, must not wait for the next hour.
    againMs = chained === null || chained >= chainBatch ? sweepAgainMs : null
    return chained ?? 0
  } finally {
    const at = new Date(deps.now().getTime() + (againMs ?? 0))
    if (againMs !== null) await giveTurnBack(deps.db, 'chain_ledger_sweep', { ...own, at })
  }
}
const [sweepAgainMs, sweepFailedMs] = [60_000, 900_000]

/** The database takes one caller after another at it, and who finds nothing to do writes nothing. */
const giveEventsPlaces: Job = async (deps, limit) => {
  let numbered = 0
  for (let more = limit; more >= limit && numbered < numberedMax; numbered += more) more = await numberEvents(deps.db)
  return numbered
}
const numberedMax = 100_000

const seal: Job = async (deps) =>
  (await takeTurn(deps.db, 'seal_ledger', { ...turn(deps), everyMs: 60_000 })) ? sealDays(deps) : 0

/** Every kind of background work. To add one, put it here; it must take what it does with a lease, a turn or a lock, and be safe to run twice. */
export const jobs: Readonly<Record<string, Job>> = {
  catch_up_callbacks: catchUp,
  query_attempts: queryAttempts,
  confirm_captures: confirmCaptures,
  settle_refunds: settleRefunds,
  expire_orders: expireOrders,
  issue_receipts: issueMissingReceipts,
  watch_receipts: watchLateReceipts,
  deliver_webhooks: (deps, limit) => deliverWebhooks(deps, { limit }),
  forget_idempotency_keys: forgetOldKeys,
  watch_providers: watch,
  watch_refunds: watchOverdue,
  keep_used_keys: keepUsedKeys,
  forget_provider_calls: forgetEvidence,
  forget_statement_drafts: forgetDrafts,
  number_events: giveEventsPlaces,
  chain_ledger: chain,
  measure_chain: measureChain,
  seal_ledger: seal,
}

/** Work of which one piece may take minutes, or wait for a table: run beside the others, so that a large statement does not hold up a citizen's payment. */
export const longJobs: Readonly<Record<string, Job>> = {
  import_statements: importWaiting,
  reconcile: runWaitingReconciliations,
  sweep_chain: sweepChain,
  enforce_retention: enforceRetention,
  keep_months: keepMonths,
}

/**
 * Runs every job once, at the same time, each up to `limit` pieces of work. A job that fails is logged and named in `failed`; the others go on, and what it
 * held is due again when its lease lapses. Never rejects.
 */
export const runJobs = async (
  deps: Deps,
  { limit = 500, run = jobs }: { limit?: number; run?: Readonly<Record<string, Job>> } = {},
): Promise<Passed> => {
  const results = await Promise.all(Object.entries(run).map(([name, job]) => runOne(deps, { name, job, limit })))
  return {
    counts: Object.fromEntries(results.map(({ name, count }) => [name, count ?? 0])),
    failed: results.filter(({ count }) => count === null).map(({ name }) => name),
  }
}

const runOne = async (deps: Deps, { name, job, limit }: { name: string; job: Job; limit: number }) => {
  try {
    return { name, count: await job(deps, limit) }
  } catch (error) {
    deps.log.error({ job: name, error }, 'job failed')
    return { name, count: null }
  }
}

const turn = (deps: Deps) => ({ now: deps.now(), holder: deps.newId('job') })

type Held = { attempts: DueAttempt; confirmations: DueCapture; refunds: DueRefund; orders: Lease }

const drainTable = <Table extends DueTable>(
  deps: Deps,
  limit: number,
  table: Table,
  /** `leased` ends with the lease: afterwards the row may be another process's. */
  work: (held: Held[Table], leased: Deps) => Promise<void>,
): Promise<number> => {
  const pace = createPace(deps.isServing)
  return drain(
    { limit, concurrency },
    async () => {
      await pace()
      // What this process would take now, another one takes a moment later.
      return deps.isEnding?.() ? null : takeDue(deps.db, table, { now: deps.now(), leaseMs })
    },
    (held) => work(held, endingAt(deps, new Date(held.until.getTime() - writingMs))),
    (error, held) => {
      deps.log.error({ table, id: held.id, error }, 'background work failed')
      // Broken off because this process ends, and not by a fault: the lease is given back, so that the next process need not wait for its end.
      if (deps.isEnding?.()) deps.defer(releaseLease(deps.db, table, held, deps.now()))
    },
  )
}

/**
 * What is to be asked again is due at once when this process is ending: its end breaks calls off, and to whoever asked that is a provider's silence, after which the
 * schedule may wait for a day.
 */
const handedOn = (deps: Deps, nextAt: Date | null): Date | null => (nextAt && deps.isEnding?.() ? deps.now() : nextAt)

/** When the schedule asks next. At its end the thing stays as unknown as it is: a person must look, and the statement may still tell. */
const askAgainAt = (deps: Deps, { id, amount, merchantAccountId }: DueAttempt, startedAt: Date): Date | null => {
  const at = nextQueryAt(startedAt, deps.now())
  if (!at) deps.log.error({ id, amount, merchant_account: merchantAccountId }, 'no answer in 35 days; not asked again')
  return at
}
