/**
 * A smaller TrueType file with the outlines of some glyphs only. Glyphs keep their numbers, so that nothing that names one has to be written anew. OpenType 1.9: "Font
 * file", glyf, loca.
 */
import { fileVersion, type Table, type TrueType } from './true-type.ts'

/** A file in which these glyphs, what they are put together of and the one for what is missing have outlines, and the others have none. */
export const subsetTrueType = (font: TrueType, glyphs: Iterable<number>): Uint8Array<ArrayBuffer> => {
  const { glyf, loca } = writeOutlines(font, withParts(font, glyphs))
  const head = copyOf(font, font.table('head'))
  const view = new DataView(head.buffer)
  view.setUint32(adjustmentAt, 0)
  view.setInt16(locaFormatAt, 1)
  const made: Readonly<Record<string, Uint8Array>> = { glyf, loca, head }
  return writeFile(
    keptTables.flatMap((name) => {
      const table = font.table(name)
      return table ? [{ name, data: made[name] ?? copyOf(font, table) }] : []
    }),
  )
}

/** What a font program in a PDF needs (ISO 32000-1, 9.9), in the order of a file; `cvt `, `fpgm` and `prep` where the typeface has them. */
const keptTables = ['cvt ', 'fpgm', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp', 'prep']
/** Places in `head`. */
const adjustmentAt = 8
const locaFormatAt = 50

const copyOf = ({ bytes }: TrueType, table: Table | null): Uint8Array<ArrayBuffer> =>
  table ? new Uint8Array(bytes.subarray(table.at, table.at + table.length)) : new Uint8Array(0)

const glyphCount = ({ view, table }: TrueType): number => view.getUint16((table('maxp')?.at ?? 0) + 4)

/** Where a glyph's outline lies; of length 0 where it has none. */
const outlineOf = ({ view, table }: TrueType, glyph: number): Table => {
  const [head, loca, glyf] = ['head', 'loca', 'glyf'].map((name) => table(name)?.at ?? 0)
  const isLong = view.getInt16((head ?? 0) + locaFormatAt) === 1
  const offset = (index: number) =>
    isLong ? view.getUint32((loca ?? 0) + 4 * index) : 2 * view.getUint16((loca ?? 0) + 2 * index)
  return { at: (glyf ?? 0) + offset(glyph), length: offset(glyph + 1) - offset(glyph) }
}

const withParts = (font: TrueType, glyphs: Iterable<number>): ReadonlySet<number> => {
  const found = new Set<number>()
  const count = glyphCount(font)
  const wanted = [0, ...glyphs]
  for (let glyph = wanted.pop(); glyph !== undefined; glyph = wanted.pop()) {
    if (found.has(glyph) || glyph >= count) continue
    found.add(glyph)
    wanted.push(...partsOf(font, outlineOf(font, glyph)))
  }
  return found
}

/** The glyphs that one is put together of: a negative number of contours says that there are some. */
const partsOf = ({ view }: TrueType, { at, length }: Table): number[] => {
  if (length === 0 || view.getInt16(at) >= 0) return []
  const parts: number[] = []
  for (let next = at + 10, isMore = true; isMore; ) {
    const flags = view.getUint16(next)
    parts.push(view.getUint16(next + 2))
    const scale = flags & part.hasScale ? 2 : flags & part.hasTwoScales ? 4 : flags & part.hasMatrix ? 8 : 0
    next += 4 + (flags & part.areWords ? 4 : 2) + scale
    isMore = (flags & part.hasMore) !== 0
  }
  return parts
}
const part = { areWords: 0x0001, hasScale: 0x0008, hasMore: 0x0020, hasTwoScales: 0x0040, hasMatrix: 0x0080 }

const writeOutlines = (font: TrueType, kept: ReadonlySet<number>): { glyf: Uint8Array; loca: Uint8Array } => {
  const count = glyphCount(font)
  const loca = new DataView(new ArrayBuffer(4 * (count + 1)))
  const glyf = new Uint8Array([...kept].reduce((sum, glyph) => sum + aligned(outlineOf(font, glyph).length), 0))
  let at = 0
  for (let glyph = 0; glyph < count; glyph += 1) {
    loca.setUint32(4 * glyph, at)
    if (!kept.has(glyph)) continue
    const outline = outlineOf(font, glyph)
    glyf.set(font.bytes.subarray(outline.at, outline.at + outline.length), at)
    at += aligned(outline.length)
  }
  loca.setUint32(4 * count, at)
  return { glyf, loca: new Uint8Array(loca.buffer) }
}

const aligned = (length: number): number => (length + 3) & ~3

const writeFile = (tables: readonly { name: string; data: Uint8Array }[]): Uint8Array<ArrayBuffer> => {
  const start = 12 + 16 * tables.length
  const file = new Uint8Array(tables.reduce((sum, { data }) => sum + aligned(data.length), start))
  const view = new DataView(file.buffer)
  const power = Math.floor(Math.log2(tables.length))
  const searched = 16 * 2 ** power
  view.setUint32(0, fileVersion)
  for (const [index, value] of [tables.length, searched, power, 16 * tables.length - searched].entries())
    view.setUint16(4 + 2 * index, value)
  let [at, headAt] = [start, 0]
  for (const [index, { name, data }] of tables.entries()) {
    file.set(data, at)
    const entry = 12 + 16 * index
    file.set(new TextEncoder().encode(name), entry)
    view.setUint32(entry + 4, checksum(view, { at, length: aligned(data.length) }))
    view.setUint32(entry + 8, at)
    view.setUint32(entry + 12, data.length)
    if (name === 'head') headAt = at
    at += aligned(data.length)
  }
  view.setUint32(headAt + adjustmentAt, (wholeSum - checksum(view, { at: 0, length: file.length })) >>> 0)
  return file
}

/** What the checksum of a whole file is made to be. */
const wholeSum = 0xb1b0afba

const checksum = (view: DataView, { at, length }: Table): number => {
  let sum = 0
  for (let offset = at; offset < at + length; offset += 4) sum = (sum + view.getUint32(offset)) >>> 0
  return sum
}
