// CSV in (RFC 4180, streamed, hostile) and out (for spreadsheets). Our own reader: papaparse tells neither where a row
// began nor resumes after a stray quote, and one such quote would cost the rest of a statement.

import { givingWay, turnBytes } from './give-way.ts'

/** Why a row could not be read. The rows after it are read all the same. */
export type CsvProblem =
  | 'bad_encoding'
  | 'unclosed_quote'
  | 'malformed_quote'
  | 'row_too_long'
  | 'too_many_columns'
  | 'field_too_long'

/**
 * A row, or (with `problem`, and no cells) a physical line that is none. `line` counts the file's lines from 1; `cell` says where the problem is, from 0,
 * where it is of one cell.
 */
export type CsvRow = { line: number; cells: string[]; problem: CsvProblem | null; cell?: number }

export type CsvReadOptions = {
  /** One character, or `auto` (default): comma, semicolon or tab, whichever the first line has most of. */
  delimiter?: string
  /** A label that TextDecoder knows, such as `windows-1258`; UTF-8 if absent. A byte order mark is dropped. */
  encoding?: string
  /** So many physical lines at the top are passed over, whatever they hold. They are counted. */
  skipLines?: number
  maxColumns: number
  maxFieldChars: number
}

/**
 * The rows of a CSV file, many at once, in memory that does not grow with it. Line ends are LF, CRLF or CR, also mixed; empty lines are
 * left out; quotes may hold delimiters, doubled quotes and line ends; a quote within an unquoted cell is a letter.
 * Never throws for what is in the file. Throws RangeError on an unknown encoding, and what the stream throws.
 */
export async function* readCsv(
  stream: ReadableStream<Uint8Array>,
  options: CsvReadOptions,
): AsyncGenerator<readonly CsvRow[]> {
  const decoder = new TextDecoder(options.encoding ?? 'utf-8')
  const scanner = newScanner(options.delimiter ?? 'auto')
  // A row that is cut off by the end of the text is read again: only after so much more that this costs little.
  let wanted = stepChars
  const giveWay = givingWay()
  const reader = stream.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (let from = 0; from < part.value.length; from += stepChars) {
        const step = part.value.subarray(from, from + stepChars)
        scanner.text += decoder.decode(step, { stream: true })
        await giveWay(step.length)
        if (scanner.text.length < wanted) continue
        yield* scanRows(scanner, options, false)
        wanted = scanner.text.length + stepChars
      }
    }
    scanner.text += decoder.decode()
    yield* scanRows(scanner, options, true)
  } finally {
    await reader.cancel().catch(() => undefined)
  }
}

const stepChars = turnBytes
const rowCharsMax = 1_000_000
const rowsAtOnce = 1_000

/**
 * Where reading stands: everything before `at` is done. `isSkipping`: within a line that was too long. `nextLf` and `nextCr`: where the next of each is,
 * looked for again only when it is passed, because most files have none of one kind.
 */
type Scanner = {
  text: string
  at: number
  line: number
  delimiter: string
  isSkipping: boolean
  nextLf: number
  nextCr: number
}

const newScanner = (delimiter: string): Scanner => ({
  text: '',
  at: 0,
  line: 1,
  delimiter,
  isSkipping: false,
  nextLf: -1,
  nextCr: -1,
})

/** Where the line that `from` is in ends; -1 when that is not known yet. A CR at the end of the text may be half of a CRLF. */
function lineEndAfter(scanner: Scanner, from: number, isLast: boolean): number {
  const { text } = scanner
  if (scanner.nextLf < from) scanner.nextLf = orBehind(text.indexOf('\n', from), text)
  if (scanner.nextCr < from) scanner.nextCr = orBehind(text.indexOf('\r', from), text)
  const end = Math.min(scanner.nextLf, scanner.nextCr)
  return end >= text.length || (end === text.length - 1 && text[end] === '\r' && !isLast) ? -1 : end
}

const orBehind = (at: number, text: string): number => (at < 0 ? text.length : at)

/** The place behind a line end. */
const behind = (text: string, end: number): number => (text.startsWith('\r\n', end) ? end + 2 : end + 1)

