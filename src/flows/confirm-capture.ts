/**
 * A callback told that money was captured. Its signature says that the key made it, and a stolen key signs as well as its provider does, so the provider is asked
 * once more. Nothing is taken back by what it says: who denies for an hour what a callback told opens a discrepancy, which closes when they come to agree.
 */

import { classDueDates } from '../domain/discrepancy-policy.ts'
import { linkEvents } from '../domain/order-events.ts'
import type { Attempt, MoneyFact, OrderFacts } from '../domain/order-facts.ts'
import { type Outcome, outcomeSubject } from '../domain/outcome.ts'
import { confirmGraceMs, nextConfirmAt } from '../domain/query-schedule.ts'
import { denialKey, expectConfirmation, findDenial, holdsConfirmation, noteConfirmed } from '../store/confirmations.ts'
import { everyAgency, type Sql } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import type { DueCapture, Lease } from '../store/jobs.ts'
import type { OrderWrite } from '../store/order-commit.ts'
import type { PaymentExtras } from '../store/payment-extras.ts'
import { changeOrder } from './change-order.ts'
import { connectProvider } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { applyAnswer, ask } from './query-attempt.ts'
import { paymentOf } from './read-payment.ts'
import { withinOrder } from './trace-order.ts'
import { closedEvent, openedEvent } from './write-change.ts'

/** `over`: confirmed, or nothing to be asked. */
export type Confirmation = 'over' | 'denied' | 'no_answer'

/** When to ask again; null for never. `isNoted`: that is written down already. */
export type Confirmed = { finding: Confirmation; nextAt: Date | null; isNoted: boolean }

/** Asks about one capture and notes the answer. */
export const confirmCapture = async (
  deps: Deps,
  held: Pick<DueCapture, 'orderId'> & Lease & PaymentExtras,
): Promise<Confirmed> => {
  const { orderId, id } = held
  const facts = await loadFacts(deps.db, everyAgency, { orderId })
  const told = facts && toldCapture(facts, id)
  if (!facts || !told) return { finding: 'over', nextAt: null, isNoted: false }
  const { attempt, fact } = told
  const span = { name: 'capture confirmation', facts: { 'lephi.attempt': id } }
  const finding = await withinOrder(deps, facts.order, span, () => askAbout(deps, facts, told, held))
  deps.metrics.count('lephi_capture_confirmations_total', { provider: attempt.provider, finding })
  const nextAt = finding === 'over' ? null : nextConfirmAt(fact.receivedAt, deps.now())
  if (finding === 'over') await settle(deps, attempt, held)
  if (finding === 'denied' && deps.now().getTime() - fact.receivedAt.getTime() >= confirmGraceMs)
    await disagree(deps, told, held)
  return { finding, nextAt, isNoted: finding === 'over' }
}

type Told = { attempt: Attempt; fact: MoneyFact }

/** The capture of that attempt which a callback was first to tell of. */
const toldCapture = ({ attempts, money }: OrderFacts, id: string): Told | null => {
  const attempt = attempts.find((each) => each.id === id)
  const fact = money.find((each) => each.attemptId === id && each.kind === 'captured')
  return attempt?.status === 'captured' && fact?.source === 'callback' ? { attempt, fact } : null
}

const askAbout = async (
  deps: Deps,
  { order }: OrderFacts,
  { attempt, fact }: Told,
  extras: PaymentExtras,
): Promise<Confirmation> => {
  const { merchantAccountId } = attempt
  const answer = await ask(deps, { merchant_account: merchantAccountId, attempt: attempt.id }, async () => {
    const { client } = await connectProvider(deps, merchantAccountId)
    if (!client.queryPayment) return null
    return client.queryPayment(paymentOf(deps, order, attempt, extras))
  })
  if (answer === 'cannot_ask') return 'over'
  if (answer === 'no_answer') return answer
  await applyAnswer(deps, merchantAccountId, {
    ...answer,
    outcomes: answer.outcomes.filter((each) => isNews(each, fact)),
  })
  return answer.outcomes.some((outcome) => agrees(outcome, attempt, fact)) ? 'over' : 'denied'
}

/**
 * The door hears what the answer adds: other money, and refunds. The same transaction told once more is not other money, whatever amount the answer gives it;
 * and what it denies is this flow's business.
 */
const isNews = (outcome: Outcome, { reference }: MoneyFact): boolean => {
  if (outcome.status === 'captured')
    return outcome.providerReference !== null && outcome.providerReference !== reference
  return 'amount' in outcome || outcomeSubject(outcome) === 'refund'
}

/** The same money, or money of it that went back since: a provider that returned it has had it. */
const agrees = (outcome: Outcome, { merchantReference }: Attempt, { amount }: MoneyFact): boolean => {
  if (!('amount' in outcome)) return false
  if (outcome.status === 'refunded') return true
  return outcome.merchantReference === merchantReference && (outcome.status === 'reversed' || outcome.amount === amount)
}

const settle = async (deps: Deps, attempt: Attempt, lease: Lease): Promise<void> => {
  const now = deps.now()
  // Nearly always: nothing of the order changes by it, which is neither read nor moved once more.
  if (await noteConfirmed(deps.db, lease, now)) return
  const denial = await findDenial(deps.db, attempt.id)
  // Else the lease has passed to another, who hears of it as well.
  if (!denial || denial.status === 'resolved') return
  const closed = [{ id: denial.id, reason: 'confirmed' }]
  await note(deps, attempt, { attempts: [{ id: attempt.id, confirmAt: null, confirmedAt: now }], closed })
}

const disagree = async (deps: Deps, { attempt, fact }: Told, lease: Lease): Promise<void> => {
  // A person who has resolved it knows what the provider says; asking on does not open it again.
  if (await findDenial(deps.db, attempt.id)) return
  const now = deps.now()
  const due = classDueDates(now).find((each) => each.class === 'status_mismatch')
  const item = {
    id: deps.newId('dsc'),
    key: denialKey(attempt.id),
    class: 'status_mismatch',
    source: 'query' as const,
    merchantAccountId: attempt.merchantAccountId,
    attemptId: attempt.id,
    refundId: null,
    amount: fact.amount,
    policy: due?.policy ?? 'ask_provider',
    dueOn: due?.dueOn ?? null,
  }
  deps.log.error(
    { attempt: attempt.id, merchant_account: attempt.merchantAccountId, provider: attempt.provider },
    'a provider denies what its callback told',
  )
  await note(deps, attempt, { opened: [item] }, lease)
}

const note = (
  deps: Deps,
  { orderId }: Attempt,
  { attempts = [], opened = [], closed = [] }: Pick<OrderWrite, 'attempts' | 'opened' | 'closed'>,
  /** Nothing is noted by who has lost it meanwhile. */
  lease?: Lease,
): Promise<void> =>
  changeOrder<void>(deps, { scope: everyAgency, order: { orderId } }, async (facts) => {
    if (!facts || (lease && !(await holdsConfirmation(deps.db, lease)))) return { answer: undefined }
    const first = (sql: Sql) => (lease ? [expectConfirmation(sql, lease)] : [])
    const now = deps.now()
    const told = [...opened.map(openedEvent), ...closed.map(closedEvent)]
    const events = linkEvents(facts.order, told, { newId: deps.newId, now })
    return { answer: undefined, write: { first, order: {}, attempts, opened, closed, events, now } }
  })
