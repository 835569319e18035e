/** Asks the provider about a refund that was sent, or may have been, and has no end yet. It is never sent again. */
import type { Refund } from '../domain/order-facts.ts'
import { refundGraceMs } from '../domain/query-schedule.ts'
import type { RefundStatus } from '../domain/states.ts'
import { everyAgency } from '../store/database.ts'
import { loadFacts } from '../store/facts.ts'
import { applyOutcome } from './apply-outcome.ts'
import { connectProvider } from './connect-provider.ts'
import type { Deps } from './deps.ts'
import { applyAnswer, ask, type Finding, type QueryTarget } from './query-attempt.ts'
import { refundCallOf } from './send-refund.ts'

const underWay: readonly RefundStatus[] = ['sending', 'pending', 'unknown']

/**
 * Asks about one refund, sent at `sentAt`, and applies the answer; where the provider has no question for refunds, what it says about the payment
 * tells. A provider that says after an hour that it has no such refund never took it: it failed, and may be asked for again.
 */
export const queryRefund = async (
  deps: Deps,
  { orderId, id, sentAt }: QueryTarget & { sentAt: Date },
): Promise<Finding> => {
  const facts = await loadFacts(deps.db, everyAgency, { orderId })
  const refund = facts?.refunds.find((each) => each.id === id)
  if (!facts || !refund || !underWay.includes(refund.status)) return 'told'
  let askedForRefund = false
  const answer = await ask(deps, { merchant_account: refund.merchantAccountId, refund: id }, async () => {
    const { client } = await connectProvider(deps, refund.merchantAccountId)
    const call = await refundCallOf(deps, facts, refund)
    askedForRefund = client.queryRefund !== undefined
    if (client.queryRefund) return client.queryRefund(call)
    return client.queryPayment ? client.queryPayment(call.payment) : null
  })
  if (typeof answer === 'string') return answer
  await applyAnswer(deps, refund.merchantAccountId, answer)
  if (answer.known) return 'told'
  if (askedForRefund && deps.now().getTime() >= sentAt.getTime() + refundGraceMs) await neverArrived(deps, refund)
  return 'not_known'
}

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
