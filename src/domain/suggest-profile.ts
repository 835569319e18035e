/**
 * Guesses the statement profile of a file from its first rows, so that a person corrects a form instead of filling it in. A guess is only shown: nothing is read by it
 * until somebody has looked at what comes of it.
 */
import { withoutDiacritics } from '../lib/text.ts'
import { canonicalColumns, type StatementSource, splitColumns } from './statement-columns.ts'
import { dateReader } from './statement-date.ts'
import type { FileColumn } from './statement-layout.ts'
import { comparable, type StatementProfile } from './statement-profile.ts'

export type FileRow = { line: number; cells: readonly string[] }

/** The columns of a source that a file may have, in the order in which a form asks for them. */
export const fileColumns = (source: StatementSource): readonly FileColumn[] => [
  ...canonicalColumns[source].filter((column) => column !== 'currency'),
  ...(source === 'bank' ? splitColumns : []),
  'currency',
]

export const suggestProfile = (
  source: StatementSource,
  { rows, encoding, delimiter }: { rows: readonly FileRow[] } & Pick<StatementProfile, 'encoding' | 'delimiter'>,
): StatementProfile => {
  const { header, columns } = bestHeader(source, rows)
  const places = new Map(
    Object.entries(columns).map(([column, name]) => [
      column,
      (header?.cells ?? []).map(comparable).indexOf(comparable(name)),
    ]),
  )
  const below = header ? rows.filter(({ line }) => line > header.line) : []
  const cellsOf = (...names: FileColumn[]) =>
    names.flatMap((name) => {
      const at = places.get(name)
      return at === undefined ? [] : below.map(({ cells }) => (cells[at] ?? '').trim()).filter((cell) => cell !== '')
    })
  return {
    encoding,
    delimiter,
    header_row: header?.line ?? 1,
    date_format: dateFormatOf(source === 'provider' ? cellsOf('occurred_at') : cellsOf('value_date')),
    number_format: numberFormatOf(cellsOf('amount', 'provider_fee', 'net_amount', 'credit', 'debit')),
    columns,
    values:
      source === 'provider'
        ? {
            line_type: translated(cellsOf('line_type'), typeWords),
            status: translated(cellsOf('status'), statusWords),
          }
        : {},
  }
}

/** The row whose cells are most often names of columns. */
const bestHeader = (
  source: StatementSource,
  rows: readonly FileRow[],
): { header: FileRow | null; columns: Record<string, string> } => {
  let best: { header: FileRow | null; columns: Record<string, string> } = { header: rows[0] ?? null, columns: {} }
  for (const row of rows.slice(0, headerRowsMax)) {
    const columns = columnsIn(source, row.cells)
    if (Object.keys(columns).length > Object.keys(best.columns).length) best = { header: row, columns }
  }
  return best
}
const headerRowsMax = 40

/** Each column's own name of the file, by the first word for it that the header has; a cell feeds one column. */
const columnsIn = (source: StatementSource, cells: readonly string[]): Record<string, string> => {
  const named = cells.map((cell) => ({ cell: cell.trim(), plain: plainOf(cell) }))
  const taken = new Set<number>()
  const found: Record<string, string> = {}
  for (const column of fileColumns(source)) {
    if (column === 'amount' && source === 'bank' && 'credit' in found) continue
    for (const word of [column.replaceAll('_', ' '), ...(headerWords[source][column] ?? [])]) {
      const at = named.findIndex(({ plain }, index) => plain === word && !taken.has(index))
      const cell = named[at]?.cell
      if (!cell) continue
      taken.add(at)
      found[column] = cell
      break
    }
  }
  // Money in and out in two columns stand for the amount.
  if ('credit' in found || 'debit' in found) delete found.amount
  return found
}

