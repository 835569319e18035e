/**
 * Asks the provider about an attempt that has no end yet: what heals a lost callback. Waiting never makes an attempt fail; what ends it is what the
 * provider says, and that goes through the one door.
 */
import { refusedBy } from '../domain/guards.ts'
import type { Attempt, OrderFacts } from '../domain/order-facts.ts'
import { orderGuards } from '../domain/order-guards.ts'
import { Refusal } from '../domain/refusal.ts'
import { attemptMoves, unsettledAttempts } from '../domain/states.ts'
import { ProviderError, type QueryAnswer } from '../providers/contract.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { readPaymentExtras } from '../store/payment-extras.ts'
import { applyOutcome } from './apply-outcome.ts'
import { changeOrder } from './change-order.ts'
import { connectProvider } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { paymentOf } from './read-payment.ts'
import { withinOrder } from './trace-order.ts'

/**
 * `told`: the provider knows it, and what it said was applied. `not_known`: it says that there is no such payment. `no_answer`: nobody can say, ask
 * later. `cannot_ask`: this provider has no queries; statements settle it.
 */
export type Finding = 'told' | 'not_known' | 'no_answer' | 'cannot_ask'

/** `isOver`: also when it failed or expired, since its provider says that there is news of it. */
export type QueryTarget = { orderId: string; id: string; isOver?: true }

/** Asks about one attempt and applies the answer. An attempt that is settled or gone is `told`. */
export const queryAttempt = async (deps: Deps, { orderId, id, isOver }: QueryTarget): Promise<Finding> => {
  const facts = await loadFacts(deps.db, everyAgency, { orderId })
  const attempt = facts?.attempts.find((each) => each.id === id)
  if (!facts || !attempt || attempt.status === 'captured') return 'told'
  if (!isOver && !unsettledAttempts.includes(attempt.status)) return 'told'
  return withinOrder(deps, facts.order, { name: 'payment query', facts: { 'lephi.attempt': id } }, () =>
    askAbout(deps, facts, attempt),
  )
}

const askAbout = async (deps: Deps, { order }: OrderFacts, attempt: Attempt): Promise<Finding> => {
  const { merchantAccountId, orderId, id } = attempt
  const answer = await ask(deps, { merchant_account: merchantAccountId, attempt: id }, async () => {
    const { client } = await connectProvider(deps, merchantAccountId)
    if (!client.queryPayment) return null
    return client.queryPayment(paymentOf(deps, order, attempt, await readPaymentExtras(deps.db, id)))
  })
  if (typeof answer === 'string') return answer
  await applyAnswer(deps, merchantAccountId, answer)
  if (answer.known) return 'told'
  if (!refusedBy(orderGuards.giveUp, { attempt, now: deps.now() })) await giveUp(deps, { orderId, id })
  return 'not_known'
}

/**
 * Calls a provider and sorts what went wrong: silence is `no_answer`, and so is everything that is no answer to the question, which is logged for a
 * person. Anything that is not the provider's doing is thrown.
 */
export const ask = async (
  deps: Deps,
  about: Record<string, string>,
  call: () => Promise<QueryAnswer | null>,
): Promise<QueryAnswer | 'no_answer' | 'cannot_ask'> => {
  try {
    return (await call()) ?? 'cannot_ask'
  } catch (error) {
    const isGone = error instanceof Refusal && error.code === 'provider_not_available'
    if (!isGone && !(error instanceof ProviderError)) throw error
    const kind = error instanceof ProviderError ? error.kind : 'rejected'
    const isSilence = kind === 'unreachable' || kind === 'unknown'
    const write = isSilence ? deps.log.warn : deps.log.error
    write({ ...about, kind, code: error.code }, isSilence ? 'provider did not answer a query' : 'provider query failed')
    return 'no_answer'
  }
}

/** Applies everything that the provider said, refunds of the payment included. */
export const applyAnswer = async (deps: Deps, merchantAccountId: string, answer: QueryAnswer): Promise<void> => {
  for (const outcome of answer.outcomes) {
    const { verdict } = await applyOutcome(deps, { merchantAccountId, outcome, source: 'query' })
    if (verdict !== 'unknown_order') continue
    // A refund made in the provider's own portal: there is nothing here to book it on, the statement will bring it up.
    const { status, code } = outcome
    deps.log.warn({ merchant_account: merchantAccountId, status, code }, 'a query told of a reference that is not ours')
  }
}

/** The provider has never heard of it: once its time is over, nobody paid, and the provider no longer takes money for it. */
const giveUp = (deps: Deps, { orderId, id }: QueryTarget): Promise<void> =>
  changeOrder<void>(deps, { scope: everyAgency, order: { orderId } }, (facts) => {
    const attempt = facts?.attempts.find((each) => each.id === id)
    const now = deps.now()
    const status = attempt && attemptMoves[attempt.status].denied
    if (!status || refusedBy(orderGuards.giveUp, { attempt, now })) return { answer: undefined }
    const attempts = [{ id, status, nextQueryAt: null }]
    return { answer: undefined, write: { order: {}, attempts, events: [], now } }
  })
