/**
 * Money that was told genuinely and belongs to no payment of ours. A reference that nobody knows is kept for a person; a credit on the agency's own account has
 * arrived whatever anybody knows, and is booked to suspense.
 */
import { findCandidates } from '../domain/candidates.ts'
import { doorPolicies, dueOn, type FoundClass } from '../domain/discrepancy-policy.ts'
import { maskText } from '../domain/mask-text.ts'
import type { MoneyOutcome } from '../domain/outcome.ts'
import { storeCandidate } from '../domain/quarantine.ts'
import { clip } from '../lib/text.ts'
import type { Credit, Verdict } from '../providers/contract.ts'
import type { StoredCallback } from '../store/callbacks.ts'
import { bookCredit, type CreditFinding } from '../store/credits.ts'
import type { Fragment, Query, Sql } from '../store/database.ts'
import { findSuspects, insertQuarantine, isKept, type NewQuarantine } from '../store/quarantine.ts'
import type { Deps } from './deps.ts'

/** The statement that keeps an outcome whose reference this merchant account does not have; null when it is kept already. */
export const keepUnknown = async (
  deps: Deps,
  stored: StoredCallback,
  outcome: MoneyOutcome,
): Promise<((sql: Sql) => Query) | null> => {
  const { merchantReference, providerReference, status, amount, occurredAt } = outcome
  const kept = {
    merchantAccountId: stored.merchantAccountId,
    reference: providerReference ?? merchantReference,
    kind: 'unknown_reference',
    outcome: status,
  } as const
  if (await isKept(deps.db, kept)) return null
  const entry = await entryOf(deps, stored, {
    ...kept,
    merchantReference,
    providerReference,
    amount,
    occurredAt: occurredAt ?? stored.receivedAt,
    text: null,
  })
  return (sql) => insertQuarantine(sql, { ...entry, entryId: null, discrepancyId: null })
}

const verdicts: Record<CreditFinding, Verdict> = {
  booked: 'accepted',
  known: 'already_confirmed',
  differs: 'amount_mismatch',
}

/** Books a credit of no payment, once. `also` belongs to the same commit and is given the verdict as SQL. */
export const takeCredit = async (
  deps: Deps,
  stored: StoredCallback,
  { credit, merchantReference }: { credit: Credit; merchantReference: string | null },
  also: (sql: Sql, verdict: Fragment) => readonly Query[],
): Promise<{ verdict: Verdict; finding: CreditFinding }> => {
  const entry = await entryOf(deps, stored, {
    merchantAccountId: stored.merchantAccountId,
    reference: credit.reference,
    kind: 'unknown_credit',
    outcome: 'captured',
    merchantReference,
    providerReference: credit.reference,
    amount: credit.amount,
    occurredAt: credit.occurredAt ?? stored.receivedAt,
    // A text is kept for people to read: what PostgreSQL cannot hold of it is of no use to them.
    text: clip(credit.text.replaceAll('\0', ''), textMax),
  })
  const booking = {
    // Whoever looks for the order needs the names in it; how to reach the payer is in the sealed evidence alone.
    entry: {
      ...entry,
      text: entry.text && maskText(entry.text),
      entryId: deps.newId('jrn'),
      discrepancyId: deps.newId('dsc'),
    },
    mismatchId: deps.newId('dsc'),
    eventId: deps.newId('evt'),
    unknown: policyOf('unknown_credit', entry.openedAt),
    mismatch: policyOf('amount_mismatch', entry.openedAt),
  }
  const finding = await bookCredit(deps.db, { ...booking, verdicts }, also)
  if (finding !== 'known')
    deps.log.warn(
      { merchant_account: stored.merchantAccountId, callback: stored.id, finding },
      'a credit belongs to no payment',
    )
  return { verdict: verdicts[finding], finding }
}

const textMax = 500

const policyOf = (name: FoundClass, now: Date) => ({ policy: doorPolicies[name].policy, dueOn: dueOn(name, now) })

type Heard = Pick<
  NewQuarantine,
  | 'merchantAccountId'
  | 'reference'
  | 'kind'
  | 'outcome'
  | 'merchantReference'
  | 'providerReference'
  | 'amount'
  | 'occurredAt'
  | 'text'
>

const entryOf = async (
  deps: Deps,
  stored: StoredCallback,
  heard: Heard,
): Promise<Omit<NewQuarantine, 'entryId' | 'discrepancyId'>> => {
  const { merchantAccountId, outcome, occurredAt } = heard
  // What a refund of nobody knows is about another merchant's payment, or one that was never ours: no attempt is like it.
  const suspects =
    outcome === 'refunded'
      ? []
      : await findSuspects(deps.db, { merchantAccountId, at: occurredAt, hasMoney: outcome === 'reversed' })
  return {
    ...heard,
    id: deps.newId('qrn'),
    agencyCode: stored.agencyCode,
    provider: stored.provider,
    callbackId: stored.id,
    candidates: findCandidates({ ...heard, at: occurredAt }, suspects).map(storeCandidate),
    openedAt: deps.now(),
  }
}
