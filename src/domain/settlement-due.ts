/** When a provider must have listed what it captured: cut-off, settlement days and working days. Judged on a day, never by the wall clock. */
import { addDays, businessDay, businessDayRange } from '../lib/time.ts'
import { addWorkingDays } from './working-days.ts'

/** Settlement days and a cut-off `HH:mm` in UTC+7, from which on a payment counts for the next day; `00:00` is the end of the day. */
export type SettlementCalendar = { cutoff: string; settlementDays: number }

/** The business day for which a provider counts a payment: the day itself before the cut-off, the next one from the cut-off on. */
export const settlementDay = (cutoff: string, instant: Date): string =>
  businessDay(new Date(instant.getTime() + cutoffShiftMs(cutoff)))

/** The value date of what counts for a business day: the last day on which it is not late. */
export const valueDate = ({ settlementDays }: Pick<SettlementCalendar, 'settlementDays'>, day: string): string =>
  addWorkingDays(day, settlementDays)

/** The value date of a payment. */
export const expectedOn = (calendar: SettlementCalendar, instant: Date): string =>
  valueDate(calendar, settlementDay(calendar.cutoff, instant))

/**
 * The instant before which a payment must have happened to be due by the end of `day`: whatever came later is due later. A payment counts for its
 * business day by the cut-off, and is due the contract's number of working days after that.
 */
export const dueBefore = ({ cutoff, settlementDays }: SettlementCalendar, day: string): Date => {
  let last = day
  while (valueDate({ settlementDays }, last) > day) last = addDays(last, -1)
  return new Date(businessDayRange(last).to.getTime() - cutoffShiftMs(cutoff))
}

/** How long before midnight the next day begins for the provider: what is added to an instant to find the day for which it counts. */
export const cutoffShiftMs = (cutoff: string): number => {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(cutoff)
  if (!match) throw new RangeError('a cut-off is written HH:mm')
  const fromMidnight = (Number(match[1]) * 60 + Number(match[2])) * 60_000
  return fromMidnight === 0 ? 0 : 86_400_000 - fromMidnight
}
