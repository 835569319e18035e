/** What an import counts while it reads: lines, problems, sums and days. A value that is updated in place, since a file has a million rows. */
import type { StatementSource } from './statement-columns.ts'
import type { StatementLine } from './statement-line.ts'

export type StatementProblem = { line: number; column?: string; message: string }

export type StatementTally = {
  lines: number
  accepted: number
  /** The first thousand; `problemCount` counts them all. */
  problems: StatementProblem[]
  problemCount: number
  /** Money in and money out, both positive. */
  credits: bigint
  debits: bigint
  /** What each column of amounts comes to without signs, of lines that moved no money as well. */
  sizes: Record<SizedColumn, bigint>
  fromDay: string | null
  toDay: string | null
  /** Of all statements in the file together: what the first opens and the last closes with. Null where the file does not say. */
  openingBalance: bigint | null
  closingBalance: bigint | null
  closes: boolean | null
  statements: number
  account: string | null
  currency: string
}

type SizedColumn = 'amount' | 'net_amount' | 'provider_fee'

/** So many are kept of a file. */
export const problemsMax = 1_000

export const newTally = (): StatementTally => ({
  lines: 0,
  accepted: 0,
  problems: [],
  problemCount: 0,
  credits: 0n,
  debits: 0n,
  sizes: { amount: 0n, net_amount: 0n, provider_fee: 0n },
  fromDay: null,
  toDay: null,
  openingBalance: null,
  closingBalance: null,
  closes: null,
  statements: 0,
  account: null,
  currency: 'VND',
})

/** Notes a row that could not be read. */
export const tallyProblem = (tally: StatementTally, problem: StatementProblem): void => {
  tally.problemCount += 1
  if (tally.problems.length < problemsMax) tally.problems.push(problem)
}

/** The largest whole number that everybody who reads an answer holds exactly (RFC 8259, section 6). */
const sumMax = BigInt(Number.MAX_SAFE_INTEGER)

/**
 * Notes a row that was read, at its line of the file. Lines that are not `success` moved no money. Answers false for one with which the sum of a column would become
 * larger than anybody can be told, and than what adds them up later can hold: it is a problem, and is not to be stored.
 */
export const tallyLine = (
  tally: StatementTally,
  source: StatementSource,
  { line, read }: { line: number; read: StatementLine },
): boolean => {
  const { sizes } = tally
  const amount = sizes.amount + sizeOf(read.amount)
  const net = sizes.net_amount + sizeOf(read.netAmount)
  const fee = sizes.provider_fee + sizeOf(read.providerFee)
  const column = amount > sumMax ? 'amount' : net > sumMax ? 'net_amount' : fee > sumMax ? 'provider_fee' : null
  if (column) {
    tallyProblem(tally, { line, column, message: 'with this amount the sum of the file is beyond 2^53 đồng' })
    return false
  }
  tally.sizes = { amount, net_amount: net, provider_fee: fee }
  const moved = movedAmount(source, read)
  if (moved > 0n) tally.credits += moved
  else tally.debits -= moved
  tally.accepted += 1
  const day = source === 'bank' ? read.valueDate : read.businessDay
  if (day && (!tally.fromDay || day < tally.fromDay)) tally.fromDay = day
  if (day && (!tally.toDay || day > tally.toDay)) tally.toDay = day
  return true
}

/** Notes the balances of one statement of a file that may have several: they close together when each does and opens where the one before it closed. */
export const tallyBalances = (tally: StatementTally, told: StatementBalances): void => {
  const { line } = told
  const [opening, closing] = [tellable(told.opening), tellable(told.closing)]
  const isTellable = opening === told.opening && closing === told.closing
  if (!isTellable) tallyProblem(tally, { line, message: 'a balance is beyond 2^53 đồng' })
  const closes = isTellable ? told.closes : null
  const isFirst = tally.statements === 0
  const before = tally.closingBalance
  tally.statements += 1
  if (isFirst) tally.openingBalance = opening
  tally.closingBalance = closing
  const hasGap = !isFirst && before !== null && opening !== null && before !== opening
  if (hasGap) {
    tallyProblem(tally, {
      line,
      message: 'the statement does not open with the balance that the one before it closed with',
    })
  }
  const together = isFirst || tally.closes ? closes : (tally.closes ?? (closes === false ? false : null))
  tally.closes = hasGap ? false : together
}

const tellable = (balance: bigint | null): bigint | null =>
  balance !== null && balance <= sumMax && balance >= -sumMax ? balance : null

export type StatementBalances = { line: number; opening: bigint | null; closing: bigint | null; closes: boolean | null }

const sizeOf = (amount: bigint | null): bigint => (amount === null ? 0n : amount < 0n ? -amount : amount)

/** Signed: what the agency gains by the line. */
const movedAmount = (source: StatementSource, line: StatementLine): bigint => {
  if (source === 'bank') return line.amount
  if (line.status !== 'success') return 0n
  return line.lineType === 'refund' || line.lineType === 'fee' ? -line.amount : line.amount
}
