/** Reads a bank's MT940 as lines of a bank statement. */
import { isSameAccount } from '../domain/statement-account.ts'
import { emptyLine, type StatementLine } from '../domain/statement-line.ts'
import { type StatementTally, tallyBalances, tallyLine, tallyProblem } from '../domain/statement-tally.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { type Mt940Entry, type Mt940Item, readMt940 } from '../lib/mt940.ts'
import { hasWord } from '../lib/text.ts'
import type { LineWriter } from '../store/statement-lines.ts'

type Reading = { tally: StatementTally; write: LineWriter; payeeNumber: string }

/** Notes what the file says in `tally` and hands its good entries to `write`. Answers the reason when the file is refused whole, else null. */
export const readMt940Statement = async (
  file: ReadableStream<Uint8Array>,
  { tally, write, payeeNumber }: Reading,
): Promise<string | null> => {
  let [isEmpty, isCut] = [true, false]
  for await (const item of readMt940(file)) {
    const refused = 'account' in item ? refusalOf(item, { tally, payeeNumber }) : null
    if (refused) {
      tallyProblem(tally, { line: item.line, message: refused })
      return refused
    }
    if (item.kind === 'entry' || item.kind === 'broken_entry') tally.lines += 1
    if (item.kind === 'entry') {
      isEmpty = false
      const line = lineOf(item)
      if (!tallyLine(tally, 'bank', { line: item.line, read: line })) {
        isCut = true
        continue
      }
      const written = write({ ...line, line: item.line, rowHash: sha256Hex(item.raw) })
      if (written) await written
    } else if (item.kind === 'statement') {
      const { line, opening, closing } = item
      // Where an entry is no line here, nobody can say that the lines close.
      const closes = isCut && item.closes ? null : item.closes
      isCut = false
      if (tally.lines === 0 && (opening || closing)) isEmpty = false
      tallyBalances(tally, { line, opening: opening?.amount ?? null, closing: closing?.amount ?? null, closes })
    } else tallyProblem(tally, { line: item.line, message: item.message })
  }
  if (!isEmpty) return null
  const reason = tally.lines > 0 ? 'no line of the file could be read' : 'the file has no statement that could be read'
  if (tally.problemCount === 0) tallyProblem(tally, { line: 1, message: reason })
  return reason
}

/** Why a statement cannot be of this merchant account. */
const refusalOf = (
  { account, currency }: Extract<Mt940Item, { account: string | null }>,
  { tally, payeeNumber }: Pick<Reading, 'tally' | 'payeeNumber'>,
): string | null => {
  if (currency !== null && currency !== 'VND') {
    tally.currency = currency
    return `the statement is in ${currency}, and not in đồng (VND)`
  }
  if (account === null) return null
  tally.account ??= account
  return isSameAccount(account, payeeNumber)
    ? null
    : 'the statement is of another account than the merchant account names'
}

/** A line has one place for a reference: those of the customer go into the text where the bank has one of its own. */
const lineOf = (entry: Mt940Entry): StatementLine => {
  const { valueDate, amount, bankReference, customerReference, reference, description, counterparty } = entry
  const [own, ...others] = [bankReference, customerReference, reference].filter((each) => each !== null)
  const untold = others.filter((each) => each !== own && !hasWord(description ?? '', each))
  return {
    ...emptyLine,
    businessDay: valueDate,
    valueDate,
    amount,
    bankReference: own ?? null,
    description: [...new Set(untold), description].filter(Boolean).join(' ') || null,
    counterparty,
  }
}
