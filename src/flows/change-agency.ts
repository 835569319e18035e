/** An agency's name, address or rules change. Its code never does: rows without end carry it. */
import type { Caller } from '../domain/access.ts'
import { Refusal } from '../domain/refusal.ts'
import { type AgencyChanges, type AgencyRow, updateAgency } from '../store/agencies.ts'
import { databaseError } from '../store/database.ts'
import type { Deps } from './deps.ts'

/** Changes it and answers it as it is then. Throws Refusal `not_found` for an agency that the caller does not cover. */
export const changeAgency = async (
  deps: Deps,
  caller: Caller,
  { code, changes }: { code: string; changes: AgencyChanges },
): Promise<AgencyRow> => {
  const agency = await updateAgency(deps.db, caller, { code, changes, now: deps.now() }).catch(refuseSerials)
  if (!agency) throw new Refusal('not_found', 'There is no such agency.')
  deps.log.info({ agency: code, by: caller.clientId, changed: Object.keys(changes) }, 'agency changed')
  return agency
}

/** Throws Refusal `invalid_input` where the error is that phí and lệ phí would share a serial. */
export const refuseSerials = (error: unknown): never => {
  if (databaseError(error)?.constraint !== 'agencies_receipt_serials') throw error
  const message = 'must differ from the serials of the other kind, those of former years included'
  throw new Refusal('invalid_input', 'Receipts for phí and for lệ phí have serials of their own.', {
    errors: [
      { pointer: '/receipt_serial_phi', message },
      { pointer: '/receipt_serial_le_phi', message },
    ],
    cause: error,
  })
}
