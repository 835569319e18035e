/**
 * A PDF file as it is written: numbered objects, the streams among them compressed, and where each stands (ISO 32000-1, 7.3 and 7.5). Nothing in it is of the moment
 * or of chance.
 */
import { zlibSync } from 'fflate'
import { toHex } from './hex.ts'
import { sha256 } from './hmac.ts'

/** A name of an object, such as `7 0 R`. */
export type PdfReference = `${number} 0 R`

export type PdfFile = {
  /** Keeps a number for an object that is written later. */
  reserve: () => PdfReference
  /** Writes an object, under a number of its own unless one was kept for it. */
  add: (text: string, reference?: PdfReference) => PdfReference
  /** Writes a stream, compressed. `entries` stand in its dictionary. */
  addStream: (data: Uint8Array | string, entries?: string) => PdfReference
  /** The bytes of the whole file. */
  end: (roots: { catalog: PdfReference; info: PdfReference }) => Uint8Array<ArrayBuffer>
}

export const startPdfFile = (): PdfFile => {
  const objects: Uint8Array[] = []
  const reserve = (): PdfReference => `${objects.push(new Uint8Array(0))} 0 R`
  const write = (reference: PdfReference, ...pieces: readonly (string | Uint8Array)[]): PdfReference => {
    const number = Number.parseInt(reference, 10)
    objects[number - 1] = joined([`${number} 0 obj\n`, ...pieces, '\nendobj\n'])
    return reference
  }
  return {
    reserve,
    add: (text, reference = reserve()) => write(reference, text),
    addStream: (data, entries = '') => {
      const packed = zlibSync(typeof data === 'string' ? encoder.encode(data) : data)
      const head = `<</Filter/FlateDecode/Length ${packed.length}${entries}>>\nstream\n`
      return write(reserve(), head, packed, '\nendstream')
    },
    end: (roots) => writeFile(objects, roots),
  }
}

const encoder = new TextEncoder()

const joined = (pieces: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> => {
  const parts = pieces.map((piece) => (typeof piece === 'string' ? encoder.encode(piece) : piece))
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const each of parts) {
    whole.set(each, at)
    at += each.length
  }
  return whole
}

/** The comment of signs beyond ASCII says that the file is not text (7.5.2). */
const header = new Uint8Array([...encoder.encode('%PDF-1.7\n%'), 0xe2, 0xe3, 0xcf, 0xd3, 0x0a])

const writeFile = (
  objects: readonly Uint8Array[],
  { catalog, info }: { catalog: PdfReference; info: PdfReference },
): Uint8Array<ArrayBuffer> => {
  let at = header.length
  const entries = objects.map(({ length }) => {
    const entry = `${String(at).padStart(10, '0')} 00000 n \n`
    at += length
    return entry
  })
  const count = objects.length + 1
  const id = toHex(sha256(...objects).subarray(0, 16))
  return joined([
    header,
    ...objects,
    `xref\n0 ${count}\n0000000000 65535 f \n${entries.join('')}`,
    `trailer\n<</Size ${count}/Root ${catalog}/Info ${info}/ID[<${id}><${id}>]>>\nstartxref\n${at}\n%%EOF\n`,
  ])
}

/** A text string: UTF-16 with its mark, in hexadecimal (7.9.2.2). */
export const pdfTextString = (text: string): string => {
  const units = Array.from({ length: text.length }, (_, index) => text.charCodeAt(index))
  return `<${['feff', ...units.map(hexWord)].join('')}>`
}

export const hexWord = (unit: number): string => unit.toString(16).padStart(4, '0')
