/** The classes of a reconciliation's items. What happens to each is in discrepancy-policy.ts. */

/** In the order in which they are decided. */
export const itemClasses = [
  'duplicate_line',
  'missing_here',
  'missing_at_provider',
  'status_mismatch',
  'refund_mismatch',
  'amount_mismatch',
  'fee_mismatch',
  'date_shift',
  'ambiguous',
  'short_settled',
  'over_settled',
  'unknown_credit',
  'unknown_debit',
  'unsettled',
  'matched',
] as const
export type ItemClass = (typeof itemClasses)[number]
export type ReconciliationClass = Exclude<ItemClass, 'matched'>
