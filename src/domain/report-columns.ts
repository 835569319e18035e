/** The reports: their columns with Vietnamese titles, in order, and what their last row adds up. Names after the reports of provincial systems. */

export type ReportColumnType = 'text' | 'amount' | 'date'
export type ReportColumn = { key: string; title: string; type: ReportColumnType }

export const reportNames = ['collections', 'reconciliation', 'discrepancies', 'ledger', 'refunds'] as const
export type ReportName = (typeof reportNames)[number]

export type ReportShape = {
  title: string
  columns: readonly ReportColumn[]
  /** Columns that the last row adds up. `amount` is among them and must be the ledger's figure. */
  summed: readonly string[]
}

const text = (key: string, title: string): ReportColumn => ({ key, title, type: 'text' })
const amount = (key: string, title: string): ReportColumn => ({ key, title, type: 'amount' })
const date = (key: string, title: string): ReportColumn => ({ key, title, type: 'date' })

export const reportShapes: Record<ReportName, ReportShape> = {
  collections: {
    title: 'Bảng kê thu phí, lệ phí',
    columns: [
      text('number', 'STT'),
      text('agency_code', 'Đơn vị thu'),
      text('dossier_code', 'Mã hồ sơ'),
      text('procedure_code', 'Mã TTHC'),
      text('description', 'Nội dung'),
      text('payer_name', 'Người nộp tiền'),
      text('form', 'Hình thức'),
      text('provider', 'Đối tác thanh toán'),
      text('order', 'Mã yêu cầu'),
      text('merchant_reference', 'Số tham chiếu'),
      text('provider_reference', 'Mã GD đối tác'),
      date('business_day', 'Ngày thu'),
      text('kind', 'Loại'),
      amount('phi', 'Phí đã thu'),
      amount('le_phi', 'Lệ phí đã thu'),
      amount('other', 'Khoản khác'),
      text('receipt_phi', 'Số biên lai phí'),
      text('receipt_le_phi', 'Số biên lai lệ phí'),
      amount('amount', 'Tổng cộng'),
    ],
    summed: ['phi', 'le_phi', 'other', 'amount'],
  },
  reconciliation: {
    title: 'Báo cáo đối soát',
    columns: [
      text('number', 'STT'),
      date('reconciled_at', 'Ngày đối soát'),
      text('period', 'Kỳ đối soát'),
      text('provider', 'Đối tác'),
      text('payee_account', 'Tài khoản thụ hưởng'),
      text('agency_code', 'Đơn vị thu'),
      text('dossier_code', 'Mã hồ sơ'),
      text('procedure_code', 'Mã TTHC'),
      text('order', 'Mã yêu cầu'),
      text('merchant_reference', 'Số tham chiếu'),
      text('provider_reference', 'Mã GD đối tác'),
      text('bank_reference', 'Mã GD ngân hàng'),
      text('kind', 'Loại khoản'),
      text('budget_items', 'Tiểu mục'),
      amount('amount_due', 'Số tiền phải thu'),
      amount('amount', 'Số tiền hệ thống'),
      amount('amount_there', 'Số tiền đối tác'),
      amount('difference', 'Chênh lệch'),
      text('status_here', 'Trạng thái hệ thống'),
      text('status_there', 'Trạng thái đối tác'),
      date('occurred_at', 'Thời gian GD'),
      date('value_date', 'Ngày tiền về'),
      amount('provider_fee', 'Phí dịch vụ'),
      text('receipts', 'Số biên lai'),
      text('result', 'Kết quả'),
      text('policy', 'Hướng xử lý'),
      date('due_on', 'Hạn xử lý'),
      text('owner', 'Người xử lý'),
      text('note', 'Ghi chú'),
    ],
    summed: ['amount', 'amount_there', 'difference', 'provider_fee'],
  },
  discrepancies: {
    title: 'Danh sách chênh lệch',
    columns: [
      text('number', 'STT'),
      date('opened_at', 'Thời gian phát hiện'),
      text('agency_code', 'Đơn vị thu'),
      text('dossier_code', 'Mã hồ sơ'),
      text('order', 'Mã yêu cầu'),
      text('discrepancy', 'Mã chênh lệch'),
      text('result', 'Loại chênh lệch'),
      amount('amount', 'Số tiền'),
      text('status', 'Trạng thái'),
      text('policy', 'Hướng xử lý'),
      date('due_on', 'Hạn xử lý'),
      text('owner', 'Người xử lý'),
      text('resolution', 'Kết quả xử lý'),
      text('note', 'Ghi chú'),
    ],
    summed: ['amount'],
  },
  ledger: {
    title: 'Sổ chi tiết',
    columns: [
      text('number', 'STT'),
      date('business_day', 'Ngày'),
      date('posted_at', 'Thời gian ghi sổ'),
      text('entry', 'Mã bút toán'),
      text('kind', 'Nghiệp vụ'),
      text('agency_code', 'Đơn vị thu'),
      text('dossier_code', 'Mã hồ sơ'),
      text('order', 'Mã yêu cầu'),
      text('merchant_account', 'Tài khoản thanh toán'),
      text('account', 'Tài khoản'),
      amount('debit', 'Nợ'),
      amount('credit', 'Có'),
    ],
    summed: ['debit', 'credit'],
  },
  refunds: {
    title: 'Danh sách đã hoàn phí, lệ phí',
    columns: [
      text('number', 'STT'),
      text('agency_code', 'Đơn vị thu'),
      text('dossier_code', 'Mã hồ sơ'),
      text('payer_name', 'Người nộp tiền'),
      text('form', 'Hình thức thu'),
      text('provider', 'Đối tác thanh toán'),
      text('order', 'Mã yêu cầu'),
      text('refund', 'Mã hoàn'),
      text('merchant_reference', 'Số tham chiếu'),
      text('provider_reference', 'Mã GD đối tác'),
      text('reason', 'Lý do'),
      text('source', 'Nguồn'),
      date('business_day', 'Ngày hoàn'),
      amount('amount', 'Số tiền hoàn'),
    ],
    summed: ['amount'],
  },
}

/** How codes are worded in reports; what is not listed stays as it is. */
export const reportWords: Readonly<Record<string, string>> = {
  bank_transfer: 'CK',
  capture: 'Thu',
  refund: 'Hoàn',
  reversal: 'Đảo',
  adjustment: 'Điều chỉnh',
  credit: 'Báo có chưa rõ',
  credit_attributed: 'Chuyển vào hồ sơ',
  fee: 'Phí dịch vụ',
  captured: 'Đã thu',
  refunded: 'Đã hoàn',
  reversed: 'Đã đảo',
  success: 'Thành công',
  failed: 'Thất bại',
  pending: 'Đang xử lý',
  unknown: 'Chưa rõ',
  open: 'Chưa xử lý',
  proposed: 'Đã đề xuất',
  resolved: 'Đã xử lý',
  not_reconciled: 'Chưa đối soát',
  surplus: 'Tiền thừa',
  paid_twice: 'Thanh toán hai lần',
  late_payment: 'Thanh toán trễ hạn',
  provider_receivable: 'Phải thu đối tác',
  collected: 'Đã thu phí, lệ phí',
  suspense: 'Chờ xử lý',
  bank: 'Tiền gửi',
  provider_fee: 'Phí dịch vụ',
}