/** A row, the place after its line end and the line ends within it; or `more`: it is not complete yet. */
type Scanned = { cells: string[]; problem: CsvProblem | null; next: number; lines: number } | 'more'

function* scanRows(scanner: Scanner, options: CsvReadOptions, isLast: boolean): Generator<readonly CsvRow[]> {
  let rows: CsvRow[] = []
  // Of the whole piece at once: hardly any file has such a character.
  const limits = { ...options, mayBeOdd: isOdd(scanner.text) }
  // There is more text than when they were looked for.
  scanner.nextLf = -1
  scanner.nextCr = -1
  while (scanner.at < scanner.text.length) {
    if (rows.length >= rowsAtOnce) {
      yield rows
      rows = []
    }
    if (scanner.isSkipping || scanner.line <= (limits.skipLines ?? 0)) {
      const end = lineEndAfter(scanner, scanner.at, isLast)
      // A CR that may be half of a CRLF stays.
      if (end < 0) scanner.at = scanner.text.length - (scanner.text.endsWith('\r') && !isLast ? 1 : 0)
      if (end < 0) break
      scanner.at = behind(scanner.text, end)
      scanner.isSkipping = false
      scanner.line++
      continue
    }
    if (scanner.delimiter === 'auto') {
      const isCutOff = lineEndAfter(scanner, scanner.at, isLast) < 0
      if (!isLast && isCutOff && scanner.text.length < rowCharsMax) break
      scanner.delimiter = guessDelimiter(scanner.text.slice(scanner.at, scanner.at + stepChars))
    }
    const scanned = scanRow(scanner, limits, isLast)
    const { line } = scanner
    if (scanned === 'more') {
      if (scanner.text.length - scanner.at < rowCharsMax) break
      scanner.isSkipping = true
      rows.push({ line, cells: [], problem: 'row_too_long' })
      continue
    }
    const problem = scanned.next - scanner.at > rowCharsMax ? 'row_too_long' : scanned.problem
    scanner.at = scanned.next
    scanner.line += scanned.lines
    if (problem) rows.push({ line, cells: [], problem })
    else if (scanned.cells.length !== 1 || scanned.cells[0] !== '') rows.push(checkRow(line, scanned.cells, limits))
  }
  scanner.text = scanner.text.slice(scanner.at)
  scanner.at = 0
  if (rows.length > 0) yield rows
}

function scanRow(scanner: Scanner, { maxColumns }: CsvReadOptions, isLast: boolean): Scanned {
  const { text, at, delimiter } = scanner
  const lineEnd = lineEndAfter(scanner, at, isLast)
  if (lineEnd < 0 && !isLast) return 'more'
  const stop = lineEnd < 0 ? text.length : lineEnd
  const physical = text.slice(at, stop)
  const plain = { problem: null, next: behind(text, stop), lines: 1 }
  if (!physical.includes('"')) return { ...plain, cells: physical.split(delimiter, maxColumns + 1) }
  return scanQuoted(scanner, stop, isLast)
}

/** A row with quotes. One that is broken costs its first physical line: reading goes on at the next. */
function scanQuoted(scanner: Scanner, stop: number, isLast: boolean): Scanned {
  const { text, at: start, delimiter } = scanner
  const broken = (problem: CsvProblem): Scanned => ({ cells: [], problem, next: behind(text, stop), lines: 1 })
  const cells: string[] = []
  let at = start
  let lineEnd = stop
  for (;;) {
    if (text[at] !== '"') {
      const end = text.indexOf(delimiter, at)
      if (end >= 0 && end < lineEnd) {
        cells.push(text.slice(at, end))
        at = end + 1
        continue
      }
      cells.push(text.slice(at, lineEnd))
      return { cells, problem: null, next: behind(text, lineEnd), lines: countLines(text, start, lineEnd) }
    }
    const closing = closingQuote(text, at)
    const isCutOff = closing < 0 || closing + 2 >= text.length
    if (isCutOff && !isLast && text.length - start < rowCharsMax) return 'more'
    if (closing < 0) return broken('unclosed_quote')
    cells.push(text.slice(at + 1, closing).replaceAll('""', '"'))
    const after = closing + 1
    if (text[after] === delimiter) at = after + 1
    else if (after >= text.length || text[after] === '\n' || text[after] === '\r') {
      return { cells, problem: null, next: behind(text, after), lines: countLines(text, start, after) }
    } else return broken('malformed_quote')
    if (at > lineEnd) lineEnd = endBehind(text, at)
    const isOpen = lineEnd < 0 || (lineEnd === text.length - 1 && text[lineEnd] === '\r')
    if (isOpen && !isLast) return text.length - start < rowCharsMax ? 'more' : broken('row_too_long')
    if (lineEnd < 0) lineEnd = text.length
  }
}

