/**
 * Reads stored callbacks again as if they came today. All of them were acted on, so all of them must change nothing; what does change something was either
 * never acted on, because the process died in between, or shows a fault.
 */
import { applyOutcome as applyToFacts } from '../domain/apply.ts'
import { movesMoney, type Outcome } from '../domain/outcome.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import type { SealedBox } from '../lib/sealed-box.ts'
import { type CallbackReading, ProviderError } from '../providers/contract.ts'
import { type CallbackPlace, callbacksBetween, type StoredCallback, unansweredCallbacks } from '../store/callbacks.ts'
import { findCredit } from '../store/credits.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { isKept } from '../store/quarantine.ts'
import { actAgain } from './act-on-callback.ts'
import { readEvidence } from './callback-evidence.ts'
import { findConnection } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { lookupsOf } from './judge-callback.ts'

export type ReplayInput = { from: Date; to: Date; dryRun?: boolean }

export type Replayed = {
  callbacks: number
  /** Genuine, and nothing had to change. */
  unchanged: number
  /** Not believed when they came, and not believed now. */
  refused: number
  /** Genuine then; the key that proves them has been retired since. */
  keyRetired: number
  /** Kept as long as they had to be, and erased since. */
  erased: number
  /** Stored but never acted on; acted on now, unless it is a dry run. */
  caughtUp: readonly string[]
  /** Acted on before, and yet they change something: a fault. */
  changed: readonly string[]
  /** Believed now but not then, or the other way round: a fault. */
  readDifferently: readonly string[]
}

type Finding = Exclude<keyof Replayed, 'callbacks'>

const pageSize = 200

/** Replays what was received from `from` to before `to`, oldest first. */
export const replayCallbacks = async (deps: Deps, { from, to, dryRun = false }: ReplayInput): Promise<Replayed> => {
  const counts = { callbacks: 0, unchanged: 0, refused: 0, keyRetired: 0, erased: 0 }
  const named = { caughtUp: [] as string[], changed: [] as string[], readDifferently: [] as string[] }
  for (let after = ''; ; ) {
    const page = await callbacksBetween(deps.db, { from, to, after, limit: pageSize })
    for (const stored of page) {
      const finding = await replay(deps, stored, dryRun)
      counts.callbacks += 1
      if (finding === 'caughtUp' || finding === 'changed' || finding === 'readDifferently')
        named[finding].push(stored.id)
      else counts[finding] += 1
    }
    const last = page.at(-1)
    if (!last) return { ...counts, ...named }
    after = last.id
  }
}

/** A callback is taken up by others this long after it came: the process that received it has answered by then, or is gone. */
const graceMs = 60_000
/** A callback that cannot be acted on for so long is left to a person; the query schedule has settled its payment by then. */
const patienceMs = 86_400_000

/** After that long the rest waits for the next turn: asking a provider that does not answer takes its time, and other work waits for this. */
const turnMs = 20_000

/**
 * How far this process has come among those that wait: the ones that cannot be acted on must not stand before the others for ever. By sealed box, since
 * connections may come and go with each turn.
 */
const places = new WeakMap<SealedBox, CallbackPlace>()

/**
 * Acts on genuine callbacks that were stored and, because the process died in between, never acted on: the next `limit` of them, and from the oldest again
 * once the last was reached. Answers how many were taken up; one that cannot be acted on now is tried again when its turn comes round.
 */
export const catchUpCallbacks = async (deps: Deps, limit: number): Promise<number> => {
  const now = deps.now().getTime()
  const range = { from: new Date(now - patienceMs), to: new Date(now - graceMs), limit }
  const waiting = await unansweredCallbacks(deps.db, { ...range, after: places.get(deps.box) ?? null })
  let taken = 0
  for (const stored of waiting) {
    if (deps.now().getTime() - now >= turnMs) break
    taken += 1
    try {
      await replay(deps, stored, false)
    } catch (error) {
      deps.log.error({ callback: stored.id, provider: stored.provider, error }, 'stored callback not acted on')
    }
  }
  const last = waiting[taken - 1]
  if (last && (taken < waiting.length || waiting.length === limit))
    places.set(deps.box, { receivedAt: last.receivedAt, id: last.id })
  else places.delete(deps.box)
  return taken
}

const replay = async (deps: Deps, stored: StoredCallback, dryRun: boolean): Promise<Finding> => {
  const { sealed } = stored
  if (sealed === null) return 'erased'
  const wasGenuine = stored.reading === 'genuine'
  const content = await readAgain(deps, { ...stored, sealed })
  if (!content) return wasGenuine ? ((await isKeyRetired(deps, stored)) ? 'keyRetired' : 'readDifferently') : 'refused'
  if (!wasGenuine) return 'readDifferently'
  const isChanged = dryRun
    ? await wouldChange(deps, stored, content)
    : (await actAgain(deps, { stored, content })).isChanged
  if (!isChanged) return 'unchanged'
  return stored.verdict === null ? 'caughtUp' : 'changed'
}

/** What the bytes say, proven by any key that is valid now; null when no key proves them. */
const readAgain = async (
  deps: Deps,
  stored: StoredCallback & { sealed: Uint8Array },
): Promise<CallbackReading | null> => {
  const connection = await findConnection(deps, stored.merchantAccountId)
  if (connection?.account.provider !== stored.provider) return null
  const opened = await deps.box.open(stored.sealed, sealedFor.callback(stored.id))
  const request = readEvidence(new TextDecoder().decode(opened))
  // As old as it was when it came: what protocols refuse is a message that was kept back, and this one was not.
  const hearing = { ...lookupsOf(deps, stored.merchantAccountId), now: () => stored.receivedAt }
  for (const { client } of connection.clients) {
    try {
      return await client.readCallback(request, hearing)
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error
    }
  }
  return null
}

const isKeyRetired = async (deps: Deps, stored: StoredCallback): Promise<boolean> => {
  const connection = await findConnection(deps, stored.merchantAccountId)
  return connection?.clients.some(({ keyId }) => keyId === stored.keyId) === false
}

/** The same without writing or asking anything. */
const wouldChange = async (deps: Deps, stored: StoredCallback, content: CallbackReading): Promise<boolean> => {
  const { merchantAccountId } = stored
  const { outcomes, credit } = content
  let isTaken = !credit
  let isChanged = outcomes.length === 0 && !credit && stored.verdict === null
  for (const outcome of outcomes) {
    const { merchantReference } = outcome
    const facts = await loadFacts(deps.db, everyAgency, { merchantAccountId, merchantReference })
    const told = { outcome, source: 'callback' as const, receivedAt: stored.receivedAt, factId: 'fct_dry_run' }
    const applied = facts && applyToFacts(facts, told)
    isTaken ||= outcome.status === 'captured' && applied !== null
    const isOfCredit = credit && outcome.status === 'captured'
    isChanged ||= applied ? applied.change !== null : !isOfCredit && (await wouldKeep(deps, merchantAccountId, outcome))
  }
  if (!credit || isTaken) return isChanged
  return isChanged || (await findCredit(deps.db, { merchantAccountId, ...credit })) === 'booked'
}

const wouldKeep = async (deps: Deps, merchantAccountId: string, outcome: Outcome): Promise<boolean> =>
  movesMoney(outcome) &&
  !(await isKept(deps.db, {
    merchantAccountId,
    reference: outcome.providerReference ?? outcome.merchantReference,
    kind: 'unknown_reference',
    outcome: outcome.status,
  }))
