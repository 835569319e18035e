/** One typeface of a document: what its texts become, how wide they are, and where their lines break. */
import { hexWord } from './pdf-file.ts'
import type { PdfFont } from './pdf-font.ts'
import { readTrueType } from './true-type.ts'

export type Face = {
  pdfFont: PdfFont
  /** The text as it can be printed: NFC, on one line, with `?` for what the typeface has no sign for. */
  clean: (text: string) => string
  /** Of a clean text, in points. */
  widthOf: (text: string, size: number) => number
  /** A clean text as the pages write it; its glyphs are in the file from then on. */
  encode: (text: string) => string
}

/** Texts repeat in a table, and laying one out costs as much as all the rest of its cell. */
const rememberedMax = 20_000

/** `key` is the name under which the pages know it. Throws for what is no TrueType file. */
export const openFace = (bytes: Uint8Array, key: string): Face => {
  const font = readTrueType(bytes)
  const glyphs = new Map<string, number>()
  const widths = new Map<string, number>()
  const encoded = new Map<string, string>()
  const used = new Map<number, number>()
  const glyphOf = (sign: string): number => remembered(glyphs, sign, () => font.glyphOf(sign.codePointAt(0) ?? 0))
  const widthOfSign = (sign: string): number =>
    remembered(widths, sign, () => font.widthOf(glyphOf(sign)) / font.unitsPerEm)
  const encodeSign = (sign: string): string => {
    const glyph = glyphOf(sign)
    if (!used.has(glyph)) used.set(glyph, sign.codePointAt(0) ?? 0)
    return hexWord(glyph)
  }
  return {
    pdfFont: { font, key, used },
    clean: (text) => {
      const signs = Array.from(text.normalize('NFC').replace(/\s/g, ' '))
      return signs.map((sign) => (glyphOf(sign) > 0 ? sign : '?')).join('')
    },
    widthOf: (text, size) => Array.from(text).reduce((sum, sign) => sum + widthOfSign(sign), 0) * size,
    encode: (text) => {
      if (encoded.size >= rememberedMax) encoded.clear()
      return remembered(encoded, text, () => `<${Array.from(text).map(encodeSign).join('')}>`)
    },
  }
}

const remembered = <Value>(known: Map<string, Value>, name: string, make: () => Value): Value => {
  const found = known.get(name)
  if (found !== undefined) return found
  const made = make()
  known.set(name, made)
  return made
}

/** The lines of a text in that width: broken at its line ends and spaces, and within a word that is wider than a line. At least one line. */
export const breakLines = (face: Face, text: string, { size, width }: { size: number; width: number }): string[] =>
  text.split('\n').flatMap((paragraph) => {
    const lines: string[] = []
    let line = ''
    for (const word of face.clean(paragraph).split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`
      if (face.widthOf(longer, size) <= width) {
        line = longer
        continue
      }
      if (line !== '') lines.push(line)
      const pieces = breakWord(face, word, { size, width })
      lines.push(...pieces.slice(0, -1))
      line = pieces.at(-1) ?? ''
    }
    return [...lines, line]
  })

const breakWord = (face: Face, word: string, { size, width }: { size: number; width: number }): string[] => {
  if (face.widthOf(word, size) <= width) return [word]
  const pieces: string[] = []
  let piece = ''
  for (const sign of word) {
    if (piece !== '' && face.widthOf(piece + sign, size) > width) {
      pieces.push(piece)
      piece = ''
    }
    piece += sign
  }
  return [...pieces, piece]
}
