/**
 * The lines of a statement, brought in by COPY: all of a file or nothing of it, in memory that does not grow with the file. COPY does not work under
 * row-level security (PostgreSQL manual, CREATE POLICY), so it fills a table of this transaction only, and an INSERT carries that over. That goes by portions, so
 * that the server stores one while the next is being read here.
 */
import type { StatementLine } from '../domain/statement-line.ts'
import type { StatementTally } from '../domain/statement-tally.ts'
import { type Database, everyAgency, interactively, type Query } from './database.ts'
import { finishStatement, type Statement } from './statements.ts'
import type { Transaction } from './transaction.ts'

/** Writes lines; awaits when the database cannot follow. */
export type LineWriter = (line: StatementLine & { line: number; rowHash: string }) => Promise<void> | undefined

export type ImportEnd = { tally: StatementTally; rejected: string | null; profile: unknown; now: Date }

/**
 * Runs an import as one transaction: `produce` writes the lines and says how it ended. Answers false when another process is importing the same
 * statement, or has. A crash undoes everything and frees the lock, so the import can be run again at once.
 */
export const importLines = async (
  database: Database,
  statement: Owner,
  produce: (write: LineWriter) => Promise<ImportEnd>,
): Promise<boolean> =>
  interactively(database, everyAgency, async (sql) => {
    const [lock] =
      await sql`select pg_try_advisory_xact_lock(hashtextextended(${`statement ${statement.id}`}, 0)) as held`
    const [row] = await sql`select status from statements where id = ${statement.id}`
    if (lock?.held !== true || !['queued', 'processing'].includes(String(row?.status))) return false
    await sql`
      select set_config('statement_timeout', ${importTimeout}, true), set_config('idle_in_transaction_session_timeout', ${importTimeout}, true)`
    await sql.unsafe('savepoint lines')
    await sql.unsafe(`create temporary table statement_intake (${intakeColumns}) on commit drop`)
    const end = await storeLines(sql, statement, produce)
    if (end.rejected) await sql.unsafe('rollback to savepoint lines')
    const status = end.rejected ? 'rejected' : 'imported'
    await finishStatement(sql, statement.id, { ...end, status, reason: end.rejected })
    return true
  })

/** A million lines take seconds; this ends an import that hangs. */
const importTimeout = '60min'

type Column = { name: string; type: string }

/** In the order of `rowOf`. */
const columns: readonly Column[] = [
  { name: 'line', type: 'integer' },
  { name: 'line_type', type: 'text' },
  { name: 'occurred_at', type: 'timestamptz' },
  { name: 'business_day', type: 'date' },
  { name: 'merchant_reference', type: 'text' },
  { name: 'provider_reference', type: 'text' },
  { name: 'amount', type: 'bigint' },
  { name: 'provider_fee', type: 'bigint' },
  { name: 'net_amount', type: 'bigint' },
  { name: 'status', type: 'text' },
  { name: 'payout_reference', type: 'text' },
  { name: 'value_date', type: 'date' },
  { name: 'bank_reference', type: 'text' },
  { name: 'description', type: 'text' },
  { name: 'counterparty', type: 'text' },
  { name: 'row_hash', type: 'text' },
]
const columnNames = columns.map((column) => column.name).join(', ')
const intakeColumns = columns.map((column) => `${column.name} ${column.type}`).join(', ')

type Owner = Pick<Statement, 'id' | 'agencyCode' | 'merchantAccountId' | 'source'>

/** Hands the lines on by portions; waits for one only when the next is there. */
const storeLines = async (
  sql: Transaction,
  owner: Owner,
  produce: (write: LineWriter) => Promise<ImportEnd>,
): Promise<ImportEnd> => {
  // A text that is put together of so many is taken out of the heap at once: it would be carried about there.
  let [text, pieces, lines] = ['', [] as Uint8Array[], 0]
  let underway: Promise<void> = Promise.resolve()
  const handOver = async (): Promise<void> => {
    const portion = [...pieces, encoder.encode(text)]
    text = ''
    pieces = []
    lines = 0
    await underway
    underway = storePortion(sql, owner, portion)
    // Whoever waits for it hears of it; until then nobody does.
    underway.catch(() => undefined)
  }
  try {
    const end = await produce((line) => {
      text += rowOf(line)
      lines += 1
      if (text.length >= pieceChars) {
        pieces.push(encoder.encode(text))
        text = ''
      }
      return lines < portionLines && pieces.length < portionPieces ? undefined : handOver()
    })
    if (lines > 0) await handOver()
    await underway
    return end
  } catch (error) {
    await underway
    throw error
  }
}

const encoder = new TextEncoder()
const pieceChars = 16_384
const portionLines = 5_000
const portionPieces = 256

const storePortion = async (sql: Transaction, owner: Owner, portion: readonly Uint8Array[]): Promise<void> => {
  await copyIn(sql, portion)
  await carryOver(sql, owner)
  await sql.unsafe('truncate statement_intake')
}

const copyIn = async (sql: Transaction, portion: readonly Uint8Array[]): Promise<void> => {
  const stream = await sql.unsafe('copy statement_intake from stdin').writable()
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject)
    for (const [at, piece] of portion.entries())
      stream.write(piece, (error) => (error ? reject(error) : at === portion.length - 1 && resolve()))
  })
  stream.end()
  // postgres.js takes the next statement once the stream has sent its end, a turn of the loop later. It tells nobody when the server refuses a COPY after that, so
  // nothing waits for the stream here: the next statement of the transaction fails instead.
  await new Promise((resolve) => setTimeout(resolve, 0))
}

/**
 * A row in the text format of COPY (PostgreSQL manual, COPY, File Formats): tabs, line ends and backslashes escaped, `\N` for null. Written out: a list of cells
 * for each of a million lines would be most of the work here. What is no free text has nothing to escape.
 */
const rowOf = (line: Parameters<LineWriter>[0]): string =>
  `${line.line}\t${line.lineType ?? none}\t${line.occurredAt?.toISOString() ?? none}\t${line.businessDay ?? none}\t${copied(line.merchantReference)}\t${copied(line.providerReference)}\t${line.amount}\t${line.providerFee ?? none}\t${line.netAmount ?? none}\t${line.status ?? none}\t${copied(line.payoutReference)}\t${line.valueDate ?? none}\t${copied(line.bankReference)}\t${copied(line.description)}\t${copied(line.counterparty)}\t${line.rowHash}\n`

const none = '\\N'

const copied = (text: string | null): string => {
  if (text === null) return none
  return needsEscape.test(text) ? text.replace(escapedAll, (character) => escapes[character] ?? character) : text
}
const needsEscape = /[\\\t\n\r]/
const escapedAll = /[\\\t\n\r]/g
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

const carryOver = (sql: Transaction, { id, agencyCode, merchantAccountId, source }: Owner): Query => sql`
  insert into statement_lines (statement_id, agency_code, merchant_account_id, source, ${sql.unsafe(columnNames)})
  select ${id}, ${agencyCode}, ${merchantAccountId}, ${source}, ${sql.unsafe(columnNames)} from statement_intake`