/** `Số tiền GD (VNĐ)` becomes `so tien gd`. */
const plainOf = (text: string): string =>
  withoutDiacritics(comparable(text))
    .toLowerCase()
    .replace(/\(.*?\)/g, ' ')
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/** As providers and banks head their columns, without marks, the surest first. */
const headerWords: Record<StatementSource, Partial<Record<FileColumn, readonly string[]>>> = {
  provider: {
    line_type: ['loai giao dich', 'loai gd', 'loai', 'hinh thuc', 'transaction type', 'type'],
    occurred_at: [
      'thoi gian giao dich',
      'thoi gian thanh toan',
      'ngay gio giao dich',
      'ngay giao dich',
      'ngay gd',
      'thoi gian',
      'ngay thanh toan',
      'transaction date',
      'transaction time',
      'created at',
      'date',
      'time',
    ],
    merchant_reference: [
      'ma don hang',
      'ma don',
      'ma hoa don',
      'ma thanh toan',
      'ma tham chieu',
      'order id',
      'order code',
      'order reference',
      'merchant order id',
      'txn ref',
    ],
    provider_reference: [
      'ma giao dich',
      'so giao dich',
      'ma gd',
      'ma giao dich doi tac',
      'transaction id',
      'transaction no',
      'trans id',
    ],
    amount: [
      'so tien giao dich',
      'so tien thanh toan',
      'so tien gd',
      'so tien',
      'gia tri giao dich',
      'gia tri',
      'tong tien',
    ],
    provider_fee: [
      'phi giao dich',
      'phi dich vu',
      'phi thanh toan',
      'phi xu ly',
      'tong phi',
      'phi',
      'fee',
      'total fee',
    ],
    net_amount: [
      'so tien thuc nhan',
      'thuc nhan',
      'so tien quyet toan',
      'so tien con lai',
      'tien thuc nhan',
      'net',
      'settlement amount',
    ],
    status: ['trang thai giao dich', 'trang thai', 'tinh trang', 'ket qua'],
    payout_reference: [
      'ma quyet toan',
      'ma dot quyet toan',
      'ma thanh toan bu tru',
      'ma lo',
      'ma phien',
      'settlement id',
      'payout id',
      'payout',
    ],
    value_date: ['ngay quyet toan', 'ngay hieu luc', 'ngay thanh toan bu tru', 'ngay bao co', 'settlement date'],
    currency: ['loai tien', 'don vi tien te', 'tien te', 'ngoai te'],
  },
  bank: {
    value_date: [
      'ngay hieu luc',
      'ngay gia tri',
      'ngay giao dich',
      'ngay gd',
      'ngay hach toan',
      'ngay',
      'transaction date',
      'posting date',
      'date',
    ],
    amount: ['so tien giao dich', 'so tien gd', 'so tien', 'phat sinh'],
    bank_reference: [
      'so tham chieu',
      'ma tham chieu',
      'so but toan',
      'ma giao dich',
      'so giao dich',
      'so chung tu',
      'so ct',
      'reference',
      'reference no',
      'transaction no',
      'ref',
    ],
    description: [
      'noi dung giao dich',
      'noi dung chi tiet',
      'noi dung',
      'dien giai',
      'mo ta',
      'details',
      'transaction details',
      'remark',
    ],
    counterparty: [
      'ten doi ung',
      'ten tai khoan doi ung',
      'tai khoan doi ung',
      'doi ung',
      'nguoi chuyen',
      'nguoi nop',
      'don vi thu huong don vi chuyen',
    ],
    credit: ['ghi co', 'phat sinh co', 'so tien ghi co', 'so tien co', 'tien vao', 'credit amount', 'co'],
    debit: ['ghi no', 'phat sinh no', 'so tien ghi no', 'so tien no', 'tien ra', 'debit amount', 'no'],
    currency: ['loai tien', 'don vi tien te', 'tien te', 'ngoai te'],
  },
}

const dateFormats = [
  'dd/MM/yyyy HH:mm:ss',
  'dd/MM/yyyy HH:mm',
  'yyyy-MM-dd HH:mm:ss',
  'yyyy-MM-ddTHH:mm:ss',
  'yyyy-MM-dd HH:mm',
  'dd-MM-yyyy HH:mm:ss',
  'HH:mm:ss dd/MM/yyyy',
  'd/M/yyyy H:mm:ss',
  'd/M/yyyy H:mm',
  'yyyyMMddHHmmss',
  'dd/MM/yyyy',
  'yyyy-MM-dd',
  'dd-MM-yyyy',
  'dd.MM.yyyy',
  'd/M/yyyy',
  'yyyyMMdd',
] as const

