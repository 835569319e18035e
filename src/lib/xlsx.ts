// Workbooks out: sheets of typed cells, written row by row into a zip (fflate) that is given out as it grows, so that memory does not grow with the rows.
// ECMA-376 part 1, sections 18.2 (workbook), 18.3 (worksheet), 18.8 (styles). Runs on Workers.
import { strToU8, Zip, ZipDeflate } from 'fflate'
import { isBusinessDayText } from './time.ts'

/** The sum of a column's cells above it: a formula, with the figure that it gives. */
export type XlsxSum = { sum: bigint }

/** What a cell may hold: a text, an amount or count, a time, a sum, or nothing. A day in a `date` column is `yyyy-MM-dd`. */
export type XlsxCell = string | bigint | number | Date | XlsxSum | null

/** A column: `amount` shows thousands, `rate` takes texts with two decimals, `date` takes days and times in UTC+7, `text` keeps codes and leading zeros. */
export type XlsxColumn = { title: string; type: 'text' | 'amount' | 'rate' | 'date' }

export type XlsxSheet = {
  /** The sheet's name; what Excel forbids in names is replaced. */
  sheet: string
  columns: readonly XlsxColumn[]
  rows: Iterable<readonly XlsxCell[]> | AsyncIterable<readonly XlsxCell[]>
  /** Widths of columns in characters; 18 where absent. */
  widths?: readonly number[]
}

/**
 * An .xlsx file: on each sheet a bold head that stays while scrolling, then the rows. Printed, a sheet is as wide as a page across (A4), has its head on each page, and its
 * name and the page's number below. A text is always a text cell in the text format, never a formula, also
 * after it is edited; a text in an amount column, such as `Tổng cộng`, stays a text. The same rows give the same bytes. Whoever stops reading ends the rows. Reading
 * fails with RangeError beyond Excel's limits: 1,048,576 rows, 16,384 columns, integers of 15 digits. Texts are cut at 32,767 characters, and characters that XML
 * forbids become U+FFFD.
 */
export function writeXlsx(...sheets: readonly [XlsxSheet, ...XlsxSheet[]]): ReadableStream<Uint8Array<ArrayBuffer>> {
  const parts = xlsxParts(sheets)
  return new ReadableStream({
    async pull(controller) {
      const next = await parts.next()
      if (next.done) controller.close()
      else controller.enqueue(next.value)
    },
    async cancel() {
      await parts.return(undefined)
    },
  })
}

async function* xlsxParts(sheets: readonly XlsxSheet[]): AsyncGenerator<Uint8Array<ArrayBuffer>, undefined> {
  const file = zipFile()
  for (const [path, content] of Object.entries(frame(sheets.map(({ sheet }) => sheet)))) file.entry(path).end(content)
  for (const [index, sheet] of sheets.entries()) {
    const entry = file.entry(`xl/worksheets/sheet${index + 1}.xml`)
    for await (const text of sheetXml(sheet)) {
      entry.push(text)
      yield* file.ready()
    }
    entry.end('')
  }
  file.end()
  yield* file.ready()
  return undefined
}

const rowsMax = 1_048_576

// Sections 18.3.1.62 (pageMargins, inches), 18.3.1.63 (pageSetup; paper 9 is A4, as many pages down as it takes), 18.3.1.46 (headerFooter).
const onPaper =
  '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/><headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P/&amp;N</oddFooter></headerFooter>'

async function* sheetXml({ columns, rows, widths = [] }: XlsxSheet): AsyncGenerator<string> {
  if (columns.length < 1 || columns.length > 16_384) throw new RangeError('a sheet has 1 to 16,384 columns')
  let text = `${sheetStart(columns, widths)}${headRow(columns, widths)}`
  let number = 1
  for await (const row of rows) {
    number++
    if (number > rowsMax) throw new RangeError('a sheet has at most 1,048,576 rows')
    text += `<row r="${number}">${columns.map((column, i) => cellXml(column, row[i] ?? null, { i, number })).join('')}</row>`
    if (text.length > 65_536) {
      yield text
      text = ''
    }
  }
  yield `${text}</sheetData>${onPaper}</worksheet>`
}

/** Indexes into `cellXfs` of the styles below. */
const styles = { head: 1, text: 2, amount: 3, date: 4, time: 5, rate: 6, sum: 7 }

