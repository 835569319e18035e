/** A client loses the right to call us. It gets no further token; those that it has expire within 15 minutes. */
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import { endClient } from '../store/clients.ts'
import type { Deps } from './deps.ts'

/** Revokes it; the first time stands. Throws Refusal `not_found` for a client of an agency that the caller does not cover. */
export const revokeClient = async (deps: Deps, caller: Caller, id: string): Promise<void> => {
  if (!(await endClient(deps.db, caller, { id, at: deps.now() }))) {
    throw new Refusal('not_found', 'There is no such client.')
  }
  deps.log.info({ client: id, by: caller.clientId }, 'client revoked')
}
