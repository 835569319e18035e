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

/** As wide as its share of the whole width. */
export type PdfColumn = { title: string; share: number; align?: PdfAlign }

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
  const drawn = (row: PdfRow, isHead: boolean) => layOut(pdf, columns, { row, size, isHead })
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

const layOut = (
  pdf: Pdf,
  columns: readonly PdfColumn[],
  { row, size, isHead }: { row: PdfRow; size: number; isHead: boolean },
): { height: number; draw: () => void } => {
  const face = row.bold ? pdf.faces.bold : pdf.faces.regular
  const whole = columns.reduce((sum, { share }) => sum + share, 0)
  const most = Math.min(cellLinesMax, Math.floor(roomOnPage(pdf) / 2 / linesHeight(1, size)))
  const { span = 1 } = row
  const spanned = columns.slice(0, span).reduce((sum, { share }) => sum + share, 0)
  const cells = columns.flatMap(({ share, align = 'left' }, index) => {
    if (index > 0 && index < span) return []
    const width = (innerWidth(pdf) * (index === 0 ? spanned : share)) / whole
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
