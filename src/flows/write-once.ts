/** A write of the administration, which may carry an Idempotency-Key but need not. */
import type { Caller } from '../domain/access.ts'
import { stringifyMoney } from '../lib/json.ts'
import type { Query, Sql } from '../store/database.ts'
import type { Deps } from './deps.ts'
import { type IdempotentAnswer, idempotently } from './idempotently.ts'

export type WriteOnce = {
  caller: Caller
  /** Whose row it is. */
  agencyCode: string
  /** The route's name and the request's key and body; without a key every call writes. */
  route: string
  key: string | null
  body: Record<string, unknown>
  /** What is answered with 201 once `write` has committed. */
  answer: unknown
  /** Commits; `before` must be the first statements of its transaction. */
  write: (before: (sql: Sql) => readonly Query[]) => Promise<void>
}

/** Writes and answers; under a key the first answer again, byte for byte. Throws Refusal as `idempotently` does, and as `write` does. */
export const writeOnce = async (deps: Deps, input: WriteOnce): Promise<IdempotentAnswer> => {
  const answer = { status: 201, body: stringifyMoney(input.answer) }
  const { caller, agencyCode, route, key, body } = input
  if (key === null) {
    await input.write(() => [])
    return { ...answer, isReplay: false }
  }
  return idempotently(deps, {
    scope: caller.agency,
    agencyCode,
    key: { clientId: caller.clientId, route, key },
    body,
    write: async (claim) => {
      await input.write((sql) => [claim(sql, answer)])
      return answer
    },
  })
}
