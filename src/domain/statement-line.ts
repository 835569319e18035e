/** One row of a canonical statement: every cell checked, or the first thing that is wrong with it. Pure; no row costs another. */
import { businessDay, isBusinessDayText, parseStatementTime } from '../lib/time.ts'
import type { SplitColumn, StatementColumn, StatementHeader, StatementSource } from './statement-columns.ts'

export const lineTypes = ['capture', 'refund', 'fee', 'adjustment'] as const
export type LineType = (typeof lineTypes)[number]
export const lineStatuses = ['success', 'failed', 'pending'] as const
export type LineStatus = (typeof lineStatuses)[number]

/** Amounts in whole đồng. In a provider's file captures and refunds are both positive; in a bank's, money out is negative. */
export type StatementLine = {
  lineType: LineType | null
  occurredAt: Date | null
  businessDay: string | null
  merchantReference: string | null
  providerReference: string | null
  amount: bigint
  providerFee: bigint | null
  netAmount: bigint | null
  status: LineStatus | null
  payoutReference: string | null
  valueDate: string | null
  bankReference: string | null
  description: string | null
  counterparty: string | null
}

/** `currency` means that the file is not in đồng at all, so that it is refused whole. */
export type RowProblem = { column?: StatementColumn | SplitColumn; message: string; kind?: 'currency' }

export type ReadRow = { ok: true; line: StatementLine } | { ok: false; problem: RowProblem }

const referenceMax = 200
const textMax = 2_000

class Wrong extends Error {
  readonly problem: RowProblem
  constructor(problem: RowProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** Reads the cells of one row under its header. */
export const readStatementRow = (
  source: StatementSource,
  header: StatementHeader,
  cells: readonly string[],
): ReadRow => {
  if (cells.length !== header.width) {
    return { ok: false, problem: { message: `the row has ${cells.length} cells, the header ${header.width}` } }
  }
  const cell: Cell = (column) => {
    const place = header.at[column]
    return place === undefined ? '' : (cells[place] ?? '').trim()
  }
  try {
    checkCurrency(cell)
    return { ok: true, line: source === 'provider' ? readProviderLine(cell) : readBankLine(cell) }
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, problem: error.problem }
    throw error
  }
}

type Cell = (column: StatementColumn) => string

const readProviderLine = (cell: Cell): StatementLine => {
  const lineType = oneOf(cell, 'line_type', lineTypes)
  const status = oneOf(cell, 'status', lineStatuses)
  const occurredAt = parseStatementTime(cell('occurred_at'))
  if (!occurredAt) {
    throw wrong('occurred_at', 'a time is RFC 3339 with offset, or dd/MM/yyyy HH:mm:ss in Vietnamese time')
  }
  const amount = amountOf(cell, 'amount')
  if (amount === null) throw wrong('amount', 'the amount is missing')
  const mayBeNegative = lineType === 'fee' || lineType === 'adjustment'
  if (amount < 0n && !mayBeNegative) throw wrong('amount', 'the amount of a capture or refund is positive')
  if (amount === 0n && !mayBeNegative && status === 'success') {
    throw wrong('amount', 'the amount of a successful capture or refund is more than 0')
  }
  const providerFee = amountOf(cell, 'provider_fee')
  if (providerFee !== null && providerFee < 0n) throw wrong('provider_fee', 'a provider fee is not negative')
  return {
    ...emptyLine,
    lineType,
    occurredAt,
    businessDay: businessDay(occurredAt),
    merchantReference: textOf(cell, 'merchant_reference', referenceMax),
    providerReference: textOf(cell, 'provider_reference', referenceMax),
    amount,
    providerFee,
    netAmount: amountOf(cell, 'net_amount'),
    status,
    payoutReference: textOf(cell, 'payout_reference', referenceMax),
    valueDate: dayOf(cell, 'value_date'),
  }
}

const readBankLine = (cell: Cell): StatementLine => {
  const amount = amountOf(cell, 'amount')
  if (amount === null || amount === 0n) throw wrong('amount', 'the amount is missing or 0')
  const valueDate = dayOf(cell, 'value_date')
  if (!valueDate) throw wrong('value_date', 'the value date is missing')
  return {
    ...emptyLine,
    businessDay: valueDate,
    amount,
    valueDate,
    bankReference: textOf(cell, 'bank_reference', referenceMax),
    description: textOf(cell, 'description', textMax),
    counterparty: textOf(cell, 'counterparty', textMax),
  }
}

export const emptyLine = {
  lineType: null,
  occurredAt: null,
  businessDay: null,
  merchantReference: null,
  providerReference: null,
  providerFee: null,
  netAmount: null,
  status: null,
  payoutReference: null,
  valueDate: null,
  bankReference: null,
  description: null,
  counterparty: null,
}

const wrong = (column: StatementColumn, message: string): Wrong => new Wrong({ column, message })

const checkCurrency = (cell: Cell): void => {
  const currency = cell('currency').toUpperCase()
  if (currency !== '' && currency !== 'VND') {
    throw new Wrong({ column: 'currency', message: 'the file is not in đồng (VND)', kind: 'currency' })
  }
}

const oneOf = <Value extends string>(cell: Cell, column: StatementColumn, values: readonly Value[]): Value => {
  const text = cell(column).toLowerCase()
  const found = values.find((value) => value === text)
  if (!found) throw wrong(column, `${column} is one of ${values.join(', ')}`)
  return found
}

// Fifteen digits are what Excel and JSON hold exactly; a fee is never near that.
const amountShape = /^[+-]?\d{1,15}$/

const amountOf = (cell: Cell, column: StatementColumn): bigint | null => {
  const text = cell(column)
  if (text === '') return null
  if (!amountShape.test(text)) {
    throw wrong(column, 'an amount is a whole number of đồng, at most 15 digits, without separators')
  }
  return BigInt(text.startsWith('+') ? text.slice(1) : text)
}

const dayOf = (cell: Cell, column: StatementColumn): string | null => {
  const text = cell(column)
  if (text === '') return null
  if (!isBusinessDayText(text)) throw wrong(column, 'a day is written yyyy-MM-dd')
  return text
}

// Nearly all references are; composing them anew would cost more than all else that is done to them.
const isPlain = /^[ -~]*$/

const textOf = (cell: Cell, column: StatementColumn, max: number): string | null => {
  const text = cell(column)
  if (text === '') return null
  if (text.length > max) throw wrong(column, `${column} is longer than ${max} characters`)
  return isPlain.test(text) ? text : text.normalize('NFC')
}
