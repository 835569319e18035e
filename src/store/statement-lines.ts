/**
 * The lines of a statement, brought in by COPY: all of a file or nothing of it, in memory that does not grow with the file. COPY does not work under
 * row-level security (PostgreSQL manual, CREATE POLICY), so it fills a table of this transaction only, and one INSERT carries that over.
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
  statement: Pick<Statement, 'id' | 'agencyCode' | 'merchantAccountId' | 'source'>,
  produce: (write: LineWriter) => Promise<ImportEnd>,
): Promise<boolean> =>
  interactively(database, everyAgency, async (sql) => {
    const [lock] =
      await sql`select pg_try_advisory_xact_lock(hashtextextended(${`statement ${statement.id}`}, 0)) as held`
    const [row] = await sql`select status from statements where id = ${statement.id}`
    if (lock?.held !== true || !['queued', 'processing'].includes(String(row?.status))) return false
    await sql`select set_config('statement_timeout', ${importTimeout}, true)`
    await sql.unsafe(`create temporary table statement_intake (${intakeColumns}) on commit drop`)
    const end = await copyLines(sql, produce)
    if (!end.rejected) await carryOver(sql, statement)
    const status = end.rejected ? 'rejected' : 'imported'
    await finishStatement(sql, statement.id, { ...end, status, reason: end.rejected })
    return true
  })

/** A million lines take seconds; this ends an import that hangs. */
const importTimeout = '60min'

type Column = {
  name: string
  type: string
  read: (line: Parameters<LineWriter>[0]) => string | number | bigint | Date | null
}

const columns: readonly Column[] = [
  { name: 'line', type: 'integer', read: (line) => line.line },
  { name: 'line_type', type: 'text', read: (line) => line.lineType },
  { name: 'occurred_at', type: 'timestamptz', read: (line) => line.occurredAt },
  { name: 'business_day', type: 'date', read: (line) => line.businessDay },
  { name: 'merchant_reference', type: 'text', read: (line) => line.merchantReference },
  { name: 'provider_reference', type: 'text', read: (line) => line.providerReference },
  { name: 'amount', type: 'bigint', read: (line) => line.amount },
  { name: 'provider_fee', type: 'bigint', read: (line) => line.providerFee },
  { name: 'net_amount', type: 'bigint', read: (line) => line.netAmount },
  { name: 'status', type: 'text', read: (line) => line.status },
  { name: 'payout_reference', type: 'text', read: (line) => line.payoutReference },
  { name: 'value_date', type: 'date', read: (line) => line.valueDate },
  { name: 'bank_reference', type: 'text', read: (line) => line.bankReference },
  { name: 'description', type: 'text', read: (line) => line.description },
  { name: 'counterparty', type: 'text', read: (line) => line.counterparty },
  { name: 'row_hash', type: 'text', read: (line) => line.rowHash },
]
const columnNames = columns.map((column) => column.name).join(', ')
const intakeColumns = columns.map((column) => `${column.name} ${column.type}`).join(', ')

const copyLines = async (sql: Transaction, produce: (write: LineWriter) => Promise<ImportEnd>): Promise<ImportEnd> => {
  const stream = await sql.unsafe('copy statement_intake from stdin').writable()
  const closed = new Promise<void>((resolve) => stream.once('close', () => resolve()))
  let failure: unknown = null
  stream.on('error', (error: unknown) => {
    failure ??= error
  })
  const send = (text: string): Promise<void> =>
    new Promise((resolve, reject) => stream.write(text, (error) => (error ? reject(error) : resolve())))
  let text = ''
  try {
    const end = await produce((line) => {
      text += rowOf(line)
      if (text.length < pieceChars) return undefined
      const piece = text
      text = ''
      return send(piece)
    })
    if (text !== '') await send(text)
    stream.end()
    // postgres.js takes the next statement once the stream has sent its end, a turn of the loop later. It tells nobody when the server refuses
    // a COPY after that, so nothing waits for the stream here: the next statement of the transaction fails instead.
    await new Promise((resolve) => setTimeout(resolve, 0))
    return end
  } catch (error) {
    stream.destroy(error instanceof Error ? error : new Error('the import failed'))
    await closed
    throw failure ?? error
  }
}

const pieceChars = 65_536

/** A row for COPY. Joined by hand: a list of cells for each of a million lines would be most of the work here. */
const rowOf = (line: Parameters<LineWriter>[0]): string => {
  let text = ''
  for (const { read } of columns) text += text === '' ? copied(read(line)) : `\t${copied(read(line))}`
  return `${text}\n`
}

/** The text format of COPY (PostgreSQL manual, COPY, File Formats): tabs, line ends and backslashes escaped, `\N` for null. */
const copied = (value: string | number | bigint | Date | null): string => {
  if (value === null) return '\\N'
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return value.toString()
  return needsEscape.test(value) ? value.replace(escapedAll, (character) => escapes[character] ?? character) : value
}
const needsEscape = /[\\\t\n\r]/
const escapedAll = /[\\\t\n\r]/g
const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

const carryOver = (
  sql: Transaction,
  { id, agencyCode, merchantAccountId, source }: Pick<Statement, 'id' | 'agencyCode' | 'merchantAccountId' | 'source'>,
): Query => sql`
  insert into statement_lines (statement_id, agency_code, merchant_account_id, source, ${sql.unsafe(columnNames)})
  select ${id}, ${agencyCode}, ${merchantAccountId}, ${source}, ${sql.unsafe(columnNames)} from statement_intake`
