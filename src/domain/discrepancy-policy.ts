/** What happens to the discrepancies that the door opens: as data, so that it can be read by an accountant. */

import { businessDay } from '../lib/time.ts'
import type { DoorClass } from './order-facts.ts'
import { addWorkingDays } from './working-days.ts'

/** What the door can find: wrong with an order's money, and money of no order. */
export type FoundClass = DoorClass | 'unknown_credit'

/** `workingDays` is when somebody must have dealt with it. Tra soát begins the next working day (TT 89/2026 Đ37). */
export const doorPolicies: Record<FoundClass, { policy: string; workingDays: number }> = {
  amount_mismatch: { policy: 'person_decides', workingDays: 1 },
  paid_twice: { policy: 'refund_proposed', workingDays: 1 },
  late_payment: { policy: 'refund_proposed', workingDays: 1 },
  reversed: { policy: 'person_decides', workingDays: 1 },
  reference_reused: { policy: 'person_decides', workingDays: 1 },
  refund_mismatch: { policy: 'person_decides', workingDays: 1 },
  unknown_credit: { policy: 'person_decides', workingDays: 1 },
}

/** The business day by which a discrepancy of this class, opened now, must be dealt with. */
export const dueOn = (name: FoundClass, openedAt: Date): string =>
  addWorkingDays(businessDay(openedAt), doorPolicies[name].workingDays)
