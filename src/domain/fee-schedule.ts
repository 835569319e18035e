// An agency's fee schedule: dated prices, and how an order's lines compare with them.

/** One price for a time. `unitAmount` is null where the price follows a formula or an outside notice. */
export type ScheduleEntry = {
  feeCode: string
  unitAmount: bigint | null
  /** The first and the last day (`yyyy-MM-dd`) on which it holds; no last day: until further notice. */
  validFrom: string
  validTo: string | null
}

/** A line as the schedule sees it. An exempt line owes nothing, whatever its unit amount. */
export type PricedLine = { feeCode: string | null; unitAmount: bigint; isExempt: boolean }

/** Where a line (counted from 0) departs from the schedule; `expected` is null when no price holds on that day. */
export type PriceDifference = { line: number; feeCode: string; expected: bigint | null; actual: bigint }

/** The entry that holds for a fee on a day; of several, the one that began last. null when there is none. */
export function entryOn(entries: readonly ScheduleEntry[], feeCode: string, day: string): ScheduleEntry | null {
  return entries.reduce<ScheduleEntry | null>((best, entry) => {
    const holds = entry.feeCode === feeCode && entry.validFrom <= day && (entry.validTo ?? day) >= day
    return holds && (!best || entry.validFrom >= best.validFrom) ? entry : best
  }, null)
}

/**
 * Where lines depart from the price of a day. A code that the schedule never knew is not compared, nor is an exempt line
 * or a price without a fixed amount; a code that is known, but has no price on that day, differs.
 */
export function priceDifferences(
  entries: readonly ScheduleEntry[],
  lines: readonly PricedLine[],
  day: string,
): PriceDifference[] {
  const known = new Set(entries.map((entry) => entry.feeCode))
  return lines.flatMap(({ feeCode, unitAmount, isExempt }, line) => {
    if (feeCode === null || isExempt || !known.has(feeCode)) return []
    const entry = entryOn(entries, feeCode, day)
    if (entry && (entry.unitAmount === null || entry.unitAmount === unitAmount)) return []
    return [{ line, feeCode, expected: entry?.unitAmount ?? null, actual: unitAmount }]
  })
}

/** What is wrong with a schedule before it is stored. `entry` counts from 0. */
export type ScheduleProblem = { entry: number; problem: 'ends_before_it_begins' | 'overlaps'; with?: number }

/** The entries that end before they begin, and those that overlap an earlier-listed one of the same fee. */
export function scheduleProblems(entries: readonly ScheduleEntry[]): ScheduleProblem[] {
  const reversed = entries.flatMap((entry, i): ScheduleProblem[] =>
    entry.validTo !== null && entry.validTo < entry.validFrom ? [{ entry: i, problem: 'ends_before_it_begins' }] : [],
  )
  return [...reversed, ...overlaps(entries)]
}

// Sorted by fee and first day, an entry can only overlap the one of its fee that reaches furthest so far.
function overlaps(entries: readonly ScheduleEntry[]): ScheduleProblem[] {
  const sorted = entries.map((entry, at) => ({ ...entry, at, last: entry.validTo ?? '9999-12-31' }))
  sorted.sort((a, b) => order(a.feeCode, b.feeCode) || order(a.validFrom, b.validFrom))
  const problems: ScheduleProblem[] = []
  let furthest: (typeof sorted)[number] | undefined
  for (const entry of sorted) {
    if (furthest?.feeCode !== entry.feeCode) furthest = undefined
    if (furthest && entry.validFrom <= furthest.last) {
      const [first, second] = [Math.min(furthest.at, entry.at), Math.max(furthest.at, entry.at)]
      problems.push({ entry: second, problem: 'overlaps', with: first })
    }
    if (!furthest || entry.last > furthest.last) furthest = entry
  }
  return problems
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
