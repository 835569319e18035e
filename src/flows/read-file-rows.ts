/** The first rows of a file as they stand in it, for a person who says which column is which. */
import { readHeader, type StatementSource } from '../domain/statement-columns.ts'
import { detectFormat, isWorkbook } from '../domain/statement-format.ts'
import type { StatementProfile } from '../domain/statement-profile.ts'
import { type FileRow, suggestProfile } from '../domain/suggest-profile.ts'
import { readCsv } from '../lib/csv.ts'
import { clip } from '../lib/text.ts'
import { readXlsx, XlsxRefusal } from '../lib/xlsx-read.ts'
import type { Deps } from './deps.ts'
import { sheetLimits } from './read-xlsx.ts'
import { openFile, readHead } from './statement-file.ts'

export type FileRows = {
  /** `structured`: a format that names its own fields, so that there is nothing to map. */
  kind: 'text' | 'workbook' | 'structured'
  encoding: StatementProfile['encoding']
  delimiter: StatementProfile['delimiter']
  /** Whether the file has our own columns, so that it needs no profile. */
  isCanonical: boolean
  rows: readonly FileRow[]
  suggested: StatementProfile | null
}

const rowsMax = 60
const cellChars = 200

/** Reads the first rows; what is not said of the text is guessed. */
export const readFileRows = async (
  deps: Deps,
  id: string,
  {
    source,
    encoding: given,
    delimiter: separator,
  }: { source: StatementSource } & Partial<Pick<StatementProfile, 'encoding' | 'delimiter'>>,
): Promise<FileRows> => {
  const head = await readHead(deps, id)
  const format = detectFormat(head)
  const none = { encoding: 'utf-8', delimiter: 'auto', isCanonical: false, rows: [], suggested: null } as const
  if (format === 'mt940' || format === 'camt053') return { kind: 'structured', ...none }
  if (isWorkbook(head)) {
    const rows = await sheetRows(deps, id)
    const suggested = suggestProfile(source, { rows, encoding: 'utf-8', delimiter: 'auto' })
    return { ...none, kind: 'workbook', rows, isCanonical: isCanonicalIn(source, rows), suggested }
  }
  const encoding = given ?? encodingOf(head)
  const read = (delimiter: string) => textRows(head, { encoding, delimiter })
  const delimiter = separator ?? (await bestDelimiter(read))
  const rows = await read(delimiter)
  return {
    kind: 'text',
    encoding,
    delimiter,
    isCanonical: encoding === 'utf-8' && isCanonicalIn(source, rows.slice(0, 1)),
    rows,
    suggested: suggestProfile(source, { rows, encoding, delimiter }),
  }
}

const isCanonicalIn = (source: StatementSource, rows: readonly FileRow[]): boolean =>
  rows.slice(0, canonicalHeaderMax).some(({ cells }) => typeof readHeader(source, cells) !== 'string')
/** As far down as read-xlsx.ts looks for a canonical header. */
const canonicalHeaderMax = 20

/** The first piece of a file has all the rows that are shown. */
const textRows = async (
  head: Uint8Array,
  { encoding, delimiter }: { encoding: StatementProfile['encoding']; delimiter: string },
): Promise<FileRow[]> => {
  const label = encoding === 'utf-16' ? (head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-16le') : encoding
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(head)
      controller.close()
    },
  })
  const found: FileRow[] = []
  for await (const rows of readCsv(stream, { encoding: label, delimiter, maxColumns: 60, maxFieldChars: 10_000 })) {
    for (const { line, cells, problem } of rows) {
      if (!problem) found.push({ line, cells: cells.map(shown) })
      if (found.length >= rowsMax) return found
    }
  }
  return found
}

const shown = (cell: string): string => clip(cell.trim(), cellChars)

/** The delimiter with which most rows have as many cells as each other: banks write titles above the table, so that the first line says nothing. */
const bestDelimiter = async (
  read: (delimiter: string) => Promise<FileRow[]>,
): Promise<StatementProfile['delimiter']> => {
  let best: { delimiter: StatementProfile['delimiter']; score: number } = { delimiter: 'auto', score: 0 }
  for (const delimiter of [',', ';', '\t', '|'] as const) {
    const widths = (await read(delimiter)).map(({ cells }) => cells.length).filter((width) => width > 1)
    const usual = mostFrequent(widths)
    const score = usual * widths.filter((width) => width === usual).length
    if (score > best.score) best = { delimiter, score }
  }
  return best.delimiter
}

const mostFrequent = (widths: readonly number[]): number => {
  const counts = Map.groupBy(widths, (width) => width)
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0] ?? 0
}

/** A mark at the beginning says it; what is good UTF-8 is UTF-8; the rest is what older Vietnamese programs write. */
const encodingOf = (head: Uint8Array): StatementProfile['encoding'] => {
  const [first, second] = head
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) return 'utf-16'
  try {
    // The last letter may be cut in two by the end of the piece.
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return 'utf-8'
  } catch {
    return 'windows-1258'
  }
}

/** Dates stand as `2026-11-23 10:00:00`; whatever the sheet shows them like, they are read as what they are. */
const sheetRows = async (deps: Deps, id: string): Promise<FileRow[]> => {
  const found: FileRow[] = []
  try {
    const file = { parts: () => openFile(deps, id), sheet: () => openFile(deps, id) }
    for await (const { line, cells, problem } of readXlsx(file, sheetLimits)) {
      if (!problem)
        found.push({
          line,
          cells: Array.from(cells, (cell) => shown(cell?.wallTime?.replace('T', ' ') ?? cell?.text ?? '')),
        })
      if (found.length >= rowsMax) return found
    }
    return found
  } catch (error) {
    // What is wrong with the workbook is told by trying it.
    if (error instanceof XlsxRefusal) return found
    throw error
  }
}
