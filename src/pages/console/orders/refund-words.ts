/** What the form for a refund says. */
import type { Language } from '../../language.ts'

type Words = {
  title: (dossier: string) => string
  before: string
  what: string
  whole: (left: string) => string
  byLine: string
  surplus: (left: string, provider: string, reference: string) => string
  lines: string
  left: string
  returned: (line: number) => string
  code: string
  choose: string
  reason: string
  reasonHint: string
  method: string
  methodHint: string
  methodDefault: string
  send: string
  back: string
  nothing: string
  noLine: string
  strayLine: string
  untickedLine: string
  noAmount: string
}

export const refundWords: Record<Language, Words> = {
  vi: {
    title: (dossier) => `Đề nghị hoàn trả, hồ sơ ${dossier}`,
    before:
      'Trong mức đơn vị cho phép, tiền được hoàn ngay sau khi gửi và không rút lại được. Trên mức đó, người kiểm soát phải duyệt trước.',
    what: 'Hoàn khoản nào',
    whole: (left) => `Toàn bộ phần còn lại của đơn phí: ${left}`,
    byLine: 'Một số khoản, đánh dấu ở danh sách dưới',
    surplus: (left, provider, reference) => `Tiền thừa ${left} của lần thanh toán qua ${provider} (${reference})`,
    lines: 'Các khoản đã thu',
    left: 'còn lại',
    returned: (line) => `Số tiền hoàn của khoản ${line} (trống: hết phần còn lại)`,
    code: 'Loại lý do',
    choose: 'Chọn…',
    reason: 'Lý do, bằng lời',
    reasonHint: 'Người duyệt và báo cáo thấy lời này; đối tác và cổng không thấy.',
    method: 'Cách hoàn',
    methodHint: 'Khi đơn vị tự chuyển khoản, ghi tài khoản nhận ở trang của khoản hoàn, sau bước này.',
    methodDefault: 'Qua đối tác nếu được, không thì tự chuyển khoản',
    send: 'Gửi đề nghị hoàn trả',
    back: 'Về đơn phí, không hoàn',
    nothing: 'Đơn phí này không còn khoản nào để hoàn.',
    noLine: 'Hãy đánh dấu ít nhất một khoản ở danh sách.',
    strayLine: 'Đã đánh dấu khoản ở danh sách nhưng lại chọn hoàn khoản khác; hãy chọn một trong hai.',
    untickedLine: 'Có số tiền ở một khoản chưa được đánh dấu; hãy đánh dấu khoản đó hoặc xóa số tiền.',
    noAmount: 'Số tiền phải là một số đồng, ví dụ 50.000.',
  },
  en: {
    title: (dossier) => `Ask for a refund, dossier ${dossier}`,
    before:
      'Within the agency’s limit the money is returned as soon as this is sent, and cannot be called back. Above it, a checker must approve first.',
    what: 'What is returned',
    whole: (left) => `All that is left of the order: ${left}`,
    byLine: 'Some lines, ticked in the list below',
    surplus: (left, provider, reference) => `The surplus of ${left} of the attempt through ${provider} (${reference})`,
    lines: 'What was paid',
    left: 'left',
    returned: (line) => `To be returned of line ${line} (empty: all that is left)`,
    code: 'Kind of reason',
    choose: 'Choose…',
    reason: 'Reason, in words',
    reasonHint: 'The checker and reports see these words; the provider and the portal do not.',
    method: 'How it is returned',
    methodHint:
      'Where the agency transfers it by hand, name the receiving account on the page of the refund, after this.',
    methodDefault: 'By the provider where it can, else by hand',
    send: 'Ask for the refund',
    back: 'Back to the order, no refund',
    nothing: 'Nothing of this order is left to return.',
    noLine: 'Tick at least one line in the list.',
    strayLine: 'Lines are ticked, but something else is chosen to be returned: choose one of the two.',
    untickedLine: 'An amount stands beside a line that is not ticked: tick the line, or clear the amount.',
    noAmount: 'The amount must be a number of đồng, such as 50,000.',
  },
}
