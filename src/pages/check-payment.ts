/** A citizen asks how a payment stands: the provider is asked, at most once in ten seconds for one order. */
import { Refusal } from '../domain/refusal.ts'
import { unsettledAttempts } from '../domain/states.ts'
import type { Deps } from '../flows/deps.ts'
import { queryAttempt } from '../flows/query-attempt.ts'
import { type BucketState, take } from '../lib/limiter.ts'
import { findCheckout } from './load-checkout.ts'

/** The buckets of orders that were asked about lately, in this process. */
export type CheckBuckets = Map<string, BucketState>

const onceInTenSeconds = { capacity: 1, refillPerSecond: 0.1 }
const bucketsMax = 10_000
/** Of an order with many attempts the latest are asked about; the schedule looks after the rest. */
const askedMax = 3

/** `wait`: asked too recently, nobody was asked now. Throws Refusal `not_found`. */
export const checkPayment = async (deps: Deps, buckets: CheckBuckets, token: string): Promise<'now' | 'wait'> => {
  const { order, attempts } = await findCheckout(deps, token)
  const unsettled = attempts.filter((attempt) => unsettledAttempts.includes(attempt.status)).slice(-askedMax)
  if (unsettled.length === 0) return 'now'
  const taken = take(buckets.get(order.id) ?? null, onceInTenSeconds, deps.now())
  buckets.delete(order.id)
  buckets.set(order.id, taken.state)
  if (buckets.size > bucketsMax) buckets.delete(buckets.keys().next().value ?? '')
  if (!taken.allowed) return 'wait'
  await Promise.all(unsettled.map(({ id }) => queryAttempt(deps, { orderId: order.id, id }).catch(restIfBusy)))
  return 'now'
}

/** When the order is being changed by others at this moment, the page will show what they made of it. */
const restIfBusy = (error: unknown): void => {
  if (!(error instanceof Refusal) || error.code !== 'conflict') throw error
}
