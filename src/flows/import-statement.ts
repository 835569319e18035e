/**
 * Imports a statement: opens its pieces, reads the rows, and stores all lines at once or none. A broken row is listed with its line and never loses the
 * rest. The file itself decides everything; nothing depends on the clock.
 */
import type { StatementSource } from '../domain/statement-columns.ts'
import { isWorkbook } from '../domain/statement-format.ts'
import { canonicalLayout, profileLayout, type StatementLayout } from '../domain/statement-layout.ts'
import { readProfile } from '../domain/statement-profile.ts'
import { newTally, type StatementTally, tallyLine, tallyProblem } from '../domain/statement-tally.ts'
import { type CsvProblem, type CsvRow, readCsv } from '../lib/csv.ts'
import { sha256Hex } from '../lib/hmac.ts'
import { everyAgency } from '../store/database.ts'
import { findSettlementTerms } from '../store/settlement-terms.ts'
import { importLines, type LineWriter } from '../store/statement-lines.ts'
import { findStatement, noteProgress, type Statement, unfinishedStatements } from '../store/statements.ts'
import type { Deps } from './deps.ts'
import { readCamtStatement } from './read-camt.ts'
import { readMt940Statement } from './read-mt940.ts'
import { readXlsxStatement } from './read-xlsx.ts'
import { openFile, readHead } from './statement-file.ts'

/** Lines read, and the reason when the file is refused whole. */
export type StatementReading = { tally: StatementTally; rejected: string | null }

/** Imports a queued statement, or one whose import was cut off. Answers false when it is imported, or is being imported elsewhere. */
export const importStatement = async (deps: Deps, statementId: string): Promise<boolean> => {
  const statement = await findStatement(deps.db, everyAgency, statementId)
  if (!statement || !isUnfinished(statement)) return false
  const terms = await findSettlementTerms(deps.db, everyAgency, statement.merchantAccountId)
  const file = { ...statement, payeeNumber: terms?.payeeNumber ?? '', statementProfile: terms?.statementProfile }
  return oneAtATime(deps, () =>
    importLines(deps.db, statement, async (write) => {
      const reading = await readStatement(deps, file, write, (progress) =>
        noteProgress(deps.db, statement.id, progress),
      )
      return { ...reading, now: deps.now() }
    }),
  )
}

/** Takes up imports that wait or were cut off, at most `limit`, and answers how many it imported. A job of flows/run-jobs.ts. */
export const importWaiting = async (deps: Deps, limit: number): Promise<number> => {
  let imported = 0
  for (const id of await unfinishedStatements(deps.db, limit)) {
    try {
      if (await importStatement(deps, id)) imported += 1
    } catch (error) {
      deps.log.error({ statement: id, error }, 'a statement could not be imported and will be tried again')
    }
  }
  return imported
}

const isUnfinished = ({ status }: Statement): boolean => status === 'queued' || status === 'processing'

/** An import holds one connection and needs a second one to read. One per pool at a time, so that imports never wait for each other for ever. */
const oneAtATime = async (deps: Deps, work: () => Promise<boolean>): Promise<boolean> => {
  const before = running.get(deps.db) ?? Promise.resolve()
  const mine = before.then(work, work)
  running.set(
    deps.db,
    mine.catch(() => undefined),
  )
  return mine
}
const running = new WeakMap<object, Promise<unknown>>()

const progressMs = 1_000

export type StatementFile = {
  id: string
  source: StatementSource
  format: string | null
  payeeNumber: string
  statementProfile: unknown
}

