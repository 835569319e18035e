/** What the pages say in Vietnamese: polite, short, one thing to do. */
import type { Copy } from './copy.ts'

export const vi: Copy = {
  service: 'Thanh toán phí, lệ phí dịch vụ công',
  skip: 'Đến nội dung chính',
  otherLanguage: 'English',
  states: {
    waived: {
      title: 'Không phải nộp phí, lệ phí',
      text: ({ rules }) =>
        `${rules ? `Hồ sơ này được miễn (căn cứ ${rules}).` : 'Hồ sơ này có mức thu 0 đồng.'} Ông/Bà không cần thanh toán.`,
    },
    waiting: {
      title: 'Chờ thanh toán',
      text: ({ deadline, isBeforeAcceptance }) =>
        `Vui lòng thanh toán trước ${deadline}.${isBeforeAcceptance ? ' Hồ sơ chờ thanh toán chưa được tiếp nhận.' : ''}`,
    },
    confirming: {
      title: 'Đang xác nhận',
      text: () => 'Ngân hàng chưa báo kết quả. **Vui lòng không thanh toán lại.** Kết quả sẽ được gửi tới Ông/Bà.',
    },
    failed: {
      title: 'Thanh toán không thành công',
      text: () => 'Tài khoản chưa bị trừ tiền, hoặc sẽ được ngân hàng hoàn lại.',
    },
    wrong_amount: {
      title: 'Số tiền chưa khớp',
      text: ({ received, due }) => `Đã nhận ${received}, cần ${due}. Cơ quan thu sẽ liên hệ.`,
    },
    contested: {
      title: 'Đang kiểm tra khoản tiền',
      text: ({ amount }) =>
        `Đơn vị thanh toán báo đã nhận ${amount}, nhưng dưới mã giao dịch của một khoản khác. **Vui lòng không thanh toán lại.** Cơ quan thu đang kiểm tra và sẽ liên hệ.`,
    },
    paid: {
      title: 'Thanh toán thành công',
      text: ({ amount, dossier, at, reference }) =>
        `Đã nhận ${amount} cho hồ sơ ${dossier} lúc ${at}. Mã giao dịch ${reference}.`,
    },
    receipt_pending: {
      title: 'Đã nhận tiền, đang lập biên lai',
      text: ({ amount, dossier, at, reference }) =>
        `Đã nhận ${amount} cho hồ sơ ${dossier} lúc ${at}. Mã giao dịch ${reference}. Biên lai điện tử sẽ được gửi trong ngày.`,
    },
    paid_twice: {
      title: 'Đã nhận hai lần thanh toán',
      text: ({ surplus, dossier }) =>
        `Hồ sơ ${dossier} đã được nộp đủ. Khoản thừa ${surplus} sẽ được hoàn trả theo quy định.`,
    },
    late: {
      title: 'Đã nhận tiền sau khi yêu cầu đóng',
      text: ({ amount }) =>
        `Đã nhận ${amount} sau khi yêu cầu thanh toán này đóng. Khoản tiền này sẽ được hoàn trả theo quy định.`,
    },
    reversed: {
      title: 'Khoản tiền đã bị thu hồi',
      text: ({ amount, dossier }) =>
        `Đơn vị thanh toán báo đã thu hồi ${amount} của hồ sơ ${dossier}. Cơ quan thu sẽ liên hệ; Ông/Bà chưa cần thanh toán lại.`,
    },
    refunding: {
      title: 'Đang hoàn phí',
      text: ({ amount, account, by }) =>
        `Hoàn ${amount} về ${account ? `tài khoản ${account}` : 'nguồn tiền Ông/Bà đã dùng để thanh toán'}${by ? `, dự kiến trước hết ngày ${by}` : ''}. Chưa cần làm gì thêm.`,
    },
    partly_refunded: {
      title: 'Đã hoàn một phần phí',
      text: ({ amount, paid, at }) => `Hoàn ${amount} trong số ${paid} đã nộp, ngày ${at}.`,
    },
    refunded: {
      title: 'Đã hoàn phí',
      text: ({ amount, at }) => `Hoàn ${amount} về nguồn tiền Ông/Bà đã dùng để thanh toán, ngày ${at}.`,
    },
    expired: {
      title: 'Yêu cầu đã hết hạn',
      text: () =>
        'Nếu Ông/Bà đã chuyển tiền, hệ thống vẫn ghi nhận và báo lại. Để tạo lại yêu cầu, hãy trở về trang hồ sơ.',
    },
    cancelled: {
      title: 'Đã hủy thanh toán',
      text: ({ reason }) =>
        `${reason ? `Lý do: ${reason}. ` : ''}Nếu Ông/Bà đã chuyển tiền, hệ thống vẫn ghi nhận và báo lại.`,
    },
  },
  order: {
    heading: 'Thông tin hồ sơ',
    dossier: 'Mã hồ sơ',
    procedure: 'Thủ tục',
    agency: 'Cơ quan thụ hưởng',
    payer: 'Người nộp',
    tracing: 'Mã tra soát',
    account: 'Tài khoản thụ hưởng',
    amount: 'Số tiền',
    inWords: 'Bằng chữ',
    lines: 'Chi tiết các khoản',
    line: 'Khoản',
    total: 'Tổng cộng',
    exempt: (rule) => `Được miễn theo ${rule}`,
    kinds: { phi: 'Phí', le_phi: 'Lệ phí', phat: 'Tiền phạt', thue: 'Thuế', khac: 'Khoản khác' },
  },
  choose: {
    heading: 'Chọn nơi thanh toán',
    pay: (amount) => `Thanh toán ${amount}`,
    health: {
      up: 'Hoạt động bình thường',
      degraded: 'Đang gặp sự cố: gần đây nhiều lần không phản hồi',
      down: 'Hiện không kết nối được. Vui lòng chọn nơi khác, hoặc thử lại sau ít phút',
      unknown: 'Không ghi nhận sự cố',
    },
    unreached: 'Vừa rồi không kết nối được',
    limits: (minimum, maximum) => `Không dùng được cho khoản này: chỉ nhận từ ${minimum} đến ${maximum}`,
    suggestion: (provider) => `Có đơn vị đang gặp sự cố. Nên chọn ${provider}.`,
    none: 'Hiện chưa có nơi thanh toán nào cho khoản này. Vui lòng gọi tổng đài hoặc nộp tại nơi tiếp nhận hồ sơ.',
    large:
      'Khoản trên 10 triệu đồng có thể phải xác thực khuôn mặt tại ngân hàng. Ông/Bà cứ làm đến cuối, không cần vội.',
    deadline: (long, left) => `Hạn thanh toán: ${long} (${left}).`,
    soon: 'Sắp hết hạn. Nếu thanh toán xong sau hạn, khoản tiền vẫn được ghi nhận.',
    soonStrict:
      'Sắp hết hạn. Khoản tiền đến sau hạn không được tính cho hồ sơ và sẽ được hoàn trả. Nếu không kịp, xin đừng bắt đầu thanh toán; hãy gọi cơ quan thu.',
    extend: 'Tôi cần thêm thời gian',
    extendHint:
      'Gia hạn thêm 24 giờ cho trang thanh toán này, không cần đăng nhập; những gì đã chọn được giữ nguyên. Thời hạn nộp theo quy định, nếu có, không thay đổi.',
    extended: (until) => `Đã gia hạn. Hạn thanh toán mới: ${until}.`,
    firm: 'Hạn này do cơ quan thu ấn định, không gia hạn được tại đây.',
    again: 'Thử lại',
    leaves: 'Ông/Bà sẽ được chuyển sang trang của nơi thanh toán đã chọn.',
  },
  confirming: {
    check: 'Kiểm tra lại',
    checked: 'Vừa hỏi lại đơn vị thanh toán: chưa có kết quả.',
    checkedJustNow: 'Vừa mới hỏi cách đây ít giây. Vui lòng chờ thêm rồi kiểm tra lại.',
    goOn: (provider) => `Tiếp tục giao dịch đang dở tại ${provider}`,
    goOnHint: 'Nếu Ông/Bà chưa làm xong bước thanh toán, hãy tiếp tục đúng giao dịch đó; không bị tính hai lần.',
    another: 'Chọn nơi thanh toán khác',
    anotherWarning:
      'Giao dịch trước chưa có kết quả cuối cùng. Nếu cả hai lần đều trừ tiền, khoản thừa sẽ được hoàn trả. Chỉ thanh toán lại khi Ông/Bà đã xem tài khoản và thấy chưa bị trừ tiền.',
    refreshing: 'Trang này tự cập nhật.',
    stopRefreshing: 'Dừng tự cập nhật',
  },
  problems: {
    no_choice: 'Vui lòng chọn một nơi thanh toán.',
    provider_unreachable:
      'Không kết nối được nơi thanh toán này. Chưa có khoản tiền nào được chuyển. Vui lòng chọn nơi khác.',
    provider_not_available:
      'Nơi thanh toán này hiện không nhận thanh toán. Chưa có khoản tiền nào được chuyển. Vui lòng chọn nơi khác.',
    amount_outside_provider_limits: 'Nơi thanh toán này không nhận số tiền này. Vui lòng chọn nơi khác.',
    too_many_attempts: 'Đã thử quá nhiều lần. Vui lòng gọi tổng đài để được hỗ trợ.',
    no_more_time: 'Không gia hạn thêm được nữa. Vui lòng thanh toán trước hạn đang ghi, hoặc gọi cơ quan thu.',
    conflict: 'Yêu cầu đang được xử lý. Vui lòng thử lại sau ít giây.',
  },
  trail: {
    heading: 'Tiền của tôi đang ở đâu?',
    placed: 'Tạo yêu cầu thanh toán',
    attempt: {
      waiting: (provider) => `Bắt đầu tại ${provider}: đang chờ kết quả`,
      silent: (provider) => `Bắt đầu tại ${provider}: chưa có phản hồi`,
      failed: (provider) => `Bắt đầu tại ${provider}: ${provider} báo không thành công`,
      unreached: (provider) => `Không kết nối được ${provider}: chưa có giao dịch`,
      expired: (provider) => `Bắt đầu tại ${provider}: đã quá giờ, không có tiền được chuyển`,
    },
    captured: (amount, provider, reference) => `Đã nhận ${amount} qua ${provider}, mã giao dịch ${reference}`,
    refund: {
      asked: (amount) => `Yêu cầu hoàn ${amount}: đang chờ duyệt`,
      underWay: (amount) => `Hoàn ${amount}: đang thực hiện`,
      done: (amount) => `Đã hoàn ${amount}`,
      failed: (amount) => `Chưa hoàn được ${amount}: cơ quan thu sẽ xử lý tiếp`,
    },
  },
  receipts: { link: { phi: 'Xem biên lai phí', le_phi: 'Xem biên lai lệ phí' }, fallback: 'Xem biên lai' },
  back: (host) => `Trở về ${host}`,
  caution: {
    heading: 'Tránh bị lừa đảo',
    points: (host) => [
      'Đối chiếu thủ tục, cơ quan thụ hưởng, số tiền và mã hồ sơ trước khi thanh toán.',
      `Trang này nằm ở địa chỉ ${host}.`,
      'Không chuyển tiền vào tài khoản được gửi qua tin nhắn hay điện thoại.',
    ],
  },
  hotline: {
    heading: 'Cần hỗ trợ?',
    agency: 'Cơ quan thu',
    national: 'Tổng đài dịch vụ công quốc gia',
    province: 'Trung tâm Phục vụ hành chính công Thanh Hóa',
    secrets: 'Chúng tôi không bao giờ hỏi mật khẩu hay mã OTP.',
  },
  leaving: {
    title: (provider) => `Đang chuyển tới ${provider}`,
    stay: 'Không đóng trang này.',
    button: (provider) => `Tiếp tục tới ${provider}`,
  },
  qr: {
    title: 'Quét mã QR để thanh toán',
    text: 'Mở ứng dụng ngân hàng, chọn quét mã QR. Số tiền và nội dung đã có sẵn trong mã; xin đừng sửa.',
    phone: 'Đang xem trên điện thoại?',
    phoneSteps: [
      'Lưu ảnh mã QR bằng nút trên.',
      'Mở ứng dụng ngân hàng của Ông/Bà, chọn quét mã QR, rồi chọn ảnh vừa lưu trong thư viện ảnh.',
      'Đối chiếu chủ tài khoản, số tiền, nội dung rồi xác nhận.',
      'Trở lại trang này: kết quả tự hiện.',
    ],
    save: 'Lưu ảnh mã QR',
    app: 'Bản thử: mở ứng dụng ngân hàng mô phỏng',
    apps: 'Mở ứng dụng ngân hàng trên điện thoại này',
    appsNote: (host) =>
      `Ứng dụng mở ra với thông tin đã điền sẵn, qua dịch vụ ${host}. Đối chiếu chủ tài khoản, số tiền và nội dung trước khi xác nhận.`,
    alt: 'Mã QR thanh toán',
    after: 'Đã chuyển tiền: xem kết quả',
  },
  transfer: {
    heading: 'Hoặc nhập tay trong ứng dụng ngân hàng',
    bank: 'Ngân hàng',
    account: 'Số tài khoản',
    holder: 'Chủ tài khoản',
    purpose: 'Nội dung chuyển khoản',
    copy: (what) => `Chép ${what.toLowerCase()}`,
    copied: (what) => `Đã chép ${what.toLowerCase()}`,
    note: 'Nhập đúng số tiền và nội dung: hệ thống nhận ra khoản nộp của Ông/Bà theo nội dung này.',
  },
  unknownReturn: {
    title: 'Chưa nhận ra giao dịch',
    text: 'Trang này không cho biết khoản tiền đã được nộp hay chưa.',
    steps: [
      'Mở lại trang thanh toán từ hồ sơ của Ông/Bà để xem kết quả đúng.',
      'Vui lòng không thanh toán lại trước khi xem kết quả đó.',
      'Nếu tài khoản đã bị trừ tiền, hệ thống vẫn ghi nhận. Cần hỏi thêm, hãy gọi tổng đài bên dưới.',
    ],
  },
  front: {
    title: 'LePhi',
    text: 'Cổng thanh toán không dùng tiền mặt cho phí, lệ phí dịch vụ công.',
    pay: 'Để thanh toán, hãy mở liên kết trong hồ sơ của Ông/Bà trên Cổng dịch vụ công. Trang này không có ô nhập tài khoản hay mật khẩu.',
    docs: 'Tài liệu kết nối',
  },
  errors: {
    altered: {
      title: 'Chưa thể hiển thị biên lai',
      text: 'Dữ liệu lưu trữ không khớp với chữ ký khi phát hành. Sự việc đã được ghi nhận; vui lòng liên hệ cơ quan thu.',
    },
    not_found: {
      title: 'Không tìm thấy trang',
      text: 'Địa chỉ này không có nội dung. Vui lòng mở lại liên kết từ hồ sơ của Ông/Bà.',
    },
    foreign: {
      title: 'Chưa nhận yêu cầu',
      text: 'Yêu cầu này đến từ một trang khác. Vui lòng mở lại liên kết từ hồ sơ của Ông/Bà.',
    },
    unreadable: { title: 'Không đọc được yêu cầu', text: 'Vui lòng quay lại và thử lần nữa.' },
    busy: { title: 'Hệ thống đang bận', text: 'Vui lòng thử lại sau ít phút.' },
    broken: {
      title: 'Hệ thống gặp lỗi',
      text: 'Lỗi thuộc về hệ thống, không phải do Ông/Bà. Nếu Ông/Bà đã chuyển tiền, khoản tiền vẫn được ghi nhận. Vui lòng thử lại sau.',
    },
  },
  requestId: 'Mã yêu cầu, để báo khi gọi tổng đài',
  receiptPdf: 'Tải biên lai (PDF)',
  receiptNote: 'Có thể in hoặc lưu trang này bằng chức năng In của trình duyệt.',
  receiptLabels: null,
}
