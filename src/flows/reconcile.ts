/**
 * Reconciles a merchant account with what its provider listed: every line and every due payment becomes one item of one class; what a line knows better
 * than we do goes through the one door; every disagreement becomes a discrepancy.
 */

import { classDueDates, heldClasses } from '../domain/discrepancy-policy.ts'
import type { Outcome } from '../domain/outcome.ts'
import { Refusal } from '../domain/refusal.ts'
import { dueBefore } from '../domain/settlement-due.ts'
import { addDays } from '../lib/time.ts'
import { databaseError, everyAgency, isPassing } from '../store/database.ts'
import {
  completeReconciliation,
  failReconciliation,
  findReconciliation,
  type ItemToHeal,
  insertReconciliation,
  itemsToHeal,
  noteHealed,
  type Reconciliation,
  unfinishedReconciliations,
  writeItems,
} from '../store/reconciliations.ts'
import { findSettlementTerms } from '../store/settlement-terms.ts'
import { applyOutcome } from './apply-outcome.ts'
import type { Deps } from './deps.ts'

export type ReconcileInput = { merchantAccountId: string; from: string; to: string }

/** The longest period of one run. */
const daysMax = 366

/**
 * Begins a run over the business days `from` to `to`, inclusive; `runReconciliation` does the work. Throws Refusal `not_found` for a merchant account that
 * the scope does not cover, `invalid_input` for a period that is none or too long.
 */
export const startReconciliation = async (
  deps: Deps,
  { scope, actor }: { scope: string; actor: string },
  input: ReconcileInput,
): Promise<{ id: string }> => {
  if (input.from > input.to) throw wrongPeriod('/to', 'the period ends before it begins')
  if (addDays(input.from, daysMax) <= input.to) throw wrongPeriod('/to', `a period has at most ${daysMax} days`)
  const terms = await findSettlementTerms(deps.db, scope, input.merchantAccountId)
  if (!terms) throw new Refusal('not_found', 'There is no such merchant account.')
  const id = deps.newId('rec')
  await insertReconciliation(deps.db, scope, {
    id,
    agencyCode: terms.agencyCode,
    merchantAccountId: terms.merchantAccountId,
    fromDay: input.from,
    toDay: input.to,
    createdBy: actor,
    createdAt: deps.now(),
  })
  return { id }
}

const wrongPeriod = (pointer: string, message: string): Refusal =>
  new Refusal('invalid_input', message, { errors: [{ pointer, message }] })

/**
 * Carries a run to its end, from wherever it stands: a run that was cut off neither matches nor heals twice. Throws when the database went away, so that it is
 * carried on later; whatever else stops it would stop it again, so the run has failed then.
 */
export const runReconciliation = async (deps: Deps, id: string): Promise<void> => {
  const reconciliation = await findReconciliation(deps.db, everyAgency, id)
  if (reconciliation?.status !== 'running') return
  try {
    await match(deps, reconciliation)
    await heal(deps, id)
    await completeReconciliation(deps.db, id, { now: deps.now(), eventId: deps.newId('evt') })
  } catch (error) {
    if (isPassing(error)) throw error
    deps.log.error({ reconciliation: id, error }, 'a reconciliation failed')
    await failReconciliation(deps.db, id, { now: deps.now(), failure: reasonOf(error) })
  }
}

/** What the accountant may read: the rule of the database that stood in the way, and nothing of what was in the row. */
const reasonOf = (error: unknown): string => {
  const refused = databaseError(error)
  return refused
    ? `refused by the database: ${refused.constraint ?? refused.code}`
    : 'an error of the gateway, see its log'
}

/** Takes up runs that wait or were cut off, at most `limit`, and answers how many it ended. A job of flows/run-jobs.ts. */
export const runWaitingReconciliations = async (deps: Deps, limit: number): Promise<number> => {
  let ended = 0
  for (const id of await unfinishedReconciliations(deps.db, limit)) {
    try {
      await runReconciliation(deps, id)
      ended += 1
    } catch (error) {
      deps.log.error({ reconciliation: id, error }, 'a reconciliation was cut off and will be carried on')
    }
  }
  return ended
}

const match = async (deps: Deps, { id, merchantAccountId, fromDay, toDay }: Reconciliation): Promise<void> => {
  const terms = await findSettlementTerms(deps.db, everyAgency, merchantAccountId)
  const now = deps.now()
  if (!terms) {
    await failReconciliation(deps.db, id, { now, failure: 'the merchant account is gone' })
    return
  }
  await writeItems(deps.db, {
    id,
    agencyCode: terms.agencyCode,
    merchantAccountId,
    from: fromDay,
    to: toDay,
    settlement: terms,
    dueBefore: dueBefore(terms, toDay),
    dueEarlier: dueBefore(terms, addDays(fromDay, -1)),
    tariff: terms.tariff,
    dueDates: classDueDates(now),
    heldClasses,
    bookingId: deps.newId('jrn').slice(4, 24),
    now,
  })
}

const batchSize = 100

const heal = async (deps: Deps, id: string): Promise<void> => {
  const { merchantAccountId = '', progress } = (await findReconciliation(deps.db, everyAgency, id)) ?? {}
  let [after, healed] = [progress?.after ?? '', progress?.healed ?? 0]
  for (;;) {
    const items = await itemsToHeal(deps.db, { id, after, limit: batchSize })
    const last = items.at(-1)
    if (!last) return
    // One after the other: two captures of one attempt keep their order, so that the same files end in the same state.
    for (const item of items) await healItem(deps, { id, merchantAccountId, item })
    after = last.id
    healed += items.length
    await noteHealed(deps.db, id, { after, healed })
  }
}

/** One item that the door cannot take must not keep the others from their place: it stays `missing_here`, and the next run tries again. */
const healItem = async (
  deps: Deps,
  { id, merchantAccountId, item }: { id: string; merchantAccountId: string; item: ItemToHeal },
): Promise<void> => {
  try {
    await applyOutcome(deps, { merchantAccountId, outcome: outcomeOf(item), source: 'statement' })
  } catch (error) {
    if (isPassing(error)) throw error
    deps.log.error({ reconciliation: id, item: item.id, error }, 'a statement line could not be applied')
  }
}

const outcomeOf = (item: ItemToHeal): Outcome => {
  const common = {
    merchantReference: item.merchantReference,
    providerReference: item.providerReference,
    occurredAt: item.occurredAt,
    code: item.status,
  }
  if (item.heal === 'failed') return { ...common, status: 'failed', subject: item.isRefund ? 'refund' : 'payment' }
  return { ...common, status: item.heal, amount: item.amount }
}
