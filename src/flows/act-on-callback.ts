/** What a genuine callback leads to: its outcomes go through the one door, a question is answered, and a hint makes us ask the provider. */
import { unsettledAttempts } from '../domain/states.ts'
import type { CallbackReading, Verdict } from '../providers/contract.ts'
import { answerCallback, insertCallback, type StoredCallback } from '../store/callbacks.ts'
import { everyAgency, inScope } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { applyOutcome } from './apply-outcome.ts'
import { endingWithin, patienceMs } from './deadline.ts'
import type { Deps } from './deps.ts'
import { queryAttempt } from './query-attempt.ts'

export type GenuineCallback = { stored: StoredCallback; content: CallbackReading; agencyCode: string }

/** Stores the callback and acts on it. What it says is written with the first reading of the facts, its verdict with the last commit. */
export const actOnCallback = async (deps: Deps, { stored, content }: GenuineCallback): Promise<Verdict> => {
  const [first, ...others] = content.outcomes
  if (!first) return actWithoutNews(deps, stored, content)
  let verdict: Verdict = 'accepted'
  for (const [index, outcome] of [first, ...others].entries()) {
    const answer = await applyOutcome(deps, {
      merchantAccountId: stored.merchantAccountId,
      outcome,
      source: 'callback',
      ...(index === 0 ? { before: (sql) => [insertCallback(sql, stored)] } : {}),
      ...(index === others.length ? { also: (sql, given) => [answerCallback(sql, stored.id, given)] } : {}),
    })
    verdict = answer.verdict
  }
  return verdict
}

/** The bytes are stored first; a hint's verdict is written when the provider was asked. */
const actWithoutNews = async (deps: Deps, stored: StoredCallback, content: CallbackReading): Promise<Verdict> => {
  await inScope(deps.db, everyAgency, (sql) => [insertCallback(sql, stored)])
  const verdict = await answerWithoutNews(deps, stored, content)
  await inScope(deps.db, everyAgency, (sql) => [answerCallback(sql, stored.id, verdict)])
  return verdict
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
  if (question) {
    const now = deps.now()
    const isPayable = isOpen && facts.order.status === 'open' && facts.order.expiresAt > now && !attempt.fencedAt
    return isPayable ? 'accepted' : 'already_confirmed'
  }
  if (!isOpen) return 'already_confirmed'
  await queryAttempt(endingWithin(deps, patienceMs.callback), { orderId: facts.order.id, id: attempt.id })
  return 'accepted'
}
