/**
 * What a genuine callback leads to: its outcomes go through the one door, money of no payment of ours is kept, a question is answered, and a hint makes us ask
 * the provider. Its verdict is written with the last commit, so that a callback without one is acted on again, and doing so changes nothing twice.
 */
import { movesMoney, type Outcome } from '../domain/outcome.ts'
import { type AttemptStatus, unsettledAttempts } from '../domain/states.ts'
import type { CallbackReading, Verdict } from '../providers/contract.ts'
import { answerCallback, insertCallback, insertCallbackOnce, type StoredCallback } from '../store/callbacks.ts'
import { everyAgency, inScope, type Query, type Sql } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { hastenQuery } from '../store/jobs.ts'
import { applyOutcome } from './apply-outcome.ts'
import { endingWithin, patienceMs } from './deadline.ts'
import type { Deps } from './deps.ts'
import { noteReplay } from './note-replay.ts'
import { keepUnknown, takeCredit } from './quarantine-money.ts'
import { mayNow, queryAttemptSparingly } from './sparingly.ts'

export type GenuineCallback = { stored: StoredCallback; content: CallbackReading; agencyCode: string }

type Acted = { verdict: Verdict; isChanged: boolean }
type Task = {
  stored: StoredCallback
  content: CallbackReading
  /** Stores the bytes; none where they are stored. */
  keep: (sql: Sql) => readonly Query[]
  /** Writes the verdict; nothing where there is one. */
  note: (sql: Sql, verdict: Parameters<typeof answerCallback>[2]) => readonly Query[]
}

/** Stores the callback and acts on it. */
export const actOnCallback = async (deps: Deps, { stored, content }: GenuineCallback): Promise<Verdict> =>
  (
    await act(
      deps,
      taskOf({ stored, content }, (sql) => [storing(deps, sql, stored)]),
    )
  ).verdict

const sameBytesMs = 3_600_000

/**
 * Whoever has one genuine message can send it on and on: a payer has one, where a browser comes back with what the provider itself calls with. What comes for
 * the hundredth time, and was stored and answered within the hour, is answered again and not stored again.
 */
const storing = (deps: Deps, sql: Sql, stored: StoredCallback): Query =>
  mayNow(deps, 'keep_same', `${stored.merchantAccountId} ${stored.contentHash}`)
    ? insertCallback(sql, stored)
    : insertCallbackOnce(sql, stored, new Date(stored.receivedAt.getTime() - sameBytesMs))

/** Acts on a callback that is stored, as if it came today. `isChanged` says whether anything had to be written for it. */
export const actAgain = async (deps: Deps, callback: Pick<GenuineCallback, 'stored' | 'content'>): Promise<Acted> =>
  act(
    deps,
    taskOf(callback, () => []),
  )

const taskOf = ({ stored, content }: Pick<GenuineCallback, 'stored' | 'content'>, keep: Task['keep']): Task => ({
  stored,
  content,
  keep,
  note: (sql, verdict) => (stored.verdict === null ? [answerCallback(sql, stored.id, verdict)] : []),
})

const act = (deps: Deps, task: Task): Promise<Acted> =>
  task.content.outcomes.length > 0 || task.content.credit ? actOnNews(deps, task) : actWithoutNews(deps, task)

/** The bytes are stored with the first reading of the facts. Whatever no outcome could place is kept in the same commit as the verdict. */
const actOnNews = async (deps: Deps, task: Task): Promise<Acted> => {
  const { stored, content, keep, note } = task
  const kept: ((sql: Sql) => Query)[] = []
  const told: Told = { verdict: 'accepted', isChanged: false, isTaken: !content.credit }
  const last = content.outcomes.length - 1
  if (last < 0) await inScope(deps.db, everyAgency, keep)
  for (const [index, outcome] of content.outcomes.entries()) {
    const isFinal = (verdict: Verdict) => index === last && isPlaced(outcome, verdict, told)
    const replay = noteReplay(deps, stored, { ...outcome, outcome: outcome.status })
    const { verdict, change } = await applyOutcome(deps, {
      merchantAccountId: stored.merchantAccountId,
      outcome,
      source: 'callback',
      ...(index === 0 ? { before: keep } : {}),
      also: (sql, given) => [
        ...replay.statements(sql, given),
        ...(isFinal(given) ? [...kept.map((write) => write(sql)), ...note(sql, given)] : []),
      ],
    })
    await replay.count()
    if (isFinal(verdict)) return { verdict, isChanged: told.isChanged || change !== null || kept.length > 0 }
    told.verdict = verdict
    told.isChanged ||= change !== null
    told.isTaken ||= outcome.status === 'captured' && verdict !== 'unknown_order'
    if (verdict !== 'unknown_order' || !movesMoney(outcome) || (content.credit && outcome.status === 'captured'))
      continue
    const write = await keepUnknown(deps, stored, outcome)
    if (write) kept.push(write)
  }
  return finish(deps, task, { ...told, kept })
}

