/**
 * A typeface in a PDF: a composite font whose codes are the numbers of its glyphs, of which the file holds those that are used (ISO 32000-1, 9.7 to 9.10). A map from
 * glyphs to signs lets readers search and copy what they see.
 */
import { hexWord, type PdfFile, type PdfReference } from './pdf-file.ts'
import type { TrueType } from './true-type.ts'
import { subsetTrueType } from './true-type-subset.ts'

export type PdfFont = {
  font: TrueType
  /** The name under which the pages know it. */
  key: string
  /** The sign that each used glyph shows. */
  used: Map<number, number>
}

/** Writes it with what was used of it. `reference` was kept for it, since pages name it before they are all there. */
export const addPdfFont = (
  file: PdfFile,
  { font, used }: PdfFont,
  { name, reference, stem }: { name: string; reference: PdfReference; stem: number },
): void => {
  const glyphs = [...used.keys()].toSorted((a, b) => a - b)
  const units = (value: number) => Math.round((value * 1_000) / font.unitsPerEm)
  const program = subsetTrueType(font, glyphs)
  const tagged = `${tagOf(glyphs)}+${name}`
  const fontFile = file.addStream(program, `/Length1 ${program.length}`)
  const descriptor = file.add(
    `<</Type/FontDescriptor/FontName/${tagged}/Flags 4/FontBBox[${font.box.map(units).join(' ')}]/ItalicAngle 0/Ascent ${units(font.ascent)}/Descent ${units(font.descent)}/CapHeight ${units(font.capHeight)}/StemV ${stem}/FontFile2 ${fontFile}>>`,
  )
  const widths = glyphs.map((glyph) => `${glyph}[${units(font.widthOf(glyph))}]`).join('')
  const descendant = file.add(
    `<</Type/Font/Subtype/CIDFontType2/BaseFont/${tagged}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/FontDescriptor ${descriptor}/W[${widths}]/CIDToGIDMap/Identity>>`,
  )
  const signs = file.addStream(signMap(used, glyphs))
  file.add(
    `<</Type/Font/Subtype/Type0/BaseFont/${tagged}/Encoding/Identity-H/DescendantFonts[${descendant}]/ToUnicode ${signs}>>`,
    reference,
  )
}

/** Six letters that tell one choice of glyphs from another (9.6.4): FNV-1a over their numbers. */
const tagOf = (glyphs: readonly number[]): string => {
  let hash = glyphs.reduce((sum, glyph) => Math.imul(sum ^ glyph, 0x01000193) >>> 0, 0x811c9dc5)
  return Array.from({ length: 6 }, () => {
    const letter = String.fromCharCode(65 + (hash % 26))
    hash = Math.floor(hash / 26)
    return letter
  }).join('')
}

/** A map may have at most a hundred entries in one block (Adobe Technical Note 5014, 2.2). */
const blockMax = 100

const signMap = (used: ReadonlyMap<number, number>, glyphs: readonly number[]): string => {
  const entries = glyphs.map((glyph) => `<${hexWord(glyph)}><${unitsOf(used.get(glyph) ?? 0)}>`)
  const blocks = Array.from({ length: Math.ceil(entries.length / blockMax) }, (_, block) => {
    const part = entries.slice(block * blockMax, (block + 1) * blockMax)
    return `${part.length} beginbfchar\n${part.join('\n')}\nendbfchar`
  })
  return [
    '/CIDInit/ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def/CMapName/Adobe-Identity-UCS def/CMapType 2 def',
    '1 begincodespacerange <0000><ffff> endcodespacerange',
    ...blocks,
    'endcmap CMapName currentdict/CMap defineresource pop end end',
  ].join('\n')
}

const unitsOf = (codePoint: number): string =>
  Array.from(String.fromCodePoint(codePoint))
    .flatMap((sign) => Array.from({ length: sign.length }, (_, index) => hexWord(sign.charCodeAt(index))))
    .join('')
