/** What one run of a reconciliation compares: decided before it begins, so that nothing in it depends on the clock. */
import type { ProviderTariff } from '../../domain/provider-fee.ts'
import type { ReconciliationClass } from '../../domain/reconciliation-classes.ts'
import type { SettlementCalendar } from '../../domain/settlement-due.ts'

export type ReconciliationRun = {
  id: string
  agencyCode: string
  merchantAccountId: string
  /** The business days of the lines, inclusive. */
  from: string
  to: string
  /** By which the value date of each payment is worked out. */
  settlement: SettlementCalendar
  /** Payments before this instant are due by the end of `to`. */
  dueBefore: Date
  /** Payments before this instant were due before `from`: they are listed again only while nobody has settled them. */
  dueEarlier: Date
  tariff: ProviderTariff | null
  dueDates: readonly { class: ReconciliationClass; policy: string; dueOn: string }[]
  /** Classes whose open discrepancies hold money in suspense. */
  heldClasses: readonly ReconciliationClass[]
  /** What the ids of the entries begin with that book it: 20 characters. */
  bookingId: string
  now: Date
  /** The place of the last of the account's files that it reads, 0 where none has one: what is imported while it reads is no business of any of its steps. */
  files: number
}

/** What is decided before it begins to read. */
export type PlannedRun = Omit<ReconciliationRun, 'files'>

/** What the ids of a run's items, discrepancies and events begin with. */
export const idBody = ({ id }: Pick<ReconciliationRun, 'id'>): string => {
  const body = id.slice(4, 24)
  if (!/^[0-9a-z]{20}$/.test(body)) throw new Error('a run needs an id of ours')
  return body
}