/** What a form offers for dates. */
export const usualDateFormats: readonly string[] = dateFormats

/** The first format that reads every cell; days of a month come first in Vietnam. */
const dateFormatOf = (cells: readonly string[]): string =>
  dateFormats.find((format) => {
    const read = dateReader(format)
    return cells.length > 0 && cells.every((cell) => isDay(read(cell, false)))
  }) ?? 'dd/MM/yyyy HH:mm:ss'

const isDay = (read: { month: string; day: string } | null): boolean =>
  read !== null &&
  Number(read.month) >= 1 &&
  Number(read.month) <= 12 &&
  Number(read.day) >= 1 &&
  Number(read.day) <= 31

/** How numbers are written, the usual first: in Vietnam `1.234.567`. */
export const usualNumberFormats: readonly StatementProfile['number_format'][] = [
  { decimal: ',', thousands: '.' },
  { decimal: '.', thousands: ',' },
  { decimal: '.', thousands: '' },
  { decimal: ',', thousands: '' },
  { decimal: ',', thousands: ' ' },
  { decimal: '.', thousands: "'" },
]

/** What stands before the last three digits tells it; with no sign at all both would read it. */
const numberFormatOf = (cells: readonly string[]): StatementProfile['number_format'] => {
  const dots = cells.some((cell) => /\d\.\d{3}(?!\d)/.test(cell))
  const commas = cells.some((cell) => /\d,\d{3}(?!\d)/.test(cell))
  const spaces = cells.some((cell) => /\d\s\d{3}(?!\d)/.test(cell))
  if (dots && commas) {
    const both = cells.find((cell) => cell.includes('.') && cell.includes(','))
    return both && both.lastIndexOf('.') > both.lastIndexOf(',')
      ? { decimal: '.', thousands: ',' }
      : { decimal: ',', thousands: '.' }
  }
  if (dots) return { decimal: ',', thousands: '.' }
  if (commas) return { decimal: '.', thousands: ',' }
  if (spaces) return { decimal: ',', thousands: ' ' }
  return cells.some((cell) => /,\d{1,2}$/.test(cell))
    ? { decimal: ',', thousands: '' }
    : { decimal: '.', thousands: '' }
}

const wordsMax = 20

/** The file's words with what they mean; a word that nobody knows is left for the person. */
const translated = <Meaning extends string>(
  cells: readonly string[],
  known: Readonly<Record<Meaning, readonly string[]>>,
): Record<string, Meaning> => {
  const table: Record<string, Meaning> = {}
  for (const cell of [...new Set(cells)].slice(0, wordsMax)) {
    const plain = plainOf(cell)
    for (const [meaning, words] of Object.entries(known) as [Meaning, readonly string[]][])
      if (plain === meaning || words.includes(plain)) table[cell] = meaning
  }
  return table
}

const typeWords = {
  capture: ['thanh toan', 'giao dich thanh toan', 'thu', 'payment', 'pay', 'sale', 'purchase'],
  refund: ['hoan tien', 'hoan tra', 'hoan', 'refund', 'giao dich hoan tien'],
  fee: ['phi', 'phi dich vu', 'thu phi'],
  adjustment: ['dieu chinh', 'adjust'],
} as const

const statusWords = {
  success: [
    'thanh cong',
    'giao dich thanh cong',
    'da thanh toan',
    'hoan thanh',
    'hoan tat',
    'succeeded',
    'successful',
    'completed',
    'ok',
    '00',
  ],
  failed: ['that bai', 'khong thanh cong', 'loi', 'huy', 'da huy', 'failure', 'fail', 'cancelled', 'declined'],
  pending: ['dang xu ly', 'cho xu ly', 'cho thanh toan', 'processing'],
} as const
