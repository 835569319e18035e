/** Which format a statement has: as the form says, or as the first bytes show. */
import type { StatementSource } from './statement-columns.ts'

export const statementFormats = ['canonical-csv', 'canonical-xlsx', 'profile', 'mt940', 'camt053'] as const
export type StatementFormat = (typeof statementFormats)[number]

/** The formats that are read so far, and for which source. */
const readable: Record<StatementSource, readonly StatementFormat[]> = {
  provider: ['canonical-csv', 'canonical-xlsx', 'profile'],
  bank: ['canonical-csv', 'canonical-xlsx', 'profile', 'mt940', 'camt053'],
}

/** Whether a file is packed as workbooks are. */
export const isWorkbook = ([first, second]: Uint8Array): boolean => first === 0x50 && second === 0x4b

/** What the first bytes of a file look like. Text that is nothing else is taken for CSV. */
export const detectFormat = (head: Uint8Array): StatementFormat => {
  const [first, second] = head
  if (isWorkbook(head)) return 'canonical-xlsx'
  // Banks frame MT940 with control bytes, which trim takes for letters.
  const isWide = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  const text = new TextDecoder('latin1')
    .decode(head.subarray(0, 1_024))
    .replace(/^(?:\u00ef\u00bb\u00bf|\u00ff\u00fe|\u00fe\u00ff)/, '')
    .replaceAll(isWide ? '\0' : '\u0001', isWide ? '' : ' ')
    .replaceAll('\u0001', ' ')
    .trimStart()
  // In UTF-16 without a mark a zero stands before or behind it.
  if (/^\0?</.test(text)) return 'camt053'
  if (mt940Start.test(text)) return 'mt940'
  return 'canonical-csv'
}

/** The first field, in or out of SWIFT's blocks, or behind the name of the message. */
const mt940Start = /^(?::?940:?\s+)?(?::20:|\{1:)/

/** Why a file of this format cannot be taken from this source, in a sentence; null when it can. */
export const refusedFormat = (format: StatementFormat, source: StatementSource): string | null =>
  readable[source].includes(format)
    ? null
    : `The format ${format} is not supported for a statement of a ${source}; send it as canonical-csv (UTF-8, with a header row).`
