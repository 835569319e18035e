/** What people of a town do, and what faults do to them in particular: each is counted, so that it shows when something does not happen any more. */

/** What every citizen is like: see citizen-kind.ts. */
const lives = [
  'pays',
  'abandons',
  'never_comes',
  'fails_first',
  'pays_twice',
  'pays_late',
  'presses_cancel',
  'is_cancelled',
  'wants_it_back',
] as const

const ofCitizens = [
  'orders_again',
  'comes_back',
  'presses_once',
  'presses_twice',
  'opens_second_tab',
  'goes_back',
  'asks_for_time',
  'mistypes_transfer',
] as const

const ofOffice = [
  'imports_provider_file',
  'imports_bank_file',
  'reconciles',
  'reads_files_after_all',
  'approves_refund',
  'rejects_refund',
  'looks_up_refund',
  'resolves_discrepancy',
  'closes_day',
  'countersigns',
  'opens_day_again',
  'pays_by_hand',
  'bank_returns_transfer',
  'opens_dispute',
  'closes_dispute',
  'releases_chargeback',
  'attributes_credit',
  'dismisses_credit',
] as const

/** What nobody may; each is refused, and the town would be broken if it were not. */
const inVain = [
  'tries_own_countersign',
  'tries_own_reopening',
  'tries_used_transfer',
  'tries_confirming_own_refund',
  'tries_disputed_refund',
  'tries_attributing_twice',
] as const

const ofFaults = [
  'crash_before_unit',
  'crash_within_unit',
  'crash_after_unit',
  'restart_before_unit',
  'restart_within_unit',
  'restart_after_unit',
  'callback_a_month_late',
  'statement_shifted_over_tet',
] as const

export const happeningNames = [...lives, ...ofCitizens, ...ofOffice, ...inVain, ...ofFaults] as const
export type Happening = (typeof happeningNames)[number]
export type HappeningCounts = Readonly<Partial<Record<Happening, number>>>

export type Happenings = { note: (happening: Happening) => void; counts: () => HappeningCounts }

export const openHappenings = (): Happenings => {
  const counts: Partial<Record<Happening, number>> = {}
  return {
    note: (happening) => {
      counts[happening] = (counts[happening] ?? 0) + 1
    },
    counts: () => counts,
  }
}
