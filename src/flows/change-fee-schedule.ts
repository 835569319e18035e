/** A fee gets a price from a day on, or a price ends. A price is never rewritten: orders have been checked against it. */
import type { Caller } from '../domain/access.ts'
import { presentFeeSchedule } from '../domain/present-administration.ts'
import { Refusal } from '../domain/refusal.ts'
import { findAgency } from '../store/agencies.ts'
import { isConflict } from '../store/database.ts'
import { endFeeSchedule, type FeeScheduleRow, findFeeSchedule, insertFeeSchedule } from '../store/fee-schedules.ts'
import type { Deps } from './deps.ts'
import type { IdempotentAnswer } from './idempotently.ts'
import { writeOnce } from './write-once.ts'

export type AddFeeScheduleInput = {
  schedule: Omit<FeeScheduleRow, 'id' | 'createdAt'>
  key: string | null
  /** The request as it came, for the Idempotency-Key. */
  body: Record<string, unknown>
}

/** Adds a price. Throws Refusal `not_found` for an agency that the caller does not cover, `already_exists` when the fee has a price on one of its days. */
export const addFeeSchedule = async (
  deps: Deps,
  caller: Caller,
  input: AddFeeScheduleInput,
): Promise<IdempotentAnswer> => {
  refuseBackwards(input.schedule)
  if (!(await findAgency(deps.db, caller, input.schedule.agencyCode))) {
    throw new Refusal('not_found', 'There is no such agency.', {
      errors: [{ pointer: '/agency_code', message: 'is no agency of yours' }],
    })
  }
  const schedule: FeeScheduleRow = { ...input.schedule, id: deps.newId('fee'), createdAt: deps.now() }
  return writeOnce(deps, {
    caller,
    route: 'addFeeSchedule',
    key: input.key,
    body: input.body,
    answer: presentFeeSchedule(schedule),
    write: (before) => orOverlap(insertFeeSchedule(deps.db, caller, { schedule, before })),
  })
}

/** Sets the last day of a price, or takes it away. Throws Refusal `not_found`, `invalid_input` for a day before its first, `already_exists` as above. */
export const closeFeeSchedule = async (
  deps: Deps,
  caller: Caller,
  { id, validTo }: { id: string; validTo: string | null },
): Promise<FeeScheduleRow> => {
  const found = await findFeeSchedule(deps.db, caller, id)
  if (!found) throw new Refusal('not_found', 'There is no such fee schedule.')
  const schedule = { ...found, validTo }
  refuseBackwards(schedule)
  await orOverlap(endFeeSchedule(deps.db, caller, schedule))
  return schedule
}

const refuseBackwards = ({ validFrom, validTo }: { validFrom: string; validTo: string | null }): void => {
  if (validTo === null || validTo >= validFrom) return
  const message = 'must not be before valid_from'
  throw new Refusal('invalid_input', `/valid_to ${message}.`, { errors: [{ pointer: '/valid_to', message }] })
}

const orOverlap = async (written: Promise<void>): Promise<void> => {
  try {
    await written
  } catch (error) {
    if (!isConflict(error)) throw error
    throw new Refusal('already_exists', 'The fee has another price on one of these days; end that one first.', {
      errors: [{ pointer: '/valid_from', message: 'overlaps another price of this fee' }],
      cause: error,
    })
  }
}
