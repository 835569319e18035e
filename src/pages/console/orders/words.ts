/** What the screens of orders say. */
import type { Language } from '../../language.ts'

type Words = {
  title: string
  dossier: string
  reference: string
  payer: string
  amount: string
  status: string
  any: string
  unknown: string
  onlyUnknown: string
  from: string
  to: string
  agency: string
  list: string
  placedAt: string
  paid: string
  refunded: string
  provider: string
  order: (dossier: string) => string
  facts: string
  procedure: string
  id: string
  expiresAt: string
  paidAt: string
  payee: string
  checkout: string
  warnings: string
  metadata: string
  lines: string
  kind: string
  description: string
  feeCode: string
  budgetItem: string
  unitAmount: string
  quantity: string
  exempt: (rule: string, evidence: string) => string
  total: string
  timeline: string
  attempts: string
  ours: string
  theirs: string
  captured: string
  startedAt: string
  failure: string
  fenced: string
  receipts: string
  noReceipt: string
  receiptName: string
  number: string
  issuedOn: string
  pdf: string
  refunds: string
  reason: string
  method: string
  surplus: string
  askedBy: string
  decidedBy: string
  promisedOn: string
  discrepancies: string
  class: string
  dueOn: string
  overdue: string
  discrepancyStatus: Record<'open' | 'proposed' | 'resolved', string>
  askRefund: string
  openDispute: string
  openTracing: string
  onlyPortalCancels: string
  back: string
}

export const words: Record<Language, Words> = {
  vi: {
    title: 'Đơn phí',
    dossier: 'Mã hồ sơ',
    reference: 'Mã giao dịch, tham chiếu',
    payer: 'Tên người nộp',
    amount: 'Số tiền',
    status: 'Trạng thái',
    any: 'Tất cả',
    unknown: 'Kết quả ở đối tác',
    onlyUnknown: 'Có khoản chưa rõ kết quả',
    from: 'Lập từ ngày',
    to: 'Đến hết ngày',
    agency: 'Đơn vị',
    list: 'Đơn phí, mới nhất trước',
    placedAt: 'Lập lúc',
    paid: 'Đã thu',
    refunded: 'Đã hoàn',
    provider: 'Thu qua',
    order: (dossier) => `Đơn phí của hồ sơ ${dossier}`,
    facts: 'Thông tin chung',
    procedure: 'Thủ tục',
    id: 'Mã đơn phí',
    expiresAt: 'Hạn thanh toán',
    paidAt: 'Thanh toán lúc',
    payee: 'Tài khoản thụ hưởng',
    checkout: 'Trang thanh toán của người nộp',
    warnings: 'Cảnh báo khi lập',
    metadata: 'Thông tin kèm theo của cổng',
    lines: 'Các khoản phải nộp',
    kind: 'Loại',
    description: 'Nội dung',
    feeCode: 'Mã khoản thu',
    budgetItem: 'Tiểu mục',
    unitAmount: 'Mức thu',
    quantity: 'Số lượng',
    exempt: (rule, evidence) => `Miễn theo ${rule} (${evidence})`,
    total: 'Cộng',
    timeline: 'Diễn biến',
    attempts: 'Các lần thanh toán',
    ours: 'Mã của LePhi',
    theirs: 'Mã của đối tác',
    captured: 'Đã thu',
    startedAt: 'Bắt đầu lúc',
    failure: 'Mã lỗi',
    fenced: 'Đã chặn: nếu về muộn thì tính là tiền thừa',
    receipts: 'Biên lai',
    noReceipt: 'Chưa có biên lai nào.',
    receiptName: 'Biên lai',
    number: 'Ký hiệu, số',
    issuedOn: 'Ngày lập',
    pdf: 'Tải biên lai (PDF)',
    refunds: 'Hoàn trả',
    reason: 'Lý do',
    method: 'Cách hoàn',
    surplus: 'tiền thừa',
    askedBy: 'Người đề nghị',
    decidedBy: 'Người duyệt',
    promisedOn: 'Hẹn trả ngày',
    discrepancies: 'Chênh lệch',
    class: 'Loại chênh lệch',
    dueOn: 'Hạn xử lý',
    overdue: 'quá hạn',
    discrepancyStatus: { open: 'Đang mở', proposed: 'Chờ duyệt', resolved: 'Đã xử lý' },
    askRefund: 'Đề nghị hoàn trả…',
    openDispute: 'Lập khiếu nại…',
    openTracing: 'Lập hồ sơ tra soát…',
    onlyPortalCancels: 'Đơn chưa thanh toán chỉ có thể do cổng dịch vụ công đã lập nó hủy.',
    back: 'Về danh sách đơn phí',
  },
  en: {
    title: 'Orders',
    dossier: 'Dossier code',
    reference: 'Reference of either side',
    payer: 'Name of the payer',
    amount: 'Amount',
    status: 'Status',
    any: 'All',
    unknown: 'Outcome at the provider',
    onlyUnknown: 'Something is unknown',
    from: 'Placed from',
    to: 'To the end of',
    agency: 'Agency',
    list: 'Orders, newest first',
    placedAt: 'Placed at',
    paid: 'Paid',
    refunded: 'Refunded',
    provider: 'Paid through',
    order: (dossier) => `The order for dossier ${dossier}`,
    facts: 'About it',
    procedure: 'Procedure',
    id: 'Order id',
    expiresAt: 'To be paid by',
    paidAt: 'Paid at',
    payee: 'Account of the payee',
    checkout: 'The payer’s checkout page',
    warnings: 'Warnings when it was placed',
    metadata: 'What the portal added',
    lines: 'What is to be paid',
    kind: 'Kind',
    description: 'For',
    feeCode: 'Fee code',
    budgetItem: 'Budget item',
    unitAmount: 'Price',
    quantity: 'Quantity',
    exempt: (rule, evidence) => `Exempt by ${rule} (${evidence})`,
    total: 'Total',
    timeline: 'What happened',
    attempts: 'Payment attempts',
    ours: 'Our reference',
    theirs: 'The provider’s reference',
    captured: 'Captured',
    startedAt: 'Started at',
    failure: 'Failure code',
    fenced: 'Fenced: should it still succeed, that is surplus',
    receipts: 'Receipts',
    noReceipt: 'There is no receipt yet.',
    receiptName: 'Receipt',
    number: 'Serial, number',
    issuedOn: 'Issued on',
    pdf: 'Download the receipts (PDF)',
    refunds: 'Refunds',
    reason: 'Reason',
    method: 'How',
    surplus: 'surplus',
    askedBy: 'Asked by',
    decidedBy: 'Decided by',
    promisedOn: 'Promised for',
    discrepancies: 'Discrepancies',
    class: 'Class',
    dueOn: 'Due on',
    overdue: 'overdue',
    discrepancyStatus: { open: 'Open', proposed: 'Awaits approval', resolved: 'Resolved' },
    askRefund: 'Ask for a refund…',
    openDispute: 'Open a dispute…',
    openTracing: 'Open a tracing case…',
    onlyPortalCancels: 'Only the service portal that placed an unpaid order can cancel it.',
    back: 'Back to the orders',
  },
}
