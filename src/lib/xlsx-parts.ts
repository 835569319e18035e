// What stands around a workbook's sheet: which sheet is the first, the texts that cells share, and which styles are dates.
// ECMA-376 part 1, sections 18.2 (workbook), 18.4 (shared strings), 18.8 (styles).
import { createXmlReader, type XmlElement, type XmlLimits } from './xml.ts'
import { createXmlDecoder } from './xml-text.ts'
import type { ZipSink } from './zip.ts'

/** A workbook that is none, or holds more than is taken. */
export class XlsxProblem extends Error {
  override name = 'XlsxProblem'
}

/** What a style shows: a day, a day with its time, or (null) no date. */
export type DateStyle = 'day' | 'time' | null

export type Workbook = { is1904: boolean; strings: readonly string[]; styles: readonly DateStyle[] }

export const xmlSink = (onElement: (element: XmlElement) => void, limits: XmlLimits): ZipSink => {
  const [decoder, reader] = [createXmlDecoder(), createXmlReader(onElement, limits)]
  return {
    write: (bytes) => reader.write(decoder.write(bytes)),
    end: () => {
      reader.write(decoder.end())
      reader.end()
    },
  }
}

/** Gathers the parts as the archive brings them, in whatever order. */
export const createWorkbookReader = () => {
  const sheets: { id: string; isHidden: boolean }[] = []
  const targets = new Map<string, string>()
  const strings = stringsReader()
  const styles = stylesReader()
  let is1904 = false
  const onWorkbook = ({ name, path, attributes }: XmlElement) => {
    if (name === 'workbookPr') is1904 = ['1', 'true'].includes(attributes.get('date1904') ?? '')
    if (name !== 'sheet' || path.at(-2) !== 'sheets') return
    const id = [...attributes].find(([key]) => key.endsWith(':id'))?.[1] ?? ''
    sheets.push({ id, isHidden: (attributes.get('state') ?? 'visible') !== 'visible' })
  }
  const onRelation = ({ name, attributes }: XmlElement) => {
    const isSheet = name === 'Relationship' && attributes.get('Type')?.endsWith('/worksheet')
    if (isSheet) targets.set(attributes.get('Id') ?? '', attributes.get('Target') ?? '')
  }
  const readers: Record<string, (element: XmlElement) => void> = {
    'xl/workbook.xml': onWorkbook,
    'xl/_rels/workbook.xml.rels': onRelation,
    'xl/sharedstrings.xml': strings.onElement,
    'xl/styles.xml': styles.onElement,
  }
  return {
    open: (name: string): ZipSink | null => {
      const onElement = readers[name.toLowerCase()]
      if (!onElement) return null
      return xmlSink(onElement, name.toLowerCase() === 'xl/sharedstrings.xml' ? stringLimits : partLimits)
    },
    /** The workbook and where its first sheet that is shown lies. Throws XlsxProblem when there is none. */
    end: (): { workbook: Workbook; sheetPath: string } => {
      const target = sheets
        .filter(({ isHidden }) => !isHidden)
        .map(({ id }) => targets.get(id))
        .find((each) => each !== undefined)
      if (target === undefined) throw new XlsxProblem('the file is no workbook with a sheet (.xlsx)')
      const sheetPath = target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//, '')}`
      return { workbook: { is1904, strings: strings.all, styles: styles.read() }, sheetPath }
    },
  }
}

const partLimits: XmlLimits = { charsMax: 8_000_000, depthMax: 64, textMax: 100_000, dropsSpace: true }
const stringLimits: XmlLimits = { charsMax: 256_000_000, depthMax: 16, textMax: 100_000, dropsSpace: true }
/** They stay in memory while the sheet is read. */
const sharedMax = { strings: 2_000_000, chars: 48_000_000 }

const stringsReader = () => {
  const all: string[] = []
  let [text, chars] = ['', 0]
  const onElement = ({ name, path, text: own }: XmlElement) => {
    // How a text is pronounced (rPh) is not part of it.
    if (name === 't' && (path.length === 3 || path[2] === 'r')) {
      chars += own.length
      text += own
    }
    if (chars > sharedMax.chars || all.length > sharedMax.strings) {
      throw new XlsxProblem('the workbook shares more texts than are taken')
    }
    if (name !== 'si') return
    all.push(plainText(text))
    text = ''
  }
  return { all, onElement }
}

const stylesReader = () => {
  const codes = new Map<number, string>()
  const formats: number[] = []
  return {
    onElement: ({ name, path, attributes }: XmlElement): void => {
      const id = Number(attributes.get('numFmtId') ?? '0')
      if (name === 'numFmt') codes.set(id, attributes.get('formatCode') ?? '')
      if (name === 'xf' && path.at(-2) === 'cellXfs') formats.push(id)
    },
    read: (): DateStyle[] => formats.map((id) => dateStyle(id, codes.get(id))),
  }
}

/** Section 18.8.30: numbers below 164 are built in, some of them only in Asian languages; 18 to 21 and 45 to 47 are times without a day. */
const dateStyle = (id: number, code: string | undefined): DateStyle => {
  if (code === undefined) {
    if ((id >= 18 && id <= 22) || (id >= 45 && id <= 47)) return 'time'
    return (id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'day' : null
  }
  // Texts, escaped letters, colours and languages are not part of the pattern; the first section is for positive numbers.
  const pattern = code.replace(/"[^"]*"|\\.|[_*].|\[[^\]]*\]/g, '').split(';')[0] ?? ''
  if (/general/i.test(pattern) || !/[ymdhs]/i.test(pattern)) return null
  return /[hs]/i.test(pattern) ? 'time' : 'day'
}

/** Section 22.9.2.19: `_x000D_` stands for a character, `_x005F_` for the underscore of a text that looks so. */
export const plainText = (text: string): string =>
  text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text
