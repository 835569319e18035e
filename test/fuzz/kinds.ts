// Every kind of alteration by its name, and how some of them are put upon one message. Which of them changed anything is told, so that a run can say what it tried.
import type { IncomingRequest } from '../../src/providers/contract.ts'
import { type AtHand, alterations, type Mutation } from './alterations.ts'
import { disguises } from './disguises.ts'
import type { Random } from './random.ts'

/** Another merchant has a key too, and signs what it likes with it: nothing that begins so may be read at all. */
export const foreignKey = 'signed with the key of another account'

const mutations: Readonly<Record<string, Mutation>> = { ...alterations, ...disguises }
export const kinds: readonly string[] = [...Object.keys(mutations), foreignKey]

/** `applied` are the kinds that changed the message, in order; empty: it is as it was. `isForeign`: its signature was made with the key of another account. */
export type Mutated = { request: IncomingRequest; applied: readonly string[]; isForeign: boolean }

/** One to three alterations, one after the other. `foreign` are messages that another account's key signed. */
export const mutate = (
  genuine: IncomingRequest,
  random: Random,
  atHand: AtHand & { foreign: readonly IncomingRequest[] },
): Mutated => {
  const drawn = Array.from({ length: 1 + random.below(3) }, () => random.pick(kinds))
  const isForeign = drawn.includes(foreignKey) && atHand.foreign.length > 0
  let request = isForeign ? random.pick(atHand.foreign) : genuine
  const applied = isForeign ? [foreignKey] : []
  for (const kind of drawn) {
    const changed = mutations[kind]?.(request, random, atHand) ?? request
    if (isSame(changed, request)) continue
    applied.push(kind)
    request = changed
  }
  return { request, applied: isForeign || !isSame(request, genuine) ? applied : [], isForeign }
}

/** Alters a message in one way; null when nothing was found in it that could be altered so. */
export const alter = (
  genuine: IncomingRequest,
  kind: string,
  random: Random,
  atHand: AtHand & { foreign: readonly IncomingRequest[] },
): IncomingRequest | null => {
  if (kind === foreignKey) return random.pick(atHand.foreign)
  const changed = mutations[kind]?.(genuine, random, atHand) ?? genuine
  return isSame(changed, genuine) ? null : changed
}

const isSame = (one: IncomingRequest, other: IncomingRequest): boolean =>
  one === other ||
  (one.method === other.method &&
    one.search === other.search &&
    Buffer.from(one.body).equals(other.body) &&
    (one.headers === other.headers || [...one.headers].join('\n') === [...other.headers].join('\n')))
