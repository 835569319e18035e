/** What to do about a refusal that people meet every day, said calmly. Codes without a line here are told by their title alone. */
import type { Language } from '../language.ts'

const advice: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  maker_cannot_approve: {
    vi: 'Đây là yêu cầu do chính Ông/Bà lập hoặc đã duyệt một bước, nên cần một người khác quyết định. Không có gì sai và chưa có gì thay đổi; đề nghị đồng nghiệp có vai trò kiểm soát duyệt.',
    en: 'You made this request or took one step of it, so another person decides it. Nothing is wrong and nothing was changed; ask a colleague with the checker’s role.',
  },
  period_four_eyes: {
    vi: 'Ngày này do chính Ông/Bà khóa sổ, nên việc ký tiếp hoặc mở lại thuộc người khác. Chưa có gì thay đổi.',
    en: 'You closed this day yourself, so somebody else signs it or opens it again. Nothing was changed.',
  },
  conflict: {
    vi: 'Có người vừa thay đổi nội dung này. Xem lại số liệu hiện tại trên trang rồi quyết định lại.',
    en: 'Somebody has just changed this. Look at what the page shows now, then decide again.',
  },
  discrepancy_not_open: {
    vi: 'Đồng nghiệp đã xử lý hoặc đã đề xuất cách xử lý. Xem lịch sử bên dưới.',
    en: 'A colleague has resolved it or proposed how. See the history below.',
  },
  discrepancy_not_proposed: {
    vi: 'Đề xuất đã được quyết định hoặc đã hết hiệu lực vì số tiền thay đổi. Xem lịch sử bên dưới.',
    en: 'The proposal was decided already, or ended because the amount changed. See the history below.',
  },
  period_has_open_lines: {
    vi: 'Trong lúc Ông/Bà xem trang, có khoản mới phát sinh hoặc còn khoản chưa chọn chuyển kỳ. Danh sách bên dưới là số liệu hiện tại.',
    en: 'A line has come meanwhile, or one was not chosen to be carried. The list below shows them as they are now.',
  },
  refund_payee_changed: {
    vi: 'Tài khoản nhận tiền được khai sau khi Ông/Bà mở trang. Xem lại tài khoản rồi duyệt lại.',
    en: 'The account was named after you opened the page. Look at it, then approve again.',
  },
  host_not_allowed: {
    vi: 'Đơn vị này, hoặc đơn vị cấp trên, chỉ cho phép gửi đến các máy chủ trong danh sách nêu dưới đây. Chưa có gì thay đổi; dùng địa chỉ thuộc danh sách, hoặc đề nghị quản trị của đơn vị giữ danh sách bổ sung máy chủ.',
    en: 'This agency, or one above it, allows only the hosts of the list below. Nothing was changed; use an address of that list, or ask the administrator of the agency that keeps it.',
  },
  disputed: {
    vi: 'Giao dịch đang có khiếu nại hoặc tra soát, nên khoản hoàn phải chờ; hiện chỉ có thể từ chối.',
    en: 'The payment is disputed, so the refund waits; for now it can only be rejected.',
  },
}

/** Refusals whose single lines the page shows anyway. */
const toldByThePage: readonly string[] = ['period_has_open_lines']

export const adviceOn = (code: string, language: Language): { text: string; isWhole: boolean } | null => {
  const text = Object.hasOwn(advice, code) ? advice[code]?.[language] : undefined
  return text === undefined ? null : { text, isWhole: toldByThePage.includes(code) }
}
