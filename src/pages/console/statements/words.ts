/** What the screens of statements say. */
import type { Language } from '../../language.ts'
import type { Tone } from '../parts.tsx'
import type { StatementStatus } from './shapes.ts'

type Words = {
  title: string
  list: string
  account: string
  source: string
  sources: Record<'provider' | 'bank', string>
  format: string
  formats: Record<string, string>
  status: string
  statuses: Record<StatementStatus, string>
  all: string
  file: string
  size: string
  sha256: string
  period: string
  lines: string
  accepted: string
  problems: string
  credits: string
  debits: string
  opening: string
  closing: string
  closes: string
  closesYes: string
  closesNo: string
  closesNothing: string
  ofAccount: string
  uploadedAt: string
  importedAt: string
  line: string
  column: string
  reason: string
  download: string
  moreProblems: (count: number) => string
  noProblems: string
  progress: (lines: string) => string
  waiting: string
  waitingForNode: string
  progressLabel: string
  rejected: string
  rejectedWhat: string
  rejectedSteps: readonly string[]
  reconcile: string
  to: string
  uploadAgain: string
  queued: string
  same: string
}

export const statusTones: Record<StatementStatus, Tone> = {
  queued: 'wait',
  processing: 'wait',
  imported: 'good',
  rejected: 'bad',
}

export const words: Record<Language, Words> = {
  vi: {
    title: 'Sao kê',
    list: 'Các sao kê đã tải lên, mới nhất trước',
    account: 'Tài khoản đối tác',
    source: 'Sao kê của',
    sources: { provider: 'Đối tác thanh toán', bank: 'Ngân hàng' },
    format: 'Định dạng',
    formats: {
      'canonical-csv': 'CSV, cột chuẩn',
      'canonical-xlsx': 'Excel, cột chuẩn',
      profile: 'Theo cấu hình cột của tài khoản',
      mt940: 'SWIFT MT940',
      camt053: 'ISO 20022 camt.053',
    },
    status: 'Trạng thái',
    statuses: { queued: 'Chờ nhập', processing: 'Đang nhập', imported: 'Đã nhập', rejected: 'Bị từ chối' },
    all: 'Tất cả',
    file: 'Tệp',
    size: 'Dung lượng',
    sha256: 'Mã băm SHA-256 của tệp',
    period: 'Ngày giao dịch',
    lines: 'Dòng đã đọc',
    accepted: 'Dòng hợp lệ',
    problems: 'Dòng lỗi',
    credits: 'Tổng tiền vào',
    debits: 'Tổng tiền ra',
    opening: 'Số dư đầu kỳ',
    closing: 'Số dư cuối kỳ',
    closes: 'Cân đối số dư',
    closesYes: 'Khớp: đầu kỳ + vào − ra = cuối kỳ',
    closesNo: 'Không khớp',
    closesNothing: 'Tệp không ghi số dư',
    ofAccount: 'Số tài khoản trong tệp',
    uploadedAt: 'Tải lên lúc',
    importedAt: 'Xong lúc',
    line: 'Dòng',
    column: 'Cột',
    reason: 'Lý do',
    download: 'Tải danh sách dòng lỗi (CSV)',
    moreProblems: (count) => `Tệp có ${count} dòng lỗi; danh sách ghi 1.000 dòng đầu.`,
    noProblems: 'Không có dòng lỗi.',
    progress: (lines) => `Đã đọc ${lines} dòng`,
    waiting: 'Đang chờ đến lượt nhập.',
    waitingForNode: 'Tệp lớn: đang chờ tiến trình Node nhập. Chưa có dòng nào được ghi nhận.',
    progressLabel: 'Tiến độ nhập',
    rejected: 'Tệp bị từ chối, chưa có dòng nào được ghi',
    rejectedWhat: 'Cần làm gì',
    rejectedSteps: [
      'Xem lý do và các dòng lỗi dưới đây.',
      'Nếu chọn nhầm tài khoản, nguồn hoặc định dạng: tải lại tệp này và chọn đúng.',
      'Nếu tệp sai: lấy lại tệp từ đối tác hoặc ngân hàng. Không sửa tay số liệu trong tệp.',
    ],
    reconcile: 'Đối soát các ngày này',
    to: '–',
    uploadAgain: 'Tải tệp khác lên',
    queued: 'Đã nhận sao kê. Việc nhập chạy ngầm, có thể rời trang này.',
    same: 'Tệp này đã được nhập trước đây. Dưới đây là lần nhập đó; không có gì được ghi thêm.',
  },
  en: {
    title: 'Statements',
    list: 'Uploaded statements, newest first',
    account: 'Merchant account',
    source: 'Statement of',
    sources: { provider: 'Payment provider', bank: 'Bank' },
    format: 'Format',
    formats: {
      'canonical-csv': 'CSV, our own columns',
      'canonical-xlsx': 'Excel, our own columns',
      profile: 'By the account’s column mapping',
      mt940: 'SWIFT MT940',
      camt053: 'ISO 20022 camt.053',
    },
    status: 'State',
    statuses: { queued: 'Waiting', processing: 'Importing', imported: 'Imported', rejected: 'Rejected' },
    all: 'All',
    file: 'File',
    size: 'Size',
    sha256: 'SHA-256 of the file',
    period: 'Business days',
    lines: 'Rows read',
    accepted: 'Good rows',
    problems: 'Rows with problems',
    credits: 'Money in',
    debits: 'Money out',
    opening: 'Opening balance',
    closing: 'Closing balance',
    closes: 'Balances',
    closesYes: 'They close: opening + in − out = closing',
    closesNo: 'They do not close',
    closesNothing: 'The file has no balances',
    ofAccount: 'Account number in the file',
    uploadedAt: 'Uploaded',
    importedAt: 'Finished',
    line: 'Line',
    column: 'Column',
    reason: 'Reason',
    download: 'Download the rows with problems (CSV)',
    moreProblems: (count) => `The file has ${count} rows with problems; the first 1,000 are listed.`,
    noProblems: 'No row has a problem.',
    progress: (lines) => `${lines} rows read`,
    waiting: 'Waiting for its turn.',
    waitingForNode: 'A large file: it waits for a process on Node. No line of it is stored yet.',
    progressLabel: 'How far the import is',
    rejected: 'The file was rejected, and nothing of it is stored',
    rejectedWhat: 'What to do',
    rejectedSteps: [
      'See the reason and the rows below.',
      'If account, source or format were chosen wrongly: upload this file again and choose the right ones.',
      'If the file is wrong: get it again from the provider or the bank. Do not correct its figures by hand.',
    ],
    reconcile: 'Reconcile these days',
    to: '–',
    uploadAgain: 'Upload another file',
    queued: 'The statement was taken. It is imported in the background; you may leave this page.',
    same: 'This file was imported before. Below is that import; nothing was stored again.',
  },
}

/** A count with its thousands apart. */
export const count = (value: number, language: Language): string =>
  String(value).replace(/\B(?=(\d{3})+$)/g, language === 'vi' ? '.' : ',')

/** `812 KB`, `1,4 MB`: as file managers say it. */
export const fileSize = (bytes: number, language: Language): string => {
  if (bytes < 1_024) return `${bytes} B`
  if (bytes < 1_048_576) return `${count(Math.round(bytes / 1_024), language)} KB`
  const tenths = Math.round((bytes / 1_048_576) * 10)
  return `${count(Math.floor(tenths / 10), language)}${language === 'vi' ? ',' : '.'}${tenths % 10} MB`
}
