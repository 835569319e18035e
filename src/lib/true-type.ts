/** What a document needs of a TrueType file: which glyph shows a sign, and how wide it is. OpenType 1.9: "Font file", cmap, head, hhea, hmtx, OS/2. */

export type TrueType = {
  bytes: Uint8Array
  view: DataView
  table: (name: string) => Table | null
  unitsPerEm: number
  /** In units: left, bottom, right and top of whatever any glyph fills. */
  box: readonly [number, number, number, number]
  ascent: number
  descent: number
  capHeight: number
  /** The glyph of a sign; 0 for one that the typeface has not. */
  glyphOf: (codePoint: number) => number
  /** In units. */
  widthOf: (glyph: number) => number
}

/** Where a piece lies in the file, in bytes. */
export type Table = { at: number; length: number }
type Tables = ReadonlyMap<string, Table>

/** Throws for a file that is no TrueType file, or one without a table that is needed. */
export const readTrueType = (bytes: Uint8Array): TrueType => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const tables = readTables(view)
  const head = tableOf(tables, 'head').at
  const hhea = tableOf(tables, 'hhea').at
  const hmtx = tableOf(tables, 'hmtx').at
  const widths = view.getUint16(hhea + 34)
  return {
    bytes,
    view,
    table: (name) => tables.get(name) ?? null,
    unitsPerEm: view.getUint16(head + 18),
    box: [view.getInt16(head + 36), view.getInt16(head + 38), view.getInt16(head + 40), view.getInt16(head + 42)],
    ascent: view.getInt16(hhea + 4),
    descent: view.getInt16(hhea + 6),
    capHeight: readCapHeight(view, tables) ?? view.getInt16(hhea + 4),
    glyphOf: readCharacterMap(view, tableOf(tables, 'cmap').at),
    widthOf: (glyph) => view.getUint16(hmtx + 4 * Math.min(glyph, widths - 1)),
  }
}

const readTables = (view: DataView): Tables => {
  if (view.byteLength < 12 || view.getUint32(0) !== fileVersion) throw new Error('no TrueType file')
  return new Map(
    Array.from({ length: view.getUint16(4) }, (_, index) => {
      const at = 12 + 16 * index
      return [nameAt(view, at), { at: view.getUint32(at + 8), length: view.getUint32(at + 12) }]
    }),
  )
}
export const fileVersion = 0x00010000

const nameAt = (view: DataView, at: number): string =>
  String.fromCharCode(...[0, 1, 2, 3].map((offset) => view.getUint8(at + offset)))

const tableOf = (tables: Tables, name: string): Table => {
  const table = tables.get(name)
  if (!table) throw new Error(`a TrueType file without the table ${name}`)
  return table
}

/** Since version 2 of the table. */
const readCapHeight = (view: DataView, tables: Tables): number | null => {
  const table = tables.get('OS/2')
  return table && view.getUint16(table.at) >= 2 ? view.getInt16(table.at + 88) : null
}

/** Formats 4 and 12 of the Unicode subtables; the one with all planes comes first. */
const readCharacterMap = (view: DataView, cmap: number): TrueType['glyphOf'] => {
  const subtables = Array.from({ length: view.getUint16(cmap + 2) }, (_, index) => {
    const at = cmap + 4 + 8 * index
    const start = cmap + view.getUint32(at + 4)
    return { platform: view.getUint16(at), start, format: view.getUint16(start) }
  }).filter(({ platform }) => platform === 0 || platform === 3)
  const whole = subtables.find(({ format }) => format === 12)
  if (whole) return glyphByGroup(view, whole.start)
  const plane = subtables.find(({ format }) => format === 4)
  if (plane) return glyphBySegment(view, plane.start)
  throw new Error('a TrueType file without a map of Unicode')
}

const glyphByGroup = (view: DataView, start: number): TrueType['glyphOf'] => {
  const count = view.getUint32(start + 12)
  return (codePoint) => {
    for (let group = 0; group < count; group += 1) {
      const at = start + 16 + 12 * group
      const first = view.getUint32(at)
      if (codePoint < first) return 0
      if (codePoint <= view.getUint32(at + 4)) return view.getUint32(at + 8) + codePoint - first
    }
    return 0
  }
}

const glyphBySegment = (view: DataView, start: number): TrueType['glyphOf'] => {
  const doubled = view.getUint16(start + 6)
  return (codePoint) => {
    for (let offset = 0; offset < doubled; offset += 2) {
      const end = start + 14 + offset
      if (codePoint > view.getUint16(end)) continue
      const first = view.getUint16(end + doubled + 2)
      if (codePoint < first) return 0
      const delta = view.getUint16(end + 2 * doubled + 2)
      const rangeAt = end + 3 * doubled + 2
      const range = view.getUint16(rangeAt)
      if (range === 0) return (codePoint + delta) & 0xffff
      const glyph = view.getUint16(rangeAt + range + 2 * (codePoint - first))
      return glyph === 0 ? 0 : (glyph + delta) & 0xffff
    }
    return 0
  }
}
