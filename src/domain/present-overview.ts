/** How the overview looks on the wire: every day and every status also where nothing was, and what is open by its age. */
import { addDays } from '../lib/time.ts'

type Moved = { collected: bigint; refunded: bigint; settled: bigint }
type Counted = { count: number; amount: bigint }

/** Calendar days since a discrepancy was opened; null: no end. */
export const ageBuckets = [
  { from_days: 0, to_days: 1 },
  { from_days: 2, to_days: 3 },
  { from_days: 4, to_days: 7 },
  { from_days: 8, to_days: 30 },
  { from_days: 31, to_days: null },
] as const

const orderStatuses = ['open', 'paid', 'expired', 'cancelled', 'waived'] as const

type Overview = {
  total: Moved
  byDay: readonly (Moved & { day: string })[]
  byAgency: readonly (Moved & { agencyCode: string; name: string | null })[]
  byProvider: readonly (Moved & { provider: string })[]
  inSuspense: bigint
  unknownAttempts: readonly (Counted & { provider: string })[]
  unknownRefunds: readonly (Counted & { provider: string })[]
  orders: readonly (Counted & { status: string })[]
  open: readonly (Counted & { ageDays: number; isOverdue: boolean })[]
}

export const presentOverview = (overview: Overview, { from, to }: { from: string; to: string }) => {
  const { total, open } = overview
  const attempts = sumOf(overview.unknownAttempts)
  const refunds = sumOf(overview.unknownRefunds)
  return {
    ...moved(total),
    in_suspense: overview.inSuspense,
    unmatched: sumOf(open).amount,
    unknown: { amount: attempts.amount + refunds.amount, attempts, refunds },
    orders: orderStatuses.map((status) => ({
      status,
      ...sumOf(overview.orders.filter((row) => row.status === status)),
    })),
    discrepancies: {
      ...sumOf(open),
      overdue: sumOf(open.filter(({ isOverdue }) => isOverdue)),
      by_age: ageBuckets.map((bucket) => ({
        ...bucket,
        ...sumOf(open.filter(({ ageDays }) => isWithin(Math.max(0, ageDays), bucket))),
      })),
    },
    by_day: daysFrom(from, to).map((day) => ({
      day,
      ...moved(overview.byDay.find((row) => row.day === day) ?? nothing),
    })),
    by_agency: overview.byAgency.map((row) => ({ agency_code: row.agencyCode, name: row.name, ...moved(row) })),
    by_provider: byProvider(overview),
  }
}

const nothing: Moved = { collected: 0n, refunded: 0n, settled: 0n }

const moved = ({ collected, refunded, settled }: Moved): Moved => ({ collected, refunded, settled })

/** A clock that was ahead opened something tomorrow: that is new, too. */
const isWithin = (ageDays: number, { from_days, to_days }: (typeof ageBuckets)[number]): boolean =>
  ageDays >= from_days && (to_days === null || ageDays <= to_days)

const sumOf = (rows: readonly Counted[]): Counted => ({
  count: rows.reduce((sum, { count }) => sum + count, 0),
  amount: rows.reduce((sum, { amount }) => sum + amount, 0n),
})

/** With what is unknown at each, also at those that moved nothing. */
const byProvider = ({ byProvider, unknownAttempts, unknownRefunds }: Overview) => {
  const unknown = [...unknownAttempts, ...unknownRefunds]
  const names = new Set([...byProvider, ...unknown].map(({ provider }) => provider))
  return [...names]
    .map((provider) => ({
      provider,
      ...moved(byProvider.find((row) => row.provider === provider) ?? nothing),
      unknown: sumOf(unknown.filter((row) => row.provider === provider)).amount,
    }))
    .toSorted((a, b) => Number(b.collected - a.collected) || (a.provider < b.provider ? -1 : 1))
}

const daysFrom = (from: string, to: string): readonly string[] => {
  const days: string[] = []
  for (let day = from; day <= to; day = addDays(day, 1)) days.push(day)
  return days
}
