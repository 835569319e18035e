import type { ChangeReason } from '../../../domain/report-changes.ts'
import type { ReportGroup, ReportName } from '../../../domain/report-columns.ts'
import type { Language } from '../../language.ts'

type Words = {
  title: string
  intro: string
  /** What each is called and what it is for. */
  reports: Record<ReportName, readonly [string, string]>
  groups: Record<ReportGroup, string>
  from: string
  to: string
  agency: string
  allAgencies: string
  account: string
  allAccounts: string
  groupBy: string
  noGroup: string
  asOf: string
  asOfHint: string
  compareTo: string
  compareHint: string
  show: string
  files: string
  stamp: (instant: string) => string
  language: string
  rows: (shown: number, all: number) => string
  totals: string
  tooLong: string
  changes: string
  noChanges: string
  change: Record<'added' | 'removed' | 'changed', string>
  key: string
  what: string
  why: string
  fields: string
  reasons: Record<ChangeReason, string>
  all: string
}

export const words: Record<Language, Words> = {
  vi: {
    title: 'Báo cáo',
    intro: 'Mỗi báo cáo khớp với sổ cái đến từng đồng; nếu không khớp, hệ thống không xuất báo cáo.',
    reports: {
      collections: ['Bảng kê thu phí, lệ phí', 'Từng khoản đã thu, kèm hồ sơ, người nộp và số biên lai.'],
      reconciliation: ['Báo cáo đối soát', 'Kết quả đối soát từng giao dịch với đối tác và ngân hàng.'],
      discrepancies: ['Báo cáo chênh lệch', 'Các chênh lệch, người xử lý và kết quả.'],
      ledger: ['Sổ chi tiết', 'Mọi bút toán theo tài khoản và ngày.'],
      refunds: ['Bảng kê hoàn phí', 'Các khoản hoàn: lý do, người duyệt, chứng từ chuyển tiền.'],
      settlements: ['Báo cáo quyết toán', 'Số tiền đối tác đã chuyển, phí dịch vụ và còn phải chuyển.'],
      receipts: ['Tình hình sử dụng biên lai', 'Theo ký hiệu: số đã lập, thay thế, thông báo sai sót.'],
      'online-payment-rate': ['Tỷ lệ thanh toán trực tuyến', 'Theo đơn vị và thủ tục.'],
      'provider-scorecard': ['Đánh giá đối tác thanh toán', 'Độ trễ, thiếu thông báo, sai phí, thời gian gián đoạn.'],
    },
    groups: { agency: 'Đơn vị', budget_item: 'Tiểu mục', payee_account: 'Tài khoản thụ hưởng' },
    from: 'Từ ngày',
    to: 'Đến ngày',
    agency: 'Đơn vị',
    allAgencies: 'Tất cả đơn vị',
    account: 'Tài khoản đối tác',
    allAccounts: 'Tất cả tài khoản',
    groupBy: 'Tổng hợp theo',
    noGroup: 'Không tổng hợp',
    asOf: 'Số liệu đến hết ngày',
    asOfHint: 'Để trống: ngay lúc này. Cùng một ngày luôn cho cùng một báo cáo.',
    compareTo: 'So sánh với ngày',
    compareHint: 'Cho biết dòng nào đã thay đổi và vì sao.',
    show: 'Xem báo cáo',
    files: 'Tải về',
    stamp: (instant) => `Số liệu lúc ${instant}`,
    language: 'Báo cáo dùng tiếng Việt.',
    rows: (shown, all) =>
      shown === all
        ? `${all} dòng; tệp tải về có thêm cột`
        : `${shown} trên ${all} dòng; tải tệp để xem đủ dòng và cột`,
    totals: 'Cộng',
    tooLong: 'Báo cáo quá dài để xem tại đây. Tải tệp Excel hoặc CSV.',
    changes: 'Thay đổi giữa hai thời điểm',
    noChanges: 'Không có thay đổi.',
    change: { added: 'Thêm', removed: 'Bớt', changed: 'Sửa' },
    key: 'Dòng',
    what: 'Thay đổi',
    why: 'Lý do',
    fields: 'Cột',
    reasons: {
      late_settlement: 'Quyết toán đến sau',
      resolution: 'Xử lý chênh lệch',
      reconciled: 'Đối soát lại',
      receipt_issued: 'Đã lập biên lai',
      correction: 'Điều chỉnh',
      booked_later: 'Ghi sổ sau',
      other: 'Khác',
    },
    all: 'Tất cả báo cáo',
  },
  en: {
    title: 'Reports',
    intro: 'Each report agrees with the ledger to the đồng; one that does not is not written.',
    reports: {
      collections: ['Collections', 'Each fee collected, with its dossier, payer and receipt numbers.'],
      reconciliation: ['Reconciliation', 'What became of each payment against provider and bank.'],
      discrepancies: ['Discrepancies', 'Differences, who deals with them, and the outcome.'],
      ledger: ['Ledger', 'Every posting by account and day.'],
      refunds: ['Refunds', 'Reason, approver and bank transfer of each.'],
      settlements: ['Settlements', 'What providers paid out, their fees, and what is still owed.'],
      receipts: ['Use of receipts', 'By serial: issued, replaced, noticed.'],
      'online-payment-rate': ['Online payment rate', 'By agency and procedure.'],
      'provider-scorecard': ['Provider scorecard', 'Delay, missing callbacks, wrong fees, outages.'],
    },
    groups: { agency: 'Agency', budget_item: 'Budget item', payee_account: 'Payee account' },
    from: 'From',
    to: 'To',
    agency: 'Agency',
    allAgencies: 'All agencies',
    account: 'Merchant account',
    allAccounts: 'All accounts',
    groupBy: 'Summed by',
    noGroup: 'Not summed',
    asOf: 'As of the end of',
    asOfHint: 'Empty: now. The same day always gives the same report.',
    compareTo: 'Compared with',
    compareHint: 'Says which lines changed in between, and why.',
    show: 'Show',
    files: 'Download',
    stamp: (instant) => `As of ${instant}`,
    language: 'Reports are in Vietnamese.',
    rows: (shown, all) =>
      shown === all
        ? `${all} rows; files have more columns`
        : `${shown} of ${all} rows; files have all rows and columns`,
    totals: 'Total',
    tooLong: 'The report is too long to show here. Download it as Excel or CSV.',
    changes: 'What changed between the two instants',
    noChanges: 'Nothing changed.',
    change: { added: 'Added', removed: 'Removed', changed: 'Changed' },
    key: 'Line',
    what: 'Change',
    why: 'Reason',
    fields: 'Columns',
    reasons: {
      late_settlement: 'Settled late',
      resolution: 'A discrepancy was resolved',
      reconciled: 'Reconciled anew',
      receipt_issued: 'A receipt was issued',
      correction: 'A correction',
      booked_later: 'Booked later',
      other: 'Other',
    },
    all: 'All reports',
  },
}
