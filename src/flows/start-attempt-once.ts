/**
 * A portal starts an attempt under an Idempotency-Key. The key is written with the attempt and points to it, so that a call that is repeated after its
 * answer was lost finds the attempt as it is now, and neither starts a second one nor fences the first.
 */
import type { Caller } from '../domain/access.ts'
import { presentAttempt } from '../domain/present.ts'
import { Refusal } from '../domain/refusal.ts'
import { stringifyMoney } from '../lib/json.ts'
import { readAttemptAction } from '../store/attempt-action.ts'
import { loadFacts } from '../store/facts.ts'
import { endingWithin, patienceMs } from './deadline.ts'
import type { Deps } from './deps.ts'
import { type IdempotentAnswer, idempotently } from './idempotently.ts'
import { askProvider, type BegunAttempt, beginAttempt, type StartInput, startAttempt } from './start-attempt.ts'

export type StartOnceInput = Omit<StartInput, 'scope' | 'order' | 'also'> & { orderId: string }

/** Longer than any call to a provider lasts: an attempt without an answer after that was cut off. */
const startingMs = 60_000

/**
 * Answers 201 and the attempt with its action. Without a key every call starts an attempt. Throws Refusal as `startAttempt` and `idempotently` do, and
 * `request_in_progress` while the provider is being asked for the first call.
 */
export const startAttemptOnce = async (
  given: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  { orderId, ...input }: StartOnceInput,
  { key, body }: { key: string | null; body: Record<string, unknown> },
): Promise<IdempotentAnswer> => {
  const deps = endingWithin(given, patienceMs.visitor)
  const start: StartInput = { ...input, scope: caller.agency, order: { orderId } }
  if (key === null) return { status: 201, body: wire(await startAttempt(deps, start)), isReplay: false }
  const begun: BegunAttempt[] = []
  const answer = await idempotently(deps, {
    scope: caller.agency,
    key: { clientId: caller.clientId, route: `POST /v1/orders/${orderId}/attempts`, key },
    body,
    write: async (claim) => {
      const also: StartInput['also'] = (attempt) => (sql) => [claim(sql, { status: 201, body: attempt.id })]
      begun.push(await beginAttempt(deps, { ...start, also }))
      return { status: 201, body: '' }
    },
    recall: (attemptId) => readAttempt(deps, { scope: caller.agency, orderId, attemptId }),
  })
  const [first] = begun
  // Outside of the write: what the provider refuses is this call's own answer, not a reason to look for an earlier one.
  return first && !answer.isReplay ? { ...answer, body: wire(await askProvider(deps, first)) } : answer
}

const wire = ({ attempt, action }: { attempt: Parameters<typeof presentAttempt>[0]; action: unknown }): string =>
  stringifyMoney({ ...presentAttempt(attempt), action })

const readAttempt = async (
  deps: Deps,
  { scope, orderId, attemptId }: { scope: string; orderId: string; attemptId: string },
): Promise<string> => {
  const [facts, action] = await Promise.all([
    loadFacts(deps.db, scope, { orderId }),
    readAttemptAction(deps.db, attemptId),
  ])
  const attempt = facts?.attempts.find((each) => each.id === attemptId)
  if (!attempt) throw new Refusal('not_found', 'There is no such order.')
  const isStarting = deps.now().getTime() - attempt.createdAt.getTime() < startingMs
  if (attempt.status === 'created' && action === null && isStarting)
    throw new Refusal('request_in_progress', 'The provider is being asked for the first request with this key.', {
      retryAfterSeconds: 1,
    })
  return wire({ attempt, action })
}
