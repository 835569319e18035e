/** Why a line of a report is another one as of a later instant. The first rule that fits counts. */

export const changeReasons = [
  'late_settlement',
  'resolution',
  'reconciled',
  'receipt_issued',
  'correction',
  'booked_later',
  'other',
] as const
export type ChangeReason = (typeof changeReasons)[number]

export type LineChange = { change: 'added' | 'removed' | 'changed'; kind: string | null; fields: readonly string[] }

const reasonsByField: readonly { reason: ChangeReason; fields: readonly string[] }[] = [
  { reason: 'late_settlement', fields: ['bank_reference', 'bank_references'] },
  { reason: 'resolution', fields: ['status', 'resolution', 'owner', 'note'] },
  { reason: 'reconciled', fields: ['result', 'reconciled_at', 'period', 'amount_there'] },
  { reason: 'receipt_issued', fields: ['receipt_phi', 'receipt_le_phi', 'receipts'] },
]

/** Bookings that take something back or put something right; as codes. */
const corrections = new Set(['reversal', 'refund', 'adjustment', 'credit_attributed'])

export const reasonOf = (report: string, { change, kind, fields }: LineChange): ChangeReason => {
  // Nothing was decided about a discrepancy that is about more or less than before.
  if (report === 'discrepancies' && change === 'changed' && fields.join() === 'amount') return 'correction'
  if (change === 'changed')
    return reasonsByField.find((rule) => rule.fields.some((each) => fields.includes(each)))?.reason ?? 'other'
  // A payout that is due gives way to the bank line that pays it.
  if (report === 'settlements') return 'late_settlement'
  // A line that stood alone gives way to the booking that it was healed by.
  if (change === 'removed') return report === 'reconciliation' ? 'reconciled' : 'other'
  return kind !== null && corrections.has(kind) ? 'correction' : 'booked_later'
}
