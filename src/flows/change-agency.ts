/** An agency's name, address or rules change. Its code never does: rows without end carry it. */
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import { type AgencyChanges, type AgencyRow, updateAgency } from '../store/agencies.ts'
import type { Deps } from './deps.ts'

/** Changes it and answers it as it is then. Throws Refusal `not_found` for an agency that the caller does not cover. */
export const changeAgency = async (
  deps: Deps,
  caller: Caller,
  { code, changes }: { code: string; changes: AgencyChanges },
): Promise<AgencyRow> => {
  const agency = await updateAgency(deps.db, caller, { code, changes, now: deps.now() })
  if (!agency) throw new Refusal('not_found', 'There is no such agency.')
  deps.log.info({ agency: code, by: caller.clientId, changed: Object.keys(changes) }, 'agency changed')
  return agency
}
