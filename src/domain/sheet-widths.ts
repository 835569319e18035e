/** How wide the columns of a report are in a workbook, in digits of its font: codes and numbers are seen whole, of a long text the beginning. */
import type { ReportColumn, ReportColumnType } from './report-shape.ts'

const byType: Readonly<Record<ReportColumnType, number>> = { text: 18, amount: 19, count: 12, rate: 12, date: 20 }

const sentence = 40
/** An id of ours is 30 characters long, and so are most references made of it. */
const id = 33
const word = 14
const day = 12

const byKey: Readonly<Record<string, number>> = {
  number: 8,
  agency_code: word,
  agency_name: sentence,
  dossier_code: 27,
  procedure_code: 25,
  procedure_name: sentence,
  description: sentence,
  budget_item_name: sentence,
  fee_names: sentence,
  payer_name: 26,
  holder: 30,
  form: word,
  serial: word,
  kind: 18,
  provider: word,
  bank_bin: word,
  order: id,
  refund: id,
  discrepancy: id,
  entry: id,
  merchant_account: id,
  // One provider prefixes a day and its own number to ours.
  merchant_reference: 44,
  provider_reference: 24,
  bank_reference: 24,
  bank_references: id,
  payout_reference: 24,
  business_day: day,
  expected_on: day,
  value_date: day,
  issued_on: day,
  due_on: day,
  period: 25,
  owner: id,
  receipts: 30,
  related_receipt: 28,
  part: 60,
  reason: sentence,
  explanation: 30,
  note: 30,
}

export const sheetWidth = ({ key, type }: ReportColumn): number => byKey[key] ?? byType[type]
