/** What is wrong, or unfinished, with an order's money besides what its state says. Each is one sentence on the page, so that no state keeps silent about it. */
import type { DoorClass, OrderFacts, Refund } from '../domain/order-facts.ts'
import { leavingRefunds, unsettledAttempts } from '../domain/states.ts'
import { businessDay } from '../lib/time.ts'
import type { State } from './standing.ts'

export const anomalies = [
  'amount_mismatch',
  'paid_twice',
  'late_payment',
  'reversed',
  'refund_mismatch',
  'reference_reused',
  'disputed',
  'refund_failed',
  'refund_overdue',
  'other_attempt',
] as const satisfies readonly (DoorClass | string)[]
export type Anomaly = (typeof anomalies)[number]

/** What a state's own sentence says already. */
const said: Partial<Record<State, readonly Anomaly[]>> = {
  wrong_amount: ['amount_mismatch'],
  contested: ['reference_reused'],
  paid_twice: ['paid_twice'],
  late: ['late_payment'],
  reversed: ['reversed'],
  confirming: ['other_attempt'],
}

export const anomaliesOf = (facts: OrderFacts, state: State, now: Date): readonly Anomaly[] => {
  const open = new Set<Anomaly>(facts.discrepancies.filter((each) => each.isOpen).map((each) => each.class))
  const today = businessDay(now)
  const isGoing = ({ status }: Refund) => leavingRefunds.includes(status)
  if (facts.disputes.some((dispute) => dispute.status === 'open')) open.add('disputed')
  if (facts.refunds.some((refund) => isGoing(refund) && refund.promisedOn !== null && refund.promisedOn < today))
    open.add('refund_overdue')
  // A refund that failed is tried again as another one, and is then no news.
  if (facts.refunds.at(-1)?.status === 'failed') open.add('refund_failed')
  if (facts.attempts.some((attempt) => unsettledAttempts.includes(attempt.status))) open.add('other_attempt')
  return anomalies.filter((anomaly) => open.has(anomaly) && !said[state]?.includes(anomaly))
}
