/**
 * What a second person does to a close: signs it too, or opens the day again. Who closed a day does neither. Opening again is for whoever keeps the books, by
 * another than closed it, and not for administrators: it undoes what an accountant signed, so it needs the same right and four eyes.
 */
import { countersignedDocument, reopenedDocument } from '../domain/period.ts'
import { Refusal } from '../domain/refusal.ts'
import { databaseError, isDuplicate } from '../store/database.ts'
import { findPeriods, insertPeriodAct, type Period } from '../store/periods.ts'
import { isBusy, type PeriodActor, termsOf } from './close-period.ts'
import type { Deps } from './deps.ts'
import { signDocument } from './sign-document.ts'

export type PeriodName = { merchantAccountId: string; day: string }

/** Adds the second signature; the same person again changes nothing. Throws Refusal `not_found`, `period_not_closed`, `period_four_eyes`, `already_exists`. */
export const countersignPeriod = async (deps: Deps, by: PeriodActor, name: PeriodName): Promise<Period> => {
  const period = await heldPeriod(deps, by, name)
  if (period.countersignedBy === by.actor) return period
  if (period.countersignedBy !== null)
    throw new Refusal('already_exists', 'The close is countersigned by somebody else already.')
  const now = deps.now()
  await act(deps, by, {
    id: deps.newId('pac'),
    periodId: period.id,
    kind: 'countersigned',
    doneBy: by.actor,
    doneAt: now,
    reason: null,
    signature: await signDocument(deps, countersignedDocument(period, { by: by.actor, at: now })),
    eventId: deps.newId('evt'),
  })
  return heldPeriod(deps, by, name)
}

/** Opens the day again, for everybody to see; the close stays what it was. Throws Refusal `not_found`, `period_not_closed`, `period_four_eyes`, `period_closed` below a later close. */
export const reopenPeriod = async (
  deps: Deps,
  by: PeriodActor,
  { reason, ...name }: PeriodName & { reason: string },
): Promise<Period> => {
  const period = await heldPeriod(deps, by, name)
  if (period.day !== name.day)
    throw new Refusal('period_closed', `Nothing was booked on that day; it was closed with ${period.day}.`)
  const now = deps.now()
  await act(deps, by, {
    id: deps.newId('pac'),
    periodId: period.id,
    kind: 'reopened',
    doneBy: by.actor,
    doneAt: now,
    reason,
    signature: await signDocument(deps, reopenedDocument(period, { by: by.actor, at: now, reason })),
    eventId: deps.newId('evt'),
  })
  const found = (await findPeriods(deps.db, by.scope, name)).find(({ id }) => id === period.id)
  return found ?? period
}

const heldPeriod = async (deps: Deps, by: PeriodActor, name: PeriodName): Promise<Period> => {
  await termsOf(deps, by, name.merchantAccountId)
  const [period] = await findPeriods(deps.db, by.scope, name)
  if (!period || period.reopenedAt !== null) throw new Refusal('period_not_closed', 'The day is not closed.')
  if (period.closedBy === by.actor)
    throw new Refusal('period_four_eyes', 'Who closed the day neither countersigns it nor opens it again.')
  return period
}

const act = async (deps: Deps, by: PeriodActor, done: Parameters<typeof insertPeriodAct>[2]): Promise<void> => {
  try {
    await insertPeriodAct(deps.db, by.scope, done)
  } catch (error) {
    if (databaseError(error)?.constraint === 'period_last')
      throw new Refusal('period_closed', 'A later day is closed: the last one is opened first.', { cause: error })
    if (isDuplicate(error, 'period_acts_once') || isBusy(error))
      throw new Refusal('conflict', 'Somebody else did that first, or money is being booked; try again.', {
        cause: error,
        retryAfterSeconds: 2,
      })
    throw error
  }
}
