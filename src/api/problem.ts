/** Every way in which the API says no: one table of codes, their HTTP status and their titles in Vietnamese and English (RFC 9457). */
import type { RefusalCode } from '../domain/refusal.ts'
import { stringifyMoney } from '../lib/json.ts'

/** The codes of rules, and those that HTTP itself or a failure of ours brings along. */
export type ProblemCode = RefusalCode | 'method_not_allowed' | 'service_unavailable' | 'internal_error'

export type Language = 'vi' | 'en'

type Wording = { status: number; title: string; titleVi: string }

export const problems: Record<ProblemCode, Wording> = {
  not_found: { status: 404, title: 'Not found', titleVi: 'Không tìm thấy' },
  unauthorized: { status: 401, title: 'Authentication needed', titleVi: 'Cần xác thực' },
  insufficient_scope: { status: 403, title: 'The token lacks a scope', titleVi: 'Mã truy cập không đủ quyền' },
  invalid_request: { status: 400, title: 'The request cannot be read', titleVi: 'Không đọc được yêu cầu' },
  invalid_client: { status: 401, title: 'Client authentication failed', titleVi: 'Xác thực ứng dụng không thành công' },
  invalid_scope: {
    status: 400,
    title: 'The scope is not granted to this client',
    titleVi: 'Ứng dụng không được cấp quyền này',
  },
  unsupported_grant_type: {
    status: 400,
    title: 'Only client_credentials is supported',
    titleVi: 'Chỉ hỗ trợ client_credentials',
  },
  invalid_input: { status: 422, title: 'Some fields are not valid', titleVi: 'Một số trường không hợp lệ' },
  body_too_large: { status: 413, title: 'The body is too large', titleVi: 'Nội dung gửi lên quá lớn' },
  unsupported_media_type: {
    status: 415,
    title: 'The content type is not supported',
    titleVi: 'Kiểu nội dung không được hỗ trợ',
  },
  not_acceptable: { status: 406, title: 'No such representation', titleVi: 'Không có định dạng được yêu cầu' },
  idempotency_key_required: {
    status: 400,
    title: 'The Idempotency-Key header is missing',
    titleVi: 'Thiếu tiêu đề Idempotency-Key',
  },
  idempotency_key_reused: {
    status: 409,
    title: 'The Idempotency-Key was used with another body',
    titleVi: 'Idempotency-Key đã dùng cho nội dung khác',
  },
  request_in_progress: {
    status: 409,
    title: 'The first request is still running',
    titleVi: 'Yêu cầu đầu tiên còn đang xử lý',
  },
  order_already_paid: { status: 409, title: 'The order is already paid', titleVi: 'Đơn phí đã được thanh toán' },
  order_not_open: { status: 409, title: 'The order is not open', titleVi: 'Đơn phí không còn chờ thanh toán' },
  order_waived: {
    status: 409,
    title: 'The order is waived, there is nothing to pay',
    titleVi: 'Đơn phí được miễn, không phải nộp',
  },
  fee_differs_from_schedule: {
    status: 422,
    title: 'A fee differs from the schedule',
    titleVi: 'Mức phí khác với biểu phí',
  },
  code_not_in_catalogue: {
    status: 422,
    title: 'A code is not in its catalogue',
    titleVi: 'Mã không có trong danh mục',
  },
  amount_outside_provider_limits: {
    status: 422,
    title: 'The provider does not take this amount',
    titleVi: 'Số tiền ngoài hạn mức của đối tác',
  },
  provider_not_available: {
    status: 422,
    title: 'The provider is not available',
    titleVi: 'Đối tác không khả dụng',
  },
  provider_unreachable: {
    status: 502,
    title: 'The provider cannot be reached',
    titleVi: 'Không kết nối được đối tác',
  },
  payment_in_progress: { status: 409, title: 'A payment is in progress', titleVi: 'Đang có giao dịch thanh toán' },
  too_many_attempts: {
    status: 409,
    title: 'There were too many attempts to pay the order',
    titleVi: 'Đơn phí đã được thử thanh toán quá nhiều lần',
  },
  nothing_to_refund: { status: 409, title: 'There is nothing to refund', titleVi: 'Không có khoản nào để hoàn' },
  refund_exceeds_captured: {
    status: 422,
    title: 'The refund exceeds what was captured',
    titleVi: 'Số tiền hoàn vượt số đã thu',
  },
  refund_in_progress: {
    status: 409,
    title: 'Another refund is in progress',
    titleVi: 'Đang có yêu cầu hoàn tiền khác',
  },
  refund_not_awaiting_approval: {
    status: 409,
    title: 'The refund awaits no approval',
    titleVi: 'Yêu cầu hoàn tiền không ở trạng thái chờ duyệt',
  },
  refund_payee_changed: {
    status: 409,
    title: 'Who gets the refund was named since: look at it again',
    titleVi: 'Tài khoản nhận tiền hoàn đã được khai sau đó: cần xem lại',
  },
  refund_by_hand: {
    status: 409,
    title: 'The refund is returned by hand: confirm its transfer',
    titleVi: 'Khoản hoàn do đơn vị tự chuyển: xác nhận bằng lệnh chuyển tiền',
  },
  refund_not_under_way: {
    status: 409,
    title: 'The refund is not under way',
    titleVi: 'Yêu cầu hoàn tiền không ở trạng thái đang xử lý',
  },
  line_not_refundable: {
    status: 422,
    title: 'A fee line is not refundable for this reason',
    titleVi: 'Khoản phí, lệ phí không được hoàn vì lý do này',
  },
  disputed: {
    status: 409,
    title: 'A dispute about the payment is open',
    titleVi: 'Giao dịch đang có khiếu nại, tra soát',
  },
  dispute_not_open: { status: 409, title: 'The dispute is closed', titleVi: 'Khiếu nại, tra soát đã đóng' },
  dispute_not_waiting: {
    status: 409,
    title: 'The dispute waits for no reversal',
    titleVi: 'Khiếu nại không còn chờ khoản đảo',
  },
  maker_cannot_approve: {
    status: 403,
    title: 'Who made a request may not decide it',
    titleVi: 'Người lập yêu cầu không được tự duyệt',
  },
  receipt_replaced: { status: 409, title: 'Another receipt stands in its place', titleVi: 'Biên lai đã được thay thế' },
  receipt_altered: {
    status: 409,
    title: 'The stored receipt is not what was issued',
    titleVi: 'Dữ liệu biên lai không khớp với bản đã phát hành',
  },
  receipt_not_issued: { status: 409, title: 'No receipt has been issued', titleVi: 'Chưa phát hành biên lai' },
  already_exists: { status: 409, title: 'It exists already', titleVi: 'Đã tồn tại' },
  discrepancy_not_open: { status: 409, title: 'The discrepancy is not open', titleVi: 'Chênh lệch không còn mở' },
  discrepancy_not_resolved: {
    status: 409,
    title: 'The discrepancy is not resolved',
    titleVi: 'Chênh lệch chưa được xử lý',
  },
  discrepancy_not_proposed: {
    status: 409,
    title: 'No resolution awaits a decision',
    titleVi: 'Không có phương án xử lý đang chờ duyệt',
  },
  tracing_case_not_open: {
    status: 409,
    title: 'The tracing case is answered or closed already',
    titleVi: 'Yêu cầu tra soát đã được trả lời hoặc đã đóng',
  },
  too_many_notes: { status: 409, title: 'It has too many notes', titleVi: 'Đã có quá nhiều ghi chú' },
  quarantine_not_open: {
    status: 409,
    title: 'The quarantine entry is decided already',
    titleVi: 'Khoản tiền chưa xác định đã được xử lý',
  },
  period_not_closable: { status: 409, title: 'The period cannot be closed yet', titleVi: 'Chưa thể khóa sổ kỳ này' },
  period_closed: { status: 409, title: 'The period is closed', titleVi: 'Kỳ đã khóa sổ' },
  period_has_open_lines: {
    status: 409,
    title: 'Lines of the period are open',
    titleVi: 'Kỳ còn khoản chưa xử lý',
  },
  period_not_closed: { status: 409, title: 'The period is not closed', titleVi: 'Kỳ chưa khóa sổ' },
  period_four_eyes: {
    status: 403,
    title: 'Who closed a period may not do this',
    titleVi: 'Người khóa sổ không được tự thực hiện việc này',
  },
  secret_in_use: { status: 409, title: 'A former secret is still in use', titleVi: 'Khóa cũ vẫn đang được sử dụng' },
  entry_not_sealed: { status: 409, title: 'The entry is not sealed yet', titleVi: 'Bút toán chưa được niêm phong' },
  insecure_url: { status: 422, title: 'The address must be https', titleVi: 'Địa chỉ phải dùng https' },
  host_not_allowed: {
    status: 422,
    title: 'The agency may not call this host',
    titleVi: 'Đơn vị không được phép gửi đến máy chủ này',
  },
  too_many_requests: { status: 429, title: 'Too many requests', titleVi: 'Quá nhiều yêu cầu' },
  overloaded: {
    status: 503,
    title: 'Too much is asked at the moment: come again',
    titleVi: 'Hệ thống đang quá tải: vui lòng thử lại sau ít giây',
  },
  conflict: {
    status: 409,
    title: 'Somebody else changed it first',
    titleVi: 'Dữ liệu vừa được thay đổi bởi yêu cầu khác',
  },
  method_not_allowed: { status: 405, title: 'The method is not allowed here', titleVi: 'Phương thức không được phép' },
  service_unavailable: {
    status: 503,
    title: 'The service is not available',
    titleVi: 'Dịch vụ tạm thời không khả dụng',
  },
  internal_error: { status: 500, title: 'Something went wrong on our side', titleVi: 'Hệ thống gặp lỗi' },
}

