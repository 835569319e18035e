/** Collections by agency (thống kê theo đơn vị), by budget item (tiểu mục) and by the account that is owed: the views of the ledger that accountants file. */
import { amount, count, type ReportColumn, type ReportShape, text } from './report-shape.ts'

/** `last` are columns that came later: whoever reads a file by the places of its columns finds the others where they were. */
const grouped = (
  title: string,
  names: readonly ReportColumn[],
  counts: readonly ReportColumn[],
  last: readonly ReportColumn[] = [],
): ReportShape => ({
  title,
  columns: [
    text('number', 'STT'),
    ...names,
    ...counts,
    amount('phi', 'Phí đã thu'),
    amount('le_phi', 'Lệ phí đã thu'),
    amount('other', 'Khoản khác'),
    amount('amount', 'Tổng cộng'),
    ...last,
  ],
  summed: [...counts.map(({ key }) => key), 'phi', 'le_phi', 'other', 'amount'],
  printed: {
    number: 0.5,
    ...Object.fromEntries(names.map(({ key }) => [key, 2.5])),
    ...Object.fromEntries(counts.map(({ key }) => [key, 1])),
    phi: 1.5,
    le_phi: 1.5,
    other: 1.5,
    amount: 1.7,
    ...Object.fromEntries(last.map(({ key }) => [key, 2.5])),
  },
})

export const groupedShapes = {
  'collections-by-agency': grouped(
    'Thống kê thu phí, lệ phí theo đơn vị',
    [text('agency_code', 'Đơn vị thu'), text('agency_name', 'Tên đơn vị')],
    [count('dossiers', 'Lượt hồ sơ đã thu'), count('waived', 'Lượt miễn phí')],
  ),
  // A dossier may have lines of several items, so dossiers do not add up here.
  'collections-by-budget_item': grouped(
    'Thống kê thu phí, lệ phí theo tiểu mục',
    [text('budget_item', 'Tiểu mục'), text('description', 'Nội dung')],
    [],
    [text('budget_item_name', 'Tên tiểu mục')],
  ),
  'collections-by-payee_account': grouped(
    'Thống kê thu phí, lệ phí theo tài khoản thụ hưởng',
    [text('payee_account', 'Tài khoản thụ hưởng'), text('bank_bin', 'Mã ngân hàng'), text('holder', 'Chủ tài khoản')],
    [count('dossiers', 'Lượt hồ sơ đã thu')],
  ),
}
