// Owns what the simulators' front page says, in Vietnamese and English.
import type { FaultInput } from './faults.ts'
import type { Language } from './page-language.ts'

interface OverviewWords {
  title: string
  heading: string
  text: string
  how: string
  steps: readonly string[]
  portal: string
  providers: string
  counts: (all: number, paid: number) => string
  app: string
  ledger: string
  statement: (day: string) => string
  faults: string
  magic: string
  magicText: string
  amount: string
  payerName: string
  fault: string
  operations: Record<NonNullable<FaultInput['operation']>, string>
}

export const overviewWords: Readonly<Record<Language, OverviewWords>> = {
  vi: {
    title: 'Các đối tác mô phỏng',
    heading: 'Đối tác mô phỏng',
    text: 'Ở đây, mỗi ngân hàng, ví và cổng thanh toán được đóng vai bởi một chương trình viết theo giao thức của chính đối tác: nhận yêu cầu, hiện trang thanh toán, gọi lại có chữ ký, lập bảng kê quyết toán.',
    how: 'Cách thử',
    steps: [
      'Tạo một đơn phí ở cổng dịch vụ công mô phỏng và mở trang thanh toán.',
      'Chọn một đối tác; trang của đối tác đó hiện ra.',
      'Chọn giao dịch kết thúc thế nào: trả được, bị từ chối, hủy, để chờ, báo chậm, không báo, báo hai lần, sai số tiền.',
      'Quay lại và xem LePhi xử lý ra sao; tải bảng kê cuối ngày để đối soát.',
    ],
    portal: 'Tới cổng dịch vụ công mô phỏng',
    providers: 'Từng đối tác',
    counts: (all, paid) => `${all} giao dịch, ${paid} thành công`,
    app: 'Ứng dụng của người nộp',
    ledger: 'Giao dịch đã ghi nhận (JSON)',
    statement: (day) => `Bảng kê quyết toán ngày ${day} (CSV)`,
    faults: 'Lỗi đang chờ (JSON)',
    magic: 'Số tiền và tên người nộp gây lỗi',
    magicText:
      'Khoản thanh toán đúng một trong các số tiền này tự mang theo lỗi tương ứng. Cổng có mức phí cố định dùng tên người nộp, số tiền nào cũng được; viết không dấu, chữ thường cũng được.',
    amount: 'Số tiền',
    payerName: 'Tên người nộp',
    fault: 'Lỗi',
    operations: { create: 'khi tạo', query: 'khi hỏi', refund: 'khi hoàn tiền', confirm: 'khi xác nhận' },
  },
  en: {
    title: 'The simulated providers',
    heading: 'Simulated providers',
    text: 'Each bank, wallet and payment gateway is played here by a program written from that provider’s own protocol: it takes requests, shows a payment page, calls back with a signature, and makes settlement statements.',
    how: 'How to try it',
    steps: [
      'Make a fee order at the simulated service portal and open its checkout page.',
      'Choose a provider; that provider’s page appears.',
      'Choose how the payment ends: paid, declined, cancelled, pending, told late, told to nobody, told twice, a wrong amount.',
      'Go back and see what LePhi makes of it; fetch the day’s statement and reconcile.',
    ],
    portal: 'To the simulated service portal',
    providers: 'Each provider',
    counts: (all, paid) => `${all} payments, ${paid} paid`,
    app: 'The payer’s app',
    ledger: 'Payments on record (JSON)',
    statement: (day) => `Settlement statement of ${day} (CSV)`,
    faults: 'Faults that wait (JSON)',
    magic: 'Amounts and payers’ names that bring a fault',
    magicText:
      'A payment of exactly one of these amounts brings its own fault. A portal whose fees are fixed gives the payer the name instead, whatever the amount; marks and capitals do not matter.',
    amount: 'Amount',
    payerName: 'Payer’s name',
    fault: 'Fault',
    operations: { create: 'at creation', query: 'when asked', refund: 'at a refund', confirm: 'at confirmation' },
  },
}
