/**
 * Documents on paper, from top to bottom: texts, blocks side by side, tables (pdf-table.ts), squares of a code. Texts in Vietnamese: the typeface is embedded, of
 * it the signs that are used. The same content gives the same bytes: nothing in the file is of the moment or of chance. Runs on Workers.
 *
 *     const pdf = openPdf({ fonts: await deps.pdfFonts(), title: 'Biên lai', at, paper: 'a5' })
 *     addText(pdf, 'BIÊN LAI THU PHÍ', { size: 14, bold: true, align: 'center' })
 *     addSides(pdf, [{ share: 2, text: 'Người nộp: …' }, { share: 1, text: 'Số: 7', align: 'right' }])
 *     addSquares(pdf, { modules, size: 90 })
 *     return closePdf(pdf, { foot: (page, pages) => `Trang ${page}/${pages}` })
 */
import { breakLines, type Face, openFace } from './pdf-face.ts'
import { pdfTextString, startPdfFile } from './pdf-file.ts'
import { addPdfFont } from './pdf-font.ts'

/** Whole TrueType files. */
export type PdfFonts = { regular: Uint8Array; bold: Uint8Array }

export type PdfAlign = 'left' | 'right' | 'center'

/** `size` in points (10); `after` is the gap below (2). */
export type PdfStyle = { size?: number; bold?: boolean; align?: PdfAlign; after?: number }

/** One of several blocks that stand side by side, as wide as its share of them. Text breaks into lines also where it says so. */
export type PdfSide = PdfStyle & { share: number; text: string }

/** In points. `y` counts up from the lower edge, as PDF does; `page.y` is where the next thing begins. */
export type Pdf = {
  title: string
  at: Date
  faces: { regular: Face; bold: Face }
  size: { width: number; height: number }
  margin: number
  pages: PaperPage[]
  page: PaperPage
}

/** What is drawn on it, as the operators of ISO 32000-1, annex A. */
type PaperPage = { operators: string[]; y: number }

const papers = { a4: [595.28, 841.89], 'a4-landscape': [841.89, 595.28], a5: [419.53, 595.28] } as const

export type PdfOptions = {
  fonts: PdfFonts
  title: string
  /** The instant that the document bears as its own. */
  at: Date
  paper?: keyof typeof papers
  margin?: number
}

const lineHeight = 1.3
/** Below the text, for the foot of the page. */
const footHeight = 16

/** An empty document with its first page. Throws for fonts that are none. */
export const openPdf = ({ fonts, title, at, paper = 'a4', margin = 28 }: PdfOptions): Pdf => {
  const [width, height] = papers[paper]
  const size = { width, height }
  const page = blankPage({ size, margin })
  const faces = { regular: openFace(fonts.regular, 'F1'), bold: openFace(fonts.bold, 'F2') }
  return { title, at, faces, size, margin, pages: [page], page }
}

const blankPage = ({ size, margin }: Pick<Pdf, 'size' | 'margin'>): PaperPage => ({
  operators: [],
  y: size.height - margin,
})

export const addPage = (pdf: Pdf): void => {
  pdf.page = blankPage(pdf)
  pdf.pages.push(pdf.page)
}

/** Between the margins. */
export const innerWidth = (pdf: Pdf): number => pdf.size.width - 2 * pdf.margin

/** How much fits below what is there. */
export const roomBelow = (pdf: Pdf): number => pdf.page.y - pdf.margin - footHeight

/** The most that fits on one page. */
export const roomOnPage = (pdf: Pdf): number => pdf.size.height - 2 * pdf.margin - footHeight

/** Goes to the next page unless so much fits below. */
export const keepTogether = (pdf: Pdf, height: number): void => {
  if (height > roomBelow(pdf) && pdf.page.y < pdf.size.height - pdf.margin) addPage(pdf)
}

export const addGap = (pdf: Pdf, height: number): void => {
  pdf.page.y -= height
}

/** A text over the whole width. */
export const addText = (pdf: Pdf, text: string, style: PdfStyle = {}): void =>
  addSides(pdf, [{ ...style, share: 1, text }])

/** Blocks side by side, their first lines level, kept together where a page can hold them; what is longer is cut off by the page's end. */
export const addSides = (pdf: Pdf, sides: readonly PdfSide[]): void => {
  const whole = sides.reduce((sum, { share }) => sum + share, 0)
  const blocks = sides.map((side) => {
    const { size = 10, bold = false, align = 'left' } = side
    const width = (innerWidth(pdf) * side.share) / whole
    const face = bold ? pdf.faces.bold : pdf.faces.regular
    return { size, align, face, width, lines: breakLines(face, side.text, { size, width: width - 4 }) }
  })
  const height = Math.max(...blocks.map(({ lines, size }) => lines.length * size * lineHeight))
  keepTogether(pdf, Math.min(height, roomOnPage(pdf)))
  let x = pdf.margin
  for (const { lines, width, ...style } of blocks) {
    addLines(pdf, lines, { ...style, x, y: pdf.page.y, width })
    x += width
  }
  pdf.page.y -= height + Math.max(...sides.map(({ after = 2 }) => after))
}

