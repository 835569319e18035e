/** The canonical columns of a statement, and how a header row is read: which column of the file feeds which canonical column. */

export type StatementSource = 'provider' | 'bank'

export const canonicalColumns = {
  provider: [
    'line_type',
    'occurred_at',
    'merchant_reference',
    'provider_reference',
    'amount',
    'provider_fee',
    'net_amount',
    'status',
    'payout_reference',
    'value_date',
    'currency',
  ],
  bank: ['value_date', 'amount', 'bank_reference', 'description', 'counterparty', 'currency'],
} as const

export type StatementColumn = (typeof canonicalColumns)[StatementSource][number]

/** Money in and money out in columns of their own, as banks list it: a statement profile may name them instead of `amount`. */
export const splitColumns = ['credit', 'debit'] as const
export type SplitColumn = (typeof splitColumns)[number]

/** Without these a line says nothing about money. */
export const requiredColumns: Record<StatementSource, readonly StatementColumn[]> = {
  provider: ['line_type', 'occurred_at', 'merchant_reference', 'amount', 'status'],
  bank: ['value_date', 'amount'],
}

const ownOfProvider: readonly StatementColumn[] = ['line_type', 'merchant_reference', 'status']

/** Where each canonical column stands in a row; `width` is how many cells a whole row has. */
export type StatementHeader = { at: Readonly<Partial<Record<StatementColumn, number>>>; width: number }

/**
 * Reads a header row. Names are compared without case and surrounding space; columns of other names are left alone. Answers a sentence for the
 * accountant when a required column is missing or one comes twice.
 */
export const readHeader = (source: StatementSource, cells: readonly string[]): StatementHeader | string => {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  const at: Partial<Record<StatementColumn, number>> = {}
  for (const column of canonicalColumns[source]) {
    const place = names.indexOf(column)
    if (place < 0) continue
    if (names.lastIndexOf(column) !== place) return `the column ${column} comes twice in the header row`
    at[column] = place
  }
  const missing = requiredColumns[source].filter((column) => at[column] === undefined)
  if (missing.length > 0) return `the header row has no column ${missing.join(', ')}`
  // A provider's file has the columns of a bank's as well, and a refund in it is no money in.
  if (source === 'bank' && ownOfProvider.every((column) => names.includes(column))) {
    return "the header row is that of a provider's statement, and not of a bank's"
  }
  return { at, width: cells.length }
}
