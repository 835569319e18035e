/** Tables on paper: cells broken into lines, a grid, and the head again on every page. */

import {
  addBox,
  addLines,
  addPage,
  innerWidth,
  linesHeight,
  type Pdf,
  type PdfAlign,
  roomBelow,
  roomOnPage,
} from './pdf.ts'
import { breakLines } from './pdf-face.ts'

/** As wide as its share of the whole width, and never narrower than `fits`, a text that stays on one line. */
export type PdfColumn = { title: string; share: number; align?: PdfAlign; fits?: string }

export type PdfTable = {
  columns: readonly PdfColumn[]

  rows: Iterable<PdfRow> | AsyncIterable<PdfRow>
  size?: number
}

/** One text for each column. A bold row is one that adds up; with `span`, its first text has the room of so many columns. */
export type PdfRow = { cells: readonly string[]; bold?: boolean; span?: number }

const padding = 2
/** A cell that would fill a page ends with `…`. */
const cellLinesMax = 24

/** The table from here on, over as many pages as it takes. */
export const addTable = async (pdf: Pdf, { columns, rows, size = 6.5 }: PdfTable): Promise<void> => {
  const head: PdfRow = { cells: columns.map(({ title }) => title), bold: true }
  const widths = widthsOf(pdf, columns, size)
  const drawn = (row: PdfRow, isHead: boolean) => layOut(pdf, columns, { row, size, isHead, widths })
  const top = drawn(head, true)
  if (top.height * 2 > roomBelow(pdf)) addPage(pdf)
  top.draw()
  for await (const row of rows) {
    const next = drawn(row, false)
    if (next.height > roomBelow(pdf)) {
      addPage(pdf)
      top.draw()
    }
    next.draw()
  }
}

/** What the columns that need more than their share get, the others give by theirs. */
const widthsOf = (pdf: Pdf, columns: readonly PdfColumn[], size: number): readonly number[] => {
  const needs = columns.map(({ fits }) => (fits ? pdf.faces.regular.widthOf(fits, size) + 2 * padding + 0.5 : 0))
  const isNarrow = columns.map(() => false)
  for (;;) {
    const fixed = needs.reduce((sum, need, index) => sum + (isNarrow[index] ? need : 0), 0)
    const shares = columns.reduce((sum, { share }, index) => sum + (isNarrow[index] ? 0 : share), 0)
    const unit = (innerWidth(pdf) - fixed) / shares
    const found = columns.findIndex(({ share }, index) => !isNarrow[index] && share * unit < (needs[index] ?? 0))
    if (found < 0) return columns.map(({ share }, index) => (isNarrow[index] ? (needs[index] ?? 0) : share * unit))
    isNarrow[found] = true
  }
}

const layOut = (
  pdf: Pdf,
  columns: readonly PdfColumn[],
  { row, size, isHead, widths }: { row: PdfRow; size: number; isHead: boolean; widths: readonly number[] },
): { height: number; draw: () => void } => {
  const face = row.bold ? pdf.faces.bold : pdf.faces.regular
  const most = Math.min(cellLinesMax, Math.floor(roomOnPage(pdf) / 2 / linesHeight(1, size)))
  const { span = 1 } = row
  const spanned = widths.slice(0, span).reduce((sum, width) => sum + width, 0)
  const cells = columns.flatMap(({ align = 'left' }, index) => {
    if (index > 0 && index < span) return []
    const width = index === 0 ? spanned : (widths[index] ?? 0)
    const lines = breakLines(face, row.cells[index] ?? '', { size, width: width - 2 * padding })
    const shown = lines.length > most ? [...lines.slice(0, most - 1), face.clean('…')] : lines
    return [{ width, lines: shown, align: isHead ? ('center' as const) : align }]
  })
  const height = linesHeight(Math.max(...cells.map(({ lines }) => lines.length)), size) + 2 * padding
  const draw = () => {
    let x = pdf.margin
    const y = pdf.page.y
    for (const { width, lines, align } of cells) {
      if (row.bold) addBox(pdf, { x, y: y - height, width, height, fill: 0.93 })
      addBox(pdf, { x, y: y - height, width, height, fill: null })
      addLines(pdf, lines, { face, size, align, x: x + padding, y: y - padding, width: width - 2 * padding })
      x += width
    }
    pdf.page.y -= height
  }
  return { height, draw }
}
