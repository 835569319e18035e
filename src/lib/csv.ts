// CSV in (RFC 4180, streamed, hostile) and out (for spreadsheets). Our own reader: papaparse tells neither where a row
// began nor resumes after a stray quote, and one such quote would cost the rest of a statement.

/** Why a row could not be read. The rows after it are read all the same. */
export type CsvProblem =
  | 'bad_encoding'
  | 'unclosed_quote'
  | 'malformed_quote'
  | 'row_too_long'
  | 'too_many_columns'
  | 'field_too_long'

/** A row, or (with `problem`, and no cells) a physical line that is none. `line` counts the file's lines from 1. */
export type CsvRow = { line: number; cells: string[]; problem: CsvProblem | null }

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
 * The rows of a CSV file, in memory that does not grow with it. Line ends are LF or CRLF, also mixed; empty lines are
 * left out; quotes may hold delimiters, doubled quotes and line ends; a quote within an unquoted cell is a letter.
 * Never throws for what is in the file. Throws RangeError on an unknown encoding, and what the stream throws.
 */
export async function* readCsv(stream: ReadableStream<Uint8Array>, options: CsvReadOptions): AsyncGenerator<CsvRow> {
  const decoder = new TextDecoder(options.encoding ?? 'utf-8')
  const scanner: Scanner = { text: '', at: 0, line: 1, delimiter: options.delimiter ?? 'auto', isSkipping: false }
  // A row that is cut off by the end of the text is read again: only after so much more that this costs little.
  let wanted = stepChars
  const reader = stream.getReader()
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      for (let from = 0; from < part.value.length; from += stepChars) {
        scanner.text += decoder.decode(part.value.subarray(from, from + stepChars), { stream: true })
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

const stepChars = 65_536
const rowCharsMax = 1_000_000

/** Where reading stands: everything before `at` is done. `isSkipping`: within a line that was too long. */
type Scanner = { text: string; at: number; line: number; delimiter: string; isSkipping: boolean }

/** A row, the place after its line end and the line ends within it; or `more`: it is not complete yet. */
type Scanned = { cells: string[]; problem: CsvProblem | null; next: number; lines: number } | 'more'

function* scanRows(scanner: Scanner, limits: CsvReadOptions, isLast: boolean): Generator<CsvRow> {
  while (scanner.at < scanner.text.length) {
    if (scanner.isSkipping || scanner.line <= (limits.skipLines ?? 0)) {
      const end = scanner.text.indexOf('\n', scanner.at)
      scanner.at = end < 0 ? scanner.text.length : end + 1
      if (end < 0) break
      scanner.isSkipping = false
      scanner.line++
      continue
    }
    if (scanner.delimiter === 'auto') {
      if (!isLast && !scanner.text.includes('\n', scanner.at) && scanner.text.length < rowCharsMax) break
      scanner.delimiter = guessDelimiter(scanner.text.slice(scanner.at, scanner.at + stepChars))
    }
    const scanned = scanRow(scanner, limits, isLast)
    const { line } = scanner
    if (scanned === 'more') {
      if (scanner.text.length - scanner.at < rowCharsMax) break
      scanner.isSkipping = true
      yield { line, cells: [], problem: 'row_too_long' }
      continue
    }
    const problem = scanned.next - scanner.at > rowCharsMax ? 'row_too_long' : scanned.problem
    scanner.at = scanned.next
    scanner.line += scanned.lines
    if (problem) yield { line, cells: [], problem }
    else if (scanned.cells.length !== 1 || scanned.cells[0] !== '') yield checkRow(line, scanned.cells, limits)
  }
  scanner.text = scanner.text.slice(scanner.at)
  scanner.at = 0
}

function scanRow({ text, at, delimiter }: Scanner, { maxColumns }: CsvReadOptions, isLast: boolean): Scanned {
  const lineEnd = text.indexOf('\n', at)
  if (lineEnd < 0 && !isLast) return 'more'
  const stop = lineEnd < 0 ? text.length : lineEnd
  const physical = text.slice(at, text[stop - 1] === '\r' && stop > at ? stop - 1 : stop)
  const plain = { problem: null, next: stop + 1, lines: 1 }
  if (!physical.includes('"')) return { ...plain, cells: physical.split(delimiter, maxColumns + 1) }
  return scanQuoted({ text, start: at, stop, delimiter, isLast })
}

type QuotedRow = { text: string; start: number; stop: number; delimiter: string; isLast: boolean }

/** A row with quotes. One that is broken costs its first physical line: reading goes on at the next. */
function scanQuoted({ text, start, stop, delimiter, isLast }: QuotedRow): Scanned {
  const broken = (problem: CsvProblem): Scanned => ({ cells: [], problem, next: stop + 1, lines: 1 })
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
      cells.push(text.slice(at, text[lineEnd - 1] === '\r' && lineEnd > at ? lineEnd - 1 : lineEnd))
      return { cells, problem: null, next: lineEnd + 1, lines: countLines(text, start, lineEnd) }
    }
    const closing = closingQuote(text, at)
    const isCutOff = closing < 0 || closing + 2 >= text.length
    if (isCutOff && !isLast && text.length - start < rowCharsMax) return 'more'
    if (closing < 0) return broken('unclosed_quote')
    cells.push(text.slice(at + 1, closing).replaceAll('""', '"'))
    const after = text.startsWith('\r\n', closing + 1) ? closing + 2 : closing + 1
    if (text[after] === delimiter) at = after + 1
    else if (after >= text.length || text[after] === '\n') {
      return { cells, problem: null, next: after + 1, lines: countLines(text, start, after) }
    } else return broken('malformed_quote')
    if (at > lineEnd) lineEnd = text.indexOf('\n', at)
    if (lineEnd < 0 && !isLast) return text.length - start < rowCharsMax ? 'more' : broken('row_too_long')
    if (lineEnd < 0) lineEnd = text.length
  }
}

function closingQuote(text: string, opening: number): number {
  let at = text.indexOf('"', opening + 1)
  while (at >= 0 && text[at + 1] === '"') at = text.indexOf('"', at + 2)
  return at
}

function countLines(text: string, start: number, end: number): number {
  let lines = 1
  for (let at = text.indexOf('\n', start); at >= 0 && at < end; at = text.indexOf('\n', at + 1)) lines++
  return lines
}

function checkRow(line: number, cells: string[], { maxColumns, maxFieldChars }: CsvReadOptions): CsvRow {
  if (cells.length > maxColumns) return { line, cells: [], problem: 'too_many_columns' }
  if (cells.some((cell) => cell.length > maxFieldChars)) return { line, cells: [], problem: 'field_too_long' }
  // The decoder puts U+FFFD where bytes are not text. A NUL is UTF-16 read as UTF-8, and no database takes it.
  if (cells.some((cell) => cell.includes('\ufffd') || cell.includes('\0'))) {
    return { line, cells: [], problem: 'bad_encoding' }
  }
  return { line, cells, problem: null }
}

function guessDelimiter(text: string): string {
  const firstLine = text.replace(/^[\r\n]+/, '').split('\n', 1)[0] ?? ''
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