/** The codes as they may be listed; a table's keys have no type of their own. */
export const problemCodes = Object.keys(problems).filter((code): code is ProblemCode => code in problems)

export type Problem = {
  code: ProblemCode
  detail?: string
  errors?: readonly { pointer: string; message: string }[]
}

const errorsMax = 100

/** An answer before a runtime has made a response of it. */
export type PlainAnswer = { status: number; headers: Record<string, string>; body: string }

type About = { requestId: string; language: Language; publicUrl: string; headers?: Record<string, string> }

/** The problem as a response. `headers` come on top; `instance` is the request id, so that a person can name the failure to us. */
export const problemResponse = (problem: Problem, about: About): Response => {
  const { body, ...init } = problemAnswer(problem, about)
  return new Response(body, init)
}

export const problemAnswer = (problem: Problem, about: About): PlainAnswer => {
  const { status, title, titleVi } = problems[problem.code]
  const body = {
    type: `${about.publicUrl}/docs#${problem.code}`,
    code: problem.code,
    title: about.language === 'vi' ? titleVi : title,
    status,
    ...(problem.detail ? { detail: problem.detail } : {}),
    ...(problem.errors?.length ? { errors: problem.errors.slice(0, errorsMax) } : {}),
    request_id: about.requestId,
  }
  const headers = {
    'content-type': 'application/problem+json',
    'content-language': about.language,
    'cache-control': 'no-store',
    ...about.headers,
  }
  return { status, headers, body: stringifyMoney(body) }
}

/** Vietnamese or English by Accept-Language (RFC 9110, 12.5.4), the first of equal weight; English where neither is named. */
export const preferredLanguage = (acceptLanguage: string | undefined): Language => {
  let best: { language: Language; weight: number } = { language: 'en', weight: 0 }
  for (const part of (acceptLanguage ?? '').slice(0, 500).split(',')) {
    const [range = '', quality] = part
      .trim()
      .toLowerCase()
      .split(/\s*;\s*q=/)
    const language = /^(vi|en)(-|$)/.exec(range)?.[1]
    const weight = quality === undefined ? 1 : Number(quality)
    if ((language === 'vi' || language === 'en') && weight > best.weight) best = { language, weight }
  }
  return best.language
}
