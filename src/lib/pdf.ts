/**
 * Documents on paper, from top to bottom: texts, blocks side by side, tables (pdf-table.ts), squares of a code. Texts in Vietnamese: the typeface is embedded, of
 * it the signs that are used. The same content gives the same bytes: nothing in the file is of the moment or of chance. Runs on Workers.
 *
 *     const pdf = await openPdf({ fonts: await deps.pdfFonts(), title: 'Biên lai', at, paper: 'a5' })
 *     addText(pdf, 'BIÊN LAI THU PHÍ', { size: 14, bold: true, align: 'center' })
 *     addSides(pdf, [{ share: 2, text: 'Người nộp: …' }, { share: 1, text: 'Số: 7', align: 'right' }])
 *     addSquares(pdf, { modules, size: 90 })
 *     return closePdf(pdf, { foot: (page, pages) => `Trang ${page}/${pages}` })
 */
import type { PDFDocument, PDFFont, PDFName, PDFOperator, PDFPage } from '@cantoo/pdf-lib'
import { breakLines, type Face, openFace } from './pdf-face.ts'

/** Whole TrueType files. */
export type PdfFonts = { regular: Uint8Array; bold: Uint8Array }

export type PdfAlign = 'left' | 'right' | 'center'

/** `size` in points (10); `after` is the gap below (2). */
export type PdfStyle = { size?: number; bold?: boolean; align?: PdfAlign; after?: number }

/** One of several blocks that stand side by side, as wide as its share of them. Text breaks into lines also where it says so. */
export type PdfSide = PdfStyle & { share: number; text: string }

/** In points. `y` counts up from the lower edge, as PDF does; `page.y` is where the next thing begins. */
export type Pdf = {
  document: PDFDocument
  draw: Drawing
  faces: { regular: Face; bold: Face }
  size: { width: number; height: number }
  margin: number
  pages: PaperPage[]
  page: PaperPage
}

type PaperPage = { page: PDFPage; keys: Map<PDFFont, PDFName>; operators: PDFOperator[]; y: number }

/** What is drawn with, loaded when the first document is made: no other request needs it. */
type Drawing = typeof import('@cantoo/pdf-lib')

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

/** An empty document with its first page. */
export const openPdf = async ({ fonts, title, at, paper = 'a4', margin = 28 }: PdfOptions): Promise<Pdf> => {
  const [draw, fontkit] = await Promise.all([import('@cantoo/pdf-lib'), import('fontkit')])
  const document = await draw.PDFDocument.create({ updateMetadata: false })
  document.registerFontkit(fontkit)
  document.setTitle(title, { showInWindowTitleBar: true })
  document.setLanguage('vi')
  document.setProducer('LePhi')
  document.setCreationDate(at)
  document.setModificationDate(at)
  const [regular, bold] = [
    await document.embedFont(fonts.regular, { subset: true }),
    await document.embedFont(fonts.bold, { subset: true }),
  ]
  const [width, height] = papers[paper]
  const size = { width, height }
  const page = blankPage(document, { size, margin })
  const faces = { regular: openFace(regular), bold: openFace(bold) }
  return { document, draw, faces, size, margin, pages: [page], page }
}

const blankPage = (document: PDFDocument, { size, margin }: Pick<Pdf, 'size' | 'margin'>): PaperPage => ({
  page: document.addPage([size.width, size.height]),
  keys: new Map(),
  operators: [],
  y: size.height - margin,
})

export const addPage = (pdf: Pdf): void => {
  pdf.page = blankPage(pdf.document, pdf)
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
    placeText(pdf, pdf.page, { face, size, text: line, x: x + free, y: baseline })
    baseline -= size * lineHeight
  }
}

export const linesHeight = (count: number, size: number): number => count * size * lineHeight

const placeText = (
  { draw }: Pdf,
  { page, keys, operators }: PaperPage,
  { face, size, text, x, y }: { face: Face; size: number; text: string; x: number; y: number },
): void => {
  if (text === '') return
  let key = keys.get(face.font)
  if (!key) {
    key = page.node.newFontDictionary(face.font.name, face.font.ref)
    keys.set(face.font, key)
  }
  operators.push(
    draw.beginText(),
    draw.setFontAndSize(key, size),
    draw.moveText(rounded(x), rounded(y)),
    draw.showText(face.encode(text)),
    draw.endText(),
  )
}

/** A box: filled with a grey (0 is black), or outlined. */
export const addBox = (
  { draw, page }: Pdf,
  { x, y, width, height, fill }: { x: number; y: number; width: number; height: number; fill: number | null },
): void => {
  page.operators.push(
    draw.pushGraphicsState(),
    ...(fill === null ? [draw.setLineWidth(0.4)] : [draw.setFillingGrayscaleColor(fill)]),
    draw.rectangle(rounded(x), rounded(y), rounded(width), rounded(height)),
    fill === null ? draw.stroke() : draw.fill(),
    draw.popGraphicsState(),
  )
}

/** A code of dark and light squares, such as a QR code with its quiet zone, `size` wide. */
export const addSquares = (
  pdf: Pdf,
  { modules, size, align = 'left' }: { modules: readonly (readonly boolean[])[]; size: number; align?: PdfAlign },
): void => {
  keepTogether(pdf, size)
  const side = size / modules.length
  const free = (innerWidth(pdf) - size) * (align === 'left' ? 0 : align === 'right' ? 1 : 0.5)
  const { draw } = pdf
  const top = pdf.page.y
  const squares = modules.flatMap((row, down) =>
    row.flatMap((isDark, across) =>
      isDark ? [draw.rectangle(pdf.margin + free + across * side, top - (down + 1) * side, side, side)] : [],
    ),
  )
  pdf.page.operators.push(...squares, draw.fill())
  pdf.page.y -= size
}

/** The bytes of the file, with a line at the foot of each page. */
export const closePdf = async (
  pdf: Pdf,
  { foot }: { foot: (page: number, pages: number) => string },
): Promise<Uint8Array<ArrayBuffer>> => {
  const { regular: face } = pdf.faces
  const size = 7
  for (const [index, page] of pdf.pages.entries()) {
    const text = face.clean(foot(index + 1, pdf.pages.length))
    const x = pdf.size.width - pdf.margin - face.widthOf(text, size)
    placeText(pdf, page, { face, size, text, x, y: pdf.margin })
    page.page.pushOperators(...page.operators)
  }
  return new Uint8Array(await pdf.document.save({ addDefaultPage: false }))
}

/** Hundredths of a point are finer than any printer, and keep the file small. */
const rounded = (points: number): number => Math.round(points * 100) / 100
