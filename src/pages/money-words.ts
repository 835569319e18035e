/** Where the money is, what happens next and by when: for every state, and for everything that may be wrong besides. In both languages. */
import type { Anomaly } from './anomalies.ts'
import type { Language } from './language.ts'
import type { State } from './standing.ts'

/** `by` is a day that was promised or is set, as it is written, or null; `deadline` is when the order ends. */
export type NextWords = { by: string | null; deadline: string; provider: string }

export type MoneyWords = {
  place: string
  next: string
  places: Readonly<Record<State, string>>
  /** In place of that, where money came, does not count, and has been dealt with. */
  settled: string
  nexts: Readonly<Record<State, (words: NextWords) => string>>
  anomalies: Readonly<Record<Anomaly, string>>
}

export const moneyWords: Readonly<Record<Language, MoneyWords>> = {
  vi: {
    place: 'Tiền đang ở',
    next: 'Tiếp theo',
    places: {
      waived: 'Không có khoản tiền nào phải nộp.',
      waiting: 'Chưa có khoản tiền nào được chuyển.',
      confirming: 'Chưa rõ: tiền còn ở tài khoản của Ông/Bà hoặc đang ở đơn vị thanh toán.',
      failed: 'Tài khoản của Ông/Bà; nếu đã bị trừ, ngân hàng sẽ hoàn lại.',
      wrong_amount: 'Đơn vị thanh toán, được giữ riêng chờ cơ quan thu xử lý; chưa tính cho hồ sơ.',
      contested: 'Chưa rõ: đơn vị thanh toán báo hai khoản dưới cùng một mã giao dịch; chưa tính cho hồ sơ.',
      paid: 'Đã nộp cho hồ sơ; đơn vị thanh toán chuyển về tài khoản cơ quan thu theo ngày đối soát.',
      receipt_pending: 'Đã nộp cho hồ sơ; đơn vị thanh toán chuyển về tài khoản cơ quan thu theo ngày đối soát.',
      paid_twice: 'Một khoản đã nộp cho hồ sơ; khoản thừa được giữ riêng để hoàn trả.',
      late: 'Đơn vị thanh toán, được giữ riêng để hoàn trả; không tính cho hồ sơ.',
      reversed: 'Đơn vị thanh toán đã thu hồi; hồ sơ không còn giữ khoản tiền này.',
      refunding: 'Đang trên đường hoàn về Ông/Bà.',
      partly_refunded: 'Một phần đã hoàn về Ông/Bà; phần còn lại đã nộp cho hồ sơ.',
      refunded: 'Đã hoàn về nguồn tiền Ông/Bà đã dùng để thanh toán.',
      expired: 'Chưa nhận được khoản tiền nào.',
      cancelled: 'Chưa nhận được khoản tiền nào.',
    },
    settled:
      'Khoản đã nhận không tính cho hồ sơ; cơ quan thu đã có quyết định về khoản đó. Các bước bên dưới cho biết chi tiết.',
    nexts: {
      waived: () => 'Ông/Bà không cần làm gì.',
      waiting: ({ deadline }) => `Thanh toán trước ${deadline}, bằng liên kết trong hồ sơ của Ông/Bà.`,
      confirming: ({ provider, by }) =>
        `Hệ thống tiếp tục hỏi ${provider}; muộn nhất khi đối chiếu sổ của ${provider}${by ? `, thường là ngày ${by}` : ''}, sẽ biết chắc. Vui lòng không thanh toán lại.`,
      failed: ({ deadline }) => `Có thể thanh toán lại trước ${deadline}. Nếu quá hạn, tạo lại yêu cầu từ trang hồ sơ.`,
      wrong_amount: ({ by }) =>
        `Cơ quan thu quyết định nhận hay hoàn trả${by ? `, hạn xử lý ngày ${by}` : ''} và sẽ liên hệ. Vui lòng không chuyển thêm.`,
      contested: ({ by }) =>
        `Cơ quan thu hỏi đơn vị thanh toán${by ? `, hạn xử lý ngày ${by}` : ''} và sẽ liên hệ. Vui lòng không thanh toán lại.`,
      paid: () => 'Không cần làm gì thêm. Biên lai ở trang thanh toán của hồ sơ.',
      receipt_pending: () => 'Biên lai điện tử sẽ có trong ngày. Không cần làm gì thêm.',
      paid_twice: ({ by }) =>
        `Cơ quan thu duyệt hoàn khoản thừa${by ? `, hạn xử lý ngày ${by}` : ''}. Không cần làm gì thêm.`,
      late: ({ by }) => `Cơ quan thu duyệt hoàn trả${by ? `, hạn xử lý ngày ${by}` : ''}. Không cần làm gì thêm.`,
      reversed: ({ by }) => `Cơ quan thu sẽ liên hệ${by ? `, hạn xử lý ngày ${by}` : ''}. Chưa cần thanh toán lại.`,
      refunding: ({ by }) =>
        by ? `Dự kiến hoàn xong trước hết ngày ${by}.` : 'Nếu chưa nhận được tiền, hãy gọi cơ quan thu.',
      partly_refunded: () => 'Không cần làm gì thêm. Nếu chưa thấy tiền về, hãy hỏi ngân hàng của Ông/Bà.',
      refunded: () => 'Không cần làm gì thêm. Nếu chưa thấy tiền về, hãy hỏi ngân hàng của Ông/Bà.',
      expired: () =>
        'Tạo lại yêu cầu từ trang hồ sơ. Nếu Ông/Bà đã chuyển tiền, khoản tiền sẽ hiện ở đây khi hệ thống nhận được.',
      cancelled: () =>
        'Xem lại hồ sơ hoặc gọi cơ quan thu. Nếu Ông/Bà đã chuyển tiền, khoản tiền sẽ hiện ở đây khi hệ thống nhận được.',
    },
    anomalies: {
      amount_mismatch: 'Ngoài ra đã nhận một khoản không đúng số tiền; khoản đó được giữ riêng chờ cơ quan thu xử lý.',
      paid_twice: 'Ngoài ra đã nhận thêm một khoản thừa; khoản đó sẽ được hoàn trả.',
      late_payment: 'Ngoài ra đã nhận một khoản sau khi yêu cầu đóng; khoản đó sẽ được hoàn trả.',
      reversed: 'Đơn vị thanh toán báo đã thu hồi một phần tiền; cơ quan thu đang kiểm tra.',
      refund_mismatch: 'Số tiền hoàn mà đơn vị thanh toán báo chưa khớp với yêu cầu; cơ quan thu đang kiểm tra.',
      reference_reused: 'Đơn vị thanh toán báo hai khoản dưới cùng một mã giao dịch; cơ quan thu đang kiểm tra.',
      disputed: 'Khoản thanh toán này đang được tra soát, khiếu nại; kết quả sẽ được cơ quan thu thông báo.',
      refund_failed: 'Lần hoàn tiền gần nhất chưa thực hiện được; cơ quan thu đang xử lý tiếp.',
      refund_overdue: 'Việc hoàn tiền đã quá ngày dự kiến. Vui lòng gọi cơ quan thu.',
      other_attempt:
        'Còn một giao dịch chưa có kết quả. Vui lòng không thanh toán thêm; khoản thừa, nếu có, sẽ được hoàn trả.',
    },
  },
  en: {
    place: 'The money is',
    next: 'What happens next',
    places: {
      waived: 'No money is due.',
      waiting: 'No money has been sent yet.',
      confirming: 'Not certain: still in your account, or with the provider.',
      failed: 'In your account; if it was charged, the bank will give it back.',
      wrong_amount: 'With the provider, kept apart until the agency decides; it does not count for the dossier.',
      contested:
        'Not certain: the provider tells of two payments under one number; it does not count for the dossier yet.',
      paid: "Paid for the dossier; the provider passes it on to the agency's account by settlement day.",
      receipt_pending: "Paid for the dossier; the provider passes it on to the agency's account by settlement day.",
      paid_twice: 'One payment counts for the dossier; the surplus is kept apart to be returned.',
      late: 'With the provider, kept apart to be returned; it does not count for the dossier.',
      reversed: 'Taken back by the provider; the dossier no longer has this money.',
      refunding: 'On its way back to you.',
      partly_refunded: 'Part of it is back with you; the rest is paid for the dossier.',
      refunded: 'Back where you paid from.',
      expired: 'No money has been received.',
      cancelled: 'No money has been received.',
    },
    settled:
      'What was received does not count for the dossier; the agency has decided about it. The steps below tell more.',
    nexts: {
      waived: () => 'There is nothing for you to do.',
      waiting: ({ deadline }) => `Please pay before ${deadline}, by the link in your dossier.`,
      confirming: ({ provider, by }) =>
        `We keep asking ${provider}; it is certain at the latest when the books of ${provider} are compared${by ? `, usually on ${by}` : ''}. Please do not pay again.`,
      failed: ({ deadline }) => `You can pay again before ${deadline}. Later, ask for a new request from your dossier.`,
      wrong_amount: ({ by }) =>
        `The agency decides whether to take or to return it${by ? `, due on ${by}` : ''}, and will contact you. Please send no more.`,
      contested: ({ by }) =>
        `The agency asks the provider${by ? `, due on ${by}` : ''}, and will contact you. Please do not pay again.`,
      paid: () => 'Nothing more to do. The receipt is on the payment page of your dossier.',
      receipt_pending: () => 'The electronic receipt comes today. Nothing more to do.',
      paid_twice: ({ by }) =>
        `The agency approves the return of the surplus${by ? `, due on ${by}` : ''}. Nothing more to do.`,
      late: ({ by }) => `The agency approves the return${by ? `, due on ${by}` : ''}. Nothing more to do.`,
      reversed: ({ by }) => `The agency will contact you${by ? `, due on ${by}` : ''}. Do not pay again yet.`,
      refunding: ({ by }) =>
        by ? `Planned to be done by the end of ${by}.` : 'If you have not received it, please call the agency.',
      partly_refunded: () => 'Nothing more to do. If you do not see the money, please ask your bank.',
      refunded: () => 'Nothing more to do. If you do not see the money, please ask your bank.',
      expired: () =>
        'Ask for a new request from your dossier. If you have sent money, it will be shown here as soon as it is received.',
      cancelled: () =>
        'Look at your dossier, or call the agency. If you have sent money, it will be shown here as soon as it is received.',
    },
    anomalies: {
      amount_mismatch: 'Besides, money of another amount was received; it is kept apart until the agency decides.',
      paid_twice: 'Besides, a second payment was received; it will be returned.',
      late_payment: 'Besides, money was received after the request had closed; it will be returned.',
      reversed: 'The provider says that it took back part of the money; the agency is looking into it.',
      refund_mismatch: 'The provider tells of another refund than was asked for; the agency is looking into it.',
      reference_reused:
        'The provider tells of two payments under one transaction number; the agency is looking into it.',
      disputed: 'This payment is being traced or disputed; the agency will tell you the result.',
      refund_failed: 'The last refund could not be made; the agency is working on it.',
      refund_overdue: 'The refund is later than was planned. Please call the agency.',
      other_attempt: 'Another payment has no result yet. Please do not pay again; a surplus would be returned.',
    },
  },
}
