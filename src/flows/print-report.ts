/**
 * A report on paper, as it is signed: the unit's head, the period and the instant of the data, the columns that a person reads, the sum in words, the smaller tables,
 * and the places of the three who sign. The same report as of the same instant is the same bytes.
 */
import { amountInWords } from '../domain/amount-in-words.ts'
import type { SignedSeal } from '../domain/ledger-seal.ts'
import { addGap, addSides, addText, closePdf, keepTogether, openPdf, type Pdf, type PdfAlign } from '../lib/pdf.ts'
import { addTable, type PdfColumn, type PdfRow } from '../lib/pdf-table.ts'
import { addDays, businessDay, formatVietnamese, formatVietnameseDay } from '../lib/time.ts'
import { everyAgency } from '../store/database.ts'
import { latestSeal } from '../store/ledger-seals.ts'
import { listClosedPeriods } from '../store/periods.ts'
import { findUnit, type ReportUnit } from '../store/reports/units.ts'
import type { Deps } from './deps.ts'
import {
  ask,
  openReader,
  type Reader,
  type ReportColumn,
  type ReportInput,
  type ReportSummary,
  type Row,
  readChecked,
  type Sums,
  totalCells,
  type Value,
  wrong,
} from './read-report.ts'

/** Some 250 pages; nobody signs more, and a page is made whole in memory. */
const printedRowsMax = 5_000

/** A report as PDF. Throws Refusal `invalid_input` beyond 5,000 rows. */
export const reportPdf = async (deps: Deps, scope: string, input: ReportInput): Promise<Uint8Array<ArrayBuffer>> => {
  const reader = await openReader(deps, scope, input)
  let rows: Row[] = []
  const { totals, summaries } = await readChecked(reader, {
    begin: () => {
      rows = []
    },
    each: (row) => {
      if (rows.length >= printedRowsMax)
        throw wrong(
          '/query/to',
          `more than ${printedRowsMax} rows for paper: narrow the period, or take text/csv or a workbook`,
        )
      rows.push(row)
    },
  })
  const agencyCode = reader.filter.agencyCode ?? scope
  const unit = await findUnit(deps.db, scope, { agencyCode, asOf: reader.filter.asOf })
  const { title } = reader.shape
  const pdf = await openPdf({ fonts: await deps.pdfFonts(), title, at: reader.filter.asOf, paper: 'a4-landscape' })
  addHead(pdf, reader, { unit, books: await booksText(reader) })
  await addRows(pdf, reader, { rows, totals })
  addInWords(pdf, reader, totals)
  for (const summary of summaries) await addSummary(pdf, summary)
  const seal = await latestSeal(deps.db, agencyCode, reader.filter.asOf)
  if (seal) addText(pdf, sealText(seal), { size: 7.5, after: 4 })
  addSignatures(pdf, reader)
  return closePdf(pdf, { foot: (page, pages) => `${title} · ${asOfText(reader)} · Trang ${page}/${pages}` })
}

/** Whoever holds the paper can compare it with what the auditors were sent. */
const sealText = ({ day, root }: SignedSeal): string =>
  `Sổ cái đã niêm phong đến hết ngày ${formatVietnameseDay(day)}, gốc Merkle: ${root}`

const asOfText = ({ filter }: Reader): string => `Số liệu đến ${formatVietnamese(filter.asOf)} (UTC+7)`

/** How far the days of a reconciliation were closed at the instant of the data. Every account is closed by itself, so nothing is said of several. */
const booksText = async (reader: Reader): Promise<string | null> => {
  const { name, filter } = reader
  const { merchantAccountId, from, to, asOf } = filter
  if (name !== 'reconciliation' || merchantAccountId === null) return null
  // An account of an agency above is closed by that agency; whoever may have the report may know it.
  const closes = await ask(reader, (db) => listClosedPeriods(db, everyAgency, { merchantAccountId, from, to, asOf }))
  const open = closes.reduce(
    (next, { fromDay, day }) => (fromDay === null || fromDay <= next ? addDays(day, 1) : next),
    from,
  )
  if (open > to) return 'Sổ của kỳ: đã khóa'
  return open > from
    ? `Sổ của kỳ: đã khóa đến hết ngày ${formatVietnameseDay(addDays(open, -1))}`
    : 'Sổ của kỳ: chưa khóa'
}

