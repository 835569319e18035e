/** What the audit log says. */
import type { AuditAction } from '../../../domain/audit.ts'
import type { Language } from '../../language.ts'

type Words = {
  title: string
  means: string
  from: string
  to: string
  actor: string
  object: string
  action: string
  any: string
  list: string
  at: string
  what: string
  about: string
  asked: string
  showed: (rows: number) => string
  where: string
  agency: string
  people: string
  file: string
  actions: Readonly<Record<AuditAction, string>>
}

export const words: Readonly<Record<Language, Words>> = {
  vi: {
    title: 'Nhật ký truy cập',
    means:
      'Ai đã đọc dữ liệu cá nhân hoặc tải tệp ra ngoài, đọc gì, khi nào. Dòng chỉ được thêm, không sửa, không xóa. Lần xem này cũng được ghi lại.',
    from: 'Từ ngày',
    to: 'Đến ngày',
    actor: 'Người đọc',
    object: 'Mã đối tượng hoặc tên báo cáo',
    action: 'Việc đã làm',
    any: 'Tất cả',
    list: 'Các lần truy cập, mới nhất trước',
    at: 'Lúc',
    what: 'Việc đã làm',
    about: 'Đối tượng',
    asked: 'Điều kiện tìm',
    showed: (rows) => `${rows} dòng`,
    where: 'Mạng, mã yêu cầu',
    agency: 'Đơn vị',
    people: 'Mọi người và hệ thống',
    file: 'Tải nhật ký theo bộ lọc này (CSV)',
    actions: {
      'order.read': 'Xem đơn phí',
      'orders.found': 'Tìm đơn phí',
      'bill.read': 'Xem khoản còn nợ',
      'timeline.read': 'Xem diễn biến đơn phí',
      'events.read': 'Đọc luồng sự kiện',
      'evidence.read': 'Xem chứng từ gốc',
      'refund.read': 'Xem khoản hoàn trả',
      'refunds.found': 'Tìm khoản hoàn trả',
      'refund_payee.read': 'Xem tài khoản nhận hoàn trả',
      'discrepancy.read': 'Xem chênh lệch',
      'discrepancies.found': 'Tìm chênh lệch',
      'dispute.read': 'Xem tranh chấp',
      'disputes.found': 'Tìm tranh chấp',
      'receipt.read': 'Xem biên lai',
      'receipt.exported': 'Tải biên lai',
      'receipts.found': 'Tìm biên lai',
      'tracing.read': 'Xem tra soát',
      'quarantine.read': 'Xem khoản tiền chưa rõ',
      'quarantine.found': 'Tìm khoản tiền chưa rõ',
      'report.read': 'Xem báo cáo',
      'report.exported': 'Tải báo cáo',
      'statement_problems.exported': 'Tải dòng lỗi của sao kê',
      'statement_draft.read': 'Xem trước tệp sao kê',
      'reconciliation_item.read': 'Xem khoản đối soát',
      'period.exported': 'Tải văn bản khóa sổ',
      'ledger_seals.exported': 'Tải niêm phong sổ cái',
      'audit.read': 'Xem nhật ký truy cập',
      'audit.exported': 'Tải nhật ký truy cập',
      'hold.placed': 'Giữ lại theo yêu cầu pháp lý',
      'hold.released': 'Thôi giữ lại',
      'client.added': 'Cấp quyền cho ứng dụng',
      'catalogue.imported': 'Nhập danh mục',
      'webhook_endpoint.added': 'Thêm nơi nhận thông báo (webhook)',
      'session.opened': 'Đăng nhập',
      'session.refused': 'Đăng nhập bị từ chối',
      'session.ended': 'Đăng xuất',
    },
  },
  en: {
    title: 'Audit log',
    means:
      'Who read personal data or took a file out, what, and when. Rows are only ever added. That you read this is on record too.',
    from: 'From',
    to: 'To',
    actor: 'Who',
    object: 'Id of the object, or name of the report',
    action: 'What was done',
    any: 'Everything',
    list: 'Newest first',
    at: 'At',
    what: 'What was done',
    about: 'Object',
    asked: 'Asked for',
    showed: (rows) => (rows === 1 ? '1 row' : `${rows} rows`),
    where: 'Network, request id',
    agency: 'Agency',
    people: 'Everybody, people and systems',
    file: 'Download what this filter finds (CSV)',
    actions: {
      'order.read': 'Read an order',
      'orders.found': 'Looked for orders',
      'bill.read': 'Read what is owed',
      'timeline.read': 'Read an order’s timeline',
      'events.read': 'Read the feed of events',
      'evidence.read': 'Read raw evidence',
      'refund.read': 'Read a refund',
      'refunds.found': 'Looked for refunds',
      'refund_payee.read': 'Read a refund’s payee account',
      'discrepancy.read': 'Read a discrepancy',
      'discrepancies.found': 'Looked for discrepancies',
      'dispute.read': 'Read a dispute',
      'disputes.found': 'Looked for disputes',
      'receipt.read': 'Read a receipt',
      'receipt.exported': 'Downloaded a receipt',
      'receipts.found': 'Looked for receipts',
      'tracing.read': 'Read a tracing case',
      'quarantine.read': 'Read money of no known payment',
      'quarantine.found': 'Looked for money of no known payment',
      'report.read': 'Read a report',
      'report.exported': 'Downloaded a report',
      'statement_problems.exported': 'Downloaded a statement’s problems',
      'statement_draft.read': 'Looked at the file of a statement',
      'reconciliation_item.read': 'Read an item of a reconciliation',
      'period.exported': 'Downloaded the document of a closed day',
      'ledger_seals.exported': 'Downloaded ledger seals',
      'audit.read': 'Read the audit log',
      'audit.exported': 'Downloaded the audit log',
      'hold.placed': 'Placed a legal hold',
      'hold.released': 'Released a legal hold',
      'client.added': 'Gave a program access',
      'catalogue.imported': 'Imported a catalogue',
      'webhook_endpoint.added': 'Added an endpoint for webhooks',
      'session.opened': 'Signed in',
      'session.refused': 'Was refused at sign-in',
      'session.ended': 'Signed out',
    },
  },
}
