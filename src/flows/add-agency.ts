/** An agency joins the tree, below one that the caller covers. */
import type { Caller } from '../domain/access.ts'
import { codesAbove, covers, systemScope } from '../domain/agency-scope.ts'
import { presentAgency } from '../domain/present-administration.ts'
import { Refusal } from '../domain/refusal.ts'
import { type AgencyRow, findNearestAgency, insertAgency } from '../store/agencies.ts'
import { refuseSerials } from './change-agency.ts'
import type { Deps } from './deps.ts'
import type { IdempotentAnswer } from './idempotently.ts'
import { writeOnce } from './write-once.ts'

/** `body` is the request as it came, for the Idempotency-Key. */
export type AddAgencyInput = {
  agency: Omit<AgencyRow, 'parentCode' | 'createdAt'>
  key: string | null
  body: Record<string, unknown>
}

/**
 * Adds an agency. Its parent is the nearest agency above it. Throws Refusal `not_found` when there is none that the caller covers (only the system's own
 * scope may add a root), `already_exists` for a code that is taken.
 */
export const addAgency = async (deps: Deps, caller: Caller, input: AddAgencyInput): Promise<IdempotentAnswer> => {
  const code = input.agency.agencyCode
  const parentCode = covers(caller.agency, code) ? await findNearestAgency(deps.db, caller, codesAbove(code)) : null
  if (parentCode === null && caller.agency !== systemScope) {
    throw new Refusal('not_found', 'It lies below no agency of yours.', {
      errors: [{ pointer: '/agency_code', message: 'lies below no agency of yours' }],
    })
  }
  const agency: AgencyRow = { ...input.agency, parentCode, createdAt: deps.now() }
  return writeOnce(deps, {
    caller,
    route: 'addAgency',
    key: input.key,
    body: input.body,
    answer: presentAgency(agency),
    write: async (before) => {
      if (await insertAgency(deps.db, caller, { agency, before }).catch(refuseSerials)) return
      throw new Refusal('already_exists', 'There is an agency of this code.', {
        errors: [{ pointer: '/agency_code', message: 'is taken' }],
      })
    },
  })
}
