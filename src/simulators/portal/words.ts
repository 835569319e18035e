// Owns what the portal's pages say, in Vietnamese and English.
import type { Language } from '../page-language.ts'
import type { Verdict } from './verify-webhook.ts'

interface PortalWords {
  name: string
  demo: string
  note: string
  skip: string
  other: string
  home: string
  refresh: { now: string; watch: string; watching: string; stop: string }
  start: { heading: string; text: string; procedure: string; agency: string; go: string }
  orders: { heading: string; empty: string }
  webhooks: {
    heading: string
    text: string
    empty: string
    unregistered: string
    verdicts: Record<Verdict, string>
    times: (count: number) => string
    again: string
    asked: string
    notAsked: string
    ofOrder: string
  }
  form: {
    heading: string
    procedure: string
    agency: string
    change: string
    payer: string
    identity: string
    dossier: string
    dossierHint: string
    language: string
    languages: Record<Language, string>
    fees: string
    feesHint: string
    amount: string
    quantity: string
    noticeHint: string
    send: string
    refused: string
    silent: string
  }
  order: {
    heading: string
    statuses: Record<string, string>
    texts: Record<string, string>
    pay: string
    look: string
    facts: Record<
      'dossier' | 'procedure' | 'agency' | 'payer' | 'amount' | 'paid' | 'refunded' | 'until' | 'paidBy',
      string
    >
    fees: string
    warnings: string
    timeline: string
    raw: string
    missing: string
  }
}

