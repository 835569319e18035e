// What docs/states.md says around its drawings, in both languages. What a state is called in Vietnamese is not here: it is the console's word for it.

export const english = {
  names: null,
  head: `# States

[Tiếng Việt](vi/states.md)

Every legal move of an order, an attempt and a refund, as \`src/domain/states.ts\` has them and as the code runs them. A move that is not drawn is refused, and news of that kind
changes no state. What the rules below say no to does not happen either; \`npm run model\` explores all of it, and [reliability.md](reliability.md#model-check) says how far.`,
  titles: { order: 'Order', attempt: 'Attempt', refund: 'Refund' },
  events: {
    order: {
      start: 'a citizen begins to pay',
      extend: 'more time',
      capture: 'money that pays it',
      expire: 'deadline',
      cancel: 'taken back by the portal',
    },
    attempt: {
      accepted: 'started',
      refused: 'start refused',
      silence: 'start unanswered',
      pending: 'pending told',
      failed: 'failed told',
      captured: 'captured told',
      denied: 'unknown to its provider when its time is over',
    },
    refund: {
      approve: 'approved by another person',
      reject: 'rejected',
      withdraw: 'its money is gone',
      send: 'marked, then sent',
      repeat: 'sent once more',
      handOver: 'left to people',
      release: 'the call never left',
      silence: 'call unanswered',
      pending: 'pending told',
      failed: 'failed told',
      refunded: 'money went back',
      bounced: 'the bank gave it back',
    },
  },
  rules: `## Rules that say no

Each is a row of a table in the code, run from the top; a test leaves out each in turn and sees an invariant break.`,
}

/** `terms`: src/pages/console/terms.ts, whose words for the states these are. */
export const vietnamese = ({ orderStatusTerms, attemptStatusTerms, refundStatusTerms }) => ({
  names: { order: orderStatusTerms.vi, attempt: attemptStatusTerms.vi, refund: refundStatusTerms.vi },
  head: `# Các trạng thái

[English](../states.md)

Mọi bước chuyển hợp lệ của đơn phí, của lần thanh toán và của khoản hoàn trả, đúng như bảng trong \`src/domain/states.ts\` mà chương trình chạy theo.
Trạng thái mang tên trên trang quản lý, trong ngoặc là tên trong mã và API. Bước không có trong hình bị từ chối, và tin báo loại đó không đổi trạng thái nào. Điều bị các quy tắc ở
cuối trang ngăn lại cũng không xảy ra; \`npm run model\` duyệt tất cả, và [reliability.md](../reliability.md#model-check) nêu giới hạn đã duyệt.`,
  titles: { order: 'Đơn phí', attempt: 'Lần thanh toán', refund: 'Khoản hoàn trả' },
  events: {
    order: {
      start: 'người nộp bắt đầu thanh toán',
      extend: 'gia hạn',
      capture: 'có tiền thanh toán khoản này',
      expire: 'quá hạn thanh toán',
      cancel: 'cổng dịch vụ công hủy',
    },
    attempt: {
      accepted: 'đã bắt đầu',
      refused: 'bị từ chối khi bắt đầu',
      silence: 'không có trả lời khi bắt đầu',
      pending: 'được báo là đang chờ',
      failed: 'được báo là không thành công',
      captured: 'được báo là đã thu tiền',
      denied: 'hết thời gian mà đối tác không biết đến',
    },
    refund: {
      approve: 'người khác duyệt',
      reject: 'từ chối',
      withdraw: 'không còn tiền để hoàn',
      send: 'ghi nhận rồi gửi',
      repeat: 'gửi lại',
      handOver: 'giao cho người làm',
      release: 'lệnh gọi chưa đi',
      silence: 'lệnh gọi không có trả lời',
      pending: 'được báo là đang thực hiện',
      failed: 'được báo là không hoàn được',
      refunded: 'tiền đã hoàn',
      bounced: 'ngân hàng trả lại tiền',
    },
  },
  rules: `## Các quy tắc từ chối

Mỗi quy tắc là một dòng của bảng trong mã, giữ nguyên tên, được xét từ trên xuống; một phép thử bỏ lần lượt từng quy tắc và thấy một bất biến bị phá vỡ.`,
})
