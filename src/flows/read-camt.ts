/** Reads a bank's camt.053 as lines of a bank statement. */
import { isSameAccount } from '../domain/statement-account.ts'
import { type CamtItem, CamtRefusal, createCamtReader } from '../domain/statement-camt.ts'
import type { CamtEntry } from '../domain/statement-camt-entry.ts'
import type { CamtStatement } from '../domain/statement-camt-totals.ts'
import { wholeUnits } from '../domain/statement-camt-value.ts'
import { emptyLine, type StatementLine } from '../domain/statement-line.ts'
import { type StatementTally, tallyBalances, tallyLine, tallyProblem } from '../domain/statement-tally.ts'
import { givingWay, turnBytes } from '../lib/give-way.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { hasWord } from '../lib/text.ts'
import { createXmlDecoder } from '../lib/xml-text.ts'
import type { LineWriter } from '../store/statement-lines.ts'

type Reading = { tally: StatementTally; write: LineWriter; payeeNumber: string }

/** Notes what the file says in `tally` and hands its good entries to `write`. Answers the reason when the file is refused whole, else null. */
export const readCamtStatement = async (file: ReadableStream<Uint8Array>, reading: Reading): Promise<string | null> => {
  const { tally, write } = reading
  let [lastLine, isForeign] = [0, false]
  const refuse = (line: number, reason: string): string => {
    tallyProblem(tally, { line, message: reason })
    return reason
  }
  try {
    for await (const item of itemsOf(file)) {
      if (item.kind === 'statement') {
        // Balances may close with an entry that is no line here: then nobody can say so of the lines.
        const closes = isForeign && item.statement.closes ? null : item.statement.closes
        isForeign = false
        const refused = noteStatement({ ...item.statement, closes }, reading)
        if (refused) return refuse(item.statement.line, refused)
      } else if (item.kind === 'entry') {
        const { entry } = item
        const foreign = refusedCurrency(entry.accountCurrency, tally)
        if (foreign) return refuse(entry.line, foreign)
        tally.lines += 1
        const line = lineOf(entry)
        if (!line) {
          isForeign = true
          tallyProblem(tally, { line: entry.line, column: 'Amt', message: 'the entry is not in đồng (VND)' })
          continue
        }
        if (!tallyLine(tally, 'bank', { line: entry.line, read: line })) {
          isForeign = true
          continue
        }
        // A file may be one long line, and a batch is several rows of one entry; a stored line has a number of its own.
        lastLine = Math.max(entry.line, lastLine + 1)
        await write({ ...line, line: lastLine, rowHash: sha256Hex(entry.cells.join('\u001f')) })
      } else {
        if (item.kind === 'broken_entry') tally.lines += 1
        tallyProblem(tally, item.problem)
      }
    }
  } catch (error) {
    if (error instanceof CamtRefusal) return refuse(error.line, error.message)
    throw error
  }
  return tally.lines > 0 && tally.accepted === 0 && !tally.closes ? 'no line of the file could be read' : null
}

async function* itemsOf(file: ReadableStream<Uint8Array>): AsyncGenerator<CamtItem> {
  const [decoder, camt, giveWay] = [createXmlDecoder(), createCamtReader(), givingWay()]
  const reader = file.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (let from = 0; from < part.value.length; from += turnBytes) {
        const step = part.value.subarray(from, from + turnBytes)
        for (const item of camt.write(decoder.write(step))) {
          yield item
          // One entry may be thousands of lines.
          await giveWay(itemBytes)
        }
        await giveWay(step.length)
      }
    }
    yield* camt.write(decoder.end())
    yield* camt.end()
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

/** What making and storing a line costs, as the reading of so many bytes. */
const itemBytes = 200

const refusedCurrency = (currency: string | null, tally: StatementTally): string | null => {
  if (currency === null || currency === 'VND') return null
  if (/^[A-Z]{3}$/.test(currency)) tally.currency = currency
  return 'the statement is not in đồng (VND)'
}

/** Notes account and balances. Answers why the statement cannot be of this merchant account. */
const noteStatement = (statement: CamtStatement, { tally, payeeNumber }: Reading): string | null => {
  const { line, account, currency, opening, closing, closes } = statement
  const foreign = refusedCurrency(currency, tally)
  if (foreign) return foreign
  if (account !== null) {
    tally.account ??= account
    if (account !== tally.account) return 'the file has statements of more than one account'
    if (!isSameAccount(account, payeeNumber)) {
      return 'the statement is of another account than the merchant account names'
    }
  }
  const whole = (units: bigint | null) => (units === null ? null : wholeUnits(units))
  tallyBalances(tally, { line, opening: whole(opening), closing: whole(closing), closes })
  return null
}

/** A line has one place for a reference: the payer's goes into the text where the bank has one of its own. */
const lineOf = (entry: CamtEntry): StatementLine | null => {
  const { valueDate, amount, bankReference, endToEndId, description, counterparty } = entry
  if (amount === null) return null
  const isTold = !endToEndId || !bankReference || hasWord(description ?? '', endToEndId)
  return {
    ...emptyLine,
    businessDay: valueDate,
    valueDate,
    amount,
    bankReference: bankReference ?? endToEndId,
    description: isTold ? description : [endToEndId, description].filter(Boolean).join(' ').slice(0, descriptionMax),
    counterparty,
  }
}

const descriptionMax = 2_000
