// Owns what each fault does, in words for whoever orders one.
import type { FaultName } from './faults.ts'
import type { Language } from './page-language.ts'

type Said = Record<Language, string>

export const faultWords: Readonly<Record<FaultName, Said>> = {
  callback_lost: { vi: 'Không báo kết quả', en: 'The result is never told' },
  callback_doubled: { vi: 'Báo kết quả nhiều lần cùng lúc', en: 'The result is told many times at once' },
  callback_retried: { vi: 'Báo lại kết quả nhiều lần', en: 'The result is told again and again' },
  callback_late: { vi: 'Báo kết quả chậm', en: 'The result is told late' },
  callback_reordered: { vi: 'Kết quả của giao dịch sau đến trước', en: 'A later payment’s result overtakes it' },
  callback_forged: { vi: 'Thêm một thông báo giả chữ ký', en: 'A forged message comes as well' },
  callback_corrupted: { vi: 'Thông báo bị hỏng một byte', en: 'One byte of the message is damaged' },
  callback_failed_then_captured: { vi: 'Báo thất bại rồi mới báo thành công', en: 'Told as failed, then as paid' },
  captured_then_failed: { vi: 'Báo thành công rồi lại báo thất bại', en: 'Told as paid, then as failed' },
  once_only: { vi: 'Báo đúng một lần, không nhắc lại', en: 'Told once, and never again' },
  wrong_amount: { vi: 'Trừ và báo số tiền khác', en: 'Another amount is taken and told' },
  callback_next_key: {
    vi: 'Ký bằng khóa mới chưa ai được giao, gọi lại bằng khóa cũ',
    en: 'Told first with a new key that nobody was given, then with the agreed one',
  },
  captured_at_day_end: {
    vi: 'Trừ tiền lúc 23:59:59, báo sau nửa đêm',
    en: 'The money is taken at 23:59:59 and told of after midnight',
  },
  http_500: { vi: 'Đối tác trả lỗi 500', en: 'The provider answers 500' },
  cached_500: { vi: 'Lỗi 500 bị nhớ theo mã yêu cầu', en: 'A 500 that sticks to its request id' },
  timeout_before: { vi: 'Không trả lời, chưa làm gì', en: 'No answer, and nothing was done' },
  timeout_after: { vi: 'Không trả lời, nhưng đã làm', en: 'No answer, but it was done' },
  refund_refused: { vi: 'Từ chối hoàn tiền', en: 'Refunds are refused' },
  refund_pending: { vi: 'Hoàn tiền chậm', en: 'Refunds take their time' },
  refund_immediate: { vi: 'Hoàn tiền ngay', en: 'Refunds are done at once' },
  statement_missing: { vi: 'Bảng kê thiếu giao dịch', en: 'Missing in the statement' },
  statement_doubled: { vi: 'Bảng kê ghi hai dòng', en: 'Listed twice in the statement' },
  statement_wrong_amount: { vi: 'Bảng kê sai số tiền', en: 'A wrong amount in the statement' },
  statement_wrong_fee: { vi: 'Bảng kê sai phí dịch vụ', en: 'A wrong provider fee in the statement' },
  statement_wrong_status: { vi: 'Bảng kê sai trạng thái', en: 'A wrong status in the statement' },
  statement_shifted: { vi: 'Bảng kê lệch ngày', en: 'In the statement of another day' },
}

/** A stretch of time as it is said. */
export const spanWords = (seconds: number, language: Language): string => {
  const unit = units.find(({ length }) => seconds >= length && seconds % length === 0)
  if (!unit) return `${seconds} s`
  const count = seconds / unit.length
  return `${count} ${count === 1 && language === 'en' ? unit.one : unit[language]}`
}

const units = [
  { length: 86_400, vi: 'ngày', en: 'days', one: 'day' },
  { length: 60, vi: 'phút', en: 'minutes', one: 'minute' },
]
