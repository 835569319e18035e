import type { Scope } from '../../../domain/access.ts'
import type { Language } from '../../language.ts'

type Words = Record<
  | 'title'
  | 'add'
  | 'name'
  | 'agency'
  | 'scopes'
  | 'scopesHint'
  | 'made'
  | 'expires'
  | 'expiresHint'
  | 'never'
  | 'state'
  | 'active'
  | 'revoked'
  | 'expired'
  | 'how'
  | 'save'
  | 'id'
  | 'secret'
  | 'once'
  | 'fresh'
  | 'revoke'
  | 'revokeHint'
  | 'sure'
  | 'done'
  | 'all',
  string
> & { by: Record<'client_secret' | 'private_key_jwt', string>; scope: Record<Scope, string> }

export const words: Record<Language, Words> = {
  vi: {
    title: 'Ứng dụng kết nối',
    add: 'Thêm ứng dụng',
    name: 'Tên',
    agency: 'Đơn vị',
    scopes: 'Quyền',
    scopesHint:
      'Chỉ cấp quyền mà ứng dụng cần. Quyền duyệt, đối soát và quản trị không cấp tại đây: một người có thể dùng hai ứng dụng để tự duyệt cho mình.',
    made: 'Tạo lúc',
    expires: 'Hết hạn',
    expiresHint: 'Để trống: không hết hạn.',
    never: 'không hết hạn',
    state: 'Tình trạng',
    active: 'Đang dùng',
    revoked: 'Đã thu hồi',
    expired: 'Đã hết hạn',
    how: 'Cách xác thực',
    by: { client_secret: 'Khóa bí mật', private_key_jwt: 'Chữ ký bằng khóa riêng' },
    scope: {
      'orders:read': 'Xem yêu cầu thanh toán',
      'orders:write': 'Tạo yêu cầu thanh toán',
      'refunds:write': 'Đề nghị hoàn phí',
      'refunds:approve': 'Duyệt hoàn phí, duyệt xử lý chênh lệch',
      'reconciliation:read': 'Xem đối soát',
      'reconciliation:write': 'Thực hiện đối soát',
      'reports:read': 'Xem báo cáo',
      'webhooks:write': 'Nhận thông báo (webhook)',
      admin: 'Quản trị',
    },
    save: 'Tạo ứng dụng',
    id: 'client_id',
    secret: 'client_secret',
    once: 'Khóa bí mật chỉ hiện một lần này. Sao chép và cất giữ an toàn trước khi rời trang.',
    fresh: 'Ứng dụng mới',
    revoke: 'Thu hồi',
    revokeHint: 'Ứng dụng không lấy được mã truy cập mới; mã đang có hết hiệu lực trong 15 phút. Không khôi phục được.',
    sure: 'Tôi hiểu, thu hồi ứng dụng này',
    done: 'Đã thu hồi.',
    all: 'Tất cả ứng dụng',
  },
  en: {
    title: 'Clients',
    add: 'Add a client',
    name: 'Name',
    agency: 'Agency',
    scopes: 'Scopes',
    scopesHint:
      'Give only what the client needs. What approves, reconciles or administers is not given here: with two clients one person could decide for two.',
    made: 'Made',
    expires: 'Expires',
    expiresHint: 'Empty: never.',
    never: 'never',
    state: 'State',
    active: 'In use',
    revoked: 'Revoked',
    expired: 'Expired',
    how: 'Authentication',
    by: { client_secret: 'A secret', private_key_jwt: 'Its own key' },
    scope: {
      'orders:read': 'Read orders',
      'orders:write': 'Place orders',
      'refunds:write': 'Ask for refunds',
      'refunds:approve': 'Approve refunds and resolutions',
      'reconciliation:read': 'Read reconciliations',
      'reconciliation:write': 'Reconcile',
      'reports:read': 'Read reports',
      'webhooks:write': 'Receive webhooks',
      admin: 'Administer',
    },
    save: 'Add the client',
    id: 'client_id',
    secret: 'client_secret',
    once: 'The secret is shown this one time. Copy it and keep it safe before you leave.',
    fresh: 'The new client',
    revoke: 'Revoke',
    revokeHint: 'It gets no further token; those that it has expire within 15 minutes. This cannot be undone.',
    sure: 'I understand; revoke this client',
    done: 'Revoked.',
    all: 'All clients',
  },
}
