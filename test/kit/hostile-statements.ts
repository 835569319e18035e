// Statements that mean harm or are broken: small good files of every format, and every reader by one name, without a database.
import type { StatementSource } from '../../src/domain/statement-columns.ts'
import { canonicalLayout, profileLayout } from '../../src/domain/statement-layout.ts'
import type { StatementLine } from '../../src/domain/statement-line.ts'
import { readProfile } from '../../src/domain/statement-profile.ts'
import { newTally, type StatementTally } from '../../src/domain/statement-tally.ts'
import { readCamtStatement } from '../../src/flows/read-camt.ts'
import { readCsvStatement } from '../../src/flows/read-csv.ts'
import { readMt940Statement } from '../../src/flows/read-mt940.ts'
import { readXlsxStatement } from '../../src/flows/read-xlsx.ts'
import { camtFile } from './camt.ts'
import { providerFile } from './statements.ts'
import { sheetRow, streamOf, workbookFile } from './workbook.ts'

export type WrittenLine = StatementLine & { line: number; rowHash: string }
export type HostileReading = { rejected: string | null; tally: StatementTally; lines: WrittenLine[] }
type Open = () => ReadableStream<Uint8Array>
type Reader = (
  open: Open,
  reading: { tally: StatementTally; write: (line: WrittenLine) => undefined },
) => Promise<string | null>

export const bankHeader = 'value_date,amount,bank_reference,description'
const payeeNumber = '113366668888'

const profile = readProfile({
  encoding: 'windows-1258',
  delimiter: ';',
  header_row: 2,
  date_format: 'dd/MM/yyyy',
  number_format: { decimal: ',', thousands: '.' },
  columns: { value_date: 'Date', debit: 'Debit', credit: 'Credit', description: 'Text' },
})

const byProfile: Reader = (open, reading) => {
  if (!profile) throw new Error('no profile')
  const layout = profileLayout('bank', { profile, head: new Uint8Array() })
  return readCsvStatement(open(), { ...reading, source: 'bank', layout })
}
const csvOf =
  (source: StatementSource): Reader =>
  (open, reading) =>
    readCsvStatement(open(), { ...reading, source, layout: canonicalLayout(source) })

export const readers = {
  'provider csv': csvOf('provider'),
  'bank csv': csvOf('bank'),
  profile: byProfile,
  xlsx: (open, reading) => readXlsxStatement({ parts: open, sheet: open }, { ...reading, source: 'bank' }),
  mt940: (open, reading) => readMt940Statement(open(), { ...reading, payeeNumber }),
  camt053: (open, reading) => readCamtStatement(open(), { ...reading, payeeNumber }),
} satisfies Record<string, Reader>
export type ReaderName = keyof typeof readers

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/** A good file of each format with three lines or more. */
export const goodFiles: Record<ReaderName, Uint8Array> = {
  'provider csv': utf8(
    providerFile(
      [1, 2, 3].map((n) => ({ reference: `A-${n}`, providerReference: `P"${n}`, amount: n * 1_000, fee: 5 })),
    ),
  ),
  'bank csv': utf8(
    `${bankHeader}\r\n2026-11-24,5,FT1,"Lệ phí, ""A"""\r\n2026-11-24,-7,FT2,b\r\n2026-11-25,9,FT3,c\r\n`,
  ),
  profile: utf8('SAO KE\nDate;Debit;Credit;Text\n24/11/2026;;1.000;a\n24/11/2026;2.000,00;;b\n25/11/2026;0;3.000;c\n'),
  xlsx: workbookFile({
    rows: [
      sheetRow(1, bankHeader.split(',')),
      ...[2, 3, 4].map((row) => sheetRow(row, ['2026-11-24', BigInt(row), `FT${row}`, '<c t="s"><v>0</v></c>'])),
    ].join(''),
    strings: ['Lệ phí'],
  }),
  mt940: utf8(
    `:20:S\r\n:25:970415/${payeeNumber}\r\n:28C:1/1\r\n:60F:C261123VND100,\r\n:61:2611241124CD5,NTRFA-1//FT1\r\n:86:166?20EREF+A-1?32AN\r\n` +
      ':61:261124DD7,NTRFNONREF//FT2\r\n:86:/REMI/b/NAME/BINH/\r\n:61:261125C9,NTRFA-3\r\n:62F:C261125VND107,\r\n-\r\n',
  ),
  camt053: utf8(
    camtFile({
      opening: '100',
      closing: '107',
      rows: [
        { amount: '5', text: 'Lệ phí', name: 'An' },
        { amount: '7', sign: 'DBIT' },
        { amount: '9', reference: 'FT3' },
      ],
    }),
  ),
}

/** Reads bytes, in pieces, as the import does. Throws what the reader throws, which is nothing. */
export const readHostile = async (
  name: ReaderName,
  bytes: Uint8Array | Open,
  size = 10_007,
): Promise<HostileReading> => {
  const lines: WrittenLine[] = []
  const tally = newTally()
  const open = typeof bytes === 'function' ? bytes : () => streamOf(bytes, size)
  const write = (line: WrittenLine): undefined => {
    lines.push(line)
  }
  return { rejected: await readers[name](open, { tally, write }), tally, lines }
}