function closingQuote(text: string, opening: number): number {
  let at = text.indexOf('"', opening + 1)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at
}

/** The next line end of any kind; -1 when there is none. For the few rows whose quotes hold one. */
function endBehind(text: string, from: number): number {
  anyEnd.lastIndex = from
  return anyEnd.exec(text)?.index ?? -1
}
const anyEnd = /[\r\n]/g

function countLines(text: string, start: number, end: number): number {
  return 1 + (text.slice(start, end).match(/\r\n|\r|\n/g)?.length ?? 0)
}

function checkRow(line: number, cells: string[], limits: CsvReadOptions & { mayBeOdd: boolean }): CsvRow {
  const { maxColumns, maxFieldChars, mayBeOdd } = limits
  if (cells.length > maxColumns) return { line, cells: [], problem: 'too_many_columns' }
  for (let cell = 0; cell < cells.length; cell += 1) {
    if ((cells[cell]?.length ?? 0) > maxFieldChars) return { line, cells: [], problem: 'field_too_long', cell }
  }
  const odd = mayBeOdd ? cells.findIndex(isOdd) : -1
  if (odd >= 0) return { line, cells: [], problem: 'bad_encoding', cell: odd }
  return { line, cells, problem: null }
}

/** The decoder puts U+FFFD where bytes are not text. A NUL is UTF-16 read as UTF-8, and no database takes it. */
const isOdd = (text: string): boolean => text.includes('\ufffd') || text.includes('\0')

function guessDelimiter(text: string): string {
  const firstLine = text.replace(/^[\r\n]+/, '').split(/[\r\n]/, 1)[0] ?? ''
  const unquoted = firstLine.replace(/"[^"]*"/g, '')
  const counts = [',', ';', '\t'].map((delimiter) => ({ delimiter, count: unquoted.split(delimiter).length }))
  return counts.reduce((best, next) => (next.count > best.count ? next : best)).delimiter
}

/** What a cell of a written file may hold. Amounts are bigint; numbers are for rates and counts. */
export type CsvCell = string | bigint | number | null

/**
 * A CSV file for spreadsheets as a stream: UTF-8 with byte order mark, comma, CRLF. A text that a spreadsheet would run
 * as a formula gets a `'` in front (OWASP, CSV Injection); numbers are plain digits. A consumer that stops reading ends
 * the rows.
 */
export function writeCsv(
  rows: Iterable<readonly CsvCell[]> | AsyncIterable<readonly CsvCell[]>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  const lines = csvLines(rows)
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await lines.next()
      if (next.done) controller.close()
      else controller.enqueue(encoder.encode(next.value))
    },
    async cancel() {
      await lines.return(undefined)
    },
  })
}

async function* csvLines(
  rows: Iterable<readonly CsvCell[]> | AsyncIterable<readonly CsvCell[]>,
): AsyncGenerator<string, undefined> {
  let text = '\ufeff'
  for await (const row of rows) {
    text += `${row.map(writtenCell).join(',')}\r\n`
    if (text.length < stepChars) continue
    yield text
    text = ''
  }
  if (text !== '') yield text
  return undefined
}

// The full-width forms count as well: Excel reads them as operators in East Asian settings.
const formulaLead = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/

function writtenCell(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return cell.toString()
  const safe = formulaLead.test(cell) ? `'${cell}` : cell
  return /[",;\t\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