/** `isTaken`: there is no credit, or an attempt has its money. */
type Told = Acted & { isTaken: boolean }

/** Whether nothing is left to be kept once this outcome is written. */
const isPlaced = (outcome: Outcome, verdict: Verdict, { isTaken }: Told): boolean =>
  verdict !== 'unknown_order' && (isTaken || outcome.status === 'captured')

const finish = async (
  deps: Deps,
  { stored, content: { credit, merchantReference }, note }: Task,
  { verdict, isChanged, isTaken, kept }: Told & { kept: readonly ((sql: Sql) => Query)[] },
): Promise<Acted> => {
  const writes = (sql: Sql) => kept.map((write) => write(sql))
  if (credit && !isTaken) {
    const told = { merchantReference: '', providerReference: credit.reference, outcome: 'credit' }
    const replay = noteReplay(deps, stored, told)
    const taken = await takeCredit(deps, stored, { credit, merchantReference }, (sql, given) => [
      ...replay.statements(sql, given),
      ...writes(sql),
      ...note(sql, given),
    ])
    await replay.count()
    return { verdict: taken.verdict, isChanged: isChanged || kept.length > 0 || taken.finding === 'booked' }
  }
  await inScope(deps.db, everyAgency, (sql) => [...writes(sql), ...note(sql, verdict)])
  return { verdict, isChanged: isChanged || kept.length > 0 }
}

/** The bytes are stored first; a hint's verdict is written when the provider was asked. */
const actWithoutNews = async (deps: Deps, { stored, content, keep, note }: Task): Promise<Acted> => {
  // What was answered needs no second answer, and asking again would be news of today.
  if (stored.verdict !== null) return { verdict: 'accepted', isChanged: false }
  await inScope(deps.db, everyAgency, keep)
  const verdict = await answerWithoutNews(deps, stored, content)
  // Without a verdict it is acted on again.
  if (verdict !== 'try_again') await inScope(deps.db, everyAgency, (sql) => note(sql, verdict))
  return { verdict, isChanged: verdict !== 'try_again' }
}

const answerWithoutNews = async (
  deps: Deps,
  { merchantAccountId }: StoredCallback,
  { merchantReference, question, ask }: CallbackReading,
): Promise<Verdict> => {
  if (merchantReference === null || (!question && !ask)) return 'accepted'
  const facts = await loadFacts(deps.db, everyAgency, { merchantAccountId, merchantReference })
  const attempt = facts?.attempts.find((each) => each.merchantReference === merchantReference)
  if (!facts || !attempt) return 'unknown_order'
  const isOpen = unsettledAttempts.includes(attempt.status)
  if (question === 'settled') return endsThatWereTold.includes(attempt.status) ? 'already_confirmed' : 'accepted'
  if (question === 'payable') {
    const isPayable = isOpen && facts.order.status === 'open' && facts.order.expiresAt > deps.now() && !attempt.fencedAt
    return isPayable ? 'accepted' : 'already_confirmed'
  }
  if (attempt.status === 'captured') return 'already_confirmed'
  return askAbout(deps, { orderId: facts.order.id, id: attempt.id, isOpen })
}

const hintPauseMs = 10_000

/**
 * An attempt that is open and stays so is asked about once more a moment later, and then on its schedule; one that had failed or expired has none, and money may have come after all: until
 * its provider has said so or not, the hint is not done with.
 */
const askAbout = async (
  deps: Deps,
  { orderId, id, isOpen }: { orderId: string; id: string; isOpen: boolean },
): Promise<Verdict> => {
  if (!isOpen && !mayNow(deps, 'ask_over', id)) return 'try_again'
  const finding = await queryAttemptSparingly(endingWithin(deps, patienceMs.callback), { orderId, id, isOver: true })
  if (!isOpen) return finding === 'asked_lately' || finding === 'no_answer' ? 'try_again' : 'accepted'
  // Asked too soon, in vain, or told what stood before the hint: the next time on the schedule may be hours away.
  if (finding !== 'cannot_ask') await hastenQuery(deps.db, id, new Date(deps.now().getTime() + hintPauseMs))
  return 'accepted'
}

/** An attempt that expired by itself has no end that the provider told. */
const endsThatWereTold: readonly AttemptStatus[] = ['captured', 'failed']