function cellXml(column: XlsxColumn, value: XlsxCell, { i, number }: { i: number; number: number }): string {
  if (value === null || value === '') return ''
  if (value instanceof Date) {
    const style = column.type === 'text' ? styles.text : styles.time
    return numberCell(i, number, serialOf(value.getTime() + vietnamOffsetMs), style)
  }
  if (typeof value === 'object') return sumCell(i, number, value.sum)
  if (typeof value === 'string') {
    if (column.type === 'rate' && /^-?\d{1,13}\.\d\d$/.test(value)) return numberCell(i, number, value, styles.rate)
    const isDay = column.type === 'date' && isBusinessDayText(value)
    if (isDay) return numberCell(i, number, serialOf(Date.parse(`${value}T00:00:00Z`)), styles.date)
    return textCell(i, number, value, styles.text)
  }
  if (column.type === 'text') return textCell(i, number, value.toString(), styles.text)
  refuseLongNumber(value)
  // The amount format would round a rate such as 97.31 for the eye.
  const isWhole = typeof value === 'bigint' || Number.isInteger(value)
  return numberCell(i, number, value.toString(), isWhole ? styles.amount : 0)
}

/** Without rows above there is nothing to add up, and the formula would take in its own cell. */
function sumCell(i: number, number: number, sum: bigint): string {
  refuseLongNumber(sum)
  const name = columnName(i)
  const formula = number > 2 ? `<f>SUM(${name}2:${name}${number - 1})</f>` : ''
  return `<c r="${name}${number}" s="${styles.sum}">${formula}<v>${sum}</v></c>`
}

function refuseLongNumber(value: bigint | number): void {
  if (!Number.isFinite(Number(value)) || Math.abs(Number(value)) > 999_999_999_999_999) {
    throw new RangeError('Excel holds numbers of at most 15 digits')
  }
}

function textCell(i: number, number: number, text: string, style: number): string {
  const at = `r="${columnName(i)}${number}" s="${style}"`
  return `<c ${at} t="inlineStr"><is><t xml:space="preserve">${escaped(text.slice(0, 32_767))}</t></is></c>`
}

function numberCell(i: number, number: number, value: string, style: number): string {
  return `<c r="${columnName(i)}${number}" s="${style}"><v>${value}</v></c>`
}

const vietnamOffsetMs = 7 * 3_600_000

/** Days since 30/12/1899, as Excel counts them from 01/03/1900 on. */
function serialOf(wallClockMs: number): string {
  const serial = wallClockMs / 86_400_000 + 25_569
  if (!(serial >= 61 && serial < 2_958_466)) throw new RangeError('Excel holds times from 01/03/1900 to 31/12/9999')
  return String(serial)
}

function columnName(i: number): string {
  const letter = String.fromCharCode(65 + (i % 26))
  return i < 26 ? letter : columnName(Math.floor(i / 26) - 1) + letter
}

// XML 1.0, section 2.2: no control characters but tab and line ends, no lone surrogates, no U+FFFE and U+FFFF.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g
const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;' }

