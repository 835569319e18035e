// The months and the merchant accounts of a province: every tariff, cut-off and settlement day, netted and not, and every way of writing a file.
import { startOf } from './calendar.ts'
import { tariffs } from './tariff.ts'
import type { Account, BankStyle, Maker, PayoutStyle, Period } from './world.ts'

/** Months with Tết come twice, those with swapped days once. */
const months: readonly Period[] = [
  { from: '2027-02-01', to: '2027-02-28' },
  { from: '2026-11-01', to: '2026-11-30' },
  { from: '2026-02-01', to: '2026-02-28' },
  { from: '2026-09-01', to: '2026-09-30' },
  { from: '2026-01-20', to: '2026-02-28' },
  { from: '2026-04-10', to: '2026-05-10' },
  { from: '2026-07-01', to: '2026-07-31' },
  { from: '2025-01-15', to: '2025-02-15' },
]

export const monthOf = (seed: number): Period =>
  months[(seed - 1) % months.length] ?? { from: '2026-11-01', to: '2026-11-30' }

/** A clock for the gateway: some days behind the month, as when an accountant closes it. */
export const clockOf = ({ to }: Period): Date => new Date(startOf(to) + 5 * 86_400_000)

export const agencies = ['H56', 'H56.12', 'H56.12.03', 'H56.12.04', 'H56.14'] as const

const payoutStyles: readonly PayoutStyle[] = ['dated', 'compact', 'accented', 'counted', 'dotted']
const bankStyles: readonly BankStyle[] = ['mbvcb', 'dashed', 'spelled', 'remit', 'plain']
const cutoffs = [0, 16 * 60, 17 * 60 + 30, 22 * 60, 23 * 60]

export const makeAccounts = ({ chance, newId, isDense }: Maker, count: number): Account[] => {
  const rates = chance.shuffled(tariffs)
  const [payouts, banks] = [chance.shuffled(payoutStyles), chance.shuffled(bankStyles)]
  return Array.from({ length: count }, (_, index) => ({
    id: newId('mac'),
    agencyCode: chance.pick(agencies),
    title: `Account ${index + 1}`,
    tariff: { ...(rates[index % rates.length] ?? chance.pick(tariffs)), netted: index % 3 !== 2 },
    cutoffMinute: chance.pick(cutoffs),
    settlementDays: index % 4,
    batches: chance.between(1, 2),
    fileDays: isDense ? 14 : chance.pick([1, 3, 7]),
    payoutStyle: payouts[index % payouts.length] ?? 'dated',
    bankStyle: banks[index % banks.length] ?? 'plain',
    dialect: {
      delimiter: chance.pick([',', ';']),
      lineEnd: chance.pick(['\n', '\r\n']),
      mark: chance.isTrue(0.5),
      isLocalTime: chance.isTrue(0.5),
      quotes: chance.isTrue(0.3),
    },
  }))
}
