// Workbooks in: the rows of the first sheet, one by one, in memory that grows with the texts that cells share and not with the rows.
// ECMA-376 part 1, section 18.3. Our own reader: a row that is wrong must not cost the rest, and an amount must never be a float.
import { readCell, type SheetCell } from './xlsx-cell.ts'
import { createWorkbookReader, type Workbook, XlsxProblem, xmlSink } from './xlsx-parts.ts'
import { type XmlElement, type XmlLimits, XmlProblem } from './xml.ts'
import { readZip, type ZipLimits, ZipProblem } from './zip.ts'

/** A row that is not empty. `line` is its number in the sheet. `problem` says why its cells are not to be used. */
export type SheetRow = { line: number; cells: readonly (SheetCell | undefined)[]; problem: string | null }

export type SheetLimits = { maxColumns: number } & ZipLimits

/** Files that are no workbook, are damaged, or hold more than is taken: nothing of them may be kept. The message is for an accountant. */
export class XlsxRefusal extends Error {
  override name = 'XlsxRefusal'
}

/**
 * The rows of a workbook's first sheet that is shown. The file is opened twice, because most programs put the shared texts behind the sheet.
 * Throws XlsxRefusal, and what the streams throw.
 */
export async function* readXlsx(
  open: { parts: () => ReadableStream<Uint8Array>; sheet: () => ReadableStream<Uint8Array> },
  limits: SheetLimits,
): AsyncGenerator<SheetRow> {
  try {
    const parts = createWorkbookReader()
    for await (const _ of readZip(open.parts(), parts.open, limits)) {
      // Everything is gathered by the reader of the parts.
    }
    const { workbook, sheetPath } = parts.end()
    let rows: SheetRow[] = []
    let isFound = false
    const sheet = createSheetReader(workbook, limits, (row) => rows.push(row))
    const openSheet = (name: string) => {
      if (name !== sheetPath) return null
      isFound = true
      return xmlSink(sheet, sheetLimits)
    }
    for await (const _ of readZip(open.sheet(), openSheet, limits)) {
      const read = rows
      rows = []
      yield* read
    }
    if (!isFound) throw new XlsxProblem('the workbook lacks its first sheet')
  } catch (error) {
    if (error instanceof XmlProblem) throw new XlsxRefusal(`the workbook cannot be read: ${error.message}`)
    if (error instanceof ZipProblem || error instanceof XlsxProblem) throw new XlsxRefusal(error.message)
    throw error
  }
}

const sheetLimits: XmlLimits = { charsMax: 1_610_612_736, depthMax: 32, textMax: 100_000, dropsSpace: true }
/** Section 18.3.1.73, and Excel's own limits: rows and columns of a sheet. A row that is written again and again is counted each time. */
const [rowsMax, columnsMax] = [1_048_576, 16_384]
/** Cells that hold nothing but a style: sixteen in every row there can be. */
const emptyCellsMax = 16 * rowsMax
const inlineMax = 100_000

type OpenRow = {
  cells: (SheetCell | undefined)[]
  lastColumn: number
  cellCount: number
  rowOfCells: number | null
  problem: string | null
}
type OpenCell = { value: string | null; inline: string; hasFormula: boolean }

const newRow = (): OpenRow => ({ cells: [], lastColumn: -1, cellCount: 0, rowOfCells: null, problem: null })
const newCell = (): OpenCell => ({ value: null, inline: '', hasFormula: false })

const createSheetReader = (
  workbook: Workbook,
  { maxColumns }: SheetLimits,
  onRow: (row: SheetRow) => void,
): ((element: XmlElement) => void) => {
  let [row, cell, lastLine] = [newRow(), newCell(), 0]
  let [rows, emptyCells] = [0, 0]
  const endCell = ({ attributes }: XmlElement) => {
    const raw = { type: attributes.get('t') ?? 'n', style: Number(attributes.get('s') ?? '0'), ...cell }
    cell = newCell()
    row.cellCount += 1
    if (row.cellCount > columnsMax) throw new XlsxProblem('a row has more cells than a sheet has columns')
    const place = placeOf(attributes.get('r'), row)
    if (!place || place.column <= row.lastColumn) {
      row.problem ??= 'the row has two cells in one place'
      return
    }
    row.lastColumn = place.column
    row.rowOfCells ??= place.row
    if (place.row !== row.rowOfCells) row.problem ??= 'the row has cells of another row'
    const read = readCell(raw, workbook)
    if (read.text === '' && !read.problem) {
      emptyCells += 1
      if (emptyCells > emptyCellsMax) throw new XlsxProblem('the sheet has more empty cells than are taken')
      return
    }
    if (place.column >= maxColumns) row.problem ??= `the row has more than ${maxColumns} cells`
    else row.cells[place.column] = read
  }
  const endRow = ({ attributes }: XmlElement) => {
    const { cells, rowOfCells, problem } = row
    row = newRow()
    rows += 1
    if (rows > rowsMax) throw new XlsxProblem('the sheet has more rows than a sheet can have')
    const told = attributes.get('r')
    const line = told === undefined ? lastLine + 1 : Number(told)
    if (!Number.isInteger(line) || line < 1 || line > rowsMax) throw new XlsxProblem('a row has no number of a row')
    if (cells.length === 0 && !problem) {
      lastLine = Math.max(line, lastLine)
      return
    }
    const isAgain = line <= lastLine
    const isOther = rowOfCells !== null && rowOfCells !== line
    lastLine = Math.max(line, lastLine)
    const wrong = isAgain ? 'the sheet has this row twice' : isOther ? 'the row has cells of another row' : problem
    onRow({ line, cells: wrong ? [] : cells, problem: wrong })
  }
  return (element) => {
    const { name, path } = element
    if (path[1] !== 'sheetData' || path[2] !== 'row') return
    if (path.length === 3) endRow(element)
    else if (path[3] !== 'c') return
    else if (path.length === 4) endCell(element)
    else if (path.length === 5 && name === 'v') cell.value = element.text.trim() === '' ? '' : element.text
    else if (path.length === 5 && name === 'f') cell.hasFormula = true
    else if (name === 't' && path[4] === 'is' && (path.length === 6 || path[5] === 'r')) {
      if (cell.inline.length < inlineMax) cell.inline += element.text
    }
  }
}

/** Where a cell stands, columns from 0. Without a reference it stands behind the one before it. */
const placeOf = (reference: string | undefined, row: OpenRow): { column: number; row: number | null } | null => {
  if (reference === undefined) return { column: row.lastColumn + 1, row: row.rowOfCells }
  const [, letters, digits] = /^([A-Z]{1,3})(\d{1,7})$/.exec(reference) ?? []
  if (!letters || !digits) return null
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
  return { column, row: Number(digits) }
}
