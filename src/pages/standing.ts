/**
 * Where an order stands, as one sentence can say it to a citizen: the state of the page at /pay/{token}. Pure. Success is claimed only of money that
 * paid the order and is still there; failure only where a provider said so.
 */
import type { Attempt, DoorClass, OrderFacts, Refund } from '../domain/order-facts.ts'
import { receiptKindsOf } from '../domain/receipt.ts'
import { leavingRefunds, unsettledAttempts } from '../domain/states.ts'
import { businessDay } from '../lib/time.ts'

export type Standing =
  | { state: 'waived' | 'waiting' | 'paid' | 'receipt_pending' | 'expired' | 'cancelled' }
  | { state: 'failed'; attempt: Attempt }
  /** A payment is on its way, or may be. `isStuck`: its own time is over, so that another provider may be chosen. */
  | { state: 'confirming'; attempt: Attempt; isStuck: boolean }
  /** Money came that is not the amount due. */
  | { state: 'wrong_amount'; amount: bigint }
  /** The amount due was told of under a number that another payment has as well: it may have come, and nobody is to pay again before that is known. */
  | { state: 'contested'; amount: bigint }
  /** Money came twice, or after the order had closed; it goes back. */
  | { state: 'paid_twice' | 'late'; amount: bigint }
  | { state: 'reversed'; amount: bigint }
  /** `by` is the last day promised for any of it; `account` is named where one account gets all of it. */
  | { state: 'refunding'; amount: bigint; account: string | null; by: string | null }
  | { state: 'refunded' | 'partly_refunded'; amount: bigint; at: Date | null }

export type State = Standing['state']

/** What is needed besides the facts: the receipts that exist, and the time. */
export type Around = { receipts: readonly { kind: string }[]; now: Date }

export const standingOf = (facts: OrderFacts, around: Around): Standing => {
  const { order } = facts
  if (order.status === 'waived') return { state: 'waived' }
  if (order.status === 'paid') return paidStanding(facts, around)
  return unpaidStanding(facts, around)
}

/** Whether a citizen may start a payment now. */
export const isPayable = ({ order }: OrderFacts, standing: Standing, now: Date): boolean => {
  if (order.status !== 'open' || order.expiresAt <= now) return false
  return (
    standing.state === 'waiting' || standing.state === 'failed' || (standing.state === 'confirming' && standing.isStuck)
  )
}

const paidStanding = (facts: OrderFacts, { receipts, now }: Around): Standing => {
  const { order } = facts
  if (order.amountPaid < order.amount) return { state: 'reversed', amount: order.amount - order.amountPaid }
  const surplus = openAmount(facts, 'paid_twice')
  if (surplus > 0n) return { state: 'paid_twice', amount: surplus }
  const returning = refundStanding(facts, 'order', now)
  if (returning) return returning
  const lacks = receiptKindsOf(order.lines).some((kind) => !receipts.some((receipt) => receipt.kind === kind))
  return { state: lacks ? 'receipt_pending' : 'paid' }
}

const unpaidStanding = (facts: OrderFacts, { now }: Around): Standing => {
  const { order, attempts } = facts
  const wrong = openAmount(facts, 'amount_mismatch')
  if (wrong > 0n) return { state: 'wrong_amount', amount: wrong }
  const contested = openAmount(facts, 'reference_reused')
  if (contested > 0n) return { state: 'contested', amount: contested }
  const returning = order.status === 'open' ? null : refundStanding(facts, 'surplus', now)
  if (returning?.state === 'refunding') return returning
  const late = openAmount(facts, 'late_payment')
  if (late > 0n) return { state: 'late', amount: late }
  // Whatever may still bring money comes before what failed: nobody is told to pay again while a payment is on its way.
  const unsettled = attempts.findLast((attempt) => unsettledAttempts.includes(attempt.status))
  if (unsettled) return { state: 'confirming', attempt: unsettled, isStuck: unsettled.expiresAt <= now }
  if (returning) return returning
  if (order.status === 'cancelled') return { state: 'cancelled' }
  if (order.status === 'expired' || order.expiresAt <= now) return { state: 'expired' }
  const last = attempts.at(-1)
  return last?.status === 'failed' && wasTried(last) ? { state: 'failed', attempt: last } : { state: 'waiting' }
}

/** False for an attempt that never reached its provider: nobody there could have failed it. */
export const wasTried = (attempt: Attempt): boolean => !['unreachable', 'rejected'].includes(attempt.failureCode ?? '')

const openAmount = ({ discrepancies }: OrderFacts, wanted: DoorClass): bigint =>
  discrepancies.filter((each) => each.class === wanted && each.isOpen).reduce((total, each) => total + each.amount, 0n)

const refundStanding = ({ order, refunds }: OrderFacts, source: Refund['source'], now: Date): Standing | null => {
  const own = refunds.filter((refund) => refund.source === source)
  // From the checker's yes until the provider's: a request that nobody has agreed to is no promise yet.
  const moving = own.filter((refund) => leavingRefunds.includes(refund.status))
  if (moving.length > 0)
    return {
      state: 'refunding',
      amount: total(moving.map((refund) => refund.amount - refund.amountRefunded)),
      account: moving.length === 1 ? (moving[0]?.payeeAccount?.number ?? null) : null,
      by: promiseOf(moving, now),
    }
  const amount = total(own.map((refund) => refund.amountRefunded))
  if (amount === 0n) return null
  const at = own.findLast((refund) => refund.succeededAt)?.succeededAt ?? null
  const isAll = source === 'surplus' || amount >= order.amountPaid
  return { state: isAll ? 'refunded' : 'partly_refunded', amount, at }
}

/** The last day promised; a promise that is past is not repeated. */
const promiseOf = (refunds: readonly Refund[], now: Date): string | null => {
  const last =
    refunds
      .flatMap(({ promisedOn }) => promisedOn ?? [])
      .toSorted()
      .at(-1) ?? null
  return last && last >= businessDay(now) ? last : null
}

const total = (amounts: readonly bigint[]): bigint => amounts.reduce((sum, amount) => sum + amount, 0n)
