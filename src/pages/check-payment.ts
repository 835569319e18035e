/** A citizen asks how a payment stands: the provider is asked, at most once in ten seconds for one payment. */
import { Refusal } from '../domain/refusal.ts'
import { unsettledAttempts } from '../domain/states.ts'
import { endingWithin, patienceMs } from '../flows/deadline.ts'
import type { Deps } from '../flows/deps.ts'
import { queryAttemptSparingly } from '../flows/sparingly.ts'
import { findCheckout } from './load-checkout.ts'

/** Of an order with many attempts the latest are asked about; the schedule looks after the rest. */
const askedMax = 3

/** `wait`: asked too recently, nobody was asked now. Throws Refusal `not_found`. */
export const checkPayment = async (deps: Deps, token: string): Promise<'now' | 'wait'> => {
  const inTime = endingWithin(deps, patienceMs.visitor)
  const { order, attempts } = await findCheckout(deps, token)
  const unsettled = attempts.filter((attempt) => unsettledAttempts.includes(attempt.status)).slice(-askedMax)
  if (unsettled.length === 0) return 'now'
  const findings = await Promise.all(
    unsettled.map(({ id }) => queryAttemptSparingly(inTime, { orderId: order.id, id }).catch(restIfBusy)),
  )
  return findings.every((finding) => finding === 'asked_lately') ? 'wait' : 'now'
}

/** When the order is being changed by others at this moment, the page will show what they made of it. */
const restIfBusy = (error: unknown): void => {
  if (!(error instanceof Refusal) || error.code !== 'conflict') throw error
}
