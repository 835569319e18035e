/**
 * A lost chargeback waits for its reversal, and refunds of the payment wait with it. When the bank says in the end that it takes nothing, or not all, one person asks
 * for the release and another agrees. No money moves; what is reversed later all the same is booked like any other.
 */
import type { Caller } from '../domain/access.ts'
import { awaitedBy } from '../domain/dispute.ts'
import type { EventType } from '../domain/order-events.ts'
import type { Dispute, OrderFacts } from '../domain/order-facts.ts'
import { Refusal } from '../domain/refusal.ts'
import type { Query, Sql } from '../store/database.ts'
import { askRelease, findDisputeOrder, releaseDispute } from '../store/disputes.ts'
import { changeOrder } from './change-order.ts'
import type { Deps } from './deps.ts'
import { type DisputeAnswer, findDispute, noDispute, telling } from './dispute-payment.ts'

type Asker = Pick<Caller, 'clientId' | 'agency'>

/** Asks for a release. Throws Refusal `not_found`, `dispute_not_waiting`, and `already_exists` while one is asked for. */
export const requestRelease = (
  deps: Deps,
  caller: Asker,
  { id, note }: { id: string; note: string },
): Promise<DisputeAnswer> =>
  changeDispute(deps, caller, id, (facts, dispute) => {
    refuseIdle(awaitedBy(facts, dispute))
    if (dispute.releaseAskedBy !== null) throw new Refusal('already_exists', 'Its release is asked for already.')
    const asked = { ...dispute, releaseAskedBy: caller.clientId, releaseAskedAt: deps.now(), releaseNote: note }
    return { type: 'dispute.release_requested', dispute: asked, keep: (sql) => askRelease(sql, asked) }
  })

/**
 * Agrees to a release, or refuses it. Throws Refusal `not_found`, `dispute_not_waiting` also where none is asked for, and `maker_cannot_approve` for who asked and
 * would agree.
 */
export const decideRelease = (
  deps: Deps,
  caller: Asker,
  { id, decision }: { id: string; decision: 'approved' | 'rejected' },
): Promise<DisputeAnswer> =>
  changeDispute(deps, caller, id, (facts, dispute) => {
    if (dispute.releaseAskedBy === null || dispute.releasedBy !== null)
      throw new Refusal('dispute_not_waiting', 'Nobody has asked for its release.')
    if (decision === 'rejected') {
      const refused = { ...dispute, releaseAskedBy: null, releaseAskedAt: null, releaseNote: null }
      return { type: 'dispute.release_rejected', dispute: refused, keep: (sql) => askRelease(sql, refused) }
    }
    if (dispute.releaseAskedBy === caller.clientId)
      throw new Refusal('maker_cannot_approve', 'Who asks for a release cannot agree to it.')
    const releasedAmount = awaitedBy(facts, dispute)
    refuseIdle(releasedAmount)
    const released = { ...dispute, releasedBy: caller.clientId, releasedAt: deps.now(), releasedAmount }
    return { type: 'dispute.released', dispute: released, keep: (sql) => releaseDispute(sql, released) }
  })

const refuseIdle = (awaited: bigint): void => {
  if (awaited <= 0n)
    throw new Refusal('dispute_not_waiting', 'Only a lost chargeback whose reversal has not come waits for one.')
}

type Step = { type: EventType; dispute: Dispute; keep: (sql: Sql) => Query }

const changeDispute = async (
  deps: Deps,
  caller: Asker,
  id: string,
  decide: (facts: OrderFacts, dispute: Dispute) => Step,
): Promise<DisputeAnswer> => {
  const orderId = await findDisputeOrder(deps.db, caller.agency, id)
  if (!orderId) throw noDispute()
  return changeOrder<DisputeAnswer>(deps, { scope: caller.agency, order: { orderId } }, (facts) => {
    const found = findDispute(facts, id)
    if (!facts) throw noDispute()
    const { type, dispute, keep } = decide(facts, found.dispute)
    return {
      answer: { dispute, attempt: found.attempt },
      write: { ...telling(deps, facts, type, dispute), also: (sql) => [keep(sql)] },
    }
  })
}
