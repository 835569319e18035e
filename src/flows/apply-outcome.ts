/**
 * The one door. Whatever a source of truth says about money comes through here and nowhere else: read the facts, add the outcome, commit the
 * difference, once. The same outcome twice changes nothing; outcomes in any order end in the same state.
 */
import { type Applied, applyOutcome as applyToFacts, type OrderChange } from '../domain/apply.ts'
import type { DoorOutcome, OutcomeSource } from '../domain/outcome.ts'
import type { Verdict } from '../providers/contract.ts'
import { everyAgency, inScope, type Query, type Sql } from '../store/database.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'
import { issueReceiptsLater } from './receipt-line.ts'
import { writeChange } from './write-change.ts'

export type OutcomeInput = {
  merchantAccountId: string
  outcome: DoorOutcome
  source: OutcomeSource
  /** Statements that open the same commit, and refuse all of it by failing; run by themselves when there is nothing else to commit. */
  first?: (sql: Sql) => readonly Query[]
  /** Statements that belong to the same commit, given the verdict; run by themselves when there is nothing else to commit. */
  also?: (sql: Sql, verdict: Verdict) => readonly Query[]
  /** Statements that run before the facts are read, in the same round trip. */
  before?: (sql: Sql) => readonly Query[]
  /** Who said so and how they know, where a person did: kept with the events about refunds. */
  remark?: Readonly<Record<string, string>>
}

export type DoorAnswer = { verdict: Verdict; orderId: string | null; change: OrderChange | null }

/**
 * Applies one outcome. `unknown_order` when the merchant account has no such reference; `amount_mismatch` when money of another amount came, which is
 * booked to suspense all the same; `already_confirmed` when it was told before.
 */
export const applyOutcome = async (
  deps: Deps,
  { merchantAccountId, outcome, source, first, also, before, remark }: OutcomeInput,
): Promise<DoorAnswer> => {
  const { merchantReference, providerReference } = outcome
  const order = { merchantAccountId, merchantReference, providerReference }
  const { answer, isWritten } = await changeOrder(
    deps,
    {
      scope: everyAgency,
      order,
      span: { name: `outcome by ${source}`, facts: { 'lephi.source': source } },
      ...(before ? { before } : {}),
    },
    (facts) => {
      const receivedAt = deps.now()
      const applied = facts && applyToFacts(facts, { outcome, source, receivedAt, factId: deps.newId('fct') })
      const verdict = wordVerdict(applied, outcome)
      const answer: DoorAnswer = { verdict, orderId: facts?.order.id ?? null, change: applied?.change ?? null }
      if (!facts || !applied?.change) return { answer: { answer, isWritten: false } }
      return {
        answer: { answer, isWritten: true },
        write: {
          ...writeChange(deps, facts, applied.change, { now: receivedAt, ...(remark ? { remark } : {}) }),
          ...(first ? { first } : {}),
          also: (sql) => also?.(sql, verdict) ?? [],
        },
      }
    },
  )
  if (answer.orderId && answer.change?.order?.status === 'paid') issueReceiptsLater(deps, answer.orderId)
  if ((first || also) && !isWritten)
    await inScope(deps.db, everyAgency, (sql) => [...(first?.(sql) ?? []), ...(also?.(sql, answer.verdict) ?? [])])
  return answer
}

const wordVerdict = (applied: Applied | null, outcome: DoorOutcome): Verdict => {
  if (!applied) return 'unknown_order'
  if (!applied.amountMatches) return 'amount_mismatch'
  return applied.standing === 'known' && outcome.status !== 'pending' ? 'already_confirmed' : 'accepted'
}
