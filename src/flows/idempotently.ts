/** Runs a write under an Idempotency-Key: the first answer is kept with its effect and given again, byte for byte. */
import { Refusal } from '../domain/refusal.ts'
import { stringifySorted } from '../lib/json.ts'
import type { Query, Sql } from '../store/database.ts'
import { claimKey, findFirstAnswer, type IdempotencyKey, isKeyTaken, isStillRunning } from '../store/idempotency.ts'
import type { Deps } from './deps.ts'

export type IdempotentAnswer = { status: number; body: string; isReplay: boolean }

export type IdempotentWrite = {
  /** The caller's agency, whose the key is whatever it writes: else one key would be one in each of the agencies below. */
  scope: string
  key: IdempotencyKey
  /** The request body as an object: hashed member by member, so that a later difference can be named. */
  body: Record<string, unknown>
  /** Prepares the answer and commits it; `claim` must be a statement of the unit that it commits, and says what is kept of the answer. */
  write: (
    claim: (sql: Sql, answer: { status: number; body: string }) => Query,
  ) => Promise<{ status: number; body: string }>
  /** The body to answer from what `claim` has kept, where that is not the body itself. */
  recall?: (kept: string) => Promise<string>
}

/**
 * Answers of the first call under the key. Throws Refusal `idempotency_key_reused` naming the members that differ, or `request_in_progress` when
 * the first call has not finished in time.
 */
export const idempotently = async (deps: Deps, input: IdempotentWrite): Promise<IdempotentAnswer> => {
  const fieldHashes = hashFields(deps, input.body)
  try {
    const answer = await input.write((sql, { status, body }) =>
      claimKey(sql, input.scope, input.key, { fieldHashes, responseStatus: status, responseBody: body }, deps.now()),
    )
    return { ...answer, isReplay: false }
  } catch (error) {
    if (isStillRunning(error))
      throw new Refusal('request_in_progress', 'The first request with this key has not finished.', {
        retryAfterSeconds: 1,
      })
    // A rule may say no to a repetition, since the first call changed what the rule looks at; the first answer still stands.
    if (!isKeyTaken(error) && !(error instanceof Refusal)) throw error
    const first = await findFirstAnswer(deps.db, input.scope, input.key)
    if (!first && error instanceof Refusal) throw error
    // The key was claimed and yet cannot be seen: it belongs to another part of the tree than this caller may see.
    if (!first)
      throw new Refusal('idempotency_key_reused', 'This Idempotency-Key was used by another caller.', { cause: error })
    refuseOtherBody(deps, first.fieldHashes, input.body)
    const body = await (input.recall?.(first.responseBody) ?? first.responseBody)
    return { status: first.responseStatus, body, isReplay: true }
  }
}

const refuseOtherBody = (deps: Deps, kept: Record<string, string>, body: Record<string, unknown>): void => {
  const texts = fieldTexts(body)
  const names = new Set([...Object.keys(kept), ...texts.keys()])
  const differing = [...names].filter((name) => {
    const text = texts.get(name)
    return text === undefined || !deps.fingerprint.isOf(text, kept[name] ?? '')
  })
  if (differing.length === 0) return
  const errors = differing.toSorted().map((name) => ({
    pointer: `/${name}`,
    message: 'differs from the first request with this Idempotency-Key',
  }))
  throw new Refusal('idempotency_key_reused', 'This Idempotency-Key was used with another body.', { errors })
}

const hashFields = (deps: Deps, body: Record<string, unknown>): Record<string, string> =>
  Object.fromEntries([...fieldTexts(body)].map(([name, text]) => [name, deps.fingerprint.of(text)]))

const fieldTexts = (body: Record<string, unknown>): Map<string, string> =>
  new Map(
    Object.entries(body)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, stringifySorted(value)]),
  )
