/** Placing and releasing legal holds. */
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import { type HeldKind, insertHold, type LegalHold, releaseHold } from '../store/legal-holds.ts'
import type { Deps } from './deps.ts'

/** Holds an order, or all that belongs to a merchant account. Several holds may be placed on one thing: it is kept until the last is released. Throws Refusal `not_found`. */
export const placeHold = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  { kind, objectId, reason }: { kind: HeldKind; objectId: string; reason: string },
): Promise<LegalHold> => {
  const hold = await insertHold(deps.db, caller.agency, {
    ...{ id: deps.newId('hld'), kind, objectId, reason, placedBy: caller.clientId, placedAt: deps.now() },
  })
  if (!hold) throw new Refusal('not_found', 'There is no such object.')
  deps.log.info({ hold: hold.id, kind, object: objectId, by: caller.clientId }, 'legal hold placed')
  return hold
}

/** Throws Refusal `not_found`. */
export const releaseLegalHold = async (
  deps: Deps,
  caller: Pick<Caller, 'clientId' | 'agency'>,
  { id, reason }: { id: string; reason: string },
): Promise<LegalHold> => {
  const hold = await releaseHold(deps.db, caller.agency, { id, by: caller.clientId, at: deps.now(), reason })
  if (!hold) throw new Refusal('not_found', 'There is no such hold.')
  deps.log.info({ hold: id, by: caller.clientId }, 'legal hold released')
  return hold
}