/** Lines below `y`, within the width. */
export const addLines = (
  pdf: Pdf,
  lines: readonly string[],
  {
    face,
    size,
    align,
    x,
    y,
    width,
  }: { face: Face; size: number; align: PdfAlign; x: number; y: number; width: number },
): void => {
  let baseline = y - size
  for (const line of lines) {
    const free = align === 'left' ? 0 : (width - face.widthOf(line, size)) * (align === 'right' ? 1 : 0.5)
    placeText(pdf.page, { face, size, text: line, x: x + free, y: baseline })
    baseline -= size * lineHeight
  }
}

export const linesHeight = (count: number, size: number): number => count * size * lineHeight

const placeText = (
  { operators }: PaperPage,
  { face, size, text, x, y }: { face: Face; size: number; text: string; x: number; y: number },
): void => {
  if (text === '') return
  operators.push(`BT /${face.pdfFont.key} ${size} Tf ${rounded(x)} ${rounded(y)} Td ${face.encode(text)} Tj ET`)
}

/** A box: filled with a grey (0 is black), or outlined. */
export const addBox = (
  { page }: Pdf,
  { x, y, width, height, fill }: { x: number; y: number; width: number; height: number; fill: number | null },
): void => {
  const box = `${[x, y, width, height].map(rounded).join(' ')} re`
  page.operators.push(fill === null ? `q 0.4 w ${box} S Q` : `q ${fill} g ${box} f Q`)
}

/** A code of dark and light squares, such as a QR code with its quiet zone, `size` wide. */
export const addSquares = (
  pdf: Pdf,
  { modules, size, align = 'left' }: { modules: readonly (readonly boolean[])[]; size: number; align?: PdfAlign },
): void => {
  keepTogether(pdf, size)
  const side = size / modules.length
  const free = (innerWidth(pdf) - size) * (align === 'left' ? 0 : align === 'right' ? 1 : 0.5)
  const top = pdf.page.y
  const squares = modules.flatMap((row, down) =>
    row.flatMap((isDark, across) =>
      isDark
        ? [`${[pdf.margin + free + across * side, top - (down + 1) * side, side, side].map(fine).join(' ')} re`]
        : [],
    ),
  )
  pdf.page.operators.push(...squares, 'f')
  pdf.page.y -= size
}

/** The bytes of the file, with a line at the foot of each page. */
export const closePdf = (
  pdf: Pdf,
  { foot }: { foot: (page: number, pages: number) => string },
): Uint8Array<ArrayBuffer> => {
  addFeet(pdf, foot)
  const file = startPdfFile()
  const tree = file.reserve()
  const [regular, bold] = [file.reserve(), file.reserve()]
  const resources = file.add(`<</Font<</F1 ${regular}/F2 ${bold}>>>>`)
  const paper = `[0 0 ${pdf.size.width} ${pdf.size.height}]`
  const pages = pdf.pages.map(({ operators }) => {
    const drawn = file.addStream(operators.join('\n'))
    return file.add(`<</Type/Page/Parent ${tree}/MediaBox${paper}/Resources ${resources}/Contents ${drawn}>>`)
  })
  file.add(`<</Type/Pages/Count ${pages.length}/Kids[${pages.join(' ')}]>>`, tree)
  addPdfFont(file, pdf.faces.regular.pdfFont, { name: 'BeVietnamPro-Regular', reference: regular, stem: 80 })
  addPdfFont(file, pdf.faces.bold.pdfFont, { name: 'BeVietnamPro-Bold', reference: bold, stem: 140 })
  const catalog = file.add(`<</Type/Catalog/Pages ${tree}/Lang(vi)/ViewerPreferences<</DisplayDocTitle true>>>>`)
  const date = `(D:${pdf.at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')})`
  const info = file.add(`<</Title${pdfTextString(pdf.title)}/Producer(LePhi)/CreationDate${date}/ModDate${date}>>`)
  return file.end({ catalog, info })
}

const addFeet = (pdf: Pdf, foot: (page: number, pages: number) => string): void => {
  const { regular: face } = pdf.faces
  const size = 7
  for (const [index, page] of pdf.pages.entries()) {
    const text = face.clean(foot(index + 1, pdf.pages.length))
    const x = pdf.size.width - pdf.margin - face.widthOf(text, size)
    placeText(page, { face, size, text, x, y: pdf.margin })
  }
}

/** Hundredths of a point are finer than any printer, and keep the file small. */
const rounded = (points: number): number => Math.round(points * 100) / 100
/** Squares of a code must leave no gap between them. */
const fine = (points: number): number => Math.round(points * 10_000) / 10_000
