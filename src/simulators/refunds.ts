// Owns the way of a refund after it was accepted: on its way, sent to the bank, done or refused, a step per tick.
import { takeFault } from './faults.ts'
import type { Payment, Refund } from './records.ts'
import { addRefund, type World } from './world.ts'

export interface RefundInput {
  merchant_reference: string
  request_id: string
  provider_reference: string
  amount: bigint
  description: string
  full: boolean
}

const pendingSecondsDefault = 24 * 60 * 60

/**
 * Files an accepted refund. `stepMs` is this provider's usual pace, two steps to the money; 0 pays back at once. The
 * refund faults of the payment or of the refund's own reference decide otherwise.
 */
export const fileRefund = (world: World, payment: Payment, input: RefundInput, stepMs: number): Refund => {
  const at = { provider: payment.provider, references: [input.merchant_reference, payment.merchant_reference] }
  const refused = takeFault(world, 'refund_refused', at)
  const pending = takeFault(world, 'refund_pending', at)
  const immediate = takeFault(world, 'refund_immediate', at)
  const pace = immediate ? 0 : pending ? (pending.delay_seconds ?? pendingSecondsDefault) * 500 : stepMs
  const now = world.now()
  const endsAs = refused ? 'refused' : 'success'
  const refund: Refund = {
    ...input,
    status: pace === 0 ? endsAs : 'processing',
    ends_as: endsAs,
    requested_at: now.toISOString(),
    next_at: pace === 0 ? null : new Date(now.getTime() + pace).toISOString(),
    step_ms: pace,
    done_at: pace === 0 ? now.toISOString() : null,
  }
  addRefund(world, payment, refund)
  return refund
}

/** Moves every refund that is due to its next state. */
export const moveRefunds = (world: World): void => {
  for (const payment of [...world.refunding]) {
    for (const refund of payment.refunds) moveRefund(refund, world.now().toISOString())
    if (payment.refunds.every((refund) => refund.next_at === null)) world.refunding.delete(payment)
  }
}

const moveRefund = (refund: Refund, now: string): void => {
  while (refund.next_at !== null && refund.next_at <= now) {
    const sent = refund.status === 'processing' && refund.ends_as === 'success'
    refund.status = sent ? 'sent' : refund.ends_as
    refund.next_at = sent ? new Date(Date.parse(refund.next_at) + refund.step_ms).toISOString() : null
    refund.done_at = sent ? null : now
  }
}
