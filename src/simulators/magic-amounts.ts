// Owns the magic amounts: a payment of exactly one of these amounts brings its own fault, so that every failure can be
// tried from a checkout page, without a script. Switched on by the entry; the amounts are odd enough to be nobody's fee.
import { addFault, type FaultInput } from './faults.ts'
import type { Payment } from './records.ts'
import type { World } from './world.ts'

const day = 24 * 60 * 60

/** Amount in đồng, and the faults that it brings. */
export const magicAmounts: Record<string, readonly FaultInput[]> = {
  '901001': [{ fault: 'callback_lost' }],
  '901002': [{ fault: 'callback_doubled', count: 50 }],
  '901003': [{ fault: 'callback_late', delay_seconds: 60 }],
  '901004': [{ fault: 'wrong_amount' }],
  '901005': [
    { fault: 'callback_late', delay_seconds: 35 * day },
    { fault: 'http_500', operation: 'query', count: 1_000 },
  ],
  '901006': [{ fault: 'callback_lost' }, { fault: 'timeout_before', operation: 'query' }],
  '901007': [{ fault: 'callback_lost' }, { fault: 'cached_500', operation: 'query' }],
  '901008': [{ fault: 'statement_shifted', count: 1 }],
  '901009': [{ fault: 'callback_corrupted' }],
  '901010': [{ fault: 'callback_forged' }],
  '901011': [{ fault: 'callback_failed_then_captured' }],
  '901012': [{ fault: 'captured_then_failed' }],
  '901013': [{ fault: 'callback_reordered' }],
  '901014': [{ fault: 'statement_wrong_fee' }],
  '901015': [{ fault: 'refund_refused' }],
  '901016': [{ fault: 'refund_pending', delay_seconds: day }],
  '901017': [{ fault: 'statement_missing' }],
  '901018': [{ fault: 'statement_doubled' }],
  '901019': [{ fault: 'statement_wrong_amount' }],
  '901020': [{ fault: 'once_only' }],
  '901021': [{ fault: 'callback_doubled', delay_seconds: day }],
  '901022': [{ fault: 'captured_at_day_end' }],
  '901023': [{ fault: 'callback_next_key' }],
}

/** Orders the faults of a payment's amount, for that payment only. */
export const armMagicAmount = (world: World, payment: Payment): void => {
  if (!world.magicAmounts) return
  for (const input of magicAmounts[payment.amount_requested.toString()] ?? [])
    addFault(world, payment.provider, { ...input, merchant_reference: payment.merchant_reference })
}
