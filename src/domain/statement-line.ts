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
  const row = { at: header.at, cells }
  try {
    checkCurrency(row)
    return { ok: true, line: source === 'provider' ? readProviderLine(row) : readBankLine(row) }
  } catch (error) {
    if (error instanceof Wrong) return { ok: false, problem: error.problem }
    throw error
  }
}

/** A row's cells, and which of them each column is. A million rows are read: what reads one makes nothing by the way. */
type Row = { at: StatementHeader['at']; cells: readonly string[] }

const cellOf = ({ cells }: Row, place: number | undefined): string =>
  place === undefined ? '' : (cells[place] ?? '').trim()

const readProviderLine = (row: Row): StatementLine => {
  const { at } = row
  const lineType = oneOf('line_type', cellOf(row, at.line_type), lineTypes)
  const status = oneOf('status', cellOf(row, at.status), lineStatuses)
  const occurredAt = parseStatementTime(cellOf(row, at.occurred_at))
  if (!occurredAt) {
    throw wrong('occurred_at', 'a time is RFC 3339 with offset, or dd/MM/yyyy HH:mm:ss in Vietnamese time')
  }
  const amount = amountOf('amount', cellOf(row, at.amount))
  if (amount === null) throw wrong('amount', 'the amount is missing')
  const mayBeNegative = lineType === 'fee' || lineType === 'adjustment'
  if (amount < 0n && !mayBeNegative) throw wrong('amount', 'the amount of a capture or refund is positive')
  if (amount === 0n && !mayBeNegative && status === 'success') {
    throw wrong('amount', 'the amount of a successful capture or refund is more than 0')
  }
  const providerFee = amountOf('provider_fee', cellOf(row, at.provider_fee))
  if (providerFee !== null && providerFee < 0n) throw wrong('provider_fee', 'a provider fee is not negative')
  return {
    lineType,
    occurredAt,
    businessDay: businessDay(occurredAt),
    merchantReference: textOf('merchant_reference', cellOf(row, at.merchant_reference), referenceMax),
    providerReference: textOf('provider_reference', cellOf(row, at.provider_reference), referenceMax),
    amount,
    providerFee,
    netAmount: amountOf('net_amount', cellOf(row, at.net_amount)),
    status,
    payoutReference: textOf('payout_reference', cellOf(row, at.payout_reference), referenceMax),
    valueDate: dayOf('value_date', cellOf(row, at.value_date)),
    bankReference: null,
    description: null,
    counterparty: null,
  }
}

const readBankLine = (row: Row): StatementLine => {
  const { at } = row
  const amount = amountOf('amount', cellOf(row, at.amount))
  if (amount === null || amount === 0n) throw wrong('amount', 'the amount is missing or 0')
  const valueDate = dayOf('value_date', cellOf(row, at.value_date))
  if (!valueDate) throw wrong('value_date', 'the value date is missing')
  return {
    ...emptyLine,
    businessDay: valueDate,
    amount,
    valueDate,
    bankReference: textOf('bank_reference', cellOf(row, at.bank_reference), referenceMax),
    description: textOf('description', cellOf(row, at.description), textMax),
    counterparty: textOf('counterparty', cellOf(row, at.counterparty), textMax),
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

const checkCurrency = (row: Row): void => {
  if (row.at.currency === undefined) return
  const currency = cellOf(row, row.at.currency).toUpperCase()
  if (currency !== '' && currency !== 'VND') {
    throw new Wrong({ column: 'currency', message: 'the file is not in đồng (VND)', kind: 'currency' })
  }
}

const oneOf = <Value extends string>(column: StatementColumn, text: string, values: readonly Value[]): Value => {
  for (const value of values) if (value === text) return value
  const lower = text.toLowerCase()
  const found = values.find((value) => value === lower)
  if (!found) throw wrong(column, `${column} is one of ${values.join(', ')}`)
  return found
}

// Fifteen digits are what Excel and JSON hold exactly; a fee is never near that.
const amountShape = /^[+-]?\d{1,15}$/

const amountOf = (column: StatementColumn, text: string): bigint | null => {
  if (text === '') return null
  if (!amountShape.test(text)) {
    throw wrong(column, 'an amount is a whole number of đồng, at most 15 digits, without separators')
  }
  // Exact: a number holds fifteen digits, and is read faster than a text of them.
  return BigInt(Number(text))
}

const dayOf = (column: StatementColumn, text: string): string | null => {
  if (text === '') return null
  if (!isBusinessDayText(text)) throw wrong(column, 'a day is written yyyy-MM-dd')
  return text
}

// Nearly all references are; composing them anew would cost more than all else that is done to them.
const isPlain = /^[ -~]*$/

const textOf = (column: StatementColumn, text: string, max: number): string | null => {
  if (text === '') return null
  if (text.length > max) throw wrong(column, `${column} is longer than ${max} characters`)
  return isPlain.test(text) ? text : text.normalize('NFC')
}
