/**
 * Asks the provider about a refund that was sent, or may have been, and has no end yet. One whose call was never answered, and that the provider does not have,
 * may be sent once more under the same reference, where the protocol makes that safe; never under another.
 */
import type { OrderFacts, Refund } from '../domain/order-facts.ts'
import type { Outcome } from '../domain/outcome.ts'
import { refundGraceMs, resendUntilMs } from '../domain/query-schedule.ts'
import { refundMoves, refundsUnderWay } from '../domain/states.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { applyOutcome } from './apply-outcome.ts'
import { connectProvider } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { applyAnswer, ask, type Finding, type QueryTarget } from './query-attempt.ts'
import { refundCallOf, sendAgain } from './send-refund.ts'
import { withinOrder } from './trace-order.ts'

/**
 * Asks about one refund, sent at `sentAt`, and applies the answer; where the provider has no question for refunds, what it says about the payment
 * tells. After an hour a provider that still does not have it never took it: if the call had no answer, and the protocol promises to carry out one reference
 * once, it is sent again, for a week; one that says in so many words that it has no such refund has let it fail, and it may be asked for again. Anything else
 * waits for a statement or a person.
 */
export const queryRefund = async (
  deps: Deps,
  { orderId, id, sentAt }: QueryTarget & { sentAt: Date },
): Promise<Finding> => {
  const facts = await loadFacts(deps.db, everyAgency, { orderId })
  const refund = facts?.refunds.find((each) => each.id === id)
  if (!facts || !refund || !refundsUnderWay.includes(refund.status)) return 'told'
  return withinOrder(deps, facts.order, { name: 'refund query' }, () => askAbout(deps, { facts, refund, sentAt }))
}

type Asked = { facts: OrderFacts; refund: Refund; sentAt: Date }

const askAbout = async (deps: Deps, { facts, refund, sentAt }: Asked): Promise<Finding> => {
  const { id } = refund
  let askedForRefund = false
  let mayRepeat = false
  const answer = await ask(deps, { merchant_account: refund.merchantAccountId, refund: id }, async () => {
    const { client, provider } = await connectProvider(deps, refund.merchantAccountId)
    mayRepeat = provider.capabilities.idempotentRefund
    const call = await refundCallOf(deps, facts, refund)
    askedForRefund = client.queryRefund !== undefined
    if (client.queryRefund) return client.queryRefund(call)
    return client.queryPayment ? client.queryPayment(call.payment) : null
  })
  if (typeof answer === 'string') return answer
  // The call itself has had no answer: it may never have arrived.
  const isUnanswered = refundMoves[refund.status].repeat !== undefined
  const outcomes = answer.outcomes.filter((outcome) => !isUnanswered || !isSilent(outcome, refund))
  await applyAnswer(deps, refund.merchantAccountId, { ...answer, outcomes })
  const isHeardOf = outcomes.some(({ merchantReference }) => merchantReference === refund.merchantReference)
  const ageMs = deps.now().getTime() - sentAt.getTime()
  if (isHeardOf || ageMs < refundGraceMs) return answer.known ? 'told' : 'not_known'
  if (mayRepeat && isUnanswered && ageMs < resendUntilMs && (await sendAgain(deps, refund))) return 'told'
  if (!answer.known && askedForRefund) await neverArrived(deps, refund)
  return answer.known ? 'told' : 'not_known'
}

/** `pending` without a number of the refund's own is what a provider says of a refund that it does not list: no sign that the call arrived. */
const isSilent = (outcome: Outcome, { merchantReference }: Refund): boolean =>
  outcome.status === 'pending' && outcome.merchantReference === merchantReference && outcome.providerReference === null

const neverArrived = async (deps: Deps, { merchantAccountId, merchantReference }: Refund): Promise<void> => {
  const code = 'not_known_at_provider'
  await applyOutcome(deps, {
    merchantAccountId,
    outcome: {
      status: 'failed',
      subject: 'refund',
      merchantReference,
      providerReference: null,
      occurredAt: null,
      code,
    },
    source: 'query',
  })
}
