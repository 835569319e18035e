/** What the screens of webhooks say. */
import type { Language } from '../../language.ts'

type Words = {
  title: string
  endpoints: string
  url: string
  agency: string
  types: string
  allTypes: string
  status: string
  enabled: string
  disabled: (at: string) => string
  twoSecrets: (until: string) => string
  createdAt: string
  add: string
  deliveries: string
  event: string
  any: string
  statuses: Record<'pending' | 'delivered' | 'failed', string>
  tries: (count: number) => string
  noAnswer: string
  /** What kept a try from being taken, by its code. */
  errors: Readonly<Record<string, string>>
  nextTry: string
  again: string
  againFor: (event: string) => string
  one: (url: string) => string
  back: string
  span: string
  spanMeans: string
  from: string
  to: string
  sendSpan: string
  spanSent: (count: string) => string
  rotate: string
  rotateMeans: string
  rotateDo: string
  retire: string
  retireMeans: string
  retireSure: string
  retireDo: string
  newTitle: string
  urlHint: string
  typesHint: string
  agencyHint: string
  addDo: string
  secretTitle: string
  secretMeans: string
  secret: string
  id: string
}

export const words: Record<Language, Words> = {
  vi: {
    title: 'Webhook',
    endpoints: 'Nơi nhận',
    url: 'Địa chỉ nhận',
    agency: 'Đơn vị',
    types: 'Loại sự kiện',
    allTypes: 'Tất cả',
    status: 'Trạng thái',
    enabled: 'Đang dùng',
    disabled: (at) => `Đã ngừng từ ${at}`,
    twoSecrets: (until) => `Khóa cũ còn ký cùng đến ${until}`,
    createdAt: 'Lập lúc',
    add: 'Thêm nơi nhận…',
    deliveries: 'Các lần gửi, mới nhất trước',
    event: 'Sự kiện',
    any: 'Tất cả',
    statuses: { pending: 'Đang chờ gửi', delivered: 'Đã nhận', failed: 'Không gửi được' },
    tries: (count) => `${count} lần thử`,
    noAnswer: 'không trả lời',
    errors: {
      host_not_allowed: 'máy chủ không nằm trong danh sách được phép gửi của đơn vị',
      url_not_allowed: 'địa chỉ không được phép gửi đến',
      redirect_refused: 'bên nhận chuyển hướng sang địa chỉ khác; không gửi theo',
      unreachable: 'không kết nối được',
      timeout: 'quá thời gian chờ',
      secret_unreadable: 'không mở được khóa ký',
    },
    nextTry: 'Thử tiếp lúc',
    again: 'Gửi lại',
    againFor: (event) => `Gửi lại ${event}`,
    one: (url) => `Nơi nhận ${url}`,
    back: 'Về danh sách webhook',
    span: 'Gửi lại một khoảng thời gian',
    spanMeans:
      'Mọi sự kiện trong khoảng đó được gửi lại, kể cả sự kiện đã nhận; bên nhận bỏ qua bản trùng theo mã webhook-id.',
    from: 'Từ lúc',
    to: 'Đến trước lúc',
    sendSpan: 'Gửi lại khoảng này',
    spanSent: (count) => `${count} lần gửi đã được xếp lại vào hàng đợi.`,
    rotate: 'Đổi khóa ký',
    rotateMeans:
      'Khóa mới chỉ hiện một lần, ngay sau khi đổi. Trong 24 giờ tiếp theo, mỗi lần gửi mang cả hai chữ ký, của khóa cũ và khóa mới; sau đó chỉ còn khóa mới.',
    rotateDo: 'Đổi khóa ngay',
    retire: 'Ngừng gửi đến đây',
    retireMeans:
      'Không mở lại được. Những gì chưa gửi sẽ thôi gửi; bên nhận vẫn lấy được mọi sự kiện qua GET /v1/events.',
    retireSure: 'Tôi hiểu rằng không thể mở lại nơi nhận này',
    retireDo: 'Ngừng hẳn',
    newTitle: 'Thêm nơi nhận webhook',
    urlHint: 'Bắt đầu bằng https://.',
    typesHint: 'Không đánh dấu loại nào: nhận mọi loại.',
    agencyHint: 'Nhận sự kiện của đơn vị này và các đơn vị bên dưới.',
    addDo: 'Thêm và hiện khóa ký',
    secretTitle: 'Khóa ký mới',
    secretMeans: 'Chép khóa này vào hệ thống nhận ngay bây giờ: sau khi rời trang, khóa không hiện lại.',
    secret: 'Khóa ký',
    id: 'Mã',
  },
  en: {
    title: 'Webhooks',
    endpoints: 'Endpoints',
    url: 'Address',
    agency: 'Agency',
    types: 'Types of events',
    allTypes: 'All',
    status: 'Status',
    enabled: 'In use',
    disabled: (at) => `Disabled since ${at}`,
    twoSecrets: (until) => `The former secret signs too until ${until}`,
    createdAt: 'Created at',
    add: 'Add an endpoint…',
    deliveries: 'Deliveries, newest first',
    event: 'Event',
    any: 'All',
    statuses: { pending: 'Waiting', delivered: 'Delivered', failed: 'Given up' },
    tries: (count) => (count === 1 ? '1 try' : `${count} tries`),
    noAnswer: 'no answer',
    errors: {
      host_not_allowed: 'the host is not on the list of those that the agency may call',
      url_not_allowed: 'the address may not be called',
      redirect_refused: 'it sent us elsewhere, where nothing is sent',
      unreachable: 'no connection',
      timeout: 'no answer in time',
      secret_unreadable: 'the signing secret does not open',
    },
    nextTry: 'Next try at',
    again: 'Send again',
    againFor: (event) => `Send again: ${event}`,
    one: (url) => `Endpoint ${url}`,
    back: 'Back to the webhooks',
    span: 'Send a time span again',
    spanMeans:
      'Every event of that time is sent again, also those that were taken; the receiver passes over what has a known webhook-id.',
    from: 'From',
    to: 'Until before',
    sendSpan: 'Send that span again',
    spanSent: (count) => `${count} deliveries are queued again.`,
    rotate: 'Change the signing secret',
    rotateMeans:
      'The new secret is shown once, right after this. For 24 hours each delivery carries two signatures, of the former and of the new secret; then only the new one.',
    rotateDo: 'Change it now',
    retire: 'Stop sending here',
    retireMeans:
      'This cannot be undone. What is still owed is given up; the receiver can still read every event at GET /v1/events.',
    retireSure: 'I understand that this endpoint cannot be enabled again',
    retireDo: 'Stop for good',
    newTitle: 'Add a webhook endpoint',
    urlHint: 'Begins with https://.',
    typesHint: 'None ticked: all types.',
    agencyHint: 'It hears of this agency and of those below it.',
    addDo: 'Add it and show its secret',
    secretTitle: 'The new signing secret',
    secretMeans: 'Copy it to the receiving system now: it is not shown again once you leave this page.',
    secret: 'Signing secret',
    id: 'Id',
  },
}