export const portalWords: Readonly<Record<Language, PortalWords>> = {
  vi: {
    name: 'Cổng dịch vụ công',
    demo: 'DEMO',
    note: 'Trang này đóng vai một cổng dịch vụ công để thử LePhi. Đây không phải cổng thật; hồ sơ và tiền đều là giả.',
    skip: 'Tới nội dung chính',
    other: 'English',
    home: 'Trang đầu',
    refresh: {
      now: 'Tải lại',
      watch: 'Tự tải lại mỗi 5 giây',
      watching: 'Trang đang tự tải lại mỗi 5 giây.',
      stop: 'Dừng tự tải lại',
    },
    start: {
      heading: 'Nộp hồ sơ mới',
      text: 'Chọn thủ tục và cơ quan tiếp nhận; mức phí lấy từ dữ liệu mẫu của biểu phí thật.',
      procedure: 'Thủ tục hành chính',
      agency: 'Cơ quan tiếp nhận',
      go: 'Tiếp tục',
    },
    orders: { heading: 'Đơn phí cổng này đã tạo', empty: 'Chưa có đơn phí nào.' },
    webhooks: {
      heading: 'Webhook đã nhận',
      text: 'LePhi gọi cổng này mỗi khi có việc xảy ra. Chữ ký được cổng tự kiểm tra theo Standard Webhooks; tin trùng chỉ ghi một dòng.',
      empty: 'Chưa nhận được webhook nào.',
      unregistered: 'Chưa đăng ký được nơi nhận webhook:',
      verdicts: {
        verified: 'Đúng chữ ký',
        no_secret: 'Chưa có khóa để kiểm tra',
        incomplete: 'Thiếu thông tin chữ ký',
        too_old: 'Quá cũ',
        bad_signature: 'Sai chữ ký',
      },
      times: (count) => `Nhận ${count} lần`,
      again: 'Yêu cầu gửi lại',
      asked: 'Đã yêu cầu gửi lại; webhook sẽ đến trong vài giây.',
      notAsked: 'Không yêu cầu gửi lại được webhook này.',
      ofOrder: 'Xem đơn phí',
    },
    form: {
      heading: 'Tạo đơn phí cho hồ sơ',
      procedure: 'Thủ tục',
      agency: 'Cơ quan',
      change: 'Chọn thủ tục hoặc cơ quan khác',
      payer: 'Họ và tên người nộp',
      identity: 'Số định danh cá nhân',
      dossier: 'Mã hồ sơ',
      dossierHint: 'Cổng tự cấp, bạn có thể sửa.',
      language: 'Ngôn ngữ của trang thanh toán',
      languages: { vi: 'Tiếng Việt', en: 'English' },
      fees: 'Các khoản phí, lệ phí',
      feesHint: 'Số lượng 0 là không thu khoản đó. Cổng không tự kiểm tra gì: nhập sai để xem LePhi trả lời thế nào.',
      amount: 'Đơn giá (đ)',
      quantity: 'Số lượng',
      noticeHint: 'Theo thông báo hoặc quyết định.',
      send: 'Gửi sang LePhi',
      refused: 'LePhi không nhận đơn phí này',
      silent: 'LePhi không trả lời',
    },
    order: {
      heading: 'Đơn phí',
      statuses: {
        open: 'Chờ thanh toán',
        paid: 'Đã thanh toán',
        expired: 'Đã hết hạn',
        cancelled: 'Đã hủy',
        waived: 'Được miễn, không phải nộp',
      },
      texts: {
        open: 'Người nộp mở trang thanh toán để trả.',
        paid: 'Hồ sơ có thể được tiếp nhận và xử lý.',
        expired: 'Đã quá hạn mà chưa có tiền.',
        cancelled: 'Không còn phải thanh toán.',
        waived: 'Tổng các khoản là 0 đồng: LePhi lưu lại mà không đòi thanh toán.',
      },
      pay: 'Tới trang thanh toán',
      look: 'Mở trang của đơn phí ở LePhi',
      facts: {
        dossier: 'Mã hồ sơ',
        procedure: 'Thủ tục',
        agency: 'Cơ quan',
        payer: 'Người nộp',
        amount: 'Phải nộp',
        paid: 'Đã nộp',
        refunded: 'Đã hoàn',
        until: 'Hạn thanh toán',
        paidBy: 'Trả qua',
      },
      fees: 'Các khoản',
      warnings: 'LePhi nhắc cổng',
      timeline: 'Diễn biến ở LePhi',
      raw: 'Dữ liệu LePhi trả về (JSON)',
      missing: 'LePhi không biết đơn phí này.',
    },
  },
  en: {
    name: 'Public Service Portal',
    demo: 'DEMO',
    note: 'This page plays a public-service portal, to try LePhi. It is no real portal; dossiers and money are made up.',
    skip: 'To the main content',
    other: 'Tiếng Việt',
    home: 'Start',
    refresh: {
      now: 'Reload',
      watch: 'Reload every 5 seconds',
      watching: 'This page reloads itself every 5 seconds.',
      stop: 'Stop reloading',
    },
    start: {
      heading: 'File a new dossier',
      text: 'Choose a procedure and the agency; fees come from samples of real fee schedules.',
      procedure: 'Administrative procedure',
      agency: 'Agency',
      go: 'Continue',
    },
    orders: { heading: 'Orders made by this portal', empty: 'None yet.' },
    webhooks: {
      heading: 'Webhooks that arrived',
      text: 'LePhi calls this portal whenever something happens. The portal checks the signature by itself, as Standard Webhooks says; a message that comes again stays one line.',
      empty: 'None yet.',
      unregistered: 'No endpoint could be registered:',
      verdicts: {
        verified: 'Signature holds',
        no_secret: 'No secret to check it with yet',
        incomplete: 'Signature is incomplete',
        too_old: 'Too old',
        bad_signature: 'Signature does not hold',
      },
      times: (count) => `Came ${count} times`,
      again: 'Ask for it again',
      asked: 'Asked; the webhook will arrive within seconds.',
      notAsked: 'This webhook could not be asked for again.',
      ofOrder: 'See the order',
    },
    form: {
      heading: 'Make the order of a dossier',
      procedure: 'Procedure',
      agency: 'Agency',
      change: 'Choose another procedure or agency',
      payer: 'Name of the payer',
      identity: 'Personal identity number',
      dossier: 'Dossier code',
      dossierHint: 'Given by the portal; you may change it.',
      language: 'Language of the checkout page',
      languages: { vi: 'Tiếng Việt', en: 'English' },
      fees: 'Fees',
      feesHint:
        'A quantity of 0 leaves a fee out. The portal checks nothing by itself: type nonsense to see what LePhi answers.',
      amount: 'Price (đ)',
      quantity: 'Quantity',
      noticeHint: 'As a notice or decision says.',
      send: 'Send it to LePhi',
      refused: 'LePhi does not take this order',
      silent: 'LePhi does not answer',
    },
    order: {
      heading: 'Order',
      statuses: {
        open: 'To be paid',
        paid: 'Paid',
        expired: 'Expired',
        cancelled: 'Cancelled',
        waived: 'Waived, nothing to pay',
      },
      texts: {
        open: 'The payer opens the checkout page to pay.',
        paid: 'The dossier can be taken on.',
        expired: 'The deadline has passed without money.',
        cancelled: 'It need not be paid any more.',
        waived: 'All fees add up to 0 đồng: LePhi keeps it on record and asks for nothing.',
      },
      pay: 'Go to the checkout page',
      look: 'Open its page at LePhi',
      facts: {
        dossier: 'Dossier',
        procedure: 'Procedure',
        agency: 'Agency',
        payer: 'Payer',
        amount: 'Due',
        paid: 'Paid',
        refunded: 'Refunded',
        until: 'To be paid by',
        paidBy: 'Paid through',
      },
      fees: 'Fees',
      warnings: 'LePhi points out',
      timeline: 'Timeline at LePhi',
      raw: 'What LePhi answered (JSON)',
      missing: 'LePhi knows no such order.',
    },
  },
}
