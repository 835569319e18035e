/**
 * A person says where money belongs that nobody knew, or that it is nobody's. Attributing goes through the one door like any other source; the entry is
 * closed, and a credit leaves suspense, in that same commit, so that the money stands in one place at every moment.
 */
import type { MoneyOutcome } from '../domain/outcome.ts'
import type { QuarantineEntry } from '../domain/quarantine.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Verdict } from '../providers/contract.ts'
import { databaseError } from '../store/database.ts'
import { attributeEntry, dismissEntry, findAttempt, findQuarantine } from '../store/quarantine.ts'
import { applyOutcome } from './apply-outcome.ts'
import type { Decider } from './decide-discrepancy.ts'
import type { Deps } from './deps.ts'

/**
 * Attributes an entry to an attempt of its merchant account. The door's verdict comes with it: money of another amount is the attempt's, and waits in suspense for
 * a person. Throws Refusal `not_found`, `invalid_input` at `/attempt`, and `quarantine_not_open` for what is attributed already, or what two persons have
 * decided otherwise.
 */
export const attributeQuarantine = async (
  deps: Deps,
  { scope, actor }: Decider,
  { id, attempt, note }: { id: string; attempt: string; note: string },
): Promise<{ entry: QuarantineEntry; verdict: Verdict }> => {
  const entry = await readEntry(deps, scope, id)
  const found = await findAttempt(deps.db, scope, attempt)
  if (!found) throw wrongAttempt('names no attempt')
  if (found.merchantAccountId !== entry.merchantAccountId) throw wrongAttempt('belongs to another merchant account')
  if (entry.outcome === 'refunded') throw wrongAttempt('cannot take a refund that was not asked for here')
  const attribution = {
    attemptId: attempt,
    by: actor,
    note,
    now: deps.now(),
    entryId: deps.newId('jrn'),
    eventId: deps.newId('evt'),
  }
  const { verdict } = await refusingDecided(() =>
    applyOutcome(deps, {
      merchantAccountId: entry.merchantAccountId,
      outcome: outcomeOf(entry, found.merchantReference),
      source: 'person',
      first: (sql) => [attributeEntry(sql, id, attribution)],
    }),
  )
  return { entry: await readEntry(deps, scope, id), verdict }
}

/** Says that an entry is nobody's. Moves no money: a credit stays in suspense and its discrepancy open. Throws Refusal `not_found`, `quarantine_not_open`. */
export const dismissQuarantine = async (
  deps: Deps,
  { scope, actor }: Decider,
  { id, note }: { id: string; note: string },
): Promise<QuarantineEntry> => {
  await readEntry(deps, scope, id)
  await refusingDecided(() => dismissEntry(deps.db, scope, { id, by: actor, note, now: deps.now() }))
  return readEntry(deps, scope, id)
}

const readEntry = async (deps: Deps, scope: string, id: string): Promise<QuarantineEntry> => {
  const entry = await findQuarantine(deps.db, scope, id)
  if (!entry) throw new Refusal('not_found', 'There is no such quarantine entry.')
  return entry
}

const wrongAttempt = (message: string): Refusal =>
  new Refusal('invalid_input', `The attempt ${message}.`, { errors: [{ pointer: '/attempt', message }] })

const outcomeOf = (entry: QuarantineEntry, merchantReference: string): MoneyOutcome => ({
  status: entry.outcome,
  merchantReference,
  providerReference: entry.providerReference,
  amount: entry.amount,
  occurredAt: entry.occurredAt,
  code: 'attributed_by_person',
})

/** The database decides who of two came first, and undoes all that the other wanted. */
const refusingDecided = async <Result>(work: () => Promise<Result>): Promise<Result> => {
  try {
    return await work()
  } catch (error) {
    const constraint = databaseError(error)?.constraint
    if (constraint === 'quarantine_settled')
      throw new Refusal(
        'quarantine_not_open',
        'Two persons have decided about its discrepancy: open that again first.',
        {
          cause: error,
        },
      )
    if (constraint !== 'quarantine_open') throw error
    throw new Refusal('quarantine_not_open', 'The entry is decided already.', { cause: error })
  }
}
