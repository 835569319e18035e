/** A write of the administration, which may carry an Idempotency-Key but need not. */
import type { Caller } from '../domain/access.ts'
import { sealedFor } from '../domain/sealed-columns.ts'
import { stringifyMoney } from '../lib/json.ts'
import type { Query, Sql } from '../store/database.ts'
import type { Deps } from './deps.ts'
import { type IdempotentAnswer, idempotently } from './idempotently.ts'

export type WriteOnce = {
  caller: Pick<Caller, 'clientId' | 'agency'>
  /** The route's name and the request's key and body; without a key every call writes. */
  route: string
  key: string | null
  body: Record<string, unknown>
  /** What is answered once `write` has committed, with 201 unless another status is given. */
  answer: unknown
  status?: number
  /** True when the answer holds a secret: it is kept sealed. */
  isSecret?: boolean
  /** Commits; `before` must be the first statements of its transaction. */
  write: (before: (sql: Sql) => readonly Query[]) => Promise<void>
}

/** Writes and answers; under a key the first answer again, byte for byte. Throws Refusal as `idempotently` does, and as `write` does. */
export const writeOnce = async (deps: Deps, input: WriteOnce): Promise<IdempotentAnswer> => {
  const { caller, route, key, body, status = 201 } = input
  const answer = { status, body: stringifyMoney(input.answer) }
  if (key === null) {
    await input.write(() => [])
    return { ...answer, isReplay: false }
  }
  const context = sealedFor.firstAnswer(caller.clientId, route, key)
  const kept = input.isSecret ? { status, body: toBase64(await deps.box.seal(answer.body, context)) } : answer
  return idempotently(deps, {
    scope: caller.agency,
    key: { clientId: caller.clientId, route, key },
    body,
    write: async (claim) => {
      await input.write((sql) => [claim(sql, kept)])
      return answer
    },
    ...(input.isSecret ? { recall: async (text) => decode(await deps.box.open(fromBase64(text), context)) } : {}),
  })
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)
const toBase64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
