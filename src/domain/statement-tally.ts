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

const problemsMax = 1_000

export const newTally = (): StatementTally => ({
  lines: 0,
  accepted: 0,
  problems: [],
  problemCount: 0,
  credits: 0n,
  debits: 0n,
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

/** Notes a row that was read. Lines that are not `success` moved no money. */
export const tallyLine = (tally: StatementTally, source: StatementSource, line: StatementLine): void => {
  tally.accepted += 1
  const day = source === 'bank' ? line.valueDate : line.businessDay
  if (day && (!tally.fromDay || day < tally.fromDay)) tally.fromDay = day
  if (day && (!tally.toDay || day > tally.toDay)) tally.toDay = day
  const moved = movedAmount(source, line)
  if (moved > 0n) tally.credits += moved
  else tally.debits -= moved
}

/** Notes the balances of one statement of a file that may have several: they close together when each does and opens where the one before it closed. */
export const tallyBalances = (tally: StatementTally, { line, opening, closing, closes }: StatementBalances): void => {
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

export type StatementBalances = { line: number; opening: bigint | null; closing: bigint | null; closes: boolean | null }

/** Signed: what the agency gains by the line. */
const movedAmount = (source: StatementSource, line: StatementLine): bigint => {
  if (source === 'bank') return line.amount
  if (line.status !== 'success') return 0n
  return line.lineType === 'refund' || line.lineType === 'fee' ? -line.amount : line.amount
}