const addHead = (
  pdf: Pdf,
  reader: Reader,
  { unit, books }: { unit: ReportUnit | null; books: string | null },
): void => {
  const { filter, shape } = reader
  const lines = [
    unit?.name.toLocaleUpperCase('vi') ?? 'TẤT CẢ ĐƠN VỊ',
    `Mã ĐVQHNS: ${unit?.budgetUnitCode ?? '…………'}`,
    `MST: ${unit?.taxCode ?? '…………'}`,
    ...(unit?.address ? [`Địa chỉ: ${unit.address}`] : []),
  ]
  addSides(pdf, [
    { share: 3, text: lines.join('\n'), size: 8.5, bold: true },
    { share: 2, text: 'Đơn vị tính: đồng', size: 8.5, align: 'right' },
  ])
  addGap(pdf, 6)
  addText(pdf, shape.title.toLocaleUpperCase('vi'), { size: 14, bold: true, align: 'center' })
  const period = `Từ ngày ${formatVietnameseDay(filter.from)} đến ngày ${formatVietnameseDay(filter.to)} (ngày theo giờ Việt Nam, UTC+7)`
  const of = [
    ...(filter.agencyCode ? [`Đơn vị: ${filter.agencyCode}`] : []),
    ...(filter.merchantAccountId ? [`Tài khoản thanh toán: ${filter.merchantAccountId}`] : []),
    ...(books ? [books] : []),
  ]
  addText(pdf, [period, asOfText(reader), ...of].join('\n'), { size: 8.5, align: 'center', after: 8 })
}

const addRows = async (
  pdf: Pdf,
  { shape }: Reader,
  { rows, totals }: { rows: readonly Row[]; totals: Sums },
): Promise<void> => {
  const columns = shape.columns.filter(({ key }) => shape.printed[key] !== undefined)
  const last = totalCells(shape, totals)
  const sum: Row = { ...last, number: null }
  await addTable(pdf, {
    columns: columns.map((column) => printedColumn(column, shape.printed[column.key] ?? 1)),
    rows: [
      ...rows.map((row): PdfRow => ({ cells: columns.map((column) => printed(column, row[column.key] ?? null)) })),
      { bold: true, ...totalLine(columns.map((column) => printed(column, sum[column.key] ?? null))) },
    ],
  })
  addGap(pdf, 4)
}

/** `Tổng cộng` stands across the cells before the first sum: the number's own is too narrow for it. */
const totalLine = (cells: readonly string[]): { cells: readonly string[]; span: number } => {
  const first = cells.findIndex((cell) => cell !== '')
  const span = first < 1 ? 1 : first
  return { cells: ['Tổng cộng', ...cells.slice(1)], span }
}

const printedColumn = ({ title, type }: ReportColumn, share: number): PdfColumn => ({
  title,
  share,
  align: alignOf(type),
  ...(type === 'date' ? { fits: '29/11/2026' } : {}),
})

const alignOf = (type: ReportColumn['type']): PdfAlign => {
  if (type === 'amount' || type === 'count' || type === 'rate') return 'right'
  return type === 'date' ? 'center' : 'left'
}

/** `1.234.567`, `97,31`, `dd/MM/yyyy`: how an accountant reads them. */
const printed = ({ type }: ReportColumn, value: Value): string => {
  if (value === null) return ''
  if (value instanceof Date) return formatVietnamese(value)
  if (typeof value === 'bigint') return value.toString().replace(/\B(?=(\d{3})+$)/g, '.')
  if (type === 'rate') return value.replace('.', ',')
  return type === 'date' && /^\d{4}-\d\d-\d\d$/.test(value) ? formatVietnameseDay(value) : value
}

const wordsMax = 999_999_999_999_999n

const addInWords = (pdf: Pdf, { shape }: Reader, totals: Sums): void => {
  const sum = totals.amount ?? 0n
  const size = sum < 0n ? -sum : sum
  if (size > wordsMax) return
  const words = amountInWords(size)
  const title = shape.columns.find(({ key }) => key === 'amount')?.title ?? 'Số phát sinh'
  const text = sum < 0n ? `Âm ${words.charAt(0).toLocaleLowerCase('vi')}${words.slice(1)}` : words
  addText(pdf, `${title}, bằng chữ: ${text}.`, { size: 9, after: 6 })
}

const addSummary = async (pdf: Pdf, { title, columns, rows }: ReportSummary): Promise<void> => {
  if (rows.length === 0) return
  keepTogether(pdf, 60)
  addText(pdf, title, { size: 9, bold: true, after: 3 })
  await addTable(pdf, {
    columns: columns.map((column) => printedColumn(column, column.type === 'text' ? 2 : 1)),
    rows: rows.map((row) => ({ cells: columns.map((column) => printed(column, row[column.key] ?? null)) })),
  })
  addGap(pdf, 6)
}

const addSignatures = (pdf: Pdf, { filter }: Reader): void => {
  const [year, month, day] = businessDay(filter.asOf).split('-')
  keepTogether(pdf, 120)
  addGap(pdf, 6)
  addText(pdf, `………………, ngày ${day} tháng ${month} năm ${year}`, { size: 9, align: 'right', after: 4 })
  const who = ['NGƯỜI LẬP', 'KẾ TOÁN TRƯỞNG', 'THỦ TRƯỞNG ĐƠN VỊ']
  addSides(
    pdf,
    who.map((text) => ({ share: 1, text, size: 9, bold: true, align: 'center' as const })),
  )
  const how = ['(Ký, họ tên)', '(Ký, họ tên)', '(Ký, họ tên, đóng dấu)']
  addSides(
    pdf,
    how.map((text) => ({ share: 1, text, size: 8, align: 'center' as const })),
  )
}
