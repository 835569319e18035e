// What stands in a column of a workbook is seen whole, but for sentences.
import { expect, test } from 'vitest'
import { reportShapes } from '../../src/domain/report-columns.ts'
import { sheetWidth } from '../../src/domain/sheet-widths.ts'

const id = `ord_${'0'.repeat(26)}`
/** The longest of each that was seen, or that its form allows. */
const longest: Readonly<Record<string, string>> = {
  number: '1048575',
  dossier_code: 'H56.12.03-261201-12345',
  procedure_code: '2.000488.000.00.00.H56',
  order: id,
  refund: id,
  discrepancy: id,
  entry: id,
  merchant_account: id,
  owner: id,
  merchant_reference: `261201_12345_rfd${'0'.repeat(26)}`,
  bank_references: `${id}:12`,
  period: '2026-12-01 - 2026-12-31',
  kind: 'Chuyển vào hồ sơ',
  receipts: '26TAA-0000007, 26TAB-0000007',
  related_receipt: '26TAA-0000007 (23/11/2026)',
}
const columns = Object.values(reportShapes).flatMap((shape) => shape.columns)

test.each(Object.entries(longest))('%s is as wide as %s', (key, text) => {
  const named = columns.filter((column) => column.key === key)
  expect(named.length).toBeGreaterThan(0)
  for (const column of named) expect(sheetWidth(column)).toBeGreaterThanOrEqual(text.length)
})

test('days and instants have the room without which a spreadsheet shows signs in their place', () => {
  const instants = ['posted_at', 'reconciled_at', 'occurred_at', 'opened_at']
  const dates = columns.filter(({ type }) => type === 'date')
  expect(dates.length).toBeGreaterThan(10)
  for (const column of dates)
    expect(sheetWidth(column)).toBeGreaterThan(instants.includes(column.key) ? '01/12/2026 23:08:14'.length : 10)
})

test('amounts of fifteen digits have the room, too', () => {
  for (const column of columns.filter(({ type }) => type === 'amount'))
    expect(sheetWidth(column)).toBeGreaterThanOrEqual(19)
})
