// Workbooks as other programs write them: the sheet's XML by hand, the zip by fflate, the shared texts behind the sheet.
import { strToU8, type Zippable, zipSync } from 'fflate'

export type WorkbookParts = {
  /** The content of `<sheetData>`. */
  rows: string
  strings?: readonly string[]
  /** Number formats of the cell styles 0, 1, 2 …; from 164 on those of `codes`. */
  formats?: readonly number[]
  codes?: Readonly<Record<number, string>>
  is1904?: boolean
  /** Parts that replace or join the others; null takes one away. */
  more?: Readonly<Record<string, string | Uint8Array | null>>
  sheets?: string
  level?: 0 | 6
}

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

export const workbookFile = (parts: WorkbookParts): Uint8Array<ArrayBuffer> => {
  const { rows, strings = [], formats = [0], codes = {}, is1904 = false, more = {}, level = 6 } = parts
  const sheets = parts.sheets ?? '<sheet name="Sao kê" sheetId="1" r:id="rId3"/>'
  const numFmts = Object.entries(codes).map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${code}"/>`)
  const files: Record<string, string | Uint8Array | null> = {
    '[Content_Types].xml': `${head}<Types/>`,
    'xl/workbook.xml': `${head}<workbook ${main} xmlns:r="${office}"><workbookPr date1904="${is1904 ? 1 : 0}"/><sheets>${sheets}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships><Relationship Id="rId1" Type="${office}/theme" Target="theme/theme1.xml"/><Relationship Id="rId3" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId4" Type="${office}/worksheet" Target="/xl/worksheets/sheet2.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `${head}<worksheet ${main}><dimension ref="A1"/><sheetData>${rows}</sheetData><mergeCells count="1"><mergeCell ref="A1:C1"/></mergeCells></worksheet>`,
    'xl/styles.xml': `${head}<styleSheet ${main}><numFmts>${numFmts.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${formats.map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs></styleSheet>`,
    'xl/sharedStrings.xml': `${head}<sst ${main}>${strings.map((text) => `<si>${text.startsWith('<') ? text : `<t xml:space="preserve">${text}</t>`}</si>`).join('')}</sst>`,
    ...more,
  }
  const zip: Zippable = {}
  for (const [name, content] of Object.entries(files)) {
    if (content !== null) zip[name] = [typeof content === 'string' ? strToU8(content) : content, { level }]
  }
  return zipSync(zip) as Uint8Array<ArrayBuffer>
}

/** A row of inline texts (strings) and plain numbers (bigint) from column A on; null leaves a cell out, `<…` is taken as it stands. */
export const sheetRow = (line: number, cells: readonly (string | bigint | null)[]): string => {
  const each = cells.map((cell, index) => {
    const at = `r="${String.fromCharCode(65 + index)}${line}"`
    if (cell === null) return ''
    if (typeof cell === 'bigint') return `<c ${at}><v>${cell}</v></c>`
    if (cell.startsWith('<')) return cell.replace('<c', `<c ${at}`)
    return `<c ${at} t="inlineStr"><is><t>${cell}</t></is></c>`
  })
  return `<row r="${line}">${each.join('')}</row>`
}

/** A file as a stream of pieces. */
export const streamOf = (bytes: Uint8Array, size = 10_007): ReadableStream<Uint8Array> => {
  let at = 0
  return new ReadableStream({
    pull: (controller) => {
      if (at >= bytes.length) return controller.close()
      controller.enqueue(bytes.subarray(at, at + size))
      at += size
    },
  })
}
