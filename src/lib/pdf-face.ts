/** One typeface of a document: what its texts become, how wide they are, and where their lines break. */
import type { PDFFont, PDFHexString } from '@cantoo/pdf-lib'

export type Face = {
  font: PDFFont
  /** The text as it can be printed: NFC, on one line, with `?` for what the typeface has no sign for. */
  clean: (text: string) => string
  /** Of a clean text, in points. */
  widthOf: (text: string, size: number) => number
  encode: (text: string) => PDFHexString
}

/** Texts repeat in a table, and laying one out costs as much as all the rest of its cell. */
const rememberedMax = 20_000

export const openFace = (font: PDFFont): Face => {
  const known = new Set(font.getCharacterSet())
  const widths = new Map<string, number>()
  const encoded = new Map<string, PDFHexString>()
  const widthOfSign = (sign: string): number => {
    const found = widths.get(sign)
    if (found !== undefined) return found
    const width = font.widthOfTextAtSize(sign, 1)
    widths.set(sign, width)
    return width
  }
  return {
    font,
    clean: (text) => {
      const signs = Array.from(text.normalize('NFC').replace(/\s/g, ' '))
      return signs.map((sign) => (known.has(sign.codePointAt(0) ?? 0) ? sign : '?')).join('')
    },
    widthOf: (text, size) => Array.from(text).reduce((sum, sign) => sum + widthOfSign(sign), 0) * size,
    encode: (text) => {
      const found = encoded.get(text)
      if (found) return found
      if (encoded.size >= rememberedMax) encoded.clear()
      const made = font.encodeText(text)
      encoded.set(text, made)
      return made
    },
  }
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
