/** What /where says, in both languages. */
import type { Language } from './language.ts'

/** `none` stands for a wrong code and a wrong amount alike. */
export type WhereProblem = 'none' | 'unreadable' | 'too_many'

type WhereWords = Record<
  'title' | 'intro' | 'code' | 'codeHint' | 'amount' | 'amountHint' | 'find' | 'tracing' | 'steps' | 'keep',
  string
> & { problems: Record<WhereProblem, string>; call: (phone: string | null) => string }

export const whereWords: Readonly<Record<Language, WhereWords>> = {
  vi: {
    title: 'Tiền của tôi đang ở đâu?',
    intro:
      'Nhập mã và số tiền để xem khoản nộp đang ở đâu. Không cần đăng nhập; trang này không hiện tên hay tài khoản.',
    code: 'Mã tra soát hoặc mã hồ sơ',
    codeHint: 'Ví dụ TS-7AE7-8MFE-D hoặc H56.12.03-261122-0007',
    amount: 'Số tiền phải nộp',
    amountHint: 'Đúng số tiền ghi trong yêu cầu thanh toán, ví dụ 150.000',
    find: 'Xem khoản tiền',
    tracing: 'Mã tra soát',
    steps: 'Các bước đã qua',
    keep: 'Giữ mã này, hoặc gửi cho người hỗ trợ Ông/Bà: cùng với số tiền, mã cho biết khoản nộp đang ở đâu.',
    problems: {
      none: 'Không có khoản nộp nào ứng với mã và số tiền này. Vui lòng xem lại cả hai, hoặc gọi tổng đài.',
      unreadable: 'Mã hoặc số tiền chưa đúng dạng. Vui lòng xem lại từng ký tự; số tiền chỉ gồm chữ số.',
      too_many: 'Đã thử nhiều lần. Vui lòng chờ một phút rồi thử lại, hoặc gọi tổng đài.',
    },
    call: (phone) =>
      `Cần hỏi thêm: gọi ${phone ? `cơ quan thu ${phone} hoặc ` : ''}tổng đài bên dưới và đọc mã tra soát.`,
  },
  en: {
    title: 'Where is my money?',
    intro:
      'Enter a code and the amount to see where the money is. You need not sign in; no name and no account is shown.',
    code: 'Tracing code or dossier code',
    codeHint: 'For example TS-7AE7-8MFE-D or H56.12.03-261122-0007',
    amount: 'Amount due',
    amountHint: 'Exactly as in the request for payment, for example 150,000',
    find: 'See the money',
    tracing: 'Tracing code',
    steps: 'What has happened',
    keep: 'Keep this code, or give it to whoever helps you: with the amount, it tells where the money is.',
    problems: {
      none: 'There is no payment for this code and this amount. Please check both, or call the hotline.',
      unreadable: 'The code or the amount is not well-formed. Please check each character; an amount has digits only.',
      too_many: 'Too many tries. Please wait a minute, or call the hotline.',
    },
    call: (phone) =>
      `Questions: call ${phone ? `the agency at ${phone} or ` : ''}a hotline below, and tell them the tracing code.`,
  },
}
