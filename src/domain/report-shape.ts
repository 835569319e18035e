/** What a report looks like: its columns in order, what its last row adds up, and what of it fits on paper. */

/** `count` is a number of things, `rate` a text with two decimals such as `97.31`, or `N/A`; an amount is đồng. */
export type ReportColumnType = 'text' | 'amount' | 'count' | 'rate' | 'date'
export type ReportColumn = { key: string; title: string; type: ReportColumnType }

export type ReportShape = {
  title: string
  columns: readonly ReportColumn[]
  /** Columns that the last row adds up. `amount` is among them and must be the ledger's figure. */
  summed: readonly string[]
  /** The columns on paper with the share of the width that each has: those that a person reads. Files and JSON hold all. */
  printed: Readonly<Record<string, number>>
  /** Sums by one column's value, as a table of their own. */
  tally?: { by: string; title: string }
  /** Rates of the last row, from its sums. */
  rates?: (sums: Readonly<Record<string, bigint>>) => Readonly<Record<string, string>>
}

export const text = (key: string, title: string): ReportColumn => ({ key, title, type: 'text' })
export const amount = (key: string, title: string): ReportColumn => ({ key, title, type: 'amount' })
export const count = (key: string, title: string): ReportColumn => ({ key, title, type: 'count' })
export const rate = (key: string, title: string): ReportColumn => ({ key, title, type: 'rate' })
export const date = (key: string, title: string): ReportColumn => ({ key, title, type: 'date' })

/** `part` of `whole` in percent, half up to two decimals; `N/A` where there is no whole. Neither is negative. */
export const percent = (part: bigint, whole: bigint): string => {
  if (whole === 0n) return 'N/A'
  const hundredths = (part * 20_000n + whole) / (2n * whole)
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`
}
