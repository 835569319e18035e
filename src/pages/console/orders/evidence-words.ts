/** What the ledger's entries of an order and the raw evidence about it are called. */
import type { Language } from '../../language.ts'

type Words = {
  entries: string
  noEntries: string
  businessDay: string
  entry: string
  account: string
  debit: string
  credit: string
  seal: string
  sealedOn: (day: string) => string
  chained: string
  notChained: string
  balances: string
  balance: string
  moreEntries: string
  see: string
  seeNote: string
  title: (dossier: string) => string
  audited: string
  told: string
  callbacks: string
  receivedAt: string
  occurredAt: string
  source: string
  what: string
  reference: string
  amount: string
  code: string
  reading: string
  verdict: string
  reason: string
  key: string
  message: string
  fields: (count: number) => string
  masked: string
  cut: string
  keyGone: string
  hash: string
  requestId: string
  replay: string
  back: string
  accounts: Readonly<Record<string, string>>
  kinds: Readonly<Record<string, string>>
  sources: Readonly<Record<string, string>>
  facts: Readonly<Record<string, string>>
  readings: Readonly<Record<string, string>>
  verdicts: Readonly<Record<string, string>>
  reasons: Readonly<Record<string, string>>
}

export const evidenceWords: Readonly<Record<Language, Words>> = {
  vi: {
    entries: 'Bút toán',
    noEntries: 'Chưa có tiền nào được hạch toán cho đơn phí này.',
    businessDay: 'Ngày hạch toán',
    entry: 'Bút toán',
    account: 'Tài khoản',
    debit: 'Nợ',
    credit: 'Có',
    seal: 'Niêm phong',
    sealedOn: (day) => `Trong gốc ký ngày ${day}`,
    chained: 'Đã vào chuỗi, chờ niêm phong',
    notChained: 'Sắp vào chuỗi',
    balances: 'Cộng theo tài khoản',
    balance: 'Số dư',
    moreEntries: 'Còn bút toán khác ngoài các bút toán trên.',
    see: 'Xem chứng từ gốc',
    seeNote: 'Việc xem được ghi vào nhật ký.',
    title: (dossier) => `Chứng từ gốc, hồ sơ ${dossier}`,
    audited: 'Lần xem này đã được ghi vào nhật ký. Dữ liệu cá nhân, khóa và chữ ký được che.',
    told: 'Các nguồn đã báo gì về tiền',
    callbacks: 'Thông báo nhận được, cũ nhất trước',
    receivedAt: 'Nhận lúc',
    occurredAt: 'Phát sinh lúc',
    source: 'Nguồn',
    what: 'Nội dung',
    reference: 'Mã tham chiếu',
    amount: 'Số tiền',
    code: 'Mã kết quả',
    reading: 'Chữ ký',
    verdict: 'Đã trả lời',
    reason: 'Vì sao không đổi gì',
    key: 'Khóa đã ký',
    message: 'Nội dung gốc',
    fields: (count) => `${count} trường`,
    masked: 'đã che',
    cut: 'Chỉ hiện một phần các trường.',
    keyGone: 'Khóa mã hóa của nội dung này không còn, nên không mở được.',
    hash: 'Mã băm của nội dung',
    requestId: 'Mã yêu cầu',
    replay: 'Bản lặp của',
    back: 'Về đơn phí',
    accounts: {
      provider_receivable: 'Phải thu đối tác',
      collected: 'Đã thu phí, lệ phí',
      suspense: 'Chờ xử lý (treo)',
      bank: 'Tiền gửi ngân hàng',
      provider_fee: 'Phí dịch vụ của đối tác',
    },
    kinds: {
      capture: 'Thu tiền',
      refund: 'Hoàn trả',
      reversal: 'Bị thu lại',
      adjustment: 'Điều chỉnh',
      credit: 'Báo có chưa rõ',
      credit_attributed: 'Báo có đã rõ, chuyển vào hồ sơ',
      settlement: 'Quyết toán',
      discrepancy: 'Treo theo chênh lệch',
    },
    sources: {
      callback: 'Thông báo của đối tác',
      query: 'Hỏi trạng thái',
      statement: 'Sao kê của đối tác',
      bank: 'Sao kê ngân hàng',
      start: 'Trả lời khi bắt đầu thanh toán',
      refund_call: 'Trả lời lệnh hoàn trả',
      person: 'Người xác nhận',
    },
    facts: { captured: 'Đã thu', refunded: 'Đã hoàn', reversed: 'Bị thu lại', bounced: 'Hoàn trả bị trả về' },
    readings: {
      genuine: 'Đúng chữ ký',
      forged: 'Sai chữ ký',
      malformed: 'Không đúng khuôn dạng',
      foreign: 'Của đơn vị khác',
    },
    verdicts: {
      accepted: 'Đã ghi nhận',
      already_confirmed: 'Đã ghi nhận từ trước',
      amount_mismatch: 'Sai số tiền',
      unknown_order: 'Không có giao dịch này',
      forged: 'Sai chữ ký',
      unknown_account: 'Không có tài khoản này',
      malformed: 'Không đúng khuôn dạng',
      try_again: 'Hãy gửi lại',
    },
    reasons: {
      signature_fits_no_key: 'Chữ ký không khớp khóa nào',
      not_the_protocol: 'Không đúng giao thức',
      of_another_merchant: 'Gửi cho đơn vị khác',
      told_before: 'Đã báo trước đó',
      not_acted_on_yet: 'Chưa xử lý',
    },
  },
  en: {
    entries: 'Ledger entries',
    noEntries: 'No money has been booked for this order yet.',
    businessDay: 'Business day',
    entry: 'Entry',
    account: 'Account',
    debit: 'Debit',
    credit: 'Credit',
    seal: 'Seal',
    sealedOn: (day) => `Under the signed root of ${day}`,
    chained: 'In the chain, to be sealed',
    notChained: 'About to be chained',
    balances: 'Sums by account',
    balance: 'Balance',
    moreEntries: 'There are more entries than these.',
    see: 'See the raw evidence',
    seeNote: 'It is on record who reads it.',
    title: (dossier) => `Raw evidence, dossier ${dossier}`,
    audited: 'That you read this is now on record. Personal data, secrets and signatures are masked.',
    told: 'What sources told of the money',
    callbacks: 'Callbacks received, oldest first',
    receivedAt: 'Received at',
    occurredAt: 'Happened at',
    source: 'Source',
    what: 'What',
    reference: 'Reference',
    amount: 'Amount',
    code: 'Result code',
    reading: 'Signature',
    verdict: 'Answered',
    reason: 'Why it changed nothing',
    key: 'Signed with key',
    message: 'As it came',
    fields: (count) => (count === 1 ? '1 field' : `${count} fields`),
    masked: 'masked',
    cut: 'Only some of the fields are shown.',
    keyGone: 'The key that encrypted it is gone, so it cannot be opened.',
    hash: 'Hash of the content',
    requestId: 'Request id',
    replay: 'Repeats',
    back: 'Back to the order',
    accounts: {
      provider_receivable: 'Receivable from providers',
      collected: 'Fees collected',
      suspense: 'Suspense',
      bank: 'Bank',
      provider_fee: 'Provider fees',
    },
    kinds: {
      capture: 'Capture',
      refund: 'Refund',
      reversal: 'Reversal',
      adjustment: 'Adjustment',
      credit: 'Unknown credit',
      credit_attributed: 'Credit attributed',
      settlement: 'Settlement',
      discrepancy: 'Held for a discrepancy',
    },
    sources: {
      callback: 'Callback of the provider',
      query: 'Status query',
      statement: 'Statement of the provider',
      bank: 'Bank statement',
      start: 'Answer to the start of the payment',
      refund_call: 'Answer to the refund',
      person: 'A person confirmed it',
    },
    facts: { captured: 'Captured', refunded: 'Refunded', reversed: 'Reversed', bounced: 'Refund bounced' },
    readings: {
      genuine: 'Genuine',
      forged: 'Wrong signature',
      malformed: 'Malformed',
      foreign: 'Of another merchant',
    },
    verdicts: {
      accepted: 'Accepted',
      already_confirmed: 'Known already',
      amount_mismatch: 'Wrong amount',
      unknown_order: 'No such payment',
      forged: 'Wrong signature',
      unknown_account: 'No such account',
      malformed: 'Malformed',
      try_again: 'Try again',
    },
    reasons: {
      signature_fits_no_key: 'The signature fits no key',
      not_the_protocol: 'Not the protocol',
      of_another_merchant: 'For another merchant',
      told_before: 'Told before',
      not_acted_on_yet: 'Not acted on yet',
    },
  },
}