/** Reads a file's rows and hands the good ones to `write`. Also the dry run, whose `write` does nothing. */
export const readStatement = async (
  deps: Deps,
  about: StatementFile,
  write: LineWriter,
  onProgress: (progress: { readBytes: bigint; lines: number }) => Promise<void>,
): Promise<StatementReading> => {
  const { id, source, format, payeeNumber } = about
  const tally = newTally()
  let shownAt = deps.now().getTime()
  const file = openFile(deps, id, async (bytes) => {
    const now = deps.now().getTime()
    if (bytes > 0 && now - shownAt < progressMs) return
    shownAt = now
    await onProgress({ readBytes: BigInt(bytes), lines: tally.lines })
  })
  if (format === 'camt053') return { tally, rejected: await readCamtStatement(file, { tally, write, payeeNumber }) }
  if (format === 'mt940') return { tally, rejected: await readMt940Statement(file, { tally, write, payeeNumber }) }
  const layout = await layoutOf(deps, about)
  if (typeof layout === 'string') return rejected(tally, layout)
  if (format === 'canonical-xlsx' || (format === 'profile' && isWorkbook(await readHead(deps, id)))) {
    const workbook = { parts: () => openFile(deps, id), sheet: () => file }
    return { tally, rejected: await readXlsxStatement(workbook, { tally, write, source, layout }) }
  }
  const { encoding, delimiter, headerRow } = layout
  let readCells: RowContext['readCells'] | null = null
  for await (const row of readCsv(file, { ...csvLimits, encoding, delimiter, skipLines: (headerRow ?? 1) - 1 })) {
    if (!readCells) {
      const read = headerOf(layout, row)
      if (typeof read === 'string') return rejected(tally, read, row.line)
      readCells = read
      continue
    }
    tally.lines += 1
    const problem = readRow(row, { source, encoding, readCells, tally, write })
    if (typeof problem === 'string') return rejected(tally, problem, row.line)
    if (problem) await problem
  }
  if (!readCells) return rejected(tally, headerRow === null ? 'the file is empty' : `the file has no line ${headerRow}`)
  if (tally.accepted === 0 && tally.lines > 0) return { tally, rejected: 'no line of the file could be read' }
  return { tally, rejected: null }
}

/** How the file's rows are read, or why they cannot be: a profile may be gone since the upload. */
const layoutOf = async (
  deps: Deps,
  { id, source, format, statementProfile }: StatementFile,
): Promise<StatementLayout | string> => {
  if (format !== 'profile') return canonicalLayout(source)
  const profile = readProfile(statementProfile)
  if (!profile) return 'the merchant account has no statement profile'
  return profileLayout(source, { profile, head: await readHead(deps, id) })
}

const csvLimits = { maxColumns: 60, maxFieldChars: 10_000 }

const rejected = (tally: StatementTally, reason: string, line?: number): StatementReading => {
  if (line !== undefined) tallyProblem(tally, { line, message: reason })
  return { tally, rejected: reason }
}

const headerOf = ({ readHeader, encoding, headerRow }: StatementLayout, row: CsvRow) => {
  if (headerRow !== null && row.line !== headerRow) return `line ${headerRow}, where the header row should be, is empty`
  return row.problem ? `the header row ${csvProblem(row.problem, encoding)}` : readHeader(row.cells)
}

type RowContext = {
  source: StatementSource
  encoding: string
  readCells: Exclude<ReturnType<StatementLayout['readHeader']>, string>
  tally: StatementTally
  write: LineWriter
}

/** Notes or writes one row. Answers what to wait for, or the reason why the whole file is refused. */
const readRow = (
  row: CsvRow,
  { source, encoding, readCells, tally, write }: RowContext,
): Promise<void> | string | undefined => {
  if (row.problem) {
    tallyProblem(tally, { line: row.line, message: `the row ${csvProblem(row.problem, encoding)}` })
    return undefined
  }
  const read = readCells(row.cells)
  if (!read.ok) {
    if (read.problem.kind === 'currency') return read.problem.message
    const { column, message } = read.problem
    tallyProblem(tally, { line: row.line, ...(column ? { column } : {}), message })
    return undefined
  }
  if (!tallyLine(tally, source, { line: row.line, read: read.line })) return undefined
  return write({ ...read.line, line: row.line, rowHash: hashOf(row.cells) })
}

/** SHA-256 over the row's cells as the file has them, without quotes, joined by U+001F: anybody can work it out again from the file. */
const hashOf = (cells: readonly string[]): string => sha256Hex(cells.join('\u001f'))

const csvProblem = (problem: CsvProblem, encoding: string): string =>
  problem === 'bad_encoding' ? `is not ${encoding.toUpperCase()} text` : csvProblems[problem]

const csvProblems: Record<Exclude<CsvProblem, 'bad_encoding'>, string> = {
  unclosed_quote: 'opens a quote that is never closed',
  malformed_quote: 'has text behind a closing quote',
  row_too_long: 'is too long',
  too_many_columns: `has more than ${csvLimits.maxColumns} cells`,
  field_too_long: `has a cell of more than ${csvLimits.maxFieldChars} characters`,
}