function escaped(text: string): string {
  // Office reads _x000D_ in a text as a character: the underscore is escaped the same way.
  const plain = text
    .toWellFormed()
    .replace(forbidden, '\ufffd')
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
  return plain.replace(/[&<>"\r]/g, (character) => entities[character] ?? character)
}

/** Titles that are longer than their column go on in a second or third line; not every program makes room for it by itself. */
function headRow(columns: readonly XlsxColumn[], widths: readonly number[]): string {
  const lines = columns.map(({ title }, i) => Math.ceil((title.length * 1.2) / widthOf(widths, i)))
  const height = 15 * Math.min(4, Math.max(1, ...lines))
  const cells = columns.map(({ title }, i) => textCell(i, 1, title, styles.head))
  return `<row r="1" ht="${height}" customHeight="1">${cells.join('')}</row>`
}

const widthOf = (widths: readonly number[], i: number): number => Math.min(255, Math.max(1, widths[i] ?? 18))

function sheetStart(columns: readonly XlsxColumn[], widths: readonly number[]): string {
  const cols = columns.map(
    (_column, i) => `<col min="${i + 1}" max="${i + 1}" width="${widthOf(widths, i)}" customWidth="1"/>`,
  )
  const pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
  const views = `<sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews>`
  const fits = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
  return `${declaration}<worksheet xmlns="${main}">${fits}${views}<cols>${cols.join('')}</cols><sheetData>`
}

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const ofSheets = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Every part of the file but the sheets themselves. */
function frame(sheets: readonly string[]): Record<string, string> {
  const path = (_sheet: string, i: number) => `xl/worksheets/sheet${i + 1}.xml`
  const parts = [
    { path: 'xl/workbook.xml', type: 'sheet.main' },
    ...sheets.map((sheet, i) => ({ path: path(sheet, i), type: 'worksheet' })),
    { path: 'xl/styles.xml', type: 'styles' },
  ]
  const types = parts.map((part) => `<Override PartName="/${part.path}" ContentType="${ofSheets}.${part.type}+xml"/>`)
  const names = sheets.map(sheetName)
  const listed = names.map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
  // The first row of each sheet, on each of its pages (18.2.5).
  const heads = names.map(
    (name, i) =>
      `<definedName name="_xlnm.Print_Titles" localSheetId="${i}">${escaped(`'${name.replaceAll("'", "''")}'!$1:$1`)}</definedName>`,
  )
  return {
    '[Content_Types].xml': `${declaration}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${types.join('')}</Types>`,
    '_rels/.rels': relations([['officeDocument', 'xl/workbook.xml']]),
    'xl/workbook.xml': `${declaration}<workbook xmlns="${main}" xmlns:r="${office}"><sheets>${listed.join('')}</sheets><definedNames>${heads.join('')}</definedNames></workbook>`,
    'xl/_rels/workbook.xml.rels': relations([
      ...sheets.map((_sheet, i): [string, string] => ['worksheet', `worksheets/sheet${i + 1}.xml`]),
      ['styles', 'styles.xml'],
    ]),
    'xl/styles.xml': stylesXml(),
  }
}

function relations(targets: readonly (readonly [string, string])[]): string {
  const each = targets.map(
    ([type, target], i) => `<Relationship Id="rId${i + 1}" Type="${office}/${type}" Target="${target}"/>`,
  )
  return `${declaration}<Relationships xmlns="${packages}/relationships">${each.join('')}</Relationships>`
}

// Number formats 2 (0.00), 3 (#,##0) and 49 (text) are built in; the separators follow the reader's own language.
function stylesXml(): string {
  const xf = (format: number, font = 0, inner = '') =>
    `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"${inner === '' ? '/>' : ` applyAlignment="1">${inner}</xf>`}`
  const wraps = '<alignment horizontal="center" vertical="center" wrapText="1"/>'
  const formats =
    '<numFmt numFmtId="164" formatCode="dd/mm/yyyy"/><numFmt numFmtId="165" formatCode="dd/mm/yyyy hh:mm:ss"/>'
  const font = '<sz val="11"/><name val="Calibri"/>'
  const fills = '<fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
  const xfs = [xf(0), xf(49, 1, wraps), xf(49), xf(3), xf(164), xf(165), xf(2), xf(3, 1)]
  return `${declaration}<styleSheet xmlns="${main}"><numFmts count="2">${formats}</numFmts><fonts count="2"><font>${font}</font><font><b/>${font}</font></fonts><fills count="2">${fills}</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="${xfs.length}">${xfs.join('')}</cellXfs></styleSheet>`
}

/** At most 31 characters, none of `[ ] : * ? / \`, no apostrophe at either end, not empty. */
function sheetName(text: string): string {
  const name = text
    .replace(/[[\]:*?/\\\r\n\t]/g, ' ')
    .replace(edges, '')
    .slice(0, 31)
    .toWellFormed()
  return name.replace(edges, '') || 'Sheet1'
}

const edges = /^['\s]+|['\s]+$/g

/** A zip, its entries one after the other; the date in it is fixed, so that equal content gives equal bytes. `ready` hands over what is packed so far. */
function zipFile() {
  const failures: Error[] = []
  let chunks: Uint8Array<ArrayBuffer>[] = []
  const zip = new Zip((failure, chunk) => {
    if (failure) failures.push(failure)
    else if (chunk.length > 0) chunks.push(new Uint8Array(chunk))
  })
  return {
    entry: (path: string) => {
      const entry = new ZipDeflate(path, { level: 6 })
      // A zip stores wall-clock time: built from its parts, it is the same in every zone.
      entry.mtime = new Date(1980, 0, 2)
      zip.add(entry)
      return {
        push: (text: string) => entry.push(strToU8(text)),
        end: (text: string) => entry.push(strToU8(text), true),
      }
    },
    end: () => zip.end(),
    ready: (): readonly Uint8Array<ArrayBuffer>[] => {
      if (failures[0]) throw failures[0]
      const packed = chunks
      chunks = []
      return packed
    },
  }
}
